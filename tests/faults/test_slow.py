# SPDX-License-Identifier: Apache-2.0
"""Peers that are slow, mute, greedy or far too many: the others do not feel it,
memory is bounded, nobody aborts.
"""
import socket
import subprocess
import sys
import time
import unittest
from types import SimpleNamespace

import zmq

import oracle
import protocol
from cluster import wait_until
from ground import SEED, SANITIZED, Ground, main, need_program, tally
from load import Load

ROOM = (600 if SANITIZED else 200) << 20


def resident(process):
    """Bytes of memory a process has, without mapped files."""
    with open(f"/proc/{process.popen.pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file if ":" in line)
    return int(lines["RssAnon"].split()[0]) * 1024


def cpu(process):
    with open(f"/proc/{process.popen.pid}/stat") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / 100


class Slow(unittest.TestCase):
    def setUp(self):
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, linger=0)

    def others_go_on(self, ground, load):
        before = len(load.ledger.acked)
        wait_until("the others go on",
                   lambda: len(load.ledger.acked) > before + 300)
        for process in ground.processes.values():
            ground.need(process)

    def scene(self, ground):
        ground.aggregator()
        ground.collector()
        load = Load(ground.folder, ground.endpoints(), seed=SEED, pause=0.01)
        load.start()
        wait_until("some are stored", lambda: len(load.ledger.acked) > 50)
        return load

    def settle(self, ground, load, **faults):
        load.drain()
        oracle.judge(ground, [load.ledger], tally)
        tally.add(**faults)

    def dealer(self, endpoint, **options):
        link = self.context.socket(zmq.DEALER)
        for name, value in dict(LINGER=0, SNDHWM=4, RCVHWM=1,
                                SNDTIMEO=50, **options).items():
            link.setsockopt(getattr(zmq, name), value)
        link.connect(endpoint)
        return link

    def test_terminals_that_never_read_hold_up_nobody(self):
        with Ground() as ground:
            load = self.scene(ground)
            before = resident(ground.processes["collector-1"])
            hello = protocol.terminal.Envelope(version=1)
            hello.hello.role, hello.hello.name = 1, "mute"
            hello.hello.epoch = 1
            hello.hello.dealers.append("BJ01")
            frame = hello.SerializeToString()
            links = [self.dealer(ground.endpoints()[0]) for _ in range(8)]
            end = time.monotonic() + 4
            sent = 0
            while time.monotonic() < end:
                for link in links:
                    try:
                        link.send(frame, zmq.DONTWAIT)
                        sent += 1
                    except zmq.Again:
                        pass
            self.others_go_on(ground, load)
            grown = resident(ground.processes["collector-1"]) - before
            print(f"{sent} HELLOs of 8 terminals that never read: "
                  f"{grown >> 10} KiB more", flush=True)
            self.assertLess(grown, ROOM)
            self.settle(ground, load, slow_peers=8)

    def test_heartbeats_of_a_peer_abort_nobody(self):
        """libzmq 4.3.4 aborts connecting processes that use them; ours do not
        use any, and bear those of others."""
        with Ground() as ground:
            load = self.scene(ground)
            links = [self.dealer(ground.endpoints()[0], HEARTBEAT_IVL=100,
                                 HEARTBEAT_TIMEOUT=400, HEARTBEAT_TTL=500)
                     for _ in range(4)]
            agent = ground.runner("agent", "dealerpulse-terminal",
                                  ground.config, arguments=["run"])
            for _ in range(2):
                ground.processes["collector-1"].pause(2)
                time.sleep(1)
            self.assertTrue(agent.is_running())
            self.others_go_on(ground, load)
            self.assertEqual(len(links), 4)
            self.settle(ground, load, slow_peers=4)

    def share(self, process):
        """Of a core, over two seconds."""
        busy, began = cpu(process), time.monotonic()
        time.sleep(2)
        return (cpu(process) - busy) / (time.monotonic() - began)

    def test_mute_connections_beyond_the_limit_of_files(self):
        need_program("prlimit")
        with Ground() as ground:
            ground.aggregator()
            ground.collector(prefix=["prlimit", "--nofile=96"])
            load = Load(ground.folder, ground.endpoints(), seed=SEED)
            load.start()
            wait_until("some are stored", lambda: len(load.ledger.acked) > 50)
            process = ground.processes["collector-1"]
            crowd = []
            for _ in range(150):
                one = socket.socket()
                one.settimeout(2)
                try:
                    one.connect(("127.0.0.1", ground.collector_ports[0]))
                    crowd.append(one)
                except OSError:
                    one.close()
            self.assertGreater(len(crowd), 90)
            # libzmq's accept loop takes a whole core while there are no files
            # left; handshakes that never come are given up, and it ends.
            wait_until("the collector is not busy with the mute",
                       lambda: self.share(process) < 0.9)
            self.others_go_on(ground, load)
            for one in crowd:
                one.close()
            self.others_go_on(ground, load)
            self.settle(ground, load, mute_connections=len(crowd))

    def test_slow_readers_of_the_page_and_the_feed(self):
        with Ground() as ground:
            load = self.scene(ground)
            reporter = ground.reporter()
            ground.wait_ready(reporter)
            before = resident(reporter)
            feed = self.context.socket(zmq.SUB)
            feed.setsockopt(zmq.RCVHWM, 1)
            feed.setsockopt(zmq.SUBSCRIBE, b"")
            feed.connect(f"tcp://127.0.0.1:{ground.port['publish']}")
            drips = []
            for _ in range(60):
                one = socket.create_connection(
                    ("127.0.0.1", ground.port["http"]), timeout=10)
                one.sendall(b"GET /api/v1/rankings HTTP/1.1\r\nHost: l")
                drips.append(one)
            self.others_go_on(ground, load)
            wait_until("a good reader is served meanwhile, or once the slow "
                       "ones are shut out",
                       lambda: ground.get("/readyz")[0] == 200)
            self.assertLess(resident(reporter) - before, ROOM)
            for one in drips:
                one.close()
            self.assertEqual(ground.get("/livez")[0], 200)
            self.settle(ground, load, slow_peers=61)

    def test_the_meter_of_memory_sees_what_is_taken(self):
        """The control: a process that does take the room is seen."""
        taker = subprocess.Popen(
            [sys.executable, "-c", f"room = b'x' * {ROOM + (1 << 20)}\n"
             "print('taken', flush=True)\nimport sys; sys.stdin.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            taker.stdout.readline()
            self.assertGreater(resident(SimpleNamespace(popen=taker)), ROOM)
            tally.control("memory that is taken is seen")
        finally:
            taker.communicate()

    def test_greedy_messages_cost_bounded_memory(self):
        """Frames of empty fields, which a parser blows up sixty times."""
        with Ground() as ground:
            load = self.scene(ground)
            process = ground.processes["collector-1"]
            before = resident(process)
            greedy = [b"\x08\x01" + body * (250000 // len(body)) for body in
                      (b"\x22\x00", b"\x22\x02\x1a\x00", b"\xfa\x07\x00",
                       b"\x1a\x00")]
            link = self.dealer(ground.endpoints()[0])
            sent = 0
            for _ in range(50):
                for frame in greedy:
                    try:
                        link.send(frame)
                        sent += 1
                    except zmq.Again:
                        pass
                while link.poll(1):
                    link.recv()
            self.others_go_on(ground, load)
            grown = resident(process) - before
            print(f"{sent} greedy frames: {grown >> 10} KiB more", flush=True)
            self.assertGreater(sent, 50)
            self.assertLess(grown, ROOM)
            self.settle(ground, load, greedy_frames=sent)


if __name__ == "__main__":
    main()
