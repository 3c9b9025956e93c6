# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse what-if`: another programme's rebate on a real period, beside
the published one; scores are those an independent oracle makes of the published
figures."""
import re
import tempfile
import unittest
from fractions import Fraction
from pathlib import Path

import suite
from cluster import SOURCE, Cluster
from test_score import away, achievement, consistency, improvement, lowest

DEMO = SOURCE / "deploy/samples/demo"
ECSI = SOURCE / "deploy/samples/ecsi/programme.yaml"
SCALES = {"csi": (500000, 700000, 800000), "nps": (300000, 500000, 800000),
          "loyalty": (300000, 600000, 900000)}
REBATE = """
rebate:
  max_rate_ppm: 12000
  {knots}
  dimensions:
"""
STEEP = "knots: [{score: 20, ratio_ppm: 0}, {score: 80, ratio_ppm: 1000000}]"
FLAT = "knots: [{score: 0, ratio_ppm: 500000}, {score: 90, ratio_ppm: 1000000}]"


def with_rebate(text, knots, weights):
    text = text[:text.index("\nrebate:")] + REBATE.replace("{knots}", knots)
    for kpi, weight in weights.items():
        f, t, b = SCALES[kpi]
        text += (f"    - {{kpi: {kpi}, weight_ppm: {weight}, min_n: 1, "
                 f"floor_ppm: {f}, threshold_ppm: {t}, "
                 f"benchmark_ppm: {b}}}\n")
    return text


def ppm(kpi, row):
    if row is None or row["value"] is None:
        return None
    micro = int(row["value"].replace(".", ""))
    return (away(Fraction(micro + 10 ** 8, 200)) if kpi == "nps"
            else away(Fraction(micro, 100)))


def year_before(period):
    number = int(period[:4]) * 12 + int(period[5:]) - 1
    first, last = number - 12, number - 1
    return (f"{first // 12}-{first % 12 + 1:02}.."
            f"{last // 12}-{last % 12 + 1:02}")


def ratio(knots, score):
    (s0, r0), (s1, r1) = knots
    if score <= s0:
        return r0
    return r1 if score >= s1 else r0 + (score - s0) * (r1 - r0) // (s1 - s0)


class WhatIf(unittest.TestCase):
    def test_both_programmes_pay_by_the_published_figures(self):
        demo = (DEMO / "programme.yaml").read_text()
        now = {"csi": 500000, "nps": 200000, "loyalty": 300000}
        then = {"csi": 200000, "nps": 600000, "loyalty": 200000}
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        published = Path(folder.name) / "programme.yaml"
        published.write_text(with_rebate(demo, STEEP, now))
        with Cluster(published, DEMO / "dealers.csv") as cluster:
            cluster.run_console("simulate", "--months", "2", "--visits", "30")
            period = cluster.rank("csi")["period"]
            done = cluster.run_console("what-if", "--programme",
                                       ECSI, codes=(78,))
            self.assertIn("rebate: the section is missing", done.stderr)
            other = Path(folder.name) / "other.yaml"
            other.write_text(with_rebate(demo, FLAT, then))
            done = cluster.run_console("what-if", "--programme", other,
                                       "--period", period, "--gaps",
                                       "--base", "1000000")
            self.assertEqual(done.stderr, "")
            other.write_text(with_rebate(
                demo.replace("general: 5min", "general: 6min"), FLAT, then))
            warned = cluster.run_console("what-if", "--programme", other)
            self.assertIn("folded under the published", warned.stderr)
            points = self.points(cluster, period)
            figures, before = self.figures(cluster, period)
        rows = self.rows(done.stdout)
        self.assertGreater(len(points), 3)
        steep = ((20 * 10 ** 6, 0), (80 * 10 ** 6, 10 ** 6))
        flat = ((0, 500000), (90 * 10 ** 6, 10 ** 6))
        for side, weights, knots in ((0, now, steep), (1, then, flat)):
            scores = {dealer: self.score(weights, *points[dealer])
                      for dealer in points}
            for dealer, score in scores.items():
                rank = 1 + sum(x > score for x in scores.values())
                rate = 12000 * ratio(knots, score) // 10 ** 6
                self.assertEqual(
                    [rows[dealer][i + side] for i in (0, 2, 4)],
                    [rank, score, rate], (dealer, side))
        self.check_cost(done.stdout, rows)
        self.check_gaps(done.stdout, figures, before, then)
        up = sum(row[1] < row[0] for row in rows.values())
        self.assertIn(f"; {up} move up,", done.stdout)

    @staticmethod
    def score(weights, dims, steady):
        base = away(Fraction(8 * 10 ** 6 * sum(weights[k] * dims[k]
                                               for k in dims),
                             sum(weights[k] for k in dims)))
        return base + steady * 10 ** 6

    def check_cost(self, text, rows):
        """Bases of a million fen: a ppm is a fen."""
        cells = re.search(r"# cost at a base of 1000000 fen each: (\d+) fen "
                          r"then, (\d+) now, ([+-]\d+)", text)
        now, then = (sum(row[i] for row in rows.values()) for i in (4, 5))
        self.assertEqual([int(cell) for cell in cells.groups()],
                         [then, now, then - now])

    def check_gaps(self, text, figures, before, weights):
        """So many more promoters reach the next step, and one fewer do not."""
        found = 0
        for dealer, target, more in re.findall(
                r"^# (\S+) to ([\d.]+), \d+ ppm: .*?nps: (\d+) more promoters",
                text, re.M):
            own = dict(figures[dealer])
            n, num = own["nps"]
            reached = []
            for extra in (int(more) - 1, int(more)):
                own["nps"] = n + extra, num + extra
                score = self.score_of(own, before[dealer], weights)
                reached.append(score >= int(target.replace(".", "")))
            self.assertEqual(reached, [False, True], dealer)
            found += 1
        self.assertGreater(found, 2)

    def score_of(self, own, before, weights):
        """own: kpi -> (n, num), or ppm where it is no count (csi)."""
        dims, ratios = {}, []
        for kpi, (f, t, b) in SCALES.items():
            p = own[kpi]
            if isinstance(p, tuple):
                micro = away(Fraction(10 ** 8 * p[1], p[0]))
                p = away(Fraction(micro + 10 ** 8, 200) if kpi == "nps"
                         else Fraction(micro, 100))
            base = before[kpi]
            dims[kpi] = max(achievement(f, t, b, p),
                            0 if base is None else improvement(b, base, p))
            ratios.append(lowest(f, t, p))
        return self.score(weights, dims, consistency(min(ratios)))

    @staticmethod
    def figures(cluster, period):
        """dealer -> its figures, and its baselines in ppm."""
        own = {kpi: cluster.rows(kpi, period) for kpi in SCALES}
        before = {kpi: cluster.rows(kpi, year_before(period)) for kpi in SCALES}
        figures, baselines = {}, {}
        for dealer in own["csi"]:
            if any(own[kpi][dealer]["value"] is None for kpi in SCALES):
                continue
            figures[dealer] = {
                kpi: (int(row[dealer]["n"]), int(row[dealer]["num"]))
                if kpi != "csi" else ppm(kpi, row[dealer])
                for kpi, row in own.items()}
            baselines[dealer] = {kpi: ppm(kpi, rows.get(dealer))
                                 for kpi, rows in before.items()}
        return figures, baselines

    @staticmethod
    def rows(text):
        """dealer -> [rank, then, score in micro, then, rate, then]."""
        found = {}
        for line in text.splitlines():
            cells = line.split()
            if line.startswith("#") or cells[0] == "rank" or cells[0] == "-":
                continue
            found[cells[6]] = [int(cell.replace(".", ""))
                               for cell in cells[:6]]
        return found

    @staticmethod
    def points(cluster, period):
        """dealer -> (points by KPI, consistency), by the oracle."""
        year = year_before(period)
        own = {kpi: cluster.rows(kpi, period) for kpi in SCALES}
        before = {kpi: cluster.rows(kpi, year) for kpi in SCALES}
        found = {}
        for dealer in own["csi"]:
            dims, ratios = {}, []
            for kpi, (f, t, b) in SCALES.items():
                p = ppm(kpi, own[kpi][dealer])
                base = ppm(kpi, before[kpi].get(dealer))
                if p is None:
                    continue
                dims[kpi] = max(achievement(f, t, b, p),
                                0 if base is None else improvement(b, base, p))
                ratios.append(lowest(f, t, p))
            if dims:
                found[dealer] = dims, consistency(min(ratios))
        return found


if __name__ == "__main__":
    suite.main()
