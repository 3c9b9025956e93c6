# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse statement issue`, `restate` and `verify`: headquarters signs what
a period pays, once; what changes later is told beside it, and whoever changes a
byte is found out."""
import hashlib
import json
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import recompute
import suite
from cluster import SOURCE, Cluster

SEED = 20261122
SAMPLES = SOURCE / "deploy/samples"
NOW = "  calendar: {provisional: 0, review: 0, decisions: 0, final: 0}\n"


def parts(path):
    """A statement's head, pack (bytes) and signature."""
    head, pack, signature = path.read_bytes().splitlines(keepends=True)
    return json.loads(head), pack, signature


class Issue(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.store = self.folder / "statements"
        self.bases = self.folder / "bases.csv"
        self.dice = random.Random(SEED)

    def cluster(self, calendar):
        """The demo's rules, with their calendar or with one that is over."""
        demo = (SAMPLES / "demo/programme.yaml").read_text()
        if calendar:
            demo = re.sub(r"\n  calendar: .*\n", "\n" + calendar, demo)
            demo = re.sub(r"\nclose_days: .*\n", "\nclose_days: 0\n", demo)
        published = self.folder / "programme.yaml"
        published.write_text(demo)
        return Cluster(published, SAMPLES / "demo/dealers.csv")

    def make_key(self, cluster, name):
        """The file that signs, and its public key."""
        cluster.run_console("keys", "new", name, "--role", "hq", "--sign",
                            "--keyring", self.folder / f"{name}.csv",
                            "--out", self.folder / name, config=False)
        secret = self.folder / f"{name}.sign"
        return secret, re.search(r'public-key = "(.{40})"',
                                 secret.read_text())[1]

    def write_bases(self, dealers):
        self.bases.write_text("dealer,base_fen\n" + "".join(
            f"{dealer},{self.dice.randrange(10 ** 12)}\n"
            for dealer in dealers))

    def issue(self, cluster, what, *more, codes=(0,)):
        return cluster.run_console(
            "statement", what, "--period", self.period, "--key", self.key,
            "--bases", self.bases, "--to", self.store, *more, codes=codes)

    def check(self, cluster, *arguments, codes=(0,)):
        return cluster.run_console("statement", "verify", *arguments,
                                   config=False, codes=codes)

    def files(self, version):
        return sorted(self.store.glob(f"*/*.{version}.statement"))

    def begin(self, cluster):
        cluster.run_console("simulate", "--months", "3", "--visits", "60")
        self.period = cluster.rank("csi")["period"]
        self.dealers = sorted(cluster.rows("csi"))
        self.key, self.public = self.make_key(cluster, "hq")
        self.write_bases(self.dealers)

    def test_a_period_is_issued_made_final_once_and_restated(self):
        with self.cluster(NOW) as cluster:
            self.begin(cluster)
            self.assert_issued(cluster)
            self.assert_final(cluster)
            self.assert_restated(cluster)
            self.assert_changes_are_found(cluster)

    def assert_issued(self, cluster):
        done = self.issue(cluster, "restate", codes=(65,))
        self.assertIn("no FINAL statement to restate", done.stderr)
        count = len(self.dealers)
        self.assertIn(f"{count} written, 0 said",
                      self.issue(cluster, "issue").stdout)
        self.assertIn(f"0 written, {count} said",
                      self.issue(cluster, "issue").stdout)
        done = self.check(cluster, "--key", self.public, *self.files(1))
        self.assertEqual(done.stdout.count("PROVISIONAL statement of"), count)
        self.assertEqual(
            sorted(parts(path)[0]["dealer"] for path in self.files(1)),
            self.dealers)
        # A run that was cut off is repeated.
        self.files(1)[-1].unlink()
        self.assertIn(f"1 written, {count - 1} said",
                      self.issue(cluster, "issue").stdout)

    def assert_final(self, cluster):
        count = len(self.dealers)
        self.assertIn(f"{count} written",
                      self.issue(cluster, "issue", "--final").stdout)
        self.assertIn("0 written",
                      self.issue(cluster, "issue", "--final").stdout)
        done = self.issue(cluster, "issue", codes=(65,))
        self.assertIn("its statement is FINAL", done.stderr)
        for before, path in zip(self.files(1), self.files(2)):
            head, pack, _ = parts(path)
            self.assertEqual(head["state"], "FINAL")
            self.assertEqual(head["pack"],
                             hashlib.blake2b(pack, digest_size=32).hexdigest())
            self.assertEqual(head["previous"], hashlib.blake2b(
                before.read_bytes(), digest_size=32).hexdigest())
            self.assertEqual(json.loads(pack)["result"]["payout"]["fen"],
                             head["amount_fen"])
        self.check(cluster, "--key", self.public, *self.files(2))
        subprocess.run([sys.executable, "-B", recompute.__file__,
                        *self.files(2)], check=True)
        self.assertIn("0 written", self.issue(cluster, "restate").stdout)

    def assert_restated(self, cluster):
        kept = {path: path.read_bytes() for path in self.files(2)}
        cluster.run_console("simulate", "--months", "3", "--visits", "40",
                            "--seed", "2")
        # FINAL stays what it was.
        self.assertIn("0 written",
                      self.issue(cluster, "issue", "--final").stdout)
        told = self.issue(cluster, "restate").stdout
        self.assertEqual(kept, {p: p.read_bytes() for p in self.files(2)})
        self.assertEqual(len(self.files(3)), len(self.dealers))
        self.check(cluster, "--key", self.public, *self.files(3))
        changes = {}
        for final, path in zip(self.files(2), self.files(3)):
            before, head = parts(final)[0], parts(path)[0]
            self.assertEqual(head["state"], "RESTATEMENT")
            self.assertEqual(head["previous"], hashlib.blake2b(
                kept[final], digest_size=32).hexdigest())
            self.assertNotEqual(head["head"], before["head"])
            self.assertEqual(head["delta_fen"],
                             head["amount_fen"] - before["amount_fen"])
            self.assertEqual(
                head["delta_score_micro"],
                (head["score_micro"] or 0) - (before["score_micro"] or 0))
            changes[head["dealer"]] = head["delta_fen"]
        self.assertTrue(any(changes.values()))
        for dealer, fen in changes.items():
            self.assertIn(f"{dealer}  {fen:+} fen\n", told)
        self.assertIn("0 written", self.issue(cluster, "restate").stdout)

    def assert_changes_are_found(self, cluster):
        path = self.dice.choice(self.files(2))
        good, other = path.read_bytes(), self.folder / "changed.statement"
        lines = good.splitlines(keepends=True)
        ends = [0, len(lines[0]) - 1, len(lines[0]), len(good) - 130,
                len(good) - 1]
        for at in ends + self.dice.sample(range(len(good)), 20):
            bad = bytearray(good)
            bad[at] ^= 1 << self.dice.randrange(8)
            other.write_bytes(bad)
            done = self.check(cluster, "--key", self.public, other,
                              codes=(65,))
            self.assertIn("changed.statement: ", done.stderr, at)
        for bad in (good[:-1], good + b"\n", b"", lines[0] + lines[1]):
            other.write_bytes(bad)
            self.check(cluster, other, codes=(65,))
        _, public = self.make_key(cluster, "other")
        done = self.check(cluster, "--key", public, path, codes=(65,))
        self.assertIn("another key", done.stderr)
        self.assertIn("give --key", self.check(cluster, path).stdout)
        self.check(cluster, self.folder / "none", codes=(66,))
        # The newest version in the folder is damaged: nothing is built on it.
        newest = self.store / path.parent.name / path.name.replace(
            ".2.", ".3.")
        newest.chmod(0o600)
        newest.write_bytes(newest.read_bytes().replace(b"1", b"2", 1))
        done = self.issue(cluster, "restate", codes=(65,))
        self.assertIn(newest.name, done.stderr)

    def test_nothing_is_issued_before_its_time_or_without_every_base(self):
        with self.cluster(None) as cluster:
            self.begin(cluster)
            newest = self.period
            year = int(newest[:4])
            self.period = f"{newest}..{year + 1}-12"
            done = self.issue(cluster, "issue", codes=(75,))
            self.assertIn(f"not PROVISIONAL before {year + 2}-01-11T00:00",
                          done.stderr)
            self.period = newest
            self.bases.write_text(
                "dealer,base_fen\n" + "".join(
                    f"{dealer},1\n" for dealer in self.dealers[1:]))
            done = self.issue(cluster, "issue", codes=(65, 75))
            if done.returncode == 65:  # PROVISIONAL by the machine's clock
                self.assertIn(f"{self.dealers[0]} has no base", done.stderr)
            for text, said in (("dealer,base_fen\nA,-1\n", ":2: column 2 (base_fen)"),
                               ("dealer,base_fen\nA,1\nA,2\n", "two bases"),
                               ("dealer,base_fen\nA,\n", "is missing"),
                               ("dealer\nA\n", "column is missing")):
                self.bases.write_text(text)
                done = self.issue(cluster, "issue", codes=(65,))
                self.assertIn(said, done.stderr)
            self.assertEqual(list(self.folder.glob("statements/**/*")), [])


if __name__ == "__main__":
    suite.main()
