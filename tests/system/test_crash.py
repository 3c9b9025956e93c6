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
ROWS = 30000


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
        self.log = open(cluster.folder / "import.log", "ab")
        self.popen = None

    def start(self):
        self.popen = subprocess.Popen(self.command, stdout=self.log,
                                      stderr=self.log,
                                      stdin=subprocess.DEVNULL)
        return self

    def is_running(self):
        return self.popen.poll() is None

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def finish(self):
        code = self.popen.wait(10 * WAIT_S)
        self.log.close()
        return code


class Crash(unittest.TestCase):
    def open(self, collectors=1):
        return Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                       collectors=collectors)

    def stored(self, cluster):
        """How many responses the figures show, 0 while they cannot be asked."""
        done = cluster.run_console("rank", "--by", "responses", "--format",
                                   "csv", codes=None)
        last = done.stdout.strip().splitlines()[-1:] or [""]
        fields = last[0].split(",")
        return int(fields[4]) if len(fields) > 4 and fields[4].isdigit() else 0

    def wait_under_way(self, cluster, running, more_than):
        """Until part of the import is stored, or it has ended."""
        wait_until("some of the import is stored",
                   lambda: self.stored(cluster) > more_than or
                   not running.is_running())

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
            for more_than in (0, ROWS // 4):
                self.wait_under_way(cluster, running, more_than)
                cluster.processes["aggregator"].kill()
                time.sleep(0.2)
                cluster.start_aggregator()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_the_terminal_is_killed_and_imports_again(self):
        with self.open() as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            for more_than in (0, ROWS // 4):
                running = Import(cluster,
                                 cluster.folder / "answers.csv").start()
                self.wait_under_way(cluster, running, more_than)
                running.kill()
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_a_collector_is_killed_and_the_other_takes_over(self):
        with self.open(collectors=2) as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.wait_under_way(cluster, running, 0)
            cluster.processes["collector-1"].kill()
            self.assertEqual(running.finish(), 0)
            self.demand_right(cluster, sums)

    def test_all_three_are_killed_at_once(self):
        with self.open() as cluster:
            sums = write_answers(cluster.folder / "answers.csv")
            running = Import(cluster, cluster.folder / "answers.csv").start()
            self.wait_under_way(cluster, running, 0)
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
