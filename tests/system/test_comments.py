# SPDX-License-Identifier: Apache-2.0
"""What customers said is on disk sealed only, shown to who may ask on the
aggregator's host, and gone for good once erased, while every figure stays.
"""
import json
import subprocess
import sys
import time
import unittest

import suite
from cluster import SOURCE, WAIT_S, Cluster

suite.need_python_terminal()

DEMO = SOURCE / "deploy/samples/demo"
TERMINAL = SOURCE / "tests/support/python_terminal.py"
DEALER = "BJ01"
DAY_MS = 86400000
WORDS = {"a": "The coffee was as cold as the welcome",
         "b": "\u5496\u5561\u51b7\u4e86\uff0c\u670d\u52a1\u4e0d\u9519",
         "c": "\x1b[31mred\x9b2J\"quoted\\"}


class Comments(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv")
        self.cluster.__enter__()
        self.addCleanup(self.cluster.end, demand=True)
        self.first = int(time.time() * 1000) - 2 * DAY_MS

    def event(self, name):
        number = "abc".index(name) + 1
        event = {"id": f"{self.first:012x}7000800000000000000{number}",
                 "dealer": DEALER, "visit": name, "comment": WORDS[name],
                 "salt": f"{number:032x}",
                 "occurred_at_ms": self.first,
                 "visit_opened": {"eligible": True}}
        return event

    def send(self, names):
        command = [sys.executable, "-B", TERMINAL, "--dealer", DEALER,
                   "--patient", "--endpoint",
                   f"tcp://127.0.0.1:{self.cluster.collector_ports[0]}"]
        done = subprocess.run(
            [str(a) for a in command], capture_output=True, text=True,
            input="".join(json.dumps(self.event(n)) + "\n" for n in names),
            timeout=5 * WAIT_S)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 0, done.stdout)
        return [json.loads(line)["outcome"]
                for line in done.stdout.splitlines()]

    def comments(self, verb, *arguments, codes=(0,)):
        return self.cluster.run_console(
            "comments", verb, "--data", self.cluster.store, "--dealer", DEALER,
            *arguments, codes=codes)

    def shown(self, *arguments, codes=(0,)):
        """event id -> words, or None when they were erased."""
        done = self.comments("show", *arguments, codes=codes)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return {row["event"]: row.get("comment") for row in rows}

    def files_with(self, text):
        sought = text.encode()
        return [path for path in self.cluster.folder.rglob("*")
                if path.is_file() and sought in path.read_bytes()]

    def test_words_are_sealed_shown_and_erased(self):
        wanted = {self.event(name)["id"]: WORDS[name] for name in "abc"}
        self.assertEqual(self.send("abc"), ["ACCEPTED"] * 3)
        self.assertEqual(self.files_with("coffee"), [])
        self.assertEqual(self.files_with("\u5496\u5561"), [])
        self.assertEqual(self.shown(), wanted)
        raw = self.comments("show").stdout
        self.assertFalse(any(ord(c) < 32 and c != "\n" or
                             0x7f <= ord(c) < 0xa0 for c in raw))
        figures = self.cluster.rows("visits")

        one = self.event("a")["id"]
        done = self.comments("erase", "--event", one)
        self.assertIn("1 erased, 0 erased before", done.stdout)
        self.assertIn("comments-erased", done.stderr)
        self.assertNotIn("coffee", done.stdout + done.stderr)
        wanted[one] = None
        self.assertEqual(self.shown(), wanted)
        self.assertEqual(self.shown("--event", one), {one: None})

        # The running aggregator goes on; the words sent again stay gone.
        self.assertEqual(self.send("ab"), ["DUPLICATE"] * 2)
        self.assertEqual(self.shown(), wanted)
        self.cluster.verify()
        self.cluster.processes["aggregator"].stop()
        self.cluster.start_aggregator()
        self.assertEqual(self.shown(), wanted)
        self.cluster.verify()
        self.assertEqual(self.cluster.rows("visits"), figures)

        self.comments("erase", "--all")
        self.assertEqual(set(self.shown().values()), {None})
        self.cluster.verify()

    def test_our_own_terminal_brings_comments_and_imports_them_once(self):
        self.cluster.run_terminal(
            "send", "type=VISIT_OPENED", f"dealer={DEALER}", "visit=sent",
            "comment=the radio was left on")
        rows = self.cluster.folder / "rows.csv"
        rows.write_text("id,day,said\nr1,2026-05-04,cold coffee\n"
                        "r2,2026-05-05,\nr3,2026-05-06,\u5496\u5561\n")
        words = self.cluster.folder / "words.yaml"
        words.write_text(
            "map: words\nkey: {column: id}\nevery:\n"
            f"  dealer: {DEALER}\n  visit: {{column: id}}\n"
            "  occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
            "  comment: {column: said}\nevents:\n  - type: VISIT_OPENED\n")
        for again in range(2):
            done = self.cluster.run_terminal("import", "--map", words, rows)
            self.assertIn("3 duplicate" if again else "3 accepted",
                          done.stdout + done.stderr)
        self.assertEqual(sorted(self.shown().values()), sorted(
            ["the radio was left on", "cold coffee", "\u5496\u5561"]))
        self.assertEqual(len(self.shown("--month", "2026-05")), 2)
        rows.unlink()
        self.assertEqual([path for path in self.files_with("coffee")
                          if "store" in path.parts], [])
        self.cluster.verify()

    def test_it_says_when_there_is_nothing(self):
        self.comments("show", codes=(65,))
        self.comments("erase", codes=(64,))
        self.comments("erase", "--event", "abc", codes=(64,))
        self.comments("erase", "--month", "2026", codes=(64,))
        self.comments("erase", "--month", "2026-01", codes=(65,))


if __name__ == "__main__":
    suite.main()
