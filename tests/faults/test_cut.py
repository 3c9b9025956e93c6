# SPDX-License-Identifier: Apache-2.0
"""Power cuts of a real file system: ext4 on a loop device is shut down under
load, without its log, and mounted again.  For the store and for a spool.

A sync that is under way while ext4 is being shut down sometimes returns success
for what is then lost (a plain append and fdatasync does so, too), so what was
promised is taken down just before; what is promised meanwhile is forgiven when
it is lost, and counted.
"""
import random
import subprocess
import time
import unittest

import oracle
from cluster import wait_until
from disks import Disk
from ground import SANITIZED, SEED, TOOLS, Ground, main, preload, scaled, \
    skip, tally
from load import COLLECTOR, Load
from tills import Till

CUTS = scaled(3 if SANITIZED else 5)


def cut(disk):
    done = subprocess.run([TOOLS / "cut", disk.path], capture_output=True,
                          text=True)
    if done.returncode != 0:
        skip(f"ext4 cannot be shut down here: {done.stderr.strip()}")


class Cut(unittest.TestCase):
    def cut_store(self, disk, ground, load, dice, extra=None):
        """One cut under load; returns what was acknowledged before it."""
        process = ground.aggregator(extra=extra)
        before = len(load.ledger.acked)
        wait_until("some are stored",
                   lambda: len(load.ledger.acked) > before + 100)
        time.sleep(dice.uniform(0, 0.4))
        acked = set(load.ledger.acked)
        cut(disk)
        process.kill()
        disk.remount()
        return acked

    def test_the_store_survives_the_file_system(self):
        dice = random.Random(SEED)
        with Disk("ext4", 100) as disk:
            store = disk.path / "store"
            store.mkdir()
            with Ground(store=store) as ground:
                load = Load(ground.folder,
                            [f"tcp://127.0.0.1:{ground.port['link']}"],
                            name="direct", role=COLLECTOR, seed=SEED)
                load.start()
                for _ in range(CUTS):
                    acked = self.cut_store(disk, ground, load, dice)
                    ids = set(oracle.stored_events(store))
                    self.assertEqual(len(acked - ids), 0)
                    for one in set(load.ledger.acked) - ids:
                        del load.ledger.acked[one]
                        load.ledger.rejected[one] = "while it was cut"
                        tally.forgiven += 1
                ground.aggregator()
                load.drain()
                oracle.judge(ground, [load.ledger], tally)
                tally.add(ext4_power_cuts=CUTS)
                ground.processes["aggregator"].stop()

    def test_without_syncs_it_does_not(self):
        dice = random.Random(SEED)
        with Disk("ext4", 100) as disk:
            store = disk.path / "store"
            store.mkdir()
            with Ground(store=store) as ground:
                load = Load(ground.folder,
                            [f"tcp://127.0.0.1:{ground.port['link']}"],
                            name="direct", role=COLLECTOR, seed=SEED)
                load.start()
                acked = self.cut_store(disk, ground, load, dice, preload(
                    "recorder.so", FAULTS_ROOT=store, FAULTS_LIE="nosync"))
                load.abandon()
                try:
                    ids = set(oracle.stored_events(store))
                except Exception:  # nothing there that can be read
                    ids = set()
                self.assertGreater(len(acked - ids), 0)
                tally.control(f"ext4 shut down under NOSYNC: "
                              f"{len(acked - ids)} of {len(acked)} lost")

    def test_a_spool_survives_the_file_system(self):
        dice = random.Random(SEED)
        with Disk("ext4", 40) as disk, Ground() as ground:
            till = Till(ground.folder, count=3000, seed=SEED, pause_ms=0)
            till.spool = disk.path / "shop" / "spool.db"
            till.command[till.command.index("--spool") + 1] = till.spool
            till.spool.parent.mkdir()
            late = set()  # promised while it was cut, and lost
            for _ in range(CUTS):
                before = len(till.told())
                till.start()
                wait_until("some are kept",
                           lambda: len(till.told()) > before + 60)
                time.sleep(dice.uniform(0, 0.2))
                kept = set(till.ledger.acked) - late
                cut(disk)
                till.kill()
                disk.remount()
                inside, _ = till.inside()
                self.assertEqual(len(kept - set(inside)), 0)
                late |= set(till.ledger.acked) - set(inside)
            tally.forgiven += len(late)
            tally.add(ext4_power_cuts=CUTS)
            till.events.write_text("")
            ground.aggregator()
            ground.collector()
            till.command += ["--pump", "--collector", ground.endpoints()[0]]
            self.assertEqual(till.start().finish(), 0, till.log.read_text())
            ledger = till.ledger
            for one in late:
                del ledger.acked[one]
            oracle.judge(ground, [ledger], tally)


if __name__ == "__main__":
    main()
