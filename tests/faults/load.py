# SPDX-License-Identifier: Apache-2.0
"""Senders that keep a ledger.

Load is a thread with a terminal written from docs/PROTOCOL.md (the one in
tests/support), and never gives up: what is answered RETRY goes again.  It may
also play a collector, straight at the aggregator's port.
"""
import random
import threading
import time
from types import SimpleNamespace

import python_terminal
import protocol
from oracle import Ledger

# Impatient, so that hundreds of faults fit into a minute.
python_terminal.BACKOFF_S = 0.05
python_terminal.BACKOFF_MAX_S = 0.4
python_terminal.RESEND_S = 0.7
python_terminal.SILENCE_S = 5
python_terminal.PING_S = 1

DEALERS = ("BJ01", "BJ02", "SH01")
DAY_MS = 86400000
DEALER, HQ, COLLECTOR = 1, 2, 5


def make_event(dice, dealer=None, days=40):
    """An event and what it must count as: (body, id, meaning)."""
    event = protocol.event.Event()
    event.id = python_terminal.uuid7()
    event.dealer = dealer or dice.choice(DEALERS)
    event.occurred_at_ms = python_terminal.now_ms() - dice.randrange(
        1, days * DAY_MS)
    kind = dice.choices(("answer", "visit", "complaint"), (6, 2, 1))[0]
    value = 0
    if kind == "answer":
        value = dice.randint(1, 10)
        event.visit = event.id.hex()
        event.survey_response.questionnaire = "service"
        event.survey_response.version = 1
        event.survey_response.items.extend(range(1, 9))
        event.survey_response.values.extend(
            [value] + [dice.randint(1, 10) for _ in range(7)])
    elif kind == "visit":
        event.visit = event.id.hex()
        event.visit_opened.eligible = True
    else:
        event.complaint = event.id.hex()
        setattr(event.complaint_opened, "class", 1 + dice.randrange(4))
    return event.SerializeToString(), event.id, (event.dealer, kind, value)


class Due(python_terminal.Waiting):
    """An event in the sender's memory."""

    def __init__(self, seq, made):
        body, self.id, self.meaning = made
        super().__init__(seq, seq, body)
        self.not_before = 0


class Sender(python_terminal.Terminal):
    """A terminal that writes its ledger and keeps what is answered RETRY."""

    def __init__(self, options, ledger):
        super().__init__(options, protocol.terminal, [], None)
        self.ledger = ledger
        self.later = []
        self.open_at = time.monotonic()
        self.positions = {}  # id -> position its receipt named

    def fly(self, flight):
        self.ledger.attempt(flight.events)
        super().fly(flight)

    def on_receipt(self, receipt):
        told = []

        def report(event, outcome, position):
            kind = protocol.terminal.OutcomeKind.Name(
                outcome.kind if outcome else 0).removeprefix("OUTCOME_")
            code = protocol.terminal.Code.Name(outcome.code) if outcome else ""
            told.append((event, kind, code))
            if position:
                self.positions[event.id] = position
            if kind == "RETRY":
                event.not_before = time.monotonic() + min(
                    0.3, outcome.after_ms / 1000)
                self.later.append(event)

        self.report = report
        super().on_receipt(receipt)
        self.ledger.outcome(told)

    def take_up(self):
        now = time.monotonic()
        for event in [e for e in self.later if e.not_before <= now]:
            self.later.remove(event)
            self.waiting.append(event)

    def is_done(self):
        return not (self.waiting or self.flights or self.later)


class Load(threading.Thread):
    """Sends batches of `batch` events every `pause` seconds until told."""

    def __init__(self, folder, endpoints, name="load-1", role=DEALER, batch=20,
                 pause=0.005, seed=1, count=None, events=None):
        super().__init__(daemon=True)
        self.ledger = Ledger(folder / f"{name}.ledger")
        self.dice = random.Random(seed)
        self.batch, self.pause, self.count = batch, pause, count
        self.given = list(events or [])
        self.enough = threading.Event()
        self.gave_up = threading.Event()
        self.error = None
        self.seq = 0
        self.sender = Sender(SimpleNamespace(
            endpoint=list(endpoints), name=name, role=role, batch=batch,
            dealer=list(DEALERS) if role == DEALER else [],
            epoch=random.Random(f"{name}{time.time_ns()}").getrandbits(63),
            patient=True, timeout=0), self.ledger)

    def more(self):
        """The next batch of events, or None at the end."""
        if self.given:
            made, self.given = self.given[:self.batch], self.given[self.batch:]
        elif self.enough.is_set() or (self.count is not None and
                                      self.seq >= self.count):
            return None
        else:
            made = [make_event(self.dice) for _ in range(self.batch)]
        fresh = []
        for one in made:
            self.seq += 1
            fresh.append(Due(self.seq, one))
        self.sender.last_seq = self.seq
        return fresh

    def run(self):
        next_at = 0
        at_end = False
        try:
            while not self.gave_up.is_set():
                self.sender.take_up()
                now = time.monotonic()
                backlog = len(self.sender.waiting) > 10 * self.batch
                if not at_end and now >= next_at and not backlog:
                    fresh = self.more()
                    at_end = fresh is None
                    self.sender.waiting.extend(fresh or [])
                    next_at = now + self.pause
                if at_end and self.sender.is_done():
                    break
                self.sender.step()
        except BaseException as error:  # told by drain()
            self.error = error
        finally:
            self.sender.close()

    def complete(self, seconds=240):
        """Waits until all of `count` or `events` have their outcomes."""
        self.join(seconds)
        self.finish()

    def drain(self, seconds=240):
        """Stops making events; every one gets its outcome."""
        self.enough.set()
        self.join(seconds)
        self.finish()

    def finish(self):
        if self.error:
            raise self.error
        if self.is_alive():
            self.gave_up.set()
            self.join()
            raise AssertionError(
                f"{self.name}: {len(self.ledger.attempted)} attempted, only "
                f"{len(self.ledger.acked)} acknowledged; waiting "
                f"{len(self.sender.waiting)}, under way "
                f"{self.sender.under_way()}, to retry "
                f"{dict(self.ledger.retries)}, refused {self.sender.refused}")

    def abandon(self):
        """Ends at once; what has no outcome stays unknown."""
        self.gave_up.set()
        self.join()

    def again(self):
        """Everything ever attempted, byte for byte, to be sent once more."""
        return [(body, i, self.ledger.attempted[i])
                for i, body in self.ledger.bodies.items()]
