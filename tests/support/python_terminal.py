#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A terminal written from docs/PROTOCOL.md alone, in another language.

    python_terminal.py --endpoint tcp://127.0.0.1:7070 --dealer D1 < events.jsonl
    python_terminal.py --endpoint tcp://127.0.0.1:7070 --dealer D1 --hostile all

Reads events as JSON lines from standard input, sends them, and prints one line
per outcome.  The keys are the field names of proto/event.proto, bytes in hex:

    {"dealer": "D1", "occurred_at_ms": 1790000000000, "visit": "V1",
     "visit_opened": {"arrived_at_ms": 1790000000000}}

Without "id" an event gets a UUIDv7.  Besides: "body" (hex) is sent as it is,
"comment" travels beside the body, with a random salt unless "salt" (hex) is
given.

--hostile CASE sends what no terminal should, prints what came back and what
docs/PROTOCOL.md says should; "all" sends every case, "list" names them.

Exit status: 0 all accepted or stored before (hostile: all answered as
documented), 65 something was rejected (hostile: or answered otherwise), 75
something is to be sent again later, 69 nobody answered, 77 not admitted.

The cases are in hostile_cases.py beside this file.  Nothing is shared with the C
code but proto/.  Debian: python3-zmq, python3-protobuf, protobuf-compiler.
"""
import argparse
import hashlib
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import zmq
from google.protobuf.descriptor import FieldDescriptor

sys.dont_write_bytecode = True  # leave nothing in the source tree
PROTO = Path(__file__).resolve().parent.parent.parent / "proto"

PING_S, SILENCE_S = 5, 15
RESEND_S, RESEND_MAX_S = 10, 120
BACKOFF_S, BACKOFF_MAX_S = 1, 60
FRAME_MAX, BODY_MAX, BATCH_MAX = 262144, 8192, 512
DAY_MS = 86400000


def compile_proto():
    """The modules event_pb2 and terminal_pb2, made anew from proto/."""
    with tempfile.TemporaryDirectory(prefix="dealerpulse-proto-") as folder:
        subprocess.run(
            ["protoc", f"--proto_path={PROTO}", f"--python_out={folder}",
             "event.proto", "terminal.proto"], check=True)
        sys.path.insert(0, folder)
        try:
            return (importlib.import_module("event_pb2"),
                    importlib.import_module("terminal_pb2"))
        finally:
            sys.path.remove(folder)


def now_ms():
    return time.time_ns() // 1000000


def uuid7():
    value = now_ms() << 80 | 7 << 76 | random.getrandbits(12) << 64
    value |= 2 << 62 | random.getrandbits(62)
    return value.to_bytes(16, "big")


def fill(message, values):
    """Sets the fields of a message from JSON."""
    for key, value in values.items():
        field = message.DESCRIPTOR.fields_by_name.get(key)
        if field is None:
            raise SystemExit(f"{message.DESCRIPTOR.name} has no field {key}")
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            child = getattr(message, key)
            child.SetInParent()
            fill(child, value)
        elif field.label == FieldDescriptor.LABEL_REPEATED:
            getattr(message, key).extend(value)
        elif field.type == FieldDescriptor.TYPE_BYTES:
            setattr(message, key, bytes.fromhex(value))
        elif field.type == FieldDescriptor.TYPE_ENUM and isinstance(value, str):
            setattr(message, key, field.enum_type.values_by_name[value].number)
        else:
            setattr(message, key, value)


class Waiting:
    """An event in the spool, which here is memory."""

    def __init__(self, line, seq, body, salt=b"", comment=""):
        self.line, self.seq, self.body = line, seq, body
        self.salt, self.comment = salt, comment
        self.recorded_at_ms = now_ms()


def capture(event_pb2, line, seq, values):
    """Turns a line of input into an event that waits to be sent."""
    if "body" in values:
        return Waiting(line, seq, bytes.fromhex(values["body"]))
    values = dict(values)
    comment = values.pop("comment", "")
    salt = bytes.fromhex(values.pop("salt", "")) or os.urandom(16)
    event = event_pb2.Event()
    fill(event, values)
    if not event.HasField("id"):
        event.id = uuid7()
    if comment:
        event.comment_hash = hashlib.blake2b(
            salt + comment.encode(), digest_size=32).digest()
    return Waiting(line, seq, event.SerializeToString(),
                   salt if comment else b"", comment)


class Link:
    """One socket, one endpoint, one session.

    curve: the server's public key and one's own public and secret key, Z85.
    """

    def __init__(self, context, endpoint, pb, curve=None):
        self.pb = pb
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, 64)
        self.socket.setsockopt(zmq.RCVHWM, 64)
        self.socket.setsockopt(zmq.MAXMSGSIZE, FRAME_MAX)
        if curve:
            self.socket.curve_serverkey = curve[0]
            self.socket.curve_publickey = curve[1]
            self.socket.curve_secretkey = curve[2]
        self.socket.connect(endpoint)
        self.heard = self.sent = time.monotonic()

    def close(self):
        self.socket.close()

    def envelope(self):
        return self.pb.Envelope(version=1)

    def send(self, envelope):
        self.send_raw(envelope.SerializeToString())

    def send_raw(self, *frames):
        self.socket.send_multipart(frames)
        self.sent = time.monotonic()

    def receive(self, timeout):
        """The next envelope within so many seconds, or None."""
        if not self.socket.poll(max(0, int(timeout * 1000))):
            return None
        frames = self.socket.recv_multipart()
        if len(frames) != 1:
            return None
        self.heard = time.monotonic()
        envelope = self.pb.Envelope()
        envelope.ParseFromString(frames[0])
        return envelope

    def hello(self, options, last_seq=0, waiting=0):
        envelope = self.envelope()
        hello = envelope.hello
        hello.role = options.role
        hello.name = options.name
        hello.dealers.extend(options.dealer)
        hello.epoch = options.epoch
        hello.last_seq = last_seq
        hello.waiting = waiting
        hello.software = "python-terminal 1"
        self.send(envelope)

    def batch(self, options, session, number, events):
        envelope = self.envelope()
        batch = envelope.batch
        batch.session, batch.number = session, number
        parcel = batch.parcels.add(terminal=options.name, epoch=options.epoch,
                                   sent_at_ms=now_ms())
        for event in events:
            delivery = parcel.deliveries.add(
                seq=event.seq, recorded_at_ms=event.recorded_at_ms,
                body=event.body)
            if event.salt:
                delivery.salt = event.salt
            if event.comment:
                delivery.comment = event.comment
        return envelope


class Flight:
    """A batch under way."""

    def __init__(self, events, delay):
        self.events, self.delay = events, delay
        self.resend_at = time.monotonic() + delay


class Terminal:
    """Sends what waits until everything has an outcome."""

    def __init__(self, options, pb, spool, report):
        self.options, self.pb, self.report = options, pb, report
        self.waiting = list(spool)
        self.last_seq = max((event.seq for event in spool), default=0)
        self.endpoints = list(options.endpoint)
        self.context = zmq.Context.instance()
        self.link = None
        self.failures = 0
        self.refused = None
        # What is on the aggregator's disk but not in a backup yet: (event,
        # position).  After a restore it is asked for again.
        self.kept = []
        self.incarnation = None  # of the store spoken to last
        self.forget()

    def forget(self):
        """Back to no session; what was under way waits again."""
        for flight in getattr(self, "flights", {}).values():
            self.waiting.extend(flight.events)
        self.waiting.sort(key=lambda event: event.seq)
        self.flights = {}
        self.session = None
        self.number = self.credit = 0
        self.limit = BATCH_MAX

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def lose(self, after_s=None):
        """Throws the socket away and turns to the next collector."""
        self.close()
        self.forget()
        self.endpoints.append(self.endpoints.pop(0))
        longest = min(BACKOFF_MAX_S, BACKOFF_S * 2 ** self.failures)
        self.failures += 1
        self.open_at = time.monotonic() + (
            random.uniform(0, longest) if after_s is None else after_s)

    def open(self):
        self.link = Link(self.context, self.endpoints[0], self.pb)
        self.greet()

    def greet(self):
        self.forget()
        self.link.hello(self.options, self.last_seq, len(self.waiting))

    def under_way(self):
        return sum(len(flight.events) for flight in self.flights.values())

    def load(self):
        """The events of the next batch: within credit, number and bytes."""
        room = min(self.credit - self.under_way(), self.limit,
                   self.options.batch)
        events, size = [], 1024
        while self.waiting and len(events) < room:
            event = self.waiting[0]
            size += len(event.body) + len(event.comment.encode()) + 64
            if events and size > FRAME_MAX:
                break
            events.append(self.waiting.pop(0))
        return events

    def send_batches(self):
        while self.session is not None:
            events = self.load()
            if not events:
                return
            self.fly(Flight(events, RESEND_S))

    def fly(self, flight):
        self.number += 1
        self.flights[self.number] = flight
        self.link.send(self.link.batch(self.options, self.session, self.number,
                                       flight.events))

    def resend_late(self):
        now = time.monotonic()
        for number in [n for n, f in self.flights.items()
                       if f.resend_at <= now]:
            flight = self.flights.pop(number)
            self.fly(Flight(flight.events, min(RESEND_MAX_S,
                                               2 * flight.delay)))

    def on_welcome(self, welcome):
        if welcome.HasField("refusal"):
            self.refused = (self.pb.Code.Name(welcome.refusal.code),
                            welcome.refusal.text)
            self.lose()
            return
        self.refused = None
        self.failures = 0
        self.session, self.credit = welcome.session, welcome.credit
        if welcome.max_batch_events:
            self.limit = min(BATCH_MAX, welcome.max_batch_events)
        self.learn(welcome.collectors)
        self.resend(welcome)
        self.incarnation = welcome.incarnation
        self.backed_up(welcome.backed_up_position)

    def resend(self, welcome):
        """Sends again what a restored store may lack."""
        asked = [place.seq for place in welcome.resend_from
                 if place.epoch == self.options.epoch]
        if not asked and self.incarnation not in (None, welcome.incarnation):
            asked = [1]
        for seq in asked:
            again = [k for k in self.kept if k[0].seq >= seq]
            self.kept = [k for k in self.kept if k[0].seq < seq]
            self.waiting.extend(event for event, _ in again)
            self.waiting.sort(key=lambda event: event.seq)

    def backed_up(self, position):
        self.kept = [k for k in self.kept if k[1] > position]

    def learn(self, endpoints):
        for endpoint in endpoints:
            if endpoint not in self.endpoints:
                self.endpoints.append(endpoint)

    def on_receipt(self, receipt):
        flight = self.flights.get(receipt.batch)
        if (receipt.session != self.session or flight is None or
                receipt.events != len(flight.events)):
            return
        del self.flights[receipt.batch]
        self.credit = receipt.credit
        self.learn(receipt.collectors)
        told = {outcome.index: outcome for outcome in receipt.outcomes}
        for index, event in enumerate(flight.events):
            outcome = told.get(index)
            if outcome is None or outcome.kind == self.pb.OUTCOME_DUPLICATE:
                self.kept.append((event, receipt.position))
            self.report(event, outcome, receipt.position)
        self.backed_up(receipt.backed_up_position)

    def on_goaway(self, goaway):
        if goaway.code == self.pb.STALE_SESSION:
            if self.session is not None:
                self.greet()
            return
        alone = len(self.endpoints) == 1 and goaway.reconnect_after_ms
        self.lose(goaway.reconnect_after_ms / 1000 if alone else None)

    def take(self, envelope):
        kind = envelope.WhichOneof("kind")
        if kind == "welcome":
            self.on_welcome(envelope.welcome)
        elif kind == "receipt":
            self.on_receipt(envelope.receipt)
        elif kind == "pong":
            self.credit = envelope.pong.credit
        elif kind == "goaway":
            self.on_goaway(envelope.goaway)

    def ping(self):
        hungry = self.credit == 0 and self.waiting
        quiet = time.monotonic() - max(self.link.heard, self.link.sent)
        if self.session is not None and quiet >= (1 if hungry else PING_S):
            envelope = self.link.envelope()
            envelope.ping.sent_at_ms = now_ms()
            self.link.send(envelope)

    def step(self):
        if self.link is None:
            time.sleep(min(0.1, max(0, self.open_at - time.monotonic())))
            if time.monotonic() >= self.open_at:
                self.open()
            return
        envelope = self.link.receive(0.1)
        if envelope is not None:
            self.take(envelope)
        if self.link is None:
            return
        if time.monotonic() - self.link.heard > SILENCE_S:
            self.lose()
            return
        self.resend_late()
        self.send_batches()
        self.ping()

    def run(self):
        """True when everything has an outcome before the time is over."""
        end = time.monotonic() + self.options.timeout
        self.open_at = time.monotonic()
        try:
            while (self.waiting or self.flights) and time.monotonic() < end:
                self.step()
                if self.refused and not self.options.patient:
                    break
            return not self.waiting and not self.flights
        finally:
            self.close()


def send(options, event_pb2, terminal_pb2):
    kinds = []

    def report(event, outcome, position):
        kind = terminal_pb2.OutcomeKind.Name(
            outcome.kind if outcome else 0).removeprefix("OUTCOME_")
        line = {"line": event.line, "seq": event.seq, "outcome": kind}
        if outcome:
            line["code"] = terminal_pb2.Code.Name(outcome.code)
            for key in ("field", "text", "after_ms"):
                if outcome.HasField(key):
                    line[key] = getattr(outcome, key)
        if position:
            line["position"] = position
        kinds.append(kind)
        print(json.dumps(line, ensure_ascii=False), flush=True)

    spool = []
    for number, text in enumerate(sys.stdin, 1):
        if text.strip():
            spool.append(capture(event_pb2, number,
                                 options.first_seq + len(spool),
                                 json.loads(text)))
    terminal = Terminal(options, terminal_pb2, spool, report)
    done = terminal.run()
    if terminal.refused:
        code, text = terminal.refused
        print(json.dumps({"refused": code, "text": text}), flush=True)
        return 77
    if not done:
        return 75 if kinds else 69
    if "REJECTED" in kinds:
        return 65
    return 75 if "RETRY" in kinds else 0


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--endpoint", action="append",
                        help="a collector; may be given several times")
    parser.add_argument("--name", default="python-terminal")
    parser.add_argument("--role", type=int, default=1,
                        help="1 DEALER (default), 2 HQ, 3 AUDITOR, 4 REPORTER")
    parser.add_argument("--dealer", action="append", default=[],
                        help="may be given several times")
    parser.add_argument("--epoch", type=int, default=random.getrandbits(63),
                        help="of the spool; random by default")
    parser.add_argument("--first-seq", type=int, default=1)
    parser.add_argument("--batch", type=int, default=256,
                        help="events in a batch at most")
    parser.add_argument("--timeout", type=float, default=60,
                        help="seconds before it gives up")
    parser.add_argument("--patient", action="store_true",
                        help="try again after a refusal")
    parser.add_argument("--hostile", metavar="CASE")
    options = parser.parse_args()
    options.endpoint = options.endpoint or ["tcp://127.0.0.1:7070"]
    return options


def hostile(options, event_pb2, terminal_pb2):
    """Runs the cases asked for and says how they were answered."""
    from hostile_cases import CASES, Hostile
    if options.hostile == "list":
        print("\n".join(CASES))
        return 0
    names = list(CASES) if options.hostile == "all" else [options.hostile]
    if names[0] not in CASES or not options.dealer:
        print("--hostile needs a --dealer that HQ lists and a case of "
              "--hostile list", file=sys.stderr)
        return 64
    sender = Hostile(options, event_pb2, terminal_pb2)
    wrong = silent = 0
    for name in names:
        act, expected = CASES[name]
        answer = act(sender)
        print(json.dumps({"case": name, "answer": answer,
                          "documented": expected,
                          "as_documented": answer == expected}), flush=True)
        wrong += answer != expected
        silent += answer in ("silence", "not admitted") and answer != expected
    if silent == len(names):
        return 69
    return 65 if wrong else 0


def main():
    options = arguments()
    event_pb2, terminal_pb2 = compile_proto()
    work = hostile if options.hostile else send
    return work(options, event_pb2, terminal_pb2)


if __name__ == "__main__":
    sys.exit(main())
