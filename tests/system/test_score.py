# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse score`: the points engine over files, judged by a second one.

The oracle below is written from docs/KPIS.md with exact fractions, and shares
nothing with the program but the rule."""
import csv
import io
import random
import subprocess
import tempfile
import unittest
from fractions import Fraction
from pathlib import Path

import suite
from cluster import BIN

SEED = 20240501


def away(value):
    """A fraction rounded half away from zero."""
    half = Fraction(1, 2)
    return int(value + half) if value >= 0 else -int(-value + half)


def decimal(micro):
    whole, rest = divmod(micro, 10 ** 6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def achievement(f, t, b, p):
    if p >= b:
        return 10
    return 0 if p < t else away(Fraction(9 * (p - t), b - t)
                                + Fraction(1, 2))


def improvement(b, base, p):
    if p <= base:
        return 0
    if p >= b:
        return 9
    return min(9, max(0, away(Fraction(10 * (p - base), b - base)
                              - Fraction(1, 2))))


def lowest(f, t, p):
    return Fraction(p - f, t - f) if t > f else Fraction(p >= t)


def consistency(m):
    if m >= 1:
        return 20
    return 0 if m <= 0 else max(0, away(20 * m - Fraction(1, 2)))


def judge(scales, row):
    """The expected cells of a row: {dim: (base, perf)} with None for none."""
    cells, points, ratios = [], [], []
    for dim, (f, t, b) in scales.items():
        base, p = row[dim]
        if p is None:
            cells += ["", "", ""]
            continue
        ach = achievement(f, t, b, p)
        imp = None if base is None else improvement(b, base, p)
        best = max(x for x in (ach, imp) if x is not None)
        cells += [str(ach), "" if imp is None else str(imp), str(best)]
        points.append(best)
        ratios.append(lowest(f, t, p))
    if not points:
        return cells + ["", "", ""]
    base = away(Fraction(80 * 10 ** 5 * sum(points), len(points)))
    steady = consistency(min(ratios))
    return cells + [decimal(base), str(steady),
                    decimal(base + steady * 10 ** 6)]


class Score(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes)
                         else content.encode())
        return path

    def score(self, thresholds, performance, *more, code=0):
        done = subprocess.run(
            [BIN / "dealerpulse", "score", "--thresholds",
             self.write("t.csv", thresholds), "--performance",
             self.write("p.csv", performance), *more],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def rows(self, *arguments, **options):
        done = self.score(*arguments, **options)
        return list(csv.reader(io.StringIO(done.stdout)))

    def test_random_programmes_score_as_exact_fractions_say(self):
        dice = random.Random(SEED)
        for _ in range(60):
            scales, dealers = self.any_programme(dice)
            text = self.performance_text(dice, scales, dealers)
            rows = self.rows(self.thresholds_text(dice, scales), text)
            self.assertEqual(len(rows), len(dealers) + 1)
            for printed, (name, row) in zip(rows[1:], dealers):
                self.assertEqual(printed, [name] + judge(scales, row),
                                 (SEED, scales, row))

    @staticmethod
    def any_programme(dice):
        near = dice.choice((10, 1000, 10 ** 6))  # small ranges: many ties
        scales = {}
        for i in range(dice.choice((1, 2, 3, 5, 8, 13, 64))):
            values = sorted(dice.randint(0, near) for _ in range(3))
            scales[dice.choice(("d", "维度 ", "a,b", 'q"q')) + str(i)] = values

        def figure():
            return None if dice.random() < .1 else dice.randint(0, near)
        dealers = [(dice.choice(("D", "D,1 ", 'say "hi" ', "经销商")) + str(i),
                    {dim: (figure(), figure()) for dim in scales})
                   for i in range(40)]
        return scales, dealers

    @staticmethod
    def thresholds_text(dice, scales):
        columns = ["dim", "note", "floor_ppm", "threshold_ppm",
                   "benchmark_ppm"]
        dice.shuffle(columns)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=dice.choice(("\n", "\r\n")))
        writer.writerow(columns)
        for dim, (f, t, b) in scales.items():
            cells = {"dim": dim, "note": "x, y", "floor_ppm": f,
                     "threshold_ppm": t, "benchmark_ppm": b}
            writer.writerow([cells[column] for column in columns])
        return dice.choice(("", "\ufeff")) + out.getvalue()

    @staticmethod
    def performance_text(dice, scales, dealers):
        columns = ["id", "city", "tps"]
        for dim in scales:
            columns += [f"{dim}_base_ppm", f"{dim}_perf_ppm", f"{dim}_ach"]
        dice.shuffle(columns)
        out = io.StringIO()
        writer = csv.writer(
            out, lineterminator=dice.choice(("\n", "\r\n")),
            quoting=dice.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
        writer.writerow(columns)
        for name, row in dealers:
            cells = {"id": name, "city": "上海\n浦东", "tps": "n/a"}
            for dim, (base, p) in row.items():
                cells[f"{dim}_base_ppm"] = "" if base is None else base
                cells[f"{dim}_perf_ppm"] = "" if p is None else p
                cells[f"{dim}_ach"] = "99"
            writer.writerow([cells[column] for column in columns])
        return dice.choice(("", "\ufeff")) + out.getvalue()

    T = "dim,floor_ppm,threshold_ppm,benchmark_ppm\na,100,200,300\n"

    def test_bad_rows_are_told_with_their_place_and_the_others_scored(self):
        done = self.score(
            self.T,
            "shop,a_base_ppm,a_perf_ppm\n"
            "D1,100,200\n"
            "D2,100,twenty\n"
            "D3,100\n"
            ",1,2\n"
            "D5,1000001,-1\n"
            "D6,1,2,3\n"
            "D7,\"1\"2,3\n"
            "D8,,300\n", code=65)
        self.assertEqual(done.stdout.splitlines(),
                         ["id,a_ach,a_imp,a_dim,base,consistency,score",
                          "D1,1,5,5,40,20,60", "D8,10,,10,80,20,100"])
        for place in ("p.csv:3: column 3 (a_perf_ppm): \"twenty\"",
                      "p.csv:4: the row has 2 cells",
                      "p.csv:5: column 1 (shop): an id",
                      "p.csv:6: column 2 (a_base_ppm): \"1000001\"",
                      "p.csv:6: column 3 (a_perf_ppm): \"-1\"",
                      "p.csv:7: column 4", "p.csv:8: column 2",
                      "6 of 8 rows"):
            self.assertIn(place, done.stderr)

    def test_thresholds_that_make_no_sense_are_refused_with_their_place(self):
        for text, place in (
                ("", "t.csv: is empty"),
                ("dim,floor,benchmark\na,1,2\n", "t.csv:1: threshold_ppm:"),
                ("dim,floor,threshold,benchmark\n", "names no dimension"),
                ("dim,floor,threshold,benchmark\na,2,1,3\n",
                 "t.csv:2: column 2 (floor): the floor is above"),
                ("dim,floor,threshold,benchmark\na,1,3,2\n",
                 "t.csv:2: column 3 (threshold): the threshold is above"),
                ("dim,floor,threshold,benchmark\na,1,,2\n",
                 "t.csv:2: column 3 (threshold): must not be empty"),
                ("dim,floor,threshold,benchmark\na,1,2,3\na,1,2,3\n",
                 "t.csv:3: column 1 (dim): a is there twice"),
                ("dim,dim,floor,threshold,benchmark\na,a,1,2,3\n",
                 "t.csv:1: column 2 (dim): the same name"),
        ):
            done = self.score(text, "id,a_base_ppm,a_perf_ppm\n", code=65)
            self.assertIn(place, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_missing_column_is_refused_and_a_stray_one_passed_over(self):
        done = self.score(self.T, "id,a_perf_ppm\nD1,1\n", code=65)
        self.assertIn("p.csv:1: a_base_ppm: the column is missing",
                      done.stderr)
        done = self.score(self.T, "a_base_ppm,a_perf_ppm\n1,1\n", code=65)
        self.assertIn("ids is missing", done.stderr)
        done = self.score(
            self.T, "id,a_base_ppm,a_perf_ppm,z_perf_ppm\nD1,1,300,5\n")
        self.assertIn("p.csv:1: column 4 (z_perf_ppm): passed over",
                      done.stderr)
        self.assertIn("\nD1,10,9,10,80,20,100\n", done.stdout)

    def test_the_id_is_where_it_is_said_to_be(self):
        text = "city,dealer,a_perf_ppm,a_base_ppm\nWuhan,D1,,\n"
        self.assertEqual(self.rows(self.T, text)[1][0], "D1")
        self.assertEqual(self.rows(self.T, text, "--id", "city")[1][0],
                         "Wuhan")
        text = "a_perf_ppm,shop,city,a_base_ppm\n1,S1,Wuhan,\n"
        self.assertEqual(self.rows(self.T, text)[1][0], "S1")

    def test_no_data_is_empty_and_never_zero(self):
        rows = self.rows(self.T, "id,a_base_ppm,a_perf_ppm\nD1,150,\nD2,,\n")
        self.assertEqual(rows[1:], [["D1"] + [""] * 6, ["D2"] + [""] * 6])

    def test_a_cell_no_spreadsheet_takes_for_a_formula(self):
        rows = self.rows(self.T,
                         "id,a_base_ppm,a_perf_ppm\n=HYPERLINK(1),1,1\n")
        self.assertEqual(rows[1][0], "'=HYPERLINK(1)")

    def test_wrong_usage_is_64_and_an_absent_file_66(self):
        for arguments, code in (
                ([], 64), (["--thresholds", "t"], 64),
                (["--thresholds", "t", "--performance", "p", "x"], 64),
                (["--thresholds", "t", "--performance", "p", "--format",
                  "xml"], 64),
                (["--thresholds", self.folder / "none", "--performance",
                  "p"], 66)):
            done = subprocess.run(
                [BIN / "dealerpulse", "score", *arguments],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertNotEqual(done.stderr, "")

    def test_a_programme_scores_with_its_own_weights_and_consistency(self):
        programme = self.write("programme.yaml", """\
id: p
version: 1
valid_from: 2026-01-01
zone: {name: UTC, offset: Z}
lookback: 730d
items: [{number: 1, id: q, scale: [1, 10]}]
kpis:
  - {id: a, form: share, item: q, cut: 9}
  - {id: b, form: share, item: q, cut: 8}
rebate:
  consistency: 10
  exchange: {withhold_ppm: 1}
  dimensions:
    - {kpi: b, weight_ppm: 250000, floor_ppm: 0, threshold_ppm: 100,
       benchmark_ppm: 200}
    - {kpi: a, weight_ppm: 750000, floor_ppm: 0, threshold_ppm: 100,
       benchmark_ppm: 200}
""")
        path = self.write("p.csv", "id,a_base_ppm,a_perf_ppm,b_base_ppm,"
                          "b_perf_ppm\nD1,,200,,50\n")

        def run(*more):
            return subprocess.run(
                [BIN / "dealerpulse", "score", "--performance", path, *more],
                capture_output=True, text=True, timeout=60)
        done = run("--programme", programme)
        self.assertEqual(done.returncode, 0, done.stderr)
        # (75 % * 10 + 25 % * 0) * 9 and half of 10.
        self.assertEqual(done.stdout.splitlines()[1],
                         "D1,0,,0,10,,10,67.5,5,72.5")
        programme.write_text(programme.read_text().replace("750000", "7"))
        done = run("--programme", programme)
        self.assertEqual(done.returncode, 78)
        self.assertIn("programme.yaml:14: rebate.dimensions[0].weight_ppm",
                      done.stderr)
        text = programme.read_text()
        programme.write_text(text[:text.index("rebate:")])
        done = run("--programme", programme)
        self.assertEqual(done.returncode, 78)
        self.assertIn("rebate: the section is missing", done.stderr)
        done = run("--programme", programme, "--thresholds", path)
        self.assertEqual(done.returncode, 64)

    def test_a_full_disk_is_74(self):
        text = "id,a_base_ppm,a_perf_ppm\nD1,1,300\n"
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [BIN / "dealerpulse", "score", "--thresholds",
                 self.write("t.csv", self.T), "--performance",
                 self.write("p.csv", text)],
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 74, done.stderr)


if __name__ == "__main__":
    suite.main()
