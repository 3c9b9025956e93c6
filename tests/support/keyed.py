# SPDX-License-Identifier: Apache-2.0
"""A whole Dealerpulse with keys on every link, and somebody to attack it.

Keys are made by `dealerpulse keys` and read back by Python's own zmq.auth: the
attacker shares nothing with the C code but proto/.
"""
import random
import subprocess
import time
from types import SimpleNamespace

import zmq
import zmq.auth

from cluster import BIN, WAIT_S, Cluster
from python_terminal import (BATCH_MAX, DAY_MS, Link, Waiting, compile_proto,
                             fill, now_ms, uuid7)

SILENCE_S = 2  # nothing came in this time: on loopback an answer takes ms


class KeyedCluster(Cluster):
    """As Cluster, with keys; self.keys[name] = (public, secret), Z85.

    signs: the terminal signs its events.
    """

    def __init__(self, *arguments, signs=False, **named):
        self.signs = signs
        super().__init__(*arguments, **named)

    def write_config(self, name, collector, terminal):
        path = super().write_config(name, collector, terminal)
        if not hasattr(self, "keys"):
            self.make_keys(terminal)
        key = f"collector-{collector + 1}"
        lines = []
        for line in path.read_text().splitlines():
            if line.startswith("    - tcp://"):
                port = int(line.rsplit(":", 1)[1])
                owner = f"collector-{self.collector_ports.index(port) + 1}"
                line = (f'    - {{endpoint: "{line[6:]}", '
                        f'key: "{self.public(owner)}"}}')
            lines.append(line)
            if line in ("aggregator:", "reporter:"):
                lines.append(f"  key: {line[:-1]}.key")
            elif line == "collector:":
                lines.append(f"  key: {key}.key")
            elif line == "terminal:":
                lines.append(f"  key: {terminal['name']}.key")
                if self.signs:
                    lines.append(f"  sign_key: {terminal['name']}.key.sign")
        lines += ["keyring: keyring.csv",
                  f'aggregator_key: "{self.public("aggregator")}"']
        path.write_text("\n".join(lines) + "\n")
        return path

    def public(self, name):
        return self.keys[name][0].decode()

    def make_keys(self, terminal):
        self.keys = {}
        self.new_key("aggregator", "--server")
        for index in range(len(self.collector_ports)):
            self.new_key(f"collector-{index + 1}", "--role", "collector")
        self.new_key("reporter", "--role", "reporter")
        self.new_key(terminal["name"], "--role", terminal["role"], "--dealers",
                     " ".join(terminal["dealers"]),
                     *(["--sign"] if self.signs else []))

    def new_key(self, name, *arguments):
        self.type_keys("new", name, *arguments)
        self.load_key(name, f"{name}.key")

    def load_key(self, name, file):
        self.keys[name] = zmq.auth.load_certificate(str(self.folder / file))

    def type_keys(self, *arguments, codes=(0,)):
        done = subprocess.run(
            [BIN / "dealerpulse", "keys", *arguments, "--keyring",
             "keyring.csv"], cwd=self.folder, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=WAIT_S)
        assert done.returncode in codes, done.stdout + done.stderr
        return done


class Peer:
    """A plain ZeroMQ client of a cluster, honest or not."""

    def __init__(self, cluster, name="till", dealers=(), role=1, key=None):
        self.cluster, self.context = cluster, zmq.Context.instance()
        self.events, self.pb = protocol()
        self.key = key
        self.options = SimpleNamespace(
            role=role, name=name, dealer=list(dealers),
            epoch=random.getrandbits(64) | 1)
        self.seq = self.number = 0
        self.link = self.session = None

    def connect(self, port=None, server=None, collector=0):
        self.close()
        server = server or self.cluster.keys[f"collector-{collector + 1}"][0]
        port = port or self.cluster.collector_ports[collector]
        self.link = Link(self.context, f"tcp://127.0.0.1:{port}", self.pb,
                         (server, *self.key) if self.key else None)
        return self

    def close(self):
        if self.link:
            self.link.close()
        self.link = None

    def answer(self, seconds=WAIT_S, *kinds):
        """The next envelope (of these kinds), or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            envelope = self.link.receive(end - time.monotonic())
            if envelope and (not kinds or envelope.WhichOneof("kind") in kinds):
                return envelope
        return None

    def hello(self, seconds=WAIT_S):
        """Says HELLO; what it is told, as a text."""
        self.number = 0
        self.link.hello(self.options)
        return self.told(self.answer(seconds, "welcome", "goaway"))

    def told(self, envelope):
        if envelope is None:
            return "silence"
        kind = envelope.WhichOneof("kind")
        if kind == "goaway":
            return "GOAWAY " + self.pb.Code.Name(envelope.goaway.code)
        if kind == "welcome" and envelope.welcome.HasField("refusal"):
            return "REFUSAL " + self.pb.Code.Name(envelope.welcome.refusal.code)
        if kind == "welcome":
            self.session = envelope.welcome.session
        return kind.upper()

    def greeted(self):
        """Connects and says HELLO until it is welcome."""
        end = time.monotonic() + WAIT_S
        while True:
            told = self.connect().hello(5)
            if told == "WELCOME":
                return self
            assert time.monotonic() < end, told
            assert told in ("silence", "REFUSAL NO_AGGREGATOR"), told
            time.sleep(0.2)

    def visit(self, dealer, visit=None, id=None, **payload):
        event = self.events.Event()
        fill(event, {"dealer": dealer, "occurred_at_ms": now_ms() - DAY_MS,
                     "visit": visit or f"V{random.getrandbits(48):x}",
                     "visit_opened": payload or {"eligible": True}})
        event.id = id or uuid7()
        return event.SerializeToString()

    def batch(self, bodies, sign=None, terminal=None):
        """Sends a batch; its number.  terminal: in whose name."""
        assert len(bodies) <= BATCH_MAX
        waiting = []
        for body in bodies:
            self.seq += 1
            waiting.append(Waiting(0, self.seq, body))
        self.number += 1
        envelope = self.link.batch(self.options, self.session, self.number,
                                   waiting)
        if terminal:
            envelope.batch.parcels[0].terminal = terminal
        if sign:
            for delivery in envelope.batch.parcels[0].deliveries:
                delivery.signature = sign(delivery.body)
        self.link.send(envelope)
        return self.number

    def outcomes(self, receipt):
        """"ACCEPTED", "RETRY NOT_PERMITTED"... for each event."""
        told = ["ACCEPTED"] * receipt.events
        for one in receipt.outcomes:
            kind = self.pb.OutcomeKind.Name(one.kind)[len("OUTCOME_"):]
            told[one.index] = f"{kind} {self.pb.Code.Name(one.code)}"
        return told

    def send(self, bodies, sign=None, terminal=None):
        """Sends events and waits: their outcomes, or what else was said."""
        self.batch(bodies, sign, terminal)
        envelope = self.answer(WAIT_S, "receipt", "goaway")
        if envelope is None or envelope.WhichOneof("kind") != "receipt":
            return self.told(envelope)
        return self.outcomes(envelope.receipt)


def protocol(made=[]):
    if not made:
        made.append(compile_proto())
    return made[0]


def strange_keys():
    """Self-made keys nobody admitted."""
    return zmq.curve_keypair()
