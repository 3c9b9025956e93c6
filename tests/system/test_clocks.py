# SPDX-License-Identifier: Apache-2.0
"""Clocks jump and are wrong; no figure notices, and whose clock is off is told.

An event belongs to the month it happened in, whenever it was sent or received.
"""
import json
import os
import subprocess
import sys
import time
import unittest
from pathlib import Path

import suite
from cluster import SOURCE, WAIT_S, BIN, Cluster, wait_until

DEMO = SOURCE / "deploy/samples/demo"
DEALER = "BJ01"
HOUR, DAY = 3600, 86400
LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")

if not LIBRARY.is_file():
    print("SKIPPED: libfaketime not installed (Debian: libfaketime)")
    sys.exit(suite.SKIPPED)


def faked(**more):
    """An environment in which the wall clock is another, the steady one not."""
    # A sanitizer wants to be the first library, and is not.
    return dict(os.environ, LD_PRELOAD=str(LIBRARY),
                ASAN_OPTIONS="verify_asan_link_order=0",
                FAKETIME_DONT_FAKE_MONOTONIC="1", FAKETIME_NO_CACHE="1",
                **more)


class Clocks(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv")
        self.addCleanup(self.cluster.end, demand=True)
        self.sent = 0

    def start(self):
        self.cluster.start_aggregator()
        self.cluster.start_collector()

    def send(self, name, day, offset=0):
        """Sends one visit of a day with the terminal's clock so far off."""
        config = self.cluster.write_config(
            f"{name}.yaml", 0, dict(self.cluster.terminal, name=name))
        self.sent += 1
        done = subprocess.run(
            [str(a) for a in (
                BIN / "dealerpulse-terminal", "send", "--config", config,
                "--wait", WAIT_S, "type=VISIT_OPENED", f"dealer={DEALER}",
                f"visit=v{self.sent}", f"occurred_at={day}T08:00:00+08:00")],
            env=faked(FAKETIME=f"{offset:+d}s"), text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * WAIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("accepted", done.stdout)

    def terminals(self):
        done = self.cluster.run_console("terminals", "--data",
                                        self.cluster.store, "--format", "json")
        return {row["terminal"]: row
                for row in map(json.loads, done.stdout.splitlines())}

    def scorecard(self, period, form):
        return self.cluster.run_console(
            "dealer", DEALER, "--period", period, "--format", form).stdout

    def late_of(self, period):
        return json.loads(self.scorecard(period, "json"))["late"]

    def visits(self, month):
        return self.cluster.rows("visits", month)[DEALER]["n"]

    def test_a_wrong_clock_is_told_and_moves_nothing(self):
        self.start()
        offsets = {"right": 0, "hour-ahead": HOUR, "hour-behind": -HOUR,
                   "day-ahead": DAY, "day-behind": -DAY}
        for name, offset in offsets.items():
            self.send(name, "2026-06-30", offset)
        wait_until("all are counted", lambda: self.visits("2026-06") == 5)
        rows = self.terminals()
        for name, offset in offsets.items():
            self.assertLess(abs(rows[name]["skew_ms"] / 1000 - offset), 300,
                            rows[name])
            self.assertEqual(rows[name]["clock_wrong"], offset != 0)
            self.assertEqual(rows[name]["collector"], "collector-1")
        table = self.cluster.run_console("terminals", "--data",
                                         self.cluster.store).stdout
        self.assertIn("5 terminals, 4 with a clock more than five minutes off",
                      table)
        self.cluster.verify()

    def test_late_events_count_in_their_month_and_are_told(self):
        self.start()
        yesterday = time.strftime("%Y-%m-%d",
                                  time.gmtime(time.time() - DAY))
        self.send("prompt", yesterday)
        self.send("late", "2025-12-31")
        self.send("late", yesterday)
        wait_until("both months show",
                   lambda: self.visits("2025-12") == 1 and
                   self.visits(yesterday[:7]) == 2)
        rows = self.terminals()
        self.assertEqual((rows["prompt"]["events"], rows["prompt"]["late"]),
                         (1, 0))
        self.assertEqual((rows["late"]["events"], rows["late"]["late"]),
                         (2, 1))
        self.assertEqual(self.late_of("2025-12"), 1)
        self.assertEqual(self.late_of(yesterday[:7]), 0)
        self.assertIn("# late: 1 received after its month had closed",
                      self.scorecard("2025-12", "table"))
        self.cluster.verify()

    def test_servers_live_through_jumps_of_their_clock(self):
        clock = self.cluster.folder / "clock"
        clock.write_text("+0\n")
        before = dict(os.environ)
        os.environ.update(faked(FAKETIME_TIMESTAMP_FILE=str(clock)))
        try:
            self.start()
        finally:
            os.environ.clear()
            os.environ.update(before)
        for jump in (0, HOUR, -HOUR, DAY, -DAY, 0):
            clock.write_text(f"{jump:+d}\n")
            self.send("steady", "2026-03-31")
            for process in self.cluster.processes.values():
                self.assertTrue(self.cluster.need(process))
        wait_until("all are counted", lambda: self.visits("2026-03") == 6)
        self.cluster.verify()
        # And back at a start: what is stored is older or newer than now.
        self.cluster.processes["aggregator"].kill()
        self.cluster.start_aggregator()
        self.send("steady", "2026-03-31")
        wait_until("all are counted", lambda: self.visits("2026-03") == 7)
        self.cluster.verify()


if __name__ == "__main__":
    suite.main()
