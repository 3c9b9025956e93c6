# SPDX-License-Identifier: Apache-2.0
"""What no terminal should send gets its own code, harms nobody, and makes no
process exit; a terminal in another language gets on with the collector.
"""
import json
import subprocess
import sys
import time
import unittest

import suite
from cluster import SOURCE, WAIT_S, Cluster

DEMO = SOURCE / "deploy/samples/demo"
TERMINAL = SOURCE / "tests/support/python_terminal.py"
DEALER = "BJ01"
DAY_MS = 86400000


suite.need_python_terminal()


class HostileTerminal(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv")
        self.cluster.__enter__()
        self.addCleanup(self.cluster.end, demand=True)
        self.admitted()

    def admitted(self):
        """Waits until the collector has the rules, by its first WELCOME."""
        end = time.monotonic() + WAIT_S
        while True:
            code, lines = self.run_python([self.visit("warm-up")])
            if code in (0, 75) and lines and \
                    lines[-1].get("outcome") in ("ACCEPTED", "DUPLICATE"):
                return
            self.assertLess(time.monotonic(), end, lines)
            time.sleep(0.2)

    def visit(self, name, **changes):
        event = {"dealer": DEALER, "visit": name,
                 "occurred_at_ms": int(time.time() * 1000) - DAY_MS,
                 "visit_opened": {"eligible": True}}
        event.update(changes)
        return event

    def run_python(self, events, *arguments):
        command = [sys.executable, "-B", TERMINAL, "--dealer", DEALER,
                   "--endpoint",
                   f"tcp://127.0.0.1:{self.cluster.collector_ports[0]}",
                   *arguments]
        done = subprocess.run(
            [str(a) for a in command], capture_output=True, text=True,
            input="".join(json.dumps(event) + "\n" for event in events),
            timeout=5 * WAIT_S)
        self.assertEqual(done.stderr, "")
        return done.returncode, [json.loads(line)
                                 for line in done.stdout.splitlines()]

    def test_every_hostile_case_is_answered_as_documented(self):
        code, lines = self.run_python([], "--hostile", "all",
                                      "--timeout", "20")
        self.assertGreater(len(lines), 20)
        wrong = [line for line in lines if not line["as_documented"]]
        self.assertEqual(wrong, [])
        self.assertEqual(code, 0)
        for process in self.cluster.processes.values():
            self.assertTrue(self.cluster.need(process))
        # Nothing is half-stored, and good events still get in.
        code, lines = self.run_python([self.visit("afterwards")])
        self.assertEqual((code, lines[0]["outcome"]), (0, "ACCEPTED"))
        self.cluster.verify()

    def test_one_bad_event_does_not_spoil_its_batch(self):
        events = [self.visit("a"), self.visit("b", occurred_at_ms=1),
                  self.visit("c", dealer="NOBODY"), self.visit("d")]
        code, lines = self.run_python(events, "--dealer", "NOBODY")
        told = {line["line"]: (line["outcome"], line.get("code"))
                for line in lines}
        self.assertEqual(told, {1: ("ACCEPTED", None),
                                2: ("REJECTED", "TOO_OLD"),
                                3: ("RETRY", "UNKNOWN_DEALER"),
                                4: ("ACCEPTED", None)})
        self.assertEqual(code, 65)

    def test_the_same_event_again_is_a_duplicate_and_counts_once(self):
        event = self.visit("twice")
        event["id"] = time.time_ns().to_bytes(8, "big")[2:].hex() + \
            "7123" + "9" + "0" * 15
        first, _ = self.run_python([event])
        again, lines = self.run_python([event])
        self.assertEqual((first, again), (0, 0))
        self.assertEqual(lines[0]["outcome"], "DUPLICATE")
        self.assertEqual(lines[0]["code"], "ALREADY_STORED")
        other, lines = self.run_python([dict(event, visit="other")])
        self.assertEqual((other, lines[0]["code"]), (65, "ID_CONFLICT"))
        rows = self.cluster.rows("visits")
        self.assertEqual(rows[DEALER]["n"], 2)  # warm-up and this one
        self.cluster.verify()


if __name__ == "__main__":
    suite.main()
