# SPDX-License-Identifier: Apache-2.0
"""3,186 real complaints: companies are dealers, a case is met or late, and not
one is lost, whatever its dates say.
"""
import collections
import contextlib
import csv
import unittest

import suite
from cluster import DATA, SOURCE, Cluster, micro_text, reference_figures

SAMPLE = SOURCE / "deploy/samples/cfpb"
FILE = DATA / "cfpb_2013_2016_sample.csv"
PERIOD = "2013-06..2017-03"

suite.need_data("cfpb_2013_2016_sample.csv", "reference_figures.csv")


def import_all(stack, name):
    cluster = stack.enter_context(
        Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv"))
    done = cluster.run_terminal("import", "--map",
                                SOURCE / "deploy/maps" / name, FILE)
    return cluster, done.stdout + done.stderr


class RealComplaints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.cluster, cls.told = import_all(cls.stack, "cfpb.yaml")
        with open(FILE, newline="", encoding="utf-8") as file:
            cls.rows = list(csv.DictReader(file))
        ranking = cls.cluster.rank("complaint_sla", PERIOD)
        cls.total = ranking["total"]
        cls.by_name = {row["name"]: row for row in ranking["rows"]}

    def test_timely_counts_overall_equal_the_reference(self):
        self.assertEqual((self.total["num"], self.total["den"]), (3093, 3186))
        self.assertEqual(self.total["value"], "97.080979")

    def test_timely_counts_of_the_reference_companies_are_equal(self):
        figures = reference_figures("cfpb")
        companies = {group for group, metric in figures
                     if metric == "timely_rate" and group != "all"}
        self.assertGreater(len(companies), 10)
        for company in companies:
            wanted = figures[company, "timely_rate"]
            row = self.by_name[company]
            self.assertEqual(
                (row["num"], row["den"], row["value"]),
                (int(wanted["numerator"]), int(wanted["denominator"]),
                 micro_text(int(wanted["value_micro"]))), company)

    def test_timely_counts_of_every_company_equal_the_file(self):
        due, met = collections.Counter(), collections.Counter()
        for row in self.rows:
            due[row["company"]] += 1
            met[row["company"]] += row["timely"] == "1"
        for company in due:
            row = self.by_name[company]
            self.assertEqual((row["num"], row["den"]),
                             (met[company], due[company]), company)

    def test_every_row_is_a_case(self):
        self.assertEqual(
            self.cluster.rank("cases", PERIOD)["total"]["n"], 3186)

    def test_the_six_rows_whose_dates_run_backwards_are_flagged(self):
        backwards = sum(row["date_sent"] < row["date_received"]
                        for row in self.rows)
        self.assertEqual(backwards, 6)
        total = self.cluster.rank("time_reversed", PERIOD)["total"]
        self.assertEqual(total["n"], backwards)

    def test_few_complaints_are_listed_without_a_rank(self):
        # 33 of 33 is ranked, 1 of 1 is not, though both are 100 %.
        for row in self.by_name.values():
            if row["den"] < 30:
                self.assertIsNone(row["rank"], row)
                self.assertIn(row["reason"], ("below_min_n", "no_data"))
            else:
                self.assertIsNotNone(row["rank"], row)

    def test_every_tally_equals_its_recomputation(self):
        self.cluster.verify()

    def test_without_the_row_number_repeated_rows_are_told_as_duplicates(self):
        with contextlib.ExitStack() as stack:
            cluster, told = import_all(stack, "cfpb_without_row.yaml")
            cases = cluster.rank("cases", PERIOD)["total"]["n"]
            self.assertEqual(cases, 3186 - 30)
            self.assertRegex(told, r"90 duplicate")
            cluster.verify()


if __name__ == "__main__":
    suite.main()
