# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse freeze-thresholds`: what it prints is what exact fractions make
of the published figures, by KPI and peer group, and goes into the programme as
it is; scores are then those of each dealer's own group."""
import re
import tempfile
import unittest
from fractions import Fraction
from pathlib import Path

import suite
from cluster import SOURCE, Cluster, read_csv
from test_score import away

DEMO = SOURCE / "deploy/samples/demo"
MICRO = 10 ** 6
# east: more dealers than enough; large: too few, so its parent's; the nation.
PEERS = """
peers:
  - {id: large-east, of: [region:east, size:large], min_members: 9, parent: east}
  - {id: east, of: [region:east], min_members: 3}
"""
REBATE = """
rebate:
  max_rate_ppm: 12000
  knots: [{score: 0, ratio_ppm: 0}, {score: 100, ratio_ppm: 1000000}]
  dimensions:
"""
KPIS = ("topbox", "loyalty")
LEAF = ("    - {{kpi: {}, weight_ppm: 500000, min_n: 1, floor_ppm: 1, "
        "threshold_ppm: 2, benchmark_ppm: 3}}\n")


def spread(samples):
    """mean and strength in micro, as rulings C14 say; strength None: flat."""
    k, n = len(samples), sum(count for count, _ in samples)
    sums = [100 * hits for _, hits in samples]
    squares = [10000 * hits for _, hits in samples]
    means = sum(Fraction(s * s * 10 ** 12 // c, 10 ** 12)
                for (c, _), s in zip(samples, sums))
    within = (sum(squares) - means) / (n - k)
    between = ((means - Fraction(sum(sums) ** 2, n) - (k - 1) * within)
               / (n - Fraction(sum(c * c for c, _ in samples), n)))
    mean = away(Fraction(sum(sums), n) * MICRO)
    return mean, None if between <= 0 else away(within / between * MICRO)


def thresholds(samples):
    mean, strength = spread(samples)
    values = sorted(
        mean if strength is None else
        away(Fraction(10 ** 12 * 100 * hits + strength * mean,
                      MICRO * count + strength)) for count, hits in samples)
    best = values[-(-(-len(values) // 10)):]
    return (away(Fraction(values[0], 100)),
            away(Fraction(values[(len(values) - 1) // 2], 100)),
            away(Fraction(sum(best), 100 * len(best))), mean, strength)


def read_frozen(text):
    """(kpi, peer or None) -> (f, t, B, mean, strength, dealers, scope)."""
    found, kpi, source = {}, None, None
    for line in text.splitlines():
        if match := re.match(r" *# (\d+) dealers of (\S+)", line):
            source = int(match[1]), match[2]
        elif match := re.match(r"- kpi: (\S+)", line):
            kpi, key = match[1], (match[1], None)
            found[key] = [source]
        elif match := re.match(r" +- peer: (\S+)", line):
            key = kpi, match[1]
            found[key] = [source]
        elif match := re.match(r" +\w+_ppm: (\d+)", line):
            found[key].append(int(match[1]))
        elif "shrink:" in line:
            mean = int(re.search(r"mean_micro: (-?\d+)", line)[1])
            strength = re.search(r"strength_micro: (\d+)", line)
            found[key] += [mean, int(strength[1]) if strength else None]
    return {key: (*rest, *source) for key, (source, *rest) in found.items()}


class Freeze(unittest.TestCase):
    def test_frozen_thresholds_are_those_of_the_published_figures(self):
        demo = (DEMO / "programme.yaml").read_text()
        head = demo[:demo.index("\nrebate:")] + PEERS + REBATE
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        programme = Path(folder.name) / "programme.yaml"
        programme.write_text(head + "".join(map(LEAF.format, KPIS)))
        with Cluster(programme, DEMO / "dealers.csv") as cluster:
            cluster.run_console("simulate", "--months", "2", "--visits", "30")
            period = cluster.rank("topbox")["period"]
            printed = cluster.run_console("freeze-thresholds", "--period",
                                          period).stdout
            frozen = read_frozen(printed)
            own = {kpi: cluster.rows(kpi, period) for kpi in KPIS}
            east = cluster.rows("topbox", period, "--scope", "region:east")
            peer = cluster.rows("topbox", period, "--scope", "peer:large-east")
            other = Path(folder.name) / "next.yaml"
            other.write_text(head + self.with_weights(printed))
            moved = cluster.run_console("what-if", "--programme", other,
                                        "--period", period)
            self.assertEqual(moved.stderr, "")
        large = {row["id"] for row in
                 read_csv((DEMO / "dealers.csv").read_text())
                 if row["size"] == "large" and row["region"] == "east"}
        self.assertTrue(set(peer) <= large | {"SZ12"})
        self.assertGreater(len(peer), 2)
        for kpi in KPIS:
            self.check(frozen[kpi, None], own[kpi], own[kpi], "nation")
            self.check(frozen[kpi, "east"], own[kpi], east, "peer:east")
            self.check(frozen[kpi, "large-east"], own[kpi], east, "peer:east")

    def check(self, frozen, rows, members, scope):
        samples = [(int(rows[dealer]["n"]), int(rows[dealer]["num"]))
                   for dealer in members if rows[dealer]["value"] is not None]
        self.assertGreater(len(samples), 3)
        self.assertEqual(frozen, (*thresholds(samples), len(samples), scope))

    @staticmethod
    def with_weights(printed):
        """The lines as they were printed, a level deeper, with weights."""
        lines = []
        for line in printed.splitlines():
            lines.append("    " + line)
            if line.startswith("- kpi:"):
                lines.append("      weight_ppm: 500000")
        return "\n".join(lines) + "\n"


if __name__ == "__main__":
    suite.main()
