# SPDX-License-Identifier: Apache-2.0
"""Backups taken under load, and readers that stand still in the middle."""
import signal
import subprocess
import sys
import time
import unittest

import lmdb

import oracle
from cluster import wait_until
from ground import SANITIZED, Ground, main, scaled, tally
from load import COLLECTOR, Load

BACKUPS = scaled(2 if SANITIZED else 4)
READER = """
import lmdb, sys, time
env = lmdb.open(sys.argv[1], readonly=True, max_dbs=16, map_size=1 << 26)
txn = env.begin()
txn.stat(env.open_db(b"tally", txn, create=False))
print("reading", flush=True)
time.sleep(600)
"""


class Care(unittest.TestCase):
    def load(self, ground, **options):
        load = Load(ground.folder, [f"tcp://127.0.0.1:{ground.port['link']}"],
                    name="direct", role=COLLECTOR, **options)
        load.start()
        wait_until("some are stored", lambda: len(load.ledger.acked) > 100)
        return load

    def test_a_backup_under_load_has_all_that_was_acknowledged(self):
        with Ground() as ground:
            ground.aggregator()
            load = self.load(ground)
            for number in range(BACKUPS):
                target = ground.folder / f"backup-{number}"
                acked = set(load.ledger.acked)
                ground.run_console("backup", "--data", ground.store, "--to",
                                   target)
                ids = oracle.stored_events(target)
                self.assertEqual(len(acked - set(ids)), 0)
                self.assertEqual(len(ids), len(set(ids)))
                fresh = ground.folder / f"restored-{number}"
                ground.run_console("restore", "--from", target, "--data", fresh)
                ground.run_console("verify", "--data", fresh, config=False)
            load.drain()
            oracle.judge(ground, [load.ledger], tally)
            tally.add(backups=BACKUPS)

    def test_a_copy_that_lacks_events_is_told_from_a_backup(self):
        """The control: a copy made before they were acknowledged."""
        with Ground() as ground:
            ground.aggregator()
            load = self.load(ground)
            target = ground.folder / "early"
            ground.run_console("backup", "--data", ground.store, "--to", target)
            at_first = len(load.ledger.acked)
            wait_until("more are stored",
                       lambda: len(load.ledger.acked) > at_first + 200)
            acked = set(load.ledger.acked)
            self.assertGreater(len(acked - set(oracle.stored_events(target))), 0)
            load.drain()
            tally.control("an early copy lacks events")

    def readers(self, ground):
        """Processes that hold a place in the table of readers of state/."""
        with lmdb.open(str(ground.store / "state"), readonly=True, max_dbs=16,
                       map_size=1 << 26) as env:
            return [int(line.split()[0]) for line in
                    env.readers().splitlines()[1:]]

    def test_a_reader_that_stands_still_does_no_lasting_harm(self):
        """Its snapshot keeps pages from being used again, until it is dead and
        the aggregator has taken its place away."""
        with Ground() as ground:
            ground.aggregator()
            load = self.load(ground, pause=0.02)
            reader = subprocess.Popen(
                [sys.executable, "-c", READER, str(ground.store / "state")],
                stdout=subprocess.PIPE)
            reader.stdout.readline()
            self.assertIn(reader.pid, self.readers(ground))
            time.sleep(3)
            # Its place outlives it: the aggregator stands still, and does not
            # look meanwhile.
            ground.processes["aggregator"].signal(signal.SIGSTOP)
            reader.kill()
            reader.wait()
            self.assertIn(reader.pid, self.readers(ground))
            ground.processes["aggregator"].signal(signal.SIGCONT)
            wait_until("the aggregator has seen that it is dead",
                       lambda: reader.pid not in self.readers(ground))
            load.drain()
            oracle.judge(ground, [load.ledger], tally)
            tally.add(held_readers=1)


if __name__ == "__main__":
    main()
