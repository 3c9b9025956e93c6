# SPDX-License-Identifier: Apache-2.0
"""A program asked to stop finishes what it began: what was on the way is
stored, answered and not sent again, and it exits 0.
"""
import re
import sqlite3
import subprocess
import time
import unittest

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, wait_until

DEMO = SOURCE / "deploy/samples/demo"
DEALER = "BJ01"
ROWS = 300000


class Draining(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                               collectors=2)
        self.cluster.__enter__()
        self.addCleanup(self.cluster.end, demand=True)
        folder = self.cluster.folder
        self.map, self.rows = folder / "visits.yaml", folder / "visits.csv"
        self.map.write_text(
            "map: visits\nkey: {column: id}\nevery:\n"
            f"  dealer: {DEALER}\n  visit: {{column: id}}\n"
            "  occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
            "events:\n  - type: VISIT_OPENED\n")
        self.rows.write_text("id,day\n" + "".join(
            f"v{i},2026-{i % 9 + 1:02d}-{i % 28 + 1:02d}\n"
            for i in range(ROWS)))

    def start_import(self):
        self.importing = subprocess.Popen(
            [str(a) for a in (BIN / "dealerpulse-terminal", "import",
                              "--config", self.cluster.config, "--map",
                              self.map, self.rows)],
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.addCleanup(self.importing.kill)
        wait_until("some of it is answered", lambda: self.answered() > 0)
        self.assertIsNone(self.importing.poll(), "the import was too quick")

    def answered(self):
        """How many events the spool of the import knows to be stored."""
        spool = self.cluster.folder / "terminal-1.db"
        try:
            with sqlite3.connect(f"file:{spool}?mode=ro", uri=True) as database:
                return database.execute("SELECT kept FROM spool").fetchone()[0]
        except sqlite3.OperationalError:  # it is being made
            return 0

    def finish_import(self):
        """(accepted, duplicates) of its summary."""
        text, _ = self.importing.communicate(timeout=10 * WAIT_S)
        self.assertEqual(self.importing.returncode, 0, text)
        found = re.search(r"(\d+) accepted, (\d+) duplicate", text)
        return int(found.group(1)), int(found.group(2))

    def stop(self, name):
        process = self.cluster.processes[name]
        self.assertEqual(process.stop(), 0)
        return process.log_text()

    def counter(self, log, name):
        return int(re.findall(rf"dealerpulse_collector_{name}=(\d+)", log)[-1])

    def test_a_stopping_collector_answers_what_it_took(self):
        self.start_import()
        log = self.stop("collector-1")
        self.assertIn("unanswered=0", log)
        self.assertEqual(self.counter(log, "forgotten_total"), 0)
        self.assertEqual(self.counter(log, "receipts_lost_total"), 0)
        self.assertEqual(self.finish_import(), (ROWS, 0))
        self.cluster.verify()

    def test_a_stopping_aggregator_stores_and_answers_what_came(self):
        self.start_import()
        log = self.stop("aggregator")
        self.assertNotIn("checkpoint-skipped", log)
        time.sleep(1)
        self.cluster.start_aggregator()
        self.assertEqual(self.finish_import(), (ROWS, 0))
        text = self.cluster.processes["aggregator"].log_text()
        self.assertIn("replayed=0", text)
        self.cluster.verify()


if __name__ == "__main__":
    suite.main()
