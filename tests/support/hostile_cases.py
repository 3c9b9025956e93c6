# SPDX-License-Identifier: Apache-2.0
"""What no terminal should send, and what docs/PROTOCOL.md says comes back.

Used by python_terminal.py --hostile CASE.
"""
import hashlib
import os
import time

import zmq

from python_terminal import (BATCH_MAX, BODY_MAX, DAY_MS, FRAME_MAX, Link,
                             Waiting, fill, now_ms, uuid7)


class Hostile:
    """Cases of what no terminal should send; see CASES below."""

    def __init__(self, options, event_pb2, terminal_pb2):
        self.options, self.events, self.pb = options, event_pb2, terminal_pb2
        self.context = zmq.Context.instance()
        self.seq = 0
        self.dealer = options.dealer[0]

    # --- frames ------------------------------------------------------------

    def open(self, greeted=True):
        link = Link(self.context, self.options.endpoint[0], self.pb)
        if not greeted:
            return link, None
        link.hello(self.options)
        answer = self.answer(link, "welcome")
        if answer is None or answer.welcome.HasField("refusal"):
            link.close()
            return None, None
        return link, answer.welcome.session

    def answer(self, link, *kinds, seconds=None):
        """The next envelope of these kinds; None: silence."""
        end = time.monotonic() + (seconds or self.options.timeout)
        while time.monotonic() < end:
            envelope = link.receive(end - time.monotonic())
            if envelope and (not kinds or envelope.WhichOneof("kind") in kinds):
                return envelope
        return None

    def told(self, envelope):
        """What an envelope says, as a text to compare."""
        if envelope is None:
            return "silence"
        kind = envelope.WhichOneof("kind")
        if kind == "goaway":
            return "GOAWAY " + self.pb.Code.Name(envelope.goaway.code)
        if kind == "welcome" and envelope.welcome.HasField("refusal"):
            return "REFUSAL " + self.pb.Code.Name(envelope.welcome.refusal.code)
        return kind.upper()

    def frame(self, *frames, greeted=True, silent=False):
        """Sends raw frames and returns what came back."""
        link, _ = self.open(greeted)
        if link is None:
            return "not admitted"
        try:
            link.send_raw(*frames)
            return self.told(self.answer(link, seconds=2 if silent else None))
        finally:
            link.close()

    def greeting(self, **changes):
        """A HELLO other than it should be."""
        envelope = self.pb.Envelope(version=1)
        envelope.hello.role = changes.get("role", 1)
        envelope.hello.name = changes.get("name", self.options.name)
        envelope.hello.dealers.extend(changes.get("dealers", [self.dealer]))
        envelope.hello.epoch = self.options.epoch
        return self.frame(envelope.SerializeToString(), greeted=False)

    def other_session(self):
        link, session = self.open()
        if link is None:
            return "not admitted"
        try:
            link.send(link.batch(self.options, session ^ 1, 1, [self.good()]))
            return self.told(self.answer(link))
        finally:
            link.close()

    def batch_bytes(self, session, events):
        link = Link(self.context, self.options.endpoint[0], self.pb)
        try:
            return link.batch(self.options, session, 1,
                              events).SerializeToString()
        finally:
            link.close()

    # --- events ------------------------------------------------------------

    def event(self, **changes):
        """A visit that is fine but for the changes."""
        event = self.events.Event()
        self.seq += 1
        values = {"dealer": self.dealer, "occurred_at_ms": now_ms() - DAY_MS,
                  "visit": f"hostile-{os.urandom(4).hex()}",
                  "visit_opened": {}}
        values.update(changes)
        fill(event, {k: v for k, v in values.items() if v is not None})
        if "id" not in values:
            event.id = uuid7()
        return event

    def waiting(self, body, comment=""):
        self.seq += 1
        salt = os.urandom(16) if comment else b""
        return Waiting(0, self.seq, body, salt, comment)

    def good(self):
        return self.waiting(self.event().SerializeToString())

    def survey(self, **survey):
        values = {"questionnaire": "no-such", "version": 1}
        values.update(survey)
        return self.event(visit_opened=None, survey_response=values)

    def outcomes(self, *events, change=None):
        """Sends a batch of these and a good one; the outcomes of these."""
        link, session = self.open()
        if link is None:
            return "not admitted"
        try:
            envelope = link.batch(self.options, session, 1,
                                  [*events, self.good()])
            if change:
                change(envelope.batch)
            link.send(envelope)
            answer = self.answer(link, "receipt", "goaway")
            if answer is None or not answer.HasField("receipt"):
                return self.told(answer)
            return self.tell_outcomes(answer.receipt, len(events))
        finally:
            link.close()

    def tell_outcomes(self, receipt, count):
        told = {outcome.index: outcome for outcome in receipt.outcomes}
        texts = []
        for index in range(count + 1):
            outcome = told.get(index)
            kind = outcome.kind if outcome else 0
            text = self.pb.OutcomeKind.Name(kind).removeprefix("OUTCOME_")
            if outcome:
                text += " " + self.pb.Code.Name(outcome.code)
            texts.append(text)
        return ", ".join(texts)

    def one(self, event, comment=""):
        body = event if isinstance(event, bytes) else event.SerializeToString()
        return self.outcomes(self.waiting(body, comment))

    def text_in(self, raw):
        """An event whose visit holds these bytes."""
        body = self.event(visit=None).SerializeToString()
        return self.one(body + bytes([5 << 3 | 2, len(raw)]) + raw)

    def conflict(self):
        first, second = self.event(), self.event()
        second.id = first.id
        return self.outcomes(self.waiting(first.SerializeToString()),
                             self.waiting(second.SerializeToString()))

    def twice(self):
        body = self.event().SerializeToString()
        return self.outcomes(self.waiting(body), self.waiting(body))

    def foreign_parcel(self):
        def change(batch):
            batch.parcels[0].terminal = "somebody-else"
        return self.outcomes(change=change)

    def told_seq(self):
        def change(batch):
            batch.parcels[0].told_seq = 1
        return self.outcomes(change=change)

    def other_epoch(self):
        def change(batch):
            batch.parcels[0].epoch ^= 1
        return self.outcomes(change=change)

    def far_seq(self, seq):
        waiting = self.good()
        waiting.seq = seq
        return self.outcomes(waiting)

    def collector_fields(self):
        def change(batch):
            batch.parcels[0].collector = "I-am-one"
        return self.outcomes(change=change)

    def without_seq(self):
        def change(batch):
            batch.parcels[0].deliveries[0].ClearField("seq")
        return self.outcomes(change=change)

    def comment(self, comment="good coffee", hash_of=None, change=None):
        """An event with a comment; hash_of(salt, comment), or none at all."""
        event, salt = self.event(), os.urandom(16)
        if hash_of is not None:
            event.comment_hash = hash_of(salt, comment.encode())
        self.seq += 1
        waiting = Waiting(0, self.seq, event.SerializeToString(), salt, comment)

        def change_delivery(batch):
            if change:
                change(batch.parcels[0].deliveries[0])
        return self.outcomes(waiting, change=change_delivery)

    def control(self):
        return self.event(visit_opened=None, void_event={
            "target": uuid7().hex(), "target_type": 36,
            "target_occurred_at_ms": now_ms() - DAY_MS})


def right_hash(salt, comment):
    return hashlib.blake2b(salt + comment, digest_size=32).digest()


GOOD = ", ACCEPTED"  # the good event beside every bad one
PING = b"\x08\x01\x32\x00"

# name: (what is sent, what docs/PROTOCOL.md says comes back)
CASES = {
    # Frames.
    "garbage": (lambda h: h.frame(bytes(range(255, 99, -1))),
                "GOAWAY MALFORMED"),
    "empty-frame": (lambda h: h.frame(b""), "GOAWAY MALFORMED"),
    "version": (lambda h: h.frame(b"\x08\x02\x32\x00"),
                "GOAWAY UNKNOWN_VERSION"),
    "no-version": (lambda h: h.frame(b"\x32\x00"), "GOAWAY MALFORMED"),
    "two-kinds": (lambda h: h.frame(PING + b"\x3a\x00"), "GOAWAY MALFORMED"),
    "unknown-kind": (lambda h: h.frame(b"\x08\x01\x4a\x00"),
                     "GOAWAY MALFORMED"),
    "unknown-field": (lambda h: h.frame(b"\x08\x01\x32\x02\x78\x01"),
                      "GOAWAY MALFORMED"),
    "cut-short": (lambda h: h.frame(h.batch_bytes(1, [h.good()])[:-7]),
                  "GOAWAY MALFORMED"),
    "receipt": (lambda h: h.frame(b"\x08\x01\x2a\x00"), "GOAWAY MALFORMED"),
    "two-frames": (lambda h: h.frame(PING, PING, silent=True), "silence"),
    "oversize-frame": (lambda h: h.frame(bytes(FRAME_MAX + 1), silent=True),
                       "silence"),
    "too-many-events": (lambda h: h.frame(h.batch_bytes(
        1, [h.waiting(b"\0")] * (BATCH_MAX + 1))), "GOAWAY TOO_LARGE"),
    "batch-without-hello": (lambda h: h.frame(
        h.batch_bytes(1, [h.good()]), greeted=False), "GOAWAY STALE_SESSION"),
    "ping-without-hello": (lambda h: h.frame(PING, greeted=False),
                           "GOAWAY STALE_SESSION"),
    "other-session": (lambda h: h.other_session(), "GOAWAY STALE_SESSION"),
    # Greetings.
    "no-role": (lambda h: h.greeting(role=0), "REFUSAL MISSING_FIELD"),
    "role-collector": (lambda h: h.greeting(role=5), "REFUSAL NOT_PERMITTED"),
    "no-dealers": (lambda h: h.greeting(dealers=[]), "REFUSAL MISSING_FIELD"),
    "dealer-hq": (lambda h: h.greeting(dealers=["HQ"]),
                  "REFUSAL NOT_PERMITTED"),
    "bad-name": (lambda h: h.greeting(name="two words"), "REFUSAL BAD_FIELD"),
    # Wrappers.
    "foreign-parcel": (lambda h: h.foreign_parcel(),
                       "REJECTED DEALER_MISMATCH"),
    "collector-fields": (lambda h: h.collector_fields(), "REJECTED MALFORMED"),
    "told-seq": (lambda h: h.told_seq(), "REJECTED MALFORMED"),
    "other-epoch": (lambda h: h.other_epoch(), "RETRY SPOOL_MISMATCH"),
    "far-seq": (lambda h: h.far_seq(2**32 + 1), "RETRY SPOOL_MISMATCH" + GOOD),
    "farthest-seq": (lambda h: h.far_seq(2**63 - 1),
                     "RETRY SPOOL_MISMATCH" + GOOD),
    "beyond-seq": (lambda h: h.far_seq(2**63), "GOAWAY MALFORMED"),
    "no-seq": (lambda h: h.without_seq(), "GOAWAY MALFORMED"),
    # Events.
    "malformed-event": (lambda h: h.one(b"\x0a\x7f"),
                        "REJECTED MALFORMED" + GOOD),
    "empty-event": (lambda h: h.one(b""), "REJECTED EMPTY_EVENT" + GOOD),
    "two-payloads": (lambda h: h.one(
        h.event().SerializeToString() + b"\x82\x02\x00"),
        "REJECTED MALFORMED" + GOOD),
    "no-id": (lambda h: h.one(h.event(id="")), "REJECTED BAD_ID" + GOOD),
    "zero-id": (lambda h: h.one(h.event(id="00" * 16)),
                "REJECTED BAD_ID" + GOOD),
    "gbk-text": (lambda h: h.text_in("销售".encode("gbk")),
                 "REJECTED BAD_TEXT" + GOOD),
    "nul-text": (lambda h: h.text_in(b"V\0 1"), "REJECTED BAD_TEXT" + GOOD),
    "oversize-event": (lambda h: h.one(bytes(BODY_MAX + 1)),
                       "REJECTED TOO_LARGE" + GOOD),
    "long-name": (lambda h: h.one(h.event(visit="v" * 65)),
                  "REJECTED TOO_LARGE" + GOOD),
    "no-dealer": (lambda h: h.one(h.event(dealer=None)),
                  "REJECTED MISSING_FIELD" + GOOD),
    "no-time": (lambda h: h.one(h.event(occurred_at_ms=None)),
                "REJECTED MISSING_FIELD" + GOOD),
    "no-payload": (lambda h: h.one(h.event(visit_opened=None)),
                   "REJECTED MISSING_FIELD" + GOOD),
    "no-visit": (lambda h: h.one(h.event(visit=None)),
                 "REJECTED MISSING_FIELD" + GOOD),
    "bad-field": (lambda h: h.one(h.event(visit_opened={"settled_fen": -1})),
                  "REJECTED BAD_FIELD" + GOOD),
    "unknown-type": (lambda h: h.one(
        h.event(visit_opened=None).SerializeToString() + b"\xea\x03\x00"),
        "REJECTED UNKNOWN_TYPE" + GOOD),
    "later-type": (lambda h: h.one(h.event(visit_opened=None, appeal_opened={})),
                   "REJECTED NOT_YET_SUPPORTED" + GOOD),
    "item-5000": (lambda h: h.one(h.survey(items=[5000], values=[1])),
                  "REJECTED UNKNOWN_ITEM" + GOOD),
    "value-101": (lambda h: h.one(h.survey(items=[1], values=[101])),
                  "REJECTED OFF_SCALE" + GOOD),
    "item-twice": (lambda h: h.one(h.survey(items=[1, 1], values=[1, 2])),
                   "REJECTED BAD_FIELD" + GOOD),
    "unpaired": (lambda h: h.one(h.survey(items=[1, 2], values=[1])),
                 "REJECTED BAD_FIELD" + GOOD),
    "year-1000": (lambda h: h.one(h.event(occurred_at_ms=-30610224000000)),
                  "REJECTED TOO_OLD" + GOOD),
    "id-conflict": (lambda h: h.conflict(),
                    "ACCEPTED, REJECTED ID_CONFLICT" + GOOD),
    "twice": (lambda h: h.twice(), "ACCEPTED, DUPLICATE ALREADY_STORED" + GOOD),
    # To be sent again.
    "year-9000": (lambda h: h.one(h.event(occurred_at_ms=221845392000000)),
                  "RETRY FUTURE_TIME" + GOOD),
    "no-such-questionnaire": (lambda h: h.one(h.survey()),
                              "RETRY UNKNOWN_QUESTIONNAIRE" + GOOD),
    "other-dealer": (lambda h: h.one(h.event(dealer="not-mine")),
                     "RETRY NOT_PERMITTED" + GOOD),
    "dealer-voids": (lambda h: h.one(h.control()),
                     "RETRY NOT_PERMITTED" + GOOD),
    # Comments.
    "comment": (lambda h: h.comment(hash_of=right_hash), "ACCEPTED" + GOOD),
    "longest-comment": (lambda h: h.comment("x" * 2048, right_hash),
                        "ACCEPTED" + GOOD),
    "long-comment": (lambda h: h.comment("x" * 2049, right_hash),
                     "REJECTED TOO_LARGE" + GOOD),
    "other-words": (lambda h: h.comment(hash_of=lambda s, c: bytes(32)),
                    "REJECTED BAD_FIELD" + GOOD),
    "comment-without-hash": (lambda h: h.comment(),
                             "REJECTED MISSING_FIELD" + GOOD),
    "hash-without-comment": (
        lambda h: h.comment(hash_of=right_hash,
                            change=lambda d: d.ClearField("comment")),
        "REJECTED MISSING_FIELD" + GOOD),
    "comment-without-salt": (
        lambda h: h.comment(hash_of=right_hash,
                            change=lambda d: d.ClearField("salt")),
        "REJECTED MISSING_FIELD" + GOOD),
    "short-salt": (
        lambda h: h.comment(hash_of=right_hash,
                            change=lambda d: setattr(d, "salt", b"salt")),
        "REJECTED BAD_FIELD" + GOOD),
    "sealed-by-the-terminal": (
        lambda h: h.comment(hash_of=right_hash,
                            change=lambda d: setattr(d, "sealed", bytes(80))),
        "REJECTED MALFORMED" + GOOD),
}
