# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse score` over the official inputs and points of a public
survey-to-money programme: every cell, in whatever shape the file comes."""
import csv
import io
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

import suite
from cluster import BIN, DATA, SOURCE

THRESHOLDS = DATA / "hvbp_fy2024_thresholds.csv"
PROGRAMME = SOURCE / "deploy/samples/hvbp/programme.yaml"
EXPERIENCE = DATA / "hvbp_fy2024_experience.csv"


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def score(performance, *more):
    rules = more or ("--thresholds", THRESHOLDS)
    done = subprocess.run(
        [BIN / "dealerpulse", "score", *rules, "--performance", performance],
        capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


class Hvbp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dims = [row["dim"] for row in read(THRESHOLDS)]
        cls.official = read(EXPERIENCE)

    def compare(self, rows, official):
        """Every published figure; returns how many were compared."""
        self.assertEqual(len(rows), len(official))
        compared = 0
        for row, truth in zip(rows, official):
            self.assertEqual(row["id"], truth["facility"])
            for dim in self.dims:
                for part in ("ach", "imp", "dim"):
                    name = f"{dim}_{part}"
                    self.assertEqual(row[name], truth[name],
                                     (row["id"], name))
                    compared += 1
            self.assertEqual(row["base"], truth["base_score"], row["id"])
            self.assertEqual(row["consistency"], truth["consistency"])
            # Published with twelve places.
            domain = truth["pce_domain"]
            self.assertEqual(row["score"],
                             domain and domain.rstrip("0").rstrip("."))
            compared += 3
        return compared

    def test_every_published_figure_is_reproduced(self):
        compared = self.compare(score(EXPERIENCE), self.official)
        print(f"{compared} comparisons, 0 mismatches", flush=True)
        self.assertEqual(compared, len(self.official) * 27)

    def test_the_sample_programme_says_the_same(self):
        self.compare(score(EXPERIENCE, "--programme", PROGRAMME),
                     self.official)

    def test_the_shape_of_the_file_does_not_matter(self):
        dice = random.Random(20240502)
        columns = list(self.official[0])
        dice.shuffle(columns)
        rows = self.official[:]
        dice.shuffle(rows)
        for end, quoting, mark in (("\r\n", csv.QUOTE_ALL, "\ufeff"),
                                   ("\r", csv.QUOTE_MINIMAL, ""),
                                   ("\n", csv.QUOTE_NONNUMERIC, "\ufeff")):
            out = io.StringIO()
            writer = csv.DictWriter(out, columns, lineterminator=end,
                                    quoting=quoting)
            writer.writeheader()
            writer.writerows(rows)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "p.csv"
                path.write_bytes((mark + out.getvalue()).encode())
                self.compare(score(path), rows)

    def test_whoever_scores_alone_scores_the_same(self):
        """Nobody's row depends on anybody else's."""
        by_id = {row["id"]: row for row in score(EXPERIENCE)}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "p.csv"
            for truth in self.official[::100]:
                with open(path, "w", newline="") as file:
                    writer = csv.DictWriter(file, list(truth))
                    writer.writeheader()
                    writer.writerow(truth)
                self.assertEqual(score(path), [by_id[truth["facility"]]])


if __name__ == "__main__":
    suite.need_data(THRESHOLDS.name, EXPERIENCE.name)
    suite.main()
