# SPDX-License-Identifier: Apache-2.0
"""250 real respondents, imported through the real programs: every figure equals
the reference, exact where it is an integer, to the micro where it is a ratio.
"""
import contextlib
import json
import unittest

import suite
from cluster import DATA, SOURCE, Cluster, micro_text, reference_figures

SAMPLE = SOURCE / "deploy/samples/ecsi"
WEIGHTED = SOURCE / "deploy/samples/ecsi-weighted/programme.yaml"
MAP = SOURCE / "deploy/maps/ecsi_mobi.yaml"
FILE = DATA / "ecsi_mobi.csv"

suite.need_data("ecsi_mobi.csv", "reference_figures.csv")


class RealRespondents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        cls.cluster = cls.stack.enter_context(
            Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                    reporter=True))
        cls.first = cls.cluster.run_terminal("import", "--map", MAP, FILE)
        cls.figures = reference_figures("ecsi_mobi")

    def agree(self, row, group, metric):
        """row is num/den of the reference, and its six decimals."""
        wanted = self.figures[group, metric]
        num, den = int(wanted["numerator"]), int(wanted["denominator"])
        self.assertEqual(row["num"] * den, num * row["den"], (group, metric))
        self.assertEqual(row["value"], micro_text(int(wanted["value_micro"])),
                         (group, metric))

    def test_the_import_tells_250_accepted(self):
        self.assertIn("250", self.first.stdout + self.first.stderr)
        total = self.cluster.rank("responses")["total"]
        self.assertEqual(total["n"], 250)

    def test_every_item_has_the_reference_count_sum_and_mean(self):
        items = [metric[5:] for group, metric in self.figures
                 if group == "all" and metric.startswith("mean_")]
        self.assertEqual(len(items), 24)
        for item in items:
            total = self.cluster.rank(f"mean_{item}")["total"]
            self.assertEqual(
                total["n"], int(self.figures["all", f"n_{item}"]["numerator"]))
            self.assertEqual(
                total["num"],
                int(self.figures["all", f"sum_{item}"]["numerator"]), item)
            self.agree(total, "all", f"mean_{item}")

    def test_the_index_with_equal_weights_is_71_970370(self):
        total = self.cluster.rank("csi")["total"]
        self.agree(total, "all", "acsi_equal")
        self.assertEqual((total["num"], total["den"]), (4858, 6750))

    def test_the_index_with_given_weights_is_72_454118(self):
        ranking = self.cluster.rank("csi", None, "--programme", WEIGHTED)
        self.agree(ranking["total"], "all", "acsi_w383634_281550_334816")

    def test_the_ten_groups_are_ten_dealers_with_the_reference_index(self):
        rows = self.cluster.rows("csi")
        groups = [group for group, metric in self.figures if group != "all"]
        self.assertEqual(len(groups), 10)
        for group in groups:
            dealer = "D" + group.split("=")[1]
            self.agree(rows[dealer], group, "acsi_equal")
            self.assertEqual(rows[dealer]["n"], 25)

    def test_equal_indexes_share_a_rank_and_the_next_is_skipped(self):
        rows = self.cluster.rank("csi")["rows"]
        self.assertEqual([row["rank"] for row in rows],
                         [1, 2, 3, 3, 5, 5, 7, 8, 9, 10])

    def test_gap_promoters_and_shares_are_the_reference(self):
        for kpi, metric in (("gap", "gap_PERQ1_minus_CUEX1"),
                            ("nps", "nps_CUSL3"),
                            ("loyalty", "recommend_ge8_share"),
                            ("topbox", "top2box_CUSA1")):
            total = self.cluster.rank(kpi)["total"]
            self.agree(total, "all", metric)
            self.assertEqual(total["n"], 250)

    def test_answers_above_at_and_below_expectation_are_108_82_60(self):
        ranking = self.cluster.rank("gap")
        sides = ("above", "equal", "below")
        self.assertEqual([ranking["total"][side] for side in sides],
                         [108, 82, 60])
        for row in ranking["rows"]:
            self.assertEqual(sum(row[side] for side in sides), row["n"])
        for side in sides:
            self.assertEqual(sum(row[side] for row in ranking["rows"]),
                             ranking["total"][side])
            self.assertNotIn(side, self.cluster.rank("csi")["total"])

    def test_loyalty_reaches_its_flag_but_not_beyond_chance(self):
        total = self.cluster.rank("loyalty")["total"]
        self.assertEqual(total["flag"], "not_proven")  # 62.8 % of 250

    def shrunken(self):
        """The sample's rules, ranking by the shrunken value."""
        path = self.cluster.folder / "shrunken.yaml"
        path.write_text((SAMPLE / "programme.yaml").read_text() +
                        "\nranking: {method: shrunken}\n")
        return path

    def assert_nobody_stands_out(self, ranking):
        self.assertEqual(len(ranking["rows"]), 10)
        for row in ranking["rows"]:
            self.assertEqual((row["rank_first"], row["rank_last"]), (1, 10))
            self.assertEqual(row["band"], "not_distinguishable")
            self.assertLess(float(row["low"]), float(row["high"]))

    def test_ten_random_parts_of_one_sample_are_not_told_apart(self):
        raw = self.cluster.rank("csi")
        self.assertEqual((raw["method"], raw["spread"]["source"]),
                         ("raw", "period"))
        self.assert_nobody_stands_out(raw)

    def test_shrunken_they_lie_from_70_94_to_72_72(self):
        ranking = self.cluster.rank("csi", None, "--programme",
                                    self.shrunken())
        self.assertEqual(ranking["method"], "shrunken")
        self.assert_nobody_stands_out(ranking)
        values = [row["estimate"] for row in ranking["rows"]]
        self.assertEqual((values[0][:5], values[-1][:5]), ("72.72", "70.94"))
        self.assertEqual(values, sorted(values, reverse=True))
        weighted = self.cluster.rank("csi", None, "--programme", WEIGHTED)
        self.assert_nobody_stands_out(weighted)

    def test_importing_it_again_changes_no_figure(self):
        before = self.cluster.rank("csi")
        again = self.cluster.run_terminal("import", "--map", MAP, FILE)
        self.assertRegex(again.stdout + again.stderr, r"250 duplicate")
        after = self.cluster.rank("csi")
        self.assertEqual(before["rows"], after["rows"])
        self.assertEqual(before["total"], after["total"])

    def test_the_reporter_publishes_the_same_ranking(self):
        ranking = self.cluster.rank("csi")
        path = f"/api/v1/rankings?period={ranking['period']}&kpi=csi"
        status, text = self.cluster.get(path)
        self.assertEqual(status, 200, text)
        answer = json.loads(text)
        self.assertEqual(answer["rows"], ranking["rows"])
        self.assertEqual(answer["total"], ranking["total"])

    def test_every_tally_equals_its_recomputation(self):
        self.cluster.verify()


if __name__ == "__main__":
    suite.main()
