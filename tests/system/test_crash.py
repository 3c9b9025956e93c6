# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of an import, of each program in turn: nothing is lost,
nothing counts twice, and verify says so.
"""
import csv
import subprocess
import time
import unittest

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, wait_until

SAMPLE = SOURCE / "deploy/samples/ecsi"
MAP = SOURCE / "deploy/maps/ecsi_mobi.yaml"
ROWS = 40000  # some 4 MB in the journal
EARLY, LATER = 500_000, 1_500_000  # bytes of it: in the middle of the import


def write_answers(path):
    """Rows of answers that differ; returns the sums of CUSA1 by dealer."""
    head = ("CUEX1,CUEX2,CUEX3,CUSA1,CUSA2,CUSA3,CUSCO,CUSL1,CUSL2,CUSL3,"
            "IMAG1,IMAG2,IMAG3,IMAG4,IMAG5,PERQ1,PERQ2,PERQ3,PERQ4,PERQ5,"
            "PERQ6,PERQ7,PERV1,PERV2").split(",")
    sums = {f"D{i}": 0 for i in range(10)}
    state = 12345
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for number in range(ROWS):
            values = []
            for _ in head:
                state = (state * 1103515245 + 12345) % 2**31
                values.append(1 + (state >> 16) % 10)
            writer.writerow(values)
            sums[f"D{number % 10}"] += values[head.index("CUSA1")]
    return sums


class Import:
    """An import in the background that a test may kill."""

    def __init__(self, cluster, path):
        self.cluster = cluster
        self.command = [str(a) for a in (
            BIN / "dealerpulse-terminal", "import", "--map", MAP,
            "--config", cluster.config, path)]
        self.log = cluster.folder / "import.log"
        self.popen = None

    def start(self):
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(self.command, stdout=log, stderr=log,
                                          stdin=subprocess.DEVNULL)
        return self

    def is_running(self):
        return self.popen.poll() is None

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def finish(self):
        return self.popen.wait(10 * WAIT_S)


class Crash(unittest.TestCase):
    def open(self, collectors=1):
        return Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                       collectors=collectors)

    def wait_under_way(self, cluster, running, journal_bytes):
        """Until that much is journaled; the import must not be over then."""
        journal = cluster.store / "journal" / "data.mdb"
        wait_until("part of the import is stored",
                   lambda: journal.stat().st_size > journal_bytes or
                   not running.is_running())
        self.assertTrue(running.is_running(), "the import ended too early")

    def demand_right(self, cluster, sums):
        rows = cluster.rows("mean_CUSA1")
        self.assertEqual({d: (r["n"], r["num"]) for d, r in rows.items()},
                         {d: (ROWS // 10, s) for d, s in sums.items()})
        self.assertEqual(cluster.rank("csi")["total"]["n"], ROWS)
        cluster.verify()

    def test_the_aggregator_is_killed_twice(self):
        with self.open() as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            running = Import(cluster, cluster.folder / "answers.csv").start()
            for journal_bytes in (EARLY, LATER):
                self.wait_under_way(cluster, running, journal_bytes)
                cluster.processes["aggregator"].kill()
                time.sleep(0.2)
                cluster.start_aggregator()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_the_terminal_is_killed_and_imports_again(self):
        with self.open() as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            for journal_bytes in (EARLY, LATER):
                running = Import(cluster,
                                 cluster.folder / "answers.csv").start()
                self.wait_under_way(cluster, running, journal_bytes)
                running.kill()
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_a_collector_is_killed_and_the_other_takes_over(self):
        with self.open(collectors=2) as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.wait_under_way(cluster, running, EARLY)
            cluster.processes["collector-1"].kill()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_all_three_are_killed_at_once(self):
        with self.open() as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.wait_under_way(cluster, running, EARLY)
            cluster.processes["aggregator"].kill()
            cluster.processes["collector-1"].kill()
            running.kill()
            cluster.start_aggregator()
            cluster.start_collector()
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)


if __name__ == "__main__":
    suite.main()
