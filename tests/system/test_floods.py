# SPDX-License-Identifier: Apache-2.0
"""Nobody makes a collector fall over or grow without bound: not by mute
connections, not by never reading, not by the worst bytes there are.
"""
import os
import random
import resource
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

import suite
from cluster import SOURCE, WAIT_S, Cluster, wait_until

suite.need_python_terminal()

import zmq  # noqa: E402

import python_terminal  # noqa: E402

DEMO = SOURCE / "deploy/samples/demo"
DEALER = "BJ01"
MIB = 1 << 20
FRAME_MAX = 262144


def resident(process):
    """Anonymous memory of a process, bytes."""
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    for line in status.splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no RssAnon")


def cpu_seconds(process):
    fields = Path(f"/proc/{process.popen.pid}/stat").read_text()
    fields = fields.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Options:
    """What python_terminal.Link wants of a terminal."""
    role, dealer, epoch = 1, [DEALER], 7

    def __init__(self, name):
        self.name = name


class Floods(unittest.TestCase):
    files = None  # descriptors a collector may have

    @classmethod
    def setUpClass(cls):
        cls.event_pb2, cls.pb = python_terminal.compile_proto()

    def setUp(self):
        self.seed = int(os.environ.get("DEALERPULSE_SEED", 0)) or \
            random.getrandbits(32)
        print(f"seed {self.seed} (DEALERPULSE_SEED)", file=sys.stderr)
        self.random = random.Random(self.seed)
        # A sanitizer keeps what was freed; what it costs is not asked here.
        os.environ["ASAN_OPTIONS"] = \
            "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv")
        self.cluster.__enter__()
        self.addCleanup(self.cluster.end, demand=True)
        self.collector = self.cluster.processes["collector-1"]
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, linger=0)
        self.assertEqual(self.send_one("warm-up"), 0)

    @property
    def port(self):
        return self.cluster.collector_ports[0]

    def link(self, name, welcome=True):
        link = python_terminal.Link(self.context,
                                    f"tcp://127.0.0.1:{self.port}", self.pb)
        self.addCleanup(link.close)
        link.hello(Options(name))
        if welcome:
            answer = link.receive(WAIT_S)
            self.assertTrue(answer.HasField("welcome"))
            link.session = answer.welcome.session
        return link

    def send_one(self, name):
        """The exit status of a terminal that sends one good event."""
        event = ('{"dealer": "%s", "visit": "%s", "occurred_at_ms": %d, '
                 '"visit_opened": {}}' % (DEALER, name,
                                          time.time() * 1000 - 86400000))
        return subprocess.run(
            [sys.executable, "-B", python_terminal.__file__, "--dealer", DEALER,
             "--name", name, "--patient", "--timeout", str(WAIT_S),
             "--endpoint", f"tcp://127.0.0.1:{self.port}"],
            input=event, text=True, capture_output=True,
            timeout=2 * WAIT_S).returncode

    def is_busy(self, seconds=2):
        """The share of a core the collector takes."""
        before = cpu_seconds(self.collector)
        time.sleep(seconds)
        return (cpu_seconds(self.collector) - before) / seconds

    # --- Mute connections -----------------------------------------------------

    def test_mute_connections_beyond_the_descriptors_pass(self):
        pid = self.collector.popen.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (64, 64))
        mute = [socket.create_connection(("127.0.0.1", self.port))
                for _ in range(200)]
        wait_until("it tells that there are no descriptors left",
                   lambda: "descriptors-exhausted" in
                   self.collector.log_text())
        for one in mute:
            one.close()
        wait_until("it is idle again", lambda: self.is_busy() < 0.2)
        self.assertEqual(self.send_one("after-the-mute"), 0)

    # --- Never reading --------------------------------------------------------

    def worst_receipt(self, link, number):
        """A batch whose receipt is as long as can be: all of it is wrong."""
        envelope = link.envelope()
        envelope.batch.session, envelope.batch.number = link.session, number
        parcel = envelope.batch.parcels.add(terminal="deaf", epoch=7,
                                            sent_at_ms=1)
        for seq in range(1, 513):
            parcel.deliveries.add(seq=seq, recorded_at_ms=1, body=b"\xff")
        return envelope.SerializeToString()

    def test_who_never_reads_costs_bounded_memory(self):
        deaf = self.link("deaf")
        deaf.socket.setsockopt(zmq.SNDTIMEO, 2000)
        frame = self.worst_receipt(deaf, 1)
        before = resident(self.collector)
        for _ in range(20000):
            try:
                deaf.socket.send(frame)
            except zmq.Again:
                break  # nobody takes more from us
        wait_until("it has come to rest", lambda: self.is_busy() < 0.5)
        grown = resident(self.collector) - before
        print(f"grown by {grown / MIB:.1f} MiB", file=sys.stderr)
        self.assertLess(grown, 128 * MIB)
        self.assertEqual(self.send_one("beside-the-deaf"), 0)

    # --- The worst bytes ------------------------------------------------------

    def worst_frames(self):
        """Frames that blow a naive reader up, each as large as may be."""
        def varint(value):
            low = bytes([value & 0x7f | (0x80 if value > 127 else 0)])
            return low + varint(value >> 7) if value > 127 else low

        def nested(field, inner):
            return varint(field << 3 | 2) + varint(len(inner)) + inner
        room = FRAME_MAX - 64
        body = self.event_pb2.Event(
            id=bytes(range(16)), dealer=DEALER, occurred_at_ms=1
        ).SerializeToString()
        parcel = nested(1, b"flood") + b"\x11" + bytes(8)
        empty = b"\x22\x00"  # empty deliveries
        small = nested(4, b"\x08\x01")
        yield "empty parcels", nested(4, b"\x1a\x00" * (room // 2))
        yield "empty deliveries", nested(4, nested(3, parcel + empty * (
            (room - 64) // 2)))
        yield "small deliveries", nested(4, nested(3, parcel + small * (
            (room - 64) // 4)))
        yield "unknown fields", nested(4, b"\xf8\x01\x00" * (room // 3))
        yield "empty dealers", nested(2, b"\x1a\x00" * (room // 2))
        yield "dealers", nested(2, b"\x1a\x01D" * (room // 3))
        yield "unknown envelope fields", b"\xf8\x01\x00" * (room // 3)
        for name, tail in (("answers", b"\x1a" + b"\x00"),
                           ("unknown in a body", b"\xf8\x01\x00")):
            delivery = b"\x08\x01\x10\x01" + nested(
                3, body + nested(35, tail * 2500)[:8000])
            yield name, nested(4, nested(3, parcel + nested(4, delivery) * (
                room // (len(delivery) + 8))))

    def test_the_worst_bytes_cost_no_more_than_themselves(self):
        frames = [(name, b"\x08\x01" + frame)
                  for name, frame in self.worst_frames()]
        for name, frame in frames:
            self.assertLessEqual(len(frame), FRAME_MAX, name)
        link = self.link("flood")
        before = resident(self.collector)
        for _ in range(40):
            name, frame = self.random.choice(frames)
            for _ in range(10):
                link.send_raw(frame)
            while link.socket.poll(0):
                link.socket.recv_multipart()
        wait_until("it has come to rest", lambda: self.is_busy() < 0.5)
        grown = resident(self.collector) - before
        print(f"grown by {grown / MIB:.1f} MiB", file=sys.stderr)
        self.assertLess(grown, 64 * MIB)
        self.assertEqual(self.send_one("after-the-worst"), 0)

    def test_frames_of_any_count_are_dropped_and_told(self):
        link = self.link("many")
        for count in (2, 3, 1000):
            link.send_raw(*[b"x" * 100] * count)
        link.send_raw(b"")
        self.assertEqual(self.send_one("after-the-many"), 0)
        self.collector.stop()
        self.assertIn("dropped_total=3 ", self.collector.log_text())


if __name__ == "__main__":
    suite.main()
