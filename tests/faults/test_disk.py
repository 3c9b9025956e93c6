# SPDX-License-Identifier: Apache-2.0
"""Disks that are full or fail: nothing is acknowledged that is not stored, the
reason is told, and it goes on when there is room again.
"""
import time
import unittest

import oracle
from cluster import WAIT_S, wait_until
from disks import Disk
from ground import Ground, can_trace, knows_key, main, preload, strace, tally
from load import COLLECTOR, Load
from tills import Till

FULL = 68  # 64 + DEALERPULSE_FULL
ENDINGS = (71, 74, 75)


class DiskCase(unittest.TestCase):
    def load(self, ground):
        load = Load(ground.folder, [f"tcp://127.0.0.1:{ground.port['link']}"],
                    name="direct", role=COLLECTOR, pause=0.002)
        load.start()
        return load

    def wait_put_off(self, ground, load):
        """Until events are put off, or the process ends as documented."""
        process = ground.processes["aggregator"]
        wait_until("events are put off or the process ends",
                   lambda: load.ledger.retries["STORE_FULL"] or
                   not process.is_running())
        time.sleep(0.5)
        if not process.is_running():
            self.assertIn(process.popen.returncode, ENDINGS)
            return False
        return True

    def recover(self, ground, load, again):
        """It goes on; by itself unless it had to end, now or a little later."""
        load.enough.set()

        def is_done():
            process = ground.processes["aggregator"]
            if not process.is_running():
                self.assertIn(process.popen.returncode, (0, *ENDINGS))
                print("it ended, and is started again", flush=True)
                again()
            return not load.is_alive()

        wait_until("every event has its outcome", is_done, 2 * WAIT_S)
        load.finish()
        oracle.judge(ground, [load.ledger], tally)
        self.assertGreater(len(load.ledger.acked), 100)


class FullDisk(DiskCase):
    def on_disk(self, kind, size, settings=None):
        with Disk(kind, size) as disk:
            store = disk.path / "store"
            store.mkdir()
            with Ground(store=store, aggregator=settings) as ground:
                ground.aggregator()
                load = self.load(ground)
                wait_until("some are stored",
                           lambda: len(load.ledger.acked) > 300)
                disk.fill()
                stays = self.wait_put_off(ground, load)
                ids = set(oracle.stored_events(store))
                self.assertEqual(len(set(load.ledger.acked) - ids), 0)
                log = ground.log("aggregator")
                self.assertRegex(log, "journal-full|disk-low|checkpoint-failed|"
                                      "journal-failed|state-full")
                disk.clear()
                self.recover(ground, load, ground.aggregator)
                tally.add(full_disks=1)
        return stays

    def test_a_full_disk_in_memory(self):
        self.on_disk("tmpfs", 40)

    def test_a_full_ext4_that_says_EIO(self):
        self.on_disk("ext4", 60)

    def test_the_reserve_keeps_the_process_up(self):
        if not knows_key("reserve_bytes"):
            self.skipTest("this version has no reserve")
        for kind, size in (("tmpfs", 40), ("ext4", 60)):
            stays = self.on_disk(kind, size, dict(reserve_bytes="8MiB"))
            self.assertTrue(stays, kind)

    def test_a_full_map(self):
        for key in ("journal_bytes", "state_bytes"):
            with Ground(aggregator={key: "1MiB"}) as ground:
                ground.aggregator()
                load = self.load(ground)
                self.wait_put_off(ground, load)
                process = ground.processes["aggregator"]
                if process.is_running():
                    process.stop()
                ids = set(oracle.stored_events(ground.store))
                self.assertEqual(len(set(load.ledger.acked) - ids), 0)
                ground.settings[key] = "64MiB"
                ground.write_config("dealerpulse.yaml", 0, ground.terminal)
                self.recover(ground, load, ground.aggregator)
                tally.add(full_maps=1)


class FullSpool(unittest.TestCase):
    def sell_out(self, ground, till, disk=None):
        """A till that runs into its bound says so and loses nothing kept."""
        self.assertEqual(till.start().finish(), FULL, till.log.read_text())
        self.assertRegex(till.log.read_text(), "full")
        kept = len(till.ledger.acked)
        self.assertGreater(kept, 20)
        inside, left = till.inside()
        self.assertEqual(set(inside), set(till.ledger.acked))
        self.assertEqual(left, kept)
        if disk:
            disk.clear()
        ground.aggregator()
        ground.collector()
        till.events.write_text("")  # nothing more is sold
        till.command += ["--pump", "--collector", ground.endpoints()[0]]
        self.assertEqual(till.start().finish(), 0, till.log.read_text())
        oracle.judge(ground, [till.ledger], tally)
        tally.add(full_spools=1)

    def test_a_spool_at_its_bound(self):
        with Ground() as ground:
            self.sell_out(ground, Till(
                ground.folder, count=4000, pause_ms=0,
                options=("--spool-bytes", 1 << 18)))

    def test_a_spool_on_a_full_disk(self):
        with Disk("tmpfs", 4) as disk, Ground() as ground:
            disk.fill(leave=1 << 20)
            till = Till(ground.folder, count=4000, pause_ms=0)
            till.spool = disk.path / "spool.db"
            till.command[till.command.index("--spool") + 1] = till.spool
            self.sell_out(ground, till, disk)


class FailingDisk(DiskCase):
    def setUp(self):
        can_trace()

    def ends(self, injection, pattern):
        """It ends with a reason; nothing of the failed batch is promised."""
        with Ground() as ground:
            ground.aggregator().stop()
            load = self.load(ground)
            process = ground.aggregator(strace(injection), wait=False)
            wait_until("it ends", lambda: not process.is_running())
            self.assertIn(process.popen.returncode, ENDINGS)
            self.assertRegex(ground.log("aggregator"), pattern)
            ids = set(oracle.stored_events(ground.store))
            self.assertEqual(len(set(load.ledger.acked) - ids), 0)
            self.recover(ground, load, ground.aggregator)
            tally.add(failing_disks=1)

    def test_a_sync_that_fails_ends_the_process(self):
        self.ends("fdatasync:error=EIO:when=4", "(journal|checkpoint)-failed")

    def test_a_write_that_fails_ends_the_process(self):
        self.ends("pwrite64:error=EIO:when=8", "(journal|checkpoint)-failed")

    def test_a_file_that_cannot_be_read_is_named_at_the_start(self):
        with Ground() as ground:
            ground.aggregator().stop()
            process = ground.aggregator(
                strace("pread64:error=EIO:when=3+"), wait=False)
            wait_until("it ends", lambda: not process.is_running())
            self.assertIn(process.popen.returncode, (*ENDINGS, 65))
            self.assertIn("start-failed", ground.log("aggregator"))
            ground.processes.clear()
            tally.add(failing_disks=1)

    def test_a_disk_that_pretends_to_write_is_found_out(self):
        """The control: what such a disk promised is lost, and counted so."""
        for first in range(30, 60):  # a checkpoint's writes lose no event
            with Ground() as ground:
                ground.aggregator().stop()
                load = self.load(ground)
                process = ground.aggregator(extra=preload(
                    "recorder.so", FAULTS_ROOT=ground.store,
                    FAULTS_LIE="write", FAULTS_SHORT=first), wait=False)
                wait_until("it notices", lambda: not process.is_running())
                load.abandon()
                ground.processes.clear()
                figures, _ = oracle.compare(
                    [load.ledger], oracle.stored_events(ground.store))
            if figures["lost"]:
                tally.control(f"a pretending disk: {figures['lost']} lost")
                return
        self.fail("nobody noticed")


if __name__ == "__main__":
    main()
