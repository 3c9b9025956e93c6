# SPDX-License-Identifier: Apache-2.0
"""Somebody with the right to write edits what is stored, with a tool of their
own that makes every checksum right again: verify names the place and fails.
"""
import struct
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker
from tamper import edit, needs_lmdb

SAMPLE = SOURCE / "deploy/samples/ecsi"
DATA_ERROR = 65


def crc32c(data):
    """Castagnoli, bit by bit: nothing is shared with the programs."""
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def sealed(value):
    return value + struct.pack("<I", crc32c(value))


@needs_lmdb
class Tamper(unittest.TestCase):
    def open(self):
        cluster = Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv")
        cluster.__enter__()
        self.addCleanup(cluster.__exit__, None, None, None)
        self.speaker = Speaker(cluster.collector_ports)
        self.speaker.send(120)
        wait_until("all is counted", lambda: cluster.rows(
            "responses", "1999-01..2199-12")["D1"]["n"] == 120)
        cluster.processes["aggregator"].stop()
        self.speaker.close()
        cluster.verify()
        return cluster

    def demand_found(self, cluster, *words):
        done = cluster.verify(codes=(DATA_ERROR,))
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_a_figure_with_a_right_checksum_is_found(self):
        cluster = self.open()
        places = []

        def change(cursor):
            self.assertTrue(cursor.first())
            value = bytearray(cursor.value()[:-4])
            value[-1] ^= 2  # the last counter is one more or one less
            places.append(cursor.key().hex())
            cursor.put(cursor.key(), sealed(bytes(value)))

        edit(cluster.store / "state", "tally", change)
        self.demand_found(cluster, "tally", places[0],
                          "differs from the journal")

    def test_a_figure_with_a_wrong_checksum_is_found(self):
        cluster = self.open()
        places = []

        def change(cursor):
            self.assertTrue(cursor.last())
            value = bytearray(cursor.value())
            value[0] ^= 1
            places.append(cursor.key().hex())
            cursor.put(cursor.key(), bytes(value))

        edit(cluster.store / "state", "entity", change)
        self.demand_found(cluster, "entity", places[0], "damaged")

    def test_a_figure_taken_away_or_added_is_found(self):
        cluster = self.open()
        edit(cluster.store / "state", "id",
                  lambda cursor: cursor.first() and cursor.delete())
        self.demand_found(cluster, "id lacks what the journal says")
        cluster.run_console("rebuild", "--data", cluster.store, config=False)
        cluster.verify()
        edit(cluster.store / "state", "tally", lambda cursor: cursor.put(
            b"\xff" * 12, sealed(b"\x01\x02")))
        self.demand_found(cluster, "tally has what the journal does not say")

    def test_a_stored_event_with_right_checksums_breaks_the_chain(self):
        cluster = self.open()
        places = []

        def change(cursor):
            for key, value in cursor:
                if b"V60" in value:
                    places.append(int.from_bytes(key, "big"))
                    changed = value[:-4].replace(b"V60", b"V61", 1)
                    cursor.put(key, sealed(changed))
                    return
            self.fail("the event is not there")

        edit(cluster.store / "journal", "record", change)
        # The link to the record stands in the next one.
        self.demand_found(cluster, f"at commit {places[0] + 1}")
        cluster.run_console("rebuild", "--data", cluster.store, config=False,
                            codes=(DATA_ERROR,))

    def test_an_event_in_the_last_record_does_not_fit_the_end(self):
        cluster = self.open()

        def change(cursor):
            self.assertTrue(cursor.last())
            value = bytearray(cursor.value()[:-4])
            at = bytes(value).rindex(b"ecsi")
            value[at] ^= 1
            cursor.put(cursor.key(), sealed(bytes(value)))

        edit(cluster.store / "journal", "record", change)
        self.demand_found(cluster, "NOT equal")

    def test_a_record_taken_away_leaves_a_gap_that_is_named(self):
        cluster = self.open()
        edit(cluster.store / "journal", "record", lambda cursor:
                  cursor.set_key((3).to_bytes(8, "big")) and cursor.delete())
        self.demand_found(cluster, "at commit 3")

    def test_rebuild_folds_what_was_there_before(self):
        cluster = self.open()
        before = cluster.store / "state" / "data.mdb"
        self.assertTrue(before.exists())

        def change(cursor):
            self.assertTrue(cursor.first())
            cursor.put(cursor.key(), sealed(cursor.value()[:-5] + b"\x08"))

        edit(cluster.store / "state", "tally", change)
        self.demand_found(cluster, "tally")
        done = cluster.run_console("rebuild", "--data", cluster.store,
                                   config=False)
        self.assertIn("120 events folded", done.stdout)
        cluster.verify()
        cluster.start_aggregator()
        self.assertEqual(cluster.rows("responses", "1999-01..2199-12")
                         ["D1"]["n"], 120)
        done = cluster.run_console("rebuild", "--data", cluster.store,
                                   config=False, codes=(69,))
        self.assertIn("stop that first", done.stderr)
        self.assertEqual(sorted(p.name for p in cluster.store.iterdir()),
                         ["journal", "keys", "owner.lock", "state"])


if __name__ == "__main__":
    suite.main()
