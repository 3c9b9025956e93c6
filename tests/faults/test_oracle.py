# SPDX-License-Identifier: Apache-2.0
"""Controls: the judge must condemn what is wrong, or its praise is worth
nothing.
"""
import re
import threading
import unittest

import lmdb
import zmq

import oracle
import protocol
from cluster import free_ports
from ground import SEED, Ground, main, tally
from load import Load


class Liar(threading.Thread):
    """A collector that acknowledges everything by itself."""

    def __init__(self):
        super().__init__(daemon=True)
        self.port = free_ports(1)[0]
        self.stop = threading.Event()

    def answer(self, envelope):
        kind = envelope.WhichOneof("kind")
        reply = protocol.terminal.Envelope(version=1)
        if kind == "hello":
            reply.welcome.session, reply.welcome.credit = 1, 1000
        elif kind == "batch":
            reply.receipt.session = 1
            reply.receipt.batch = envelope.batch.number
            reply.receipt.credit = 1000
            reply.receipt.events = sum(len(p.deliveries)
                                       for p in envelope.batch.parcels)
        else:
            return None
        return reply

    def run(self):
        socket = zmq.Context.instance().socket(zmq.ROUTER)
        socket.setsockopt(zmq.LINGER, 0)
        socket.bind(f"tcp://127.0.0.1:{self.port}")
        while not self.stop.is_set():
            if not socket.poll(100):
                continue
            peer, frame = socket.recv_multipart()
            reply = self.answer(protocol.terminal.Envelope.FromString(frame))
            if reply:
                socket.send_multipart([peer, reply.SerializeToString()])
        socket.close()


def crc32c(data):
    value = 0xffffffff
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
    return value ^ 0xffffffff


def sealed(value):
    """A value as the store keeps it: with its checksum."""
    return value + crc32c(value).to_bytes(4, "little")


class Judge(unittest.TestCase):
    def setUp(self):
        self.ground = Ground()
        self.ground.aggregator()
        self.addCleanup(self.ground.end, demand=True)

    def load(self, endpoints, count=200):
        load = Load(self.ground.folder, endpoints, seed=SEED, count=count)
        load.start()
        load.complete()
        return load

    def honest(self):
        self.ground.collector()
        load = self.load(self.ground.endpoints())
        oracle.judge(self.ground, [load.ledger], tally)
        return load

    def environment(self, folder):
        return lmdb.open(str(self.ground.store / folder), max_dbs=16,
                         map_size=1 << 26)

    def condemned(self, ledgers, pattern):
        with self.assertRaisesRegex(AssertionError, pattern):
            oracle.judge(self.ground, ledgers)
        tally.control(self.id().split(".")[-1])

    def test_a_collector_that_acknowledges_by_itself_is_found_out(self):
        liar = Liar()
        liar.start()
        load = self.load([f"tcp://127.0.0.1:{liar.port}"])
        liar.stop.set()
        liar.join()
        self.assertEqual(len(load.ledger.acked), 200)
        self.condemned([load.ledger], "'lost': 200")

    def test_an_event_that_stands_twice_is_found_out(self):
        load = self.honest()
        self.ground.processes["aggregator"].stop()
        with self.environment("journal") as env:
            db = env.open_db(b"record")
            with env.begin(write=True) as txn:
                position, value = list(txn.cursor(db))[-1]
                again = (int.from_bytes(position, "big") + 1).to_bytes(8, "big")
                txn.put(again, value, db=db)
        figures, _ = oracle.compare([load.ledger],
                                    oracle.stored_events(self.ground.store))
        self.assertGreater(figures["doubled"], 0)
        self.assertLess(figures["counted"], figures["acked"])
        tally.control("doubled events are counted as doubled")

    def test_a_doctored_tally_is_found_out(self):
        load = self.honest()
        self.ground.processes["aggregator"].stop()
        with self.environment("state") as env:
            db = env.open_db(b"tally")
            with env.begin(write=True) as txn:
                key, value = next(iter(txn.cursor(db)))
                value = bytearray(value[:-4])
                value[-1] ^= 2
                txn.put(bytes(key), sealed(bytes(value)), db=db)
        done = self.ground.verify(codes=(65,))
        self.assertRegex(done.stdout, re.compile("tally .*differ|NOT equal"))
        tally.control("verify finds a doctored tally")
        self.ground.aggregator()
        self.condemned([load.ledger], "exited 69|verify exited 65|figures wanted")

    def test_a_figure_that_is_off_by_one_is_found_out(self):
        load = self.honest()
        attempted = load.ledger.attempted
        one = next(i for i, m in attempted.items() if m[1] == "answer")
        dealer, kind, value = attempted[one]
        attempted[one] = (dealer, kind, value + 1)
        self.condemned([load.ledger], "figures wanted")

    def test_an_event_nobody_sent_is_found_out(self):
        load = self.honest()
        gone = next(iter(load.ledger.attempted))
        del load.ledger.attempted[gone], load.ledger.acked[gone]
        self.condemned([load.ledger], "'wrong': ")


if __name__ == "__main__":
    main()
