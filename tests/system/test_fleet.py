# SPDX-License-Identifier: Apache-2.0
"""A simulated fleet of 300 dealers through two collectors, with wrong clocks,
lateness, duplicates, disorder and voids: the published figures equal the
fleet's own truth.
"""
import contextlib
import datetime
import os
import pathlib
import tempfile
import unittest
from fractions import Fraction

import suite
from cluster import SOURCE, Cluster, read_csv

DEMO = SOURCE / "deploy/samples/demo"
DEALERS = 300
VISITS = 120 if os.environ.get("DEALERPULSE_LONG") else 24
FAULTS = "skew,late,duplicates,disorder,voids"


def months_ago(count):
    """The name of a month that is over."""
    today = datetime.datetime.now(datetime.timezone.utc)
    number = today.year * 12 + today.month - 1 - count
    return f"{number // 12}-{number % 12 + 1:02}"


# Closed for good (a month stays open for a while), within the look-back.
FIRST, SECOND, LAST = months_ago(5), months_ago(4), months_ago(3)
QUARTER = f"{FIRST}..{LAST}"


def write_dealers(path):
    regions = ("north", "south", "east", "west")
    lines = ["id,name,region,brand,size,status,from"]
    lines += [f"F{i:04},Fleet dealer {i},{regions[i % 4]},A,M,active,"
              for i in range(DEALERS)]
    path.write_text("\n".join(lines) + "\n")
    return path


class SimulatedFleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        folder = pathlib.Path(
            cls.stack.enter_context(tempfile.TemporaryDirectory()))
        cls.cluster = cls.stack.enter_context(
            Cluster(DEMO / "programme.yaml",
                    write_dealers(folder / "dealers.csv"), collectors=2))
        cls.told = cls.simulate()
        cls.truth = read_csv((cls.cluster.folder / "truth.csv").read_text())

    @classmethod
    def simulate(cls):
        cluster = cls.cluster
        ends = [f"tcp://127.0.0.1:{port}" for port in cluster.collector_ports]
        done = cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "3",
            "--until", LAST, "--visits", str(VISITS), "--seed", "42",
            "--terminals", "6", "--faults", FAULTS,
            "--collector", ends[0], "--collector", ends[1],
            "--truth", cluster.folder / "truth.csv")
        return done.stderr

    def compare(self, rows, kpi, month):
        """rows equals the truth of one KPI and month; how many were compared"""
        wanted = {row["dealer"]: row for row in self.truth
                  if row["kpi"] == kpi and row["month"] == month}
        for dealer, row in rows.items():
            told = wanted.pop(dealer, None)
            if told is None:
                self.assertEqual(row["n"], 0, (kpi, month, row))
                continue
            self.assertEqual(row["n"], int(told["n"]), (kpi, month, row, told))
            self.assertEqual(
                Fraction(row["num"], row["den"]),
                Fraction(int(told["num"]), int(told["den"])),
                (kpi, month, row, told))
        self.assertEqual(wanted, {}, (kpi, month))
        return len(rows)

    def test_every_figure_of_every_month_equals_the_truth(self):
        months = sorted({row["month"] for row in self.truth})
        kpis = sorted({row["kpi"] for row in self.truth})
        self.assertLessEqual({"csi", "nps", "loyalty", "topbox",
                              "complaint_sla"}, set(kpis))
        compared = 0
        for month in months:
            for kpi in kpis:
                rows = self.cluster.rows(kpi, f"{month}..{month}")
                compared += self.compare(rows, kpi, month)
        self.assertGreaterEqual(compared, DEALERS * len(kpis) * 3)

    def test_the_truth_holds_every_kind_of_case(self):
        def total(kpi, field):
            return sum(int(row[field]) for row in self.truth
                       if row["kpi"] == kpi)
        self.assertGreater(total("csi", "n"), 5000)
        self.assertGreater(total("complaint_sla", "n"), 500)
        self.assertLess(total("complaint_sla", "num"),
                        total("complaint_sla", "den"))
        self.assertNotRegex(self.told, r"\b0 duplicate")
        self.assertRegex(self.told, r"\b0 rejected, 0 without an outcome")

    def test_three_months_are_the_sum_of_each(self):
        for kpi in ("nps", "topbox"):
            quarter = self.cluster.rank(kpi, QUARTER)["total"]
            months = [self.cluster.rank(kpi, month)["total"]
                      for month in (FIRST, SECOND, LAST)]
            for field in ("n", "num", "den"):
                self.assertEqual(quarter[field],
                                 sum(month[field] for month in months))

    def test_simulating_the_same_seed_again_changes_no_figure(self):
        before = self.cluster.rank("csi", QUARTER)
        told = self.simulate()
        self.assertRegex(told, r": 0 accepted")
        after = self.cluster.rank("csi", QUARTER)
        self.assertEqual(before["rows"], after["rows"])

    def test_every_tally_equals_its_recomputation(self):
        self.cluster.verify()


if __name__ == "__main__":
    suite.main()
