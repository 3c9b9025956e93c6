# SPDX-License-Identifier: Apache-2.0
"""A terminal inside a test: python_terminal.py's, stepped by the test, with
events made up from a fixed seed and an account of what was acknowledged.
"""
import random
import time
import types

import python_terminal
from cluster import WAIT_S

DAY_MS = 86400000


class Speaker:
    """One spool (terminal and epoch) of one dealer."""

    def __init__(self, ports, dealer="D1", name="speaker", seed=1,
                 role=1):
        self.random = random.Random(seed)
        self.dealer = dealer
        self.event_pb2, self.pb = protocol()
        self.options = types.SimpleNamespace(
            endpoint=[f"tcp://127.0.0.1:{port}" for port in ports],
            name=name, role=role, dealer=[dealer] if role == 1 else [],
            epoch=self.random.getrandbits(63), batch=64, timeout=WAIT_S,
            patient=True)
        self.acked = {}     # seq -> body
        self.outcomes = {}  # seq -> (kind, code)
        self.retry = []     # events answered RETRY
        self.seq = 0
        self.terminal = python_terminal.Terminal(self.options, self.pb, [],
                                                 self.note)
        self.terminal.open_at = time.monotonic()

    def note(self, event, outcome, _position):
        kind = outcome.kind if outcome else 0
        code = outcome.code if outcome else 0
        self.outcomes[event.seq] = (self.pb.OutcomeKind.Name(kind),
                                    self.pb.Code.Name(code))
        if kind in (self.pb.OUTCOME_ACCEPTED, self.pb.OUTCOME_DUPLICATE):
            self.acked[event.seq] = event.body
        if kind == self.pb.OUTCOME_RETRY:
            self.retry.append(event)

    def response(self, **more):
        """A complete answer to the questionnaire of deploy/samples/ecsi."""
        now = int(time.time() * 1000)
        values = {"dealer": self.dealer, "visit": f"V{self.seq + 1}",
                  "occurred_at_ms": now - self.random.randrange(20 * DAY_MS),
                  "survey_response": {
                      "questionnaire": "ecsi", "version": 1,
                      "items": list(range(1, 25)),
                      "values": [self.random.randrange(1, 11)
                                 for _ in range(24)]}}
        values.update(more)
        return values

    def add(self, values=None):
        """Takes an event into the spool; it is sent by run or step."""
        self.seq += 1
        event = python_terminal.capture(self.event_pb2, self.seq, self.seq,
                                        values or self.response())
        self.terminal.last_seq = self.seq
        self.terminal.waiting.append(event)
        return event

    def run(self, condition=None, seconds=WAIT_S):
        """Steps until the condition holds (default: nothing waits)."""
        terminal = self.terminal
        condition = condition or (
            lambda: not terminal.waiting and not terminal.flights)
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(
                    f"{seconds} s passed; {len(terminal.waiting)} wait, "
                    f"{terminal.under_way()} are under way, "
                    f"refused: {terminal.refused}")
            terminal.step()

    def send(self, count):
        for _ in range(count):
            self.add()
        self.run()

    def try_again(self):
        """What was answered RETRY waits again."""
        self.terminal.waiting.extend(self.retry)
        self.terminal.waiting.sort(key=lambda event: event.seq)
        self.retry = []

    def run_out(self, seconds=WAIT_S):
        """Until every event is acknowledged, however often it is put off."""
        end = time.monotonic() + seconds
        while len(self.acked) < self.seq:
            self.try_again()
            self.run(lambda: self.retry or len(self.acked) == self.seq,
                     max(1, end - time.monotonic()))
            time.sleep(0.2 if self.retry else 0)

    def close(self):
        self.terminal.close()


_protocol = None


def protocol():
    global _protocol
    if _protocol is None:
        _protocol = python_terminal.compile_proto()
    return _protocol
