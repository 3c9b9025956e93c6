# SPDX-License-Identifier: Apache-2.0
"""The script that recomputes statements meets worked examples itself: it is no
judge of others otherwise.  They are those of docs/KPIS.md, "Points and money"."""
import unittest
from fractions import Fraction

import recompute
import suite

OVERALL = {"floor_ppm": 363100, "threshold_ppm": 716600,
           "benchmark_ppm": 853900}
KNOTS = [[60, 0], [75, 500000], [85, 800000], [90, 1000000]]


def window(*counters):
    return recompute.Counts({"counters": list(counters)})


def answers(item, given):
    return [[recompute.ANSWER, item, a, given.count(a)]
            for a in sorted(set(given))]


def dimension(form, **kpi):
    items = [{"number": i + 1, "id": f"I{i}", "lo": 1, "hi": 10, "weight": w}
             for i, w in enumerate(kpi.pop("weights", [1]))]
    return {"kpi": {"form": form, "items": items, "cut": 9,
                    "detractor_cut": 6, "classes": [], **kpi},
            "form": "nps" if form == "nps" else "hundred", "min_n": 1,
            "shrink": None, "lower_is_better": False}


class Examples(unittest.TestCase):
    def test_an_index_of_four_responses(self):
        given = [(9, 8, 8), (7, 7, 6), (10, 9, 10), (5, 4, 5)]
        for weights, micro in (([1, 1, 1], 70370370), ([38, 28, 34], 70777778)):
            counts = window(*(row for i, item in enumerate(zip(*given))
                              for row in answers(i + 1, item)))
            found = recompute.figure(dimension("index", weights=weights),
                                     counts)
            self.assertEqual((found["n"], found["value_micro"]), (4, micro))
            self.assertEqual([p["value"] for p in found["parts"]],
                             [31, 28, 29])
        self.assertEqual(found["ppm"], 707778)

    def test_net_promoters(self):
        for (p, n, d), micro in (((95, 95, 60), 14000000),
                                 ((41, 62, 45), -2702703),
                                 ((24, 37, 41), -16666667),
                                 ((50, 30, 20), 30000000)):
            counts = window([recompute.ANSWER, 1, 3, d],
                            [recompute.ANSWER, 1, 7, n],
                            [recompute.ANSWER, 1, 9, p],
                            [recompute.ANSWER, 1, 255, 8])
            found = recompute.figure(dimension("nps"), counts)
            self.assertEqual((found["n"], found["value_micro"]),
                             (p + n + d, micro))
        self.assertEqual(found["ppm"], 650000)

    def test_a_rate_of_counts(self):
        rule = {"num": [{"id": "confirmed", "number": 16}],
                "den": [{"id": "visits", "number": 7},
                        {"id": "cases", "number": 11}],
                "minus": [{"id": "surplus", "number": 2}]}
        counts = window([recompute.COUNT, 16, 0, 2], [recompute.COUNT, 7, 0, 5],
                        [recompute.COUNT, 11, 0, 2], [recompute.COUNT, 2, 0, 1])
        one = {**dimension("ratio", **rule), "form": "thousand",
               "lower_is_better": True}
        found = recompute.figure(one, counts)
        self.assertEqual((found["n"], found["value_micro"], found["ppm"]),
                         (6, 333333333, 666667))
        self.assertEqual([p["value"] for p in found["parts"]], [2, 5, 2, 1])
        nothing = recompute.figure(one, window())
        self.assertEqual((nothing["n"], nothing["reason"]), (0, "no data"))

    def test_points_of_the_public_programme(self):
        rows = [(700000, 716599, 0, 1, 1, 19), (700000, 716600, 1, 1, 1, 20),
                (700000, 731855, 1, 2, 2, 20), (700000, 800000, 6, 6, 6, 20),
                (650000, 700000, 0, 2, 2, 19), (650000, 853900, 10, 9, 10, 20),
                (860000, 853000, 9, 0, 9, 20), (716600, 716600, 1, 0, 1, 20),
                (600000, 363100, 0, 0, 0, 0)]
        one = {**OVERALL, "kpi": {"id": "overall"}, "weight_ppm": 125000}
        for b, p, ach, imp, dim, steady in rows:
            got = recompute.points(one, {"ppm": p}, {"ppm": b})
            own = recompute.score({"consistency": 20, "dimensions": [one]},
                                  [got])
            self.assertEqual((got["achievement"], got["improvement"],
                              got["points"], own["consistency"]),
                             (ach, imp, dim, steady), (b, p))
            self.assertEqual(own["score_micro"],
                             (8 * dim + steady) * 10 ** 6)

    def test_shrunken_means(self):
        shrink = {"flat": False, "mean_micro": 8314286,
                  "strength_micro": 688640}
        for n, total, micro in ((4, 38, 9325849), (6, 48, 8032358),
                                (10, 73, 7365348), (3, 30, 9685290),
                                (12, 102, 8489921)):
            self.assertEqual(
                recompute.shrunken(shrink, n, Fraction(total, n)), micro)
        self.assertEqual(recompute.shrunken({**shrink, "flat": True}, 4,
                                            Fraction(38, 4)), 8314286)

    def test_knots_and_tiers(self):
        steps = [[s * 10 ** 6, r] for s, r in KNOTS]
        for s, linear, tier in ((83400000, 752000, 500000),
                                (82900000, 737000, 500000),
                                (59999999, 0, 0), (60000000, 0, 0),
                                (95000000, 1000000, 1000000)):
            self.assertEqual(recompute.ratio({"form": "linear",
                                              "steps": steps}, s), linear)
            self.assertEqual(recompute.ratio({"form": "tiers",
                                              "steps": steps}, s), tier)

    def test_a_score_to_the_fen(self):
        rules = {"gates": [], "dimensions": [],
                 "payout": {"form": "linear", "max_rate_ppm": 10000,
                            "steps": [[s * 10 ** 6, r] for s, r in KNOTS]}}
        given = {"base_fen": 5000000000, "peers": {"standing": []}}
        for s, fen in ((83400000, 37600000), (82900000, 36850000),
                       (95000000, 50000000)):
            _, paid = recompute.settle(rules, given, window(),
                                       {"score_micro": s})
            self.assertEqual((paid["fen"], paid["residue"]), (fen, 0))

    def test_wilson_intervals_and_what_they_judge(self):
        for k, n, upper in ((0, 1, .793451), (1, 2, .905469), (0, 10, .277533),
                            (27, 30, .965400), (600, 1000, .629925),
                            (950, 1000, .961870), (30, 30, 1)):
            self.assertAlmostEqual(float(recompute.wilson_upper(k, n)), upper,
                                   6)
        asked = {"form": "not_below_ppm", "limit": 900000, "min_n": 30}
        self.assertEqual(recompute.verdict(asked, 22, 30), "failed")
        self.assertEqual(recompute.verdict(asked, 25, 30), "passed")
        self.assertEqual(recompute.verdict(asked, 1, 29), "not judged")
        self.assertEqual(recompute.verdict(asked, 0, 0), "no data")

    def test_an_exchange_hands_out_the_last_fen(self):
        rules = {"payout": {"withhold_ppm": 20000}}
        scores = [72000000, 35000000, 90000000, 0]
        paid = []
        for own in scores:
            given = {"base_fen": 50, "peers": {
                "count": 4, "others": [], "tied_before": 0,
                "standing": [[s, 0] for s in sorted(scores, reverse=True)]}}
            paid.append(recompute.exchange(
                rules, given, {"score_micro": own})["paid_fen"])
        # 4 fen: 1.46, 0.71, 1.83 and 0.
        self.assertEqual(paid, [1, 1, 2, 0])


if __name__ == "__main__":
    suite.main()
