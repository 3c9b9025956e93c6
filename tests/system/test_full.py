# SPDX-License-Identifier: Apache-2.0
"""A disk or a map that is full: nothing is acknowledged that is not stored,
nothing that was is lost, and the work goes on by itself once there is room.
"""
import subprocess
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"


class Disk:
    """A small file system of its own, or None where nobody may mount one."""

    def __init__(self, kind, folder, mebibytes):
        self.folder, self.image = folder, None
        if kind == "tmpfs":
            command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m",
                       "tmpfs", folder]
        else:
            self.image = folder.with_suffix(".ext4")
            subprocess.run(["truncate", "-s", f"{mebibytes}M", self.image],
                           check=True)
            made = subprocess.run(["mkfs.ext4", "-qF", "-m", "0", self.image],
                                  capture_output=True)
            if made.returncode != 0:
                raise unittest.SkipTest("SKIPPED: no mkfs.ext4 here")
            command = ["mount", "-o", "loop", self.image, folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"SKIPPED: cannot mount a {kind}: "
                                    f"{done.stderr.strip()}")
        self.filler = folder / "filler"

    def fill(self, leave_kib):
        subprocess.run(["dd", "if=/dev/zero", f"of={self.filler}", "bs=64k"],
                       capture_output=True)
        size = self.filler.stat().st_size
        subprocess.run(["truncate", "-s", str(size - leave_kib * 1024),
                        self.filler], check=True)

    def empty(self):
        self.filler.unlink()

    def close(self):
        subprocess.run(["umount", self.folder], check=True)


class Full(unittest.TestCase):
    def open(self, **settings):
        cluster = Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv")
        self.set(cluster, **settings)
        return cluster

    def set(self, cluster, **settings):
        lines = [f"  {key}: {value}" for key, value in settings.items()]
        text = cluster.write_config("dealerpulse.yaml", 0,
                                    cluster.terminal).read_text()
        cluster.config.write_text(text.replace(
            "  data: store\n", "\n".join(["  data: store"] + lines) + "\n"))

    def wait_log(self, cluster, word):
        aggregator = cluster.processes["aggregator"]
        wait_until(f"the aggregator says {word}",
                   lambda: cluster.need(aggregator) and
                   word in aggregator.log_text())

    def demand_all(self, cluster, speaker):
        self.assertEqual(len(speaker.acked), speaker.seq)
        wait_until("all is counted", lambda: cluster.rows(
            "responses", "1999-01..2199-12")[speaker.dealer]["n"] ==
            speaker.seq)
        cluster.verify()

    def fill_and_empty(self, kind, reserve, leave_kib, word):
        with self.open(reserve_bytes=reserve) as cluster:
            cluster.processes["aggregator"].stop()
            disk = Disk(kind, cluster.store, 48)
            try:
                cluster.start_aggregator()
                speaker = Speaker(cluster.collector_ports)
                speaker.send(300)
                disk.fill(leave_kib)
                if word == "disk-low":
                    self.wait_log(cluster, word)
                acked = len(speaker.acked)
                for _ in range(4000 if word != "disk-low" else 300):
                    speaker.add()
                speaker.run(lambda: word + " path=" in cluster.processes[
                    "aggregator"].log_text())
                if word == "disk-low":
                    with self.assertRaises(AssertionError):
                        speaker.run(lambda: len(speaker.acked) > acked, 3)
                log = cluster.processes["aggregator"].log_text()
                self.assertIn(f"{word} path={cluster.store}", log)
                self.assertIn("free_bytes=", log)
                disk.empty()
                speaker.run_out()
                self.assertEqual(1, cluster.processes["aggregator"].log_text()
                                 .count(word + " path="))  # said once
                self.demand_all(cluster, speaker)
                cluster.processes["aggregator"].stop()
                speaker.close()
            finally:
                cluster.processes["aggregator"].stop()
                disk.close()

    def test_below_the_reserve_nothing_is_taken_until_there_is_room(self):
        self.fill_and_empty("tmpfs", "16MiB", 8 << 10, "disk-low")

    def test_a_full_tmpfs_loses_nothing(self):
        self.fill_and_empty("tmpfs", "0", 256, "journal-full")

    def test_a_full_ext4_loses_nothing(self):
        self.fill_and_empty("ext4", "0", 256, "journal-full")

    def test_a_full_journal_map_keeps_what_was_acknowledged(self):
        with self.open(journal_bytes="1MiB", reserve_bytes=0) as cluster:
            speaker = Speaker(cluster.collector_ports)
            for _ in range(12000):
                speaker.add()
            speaker.run(lambda: "journal-full path=" in cluster.processes[
                "aggregator"].log_text() or len(speaker.acked) == speaker.seq)
            self.assertLess(len(speaker.acked), speaker.seq)
            self.assertGreater(len(speaker.acked), 0)
            cluster.processes["aggregator"].stop()
            self.set(cluster, journal_bytes="64MiB")
            cluster.start_aggregator()
            speaker.run_out()
            self.demand_all(cluster, speaker)
            speaker.close()

    def test_a_full_state_map_stops_the_intake_and_not_the_process(self):
        with self.open(state_bytes="1MiB", checkpoint_events=200,
                       reserve_bytes=0) as cluster:
            speaker = Speaker(cluster.collector_ports)
            for _ in range(20000):
                speaker.add()
            speaker.run(lambda: "state-full path=" in cluster.processes[
                "aggregator"].log_text() or len(speaker.acked) == speaker.seq)
            self.assertLess(len(speaker.acked), speaker.seq)
            with self.assertRaises(AssertionError):
                speaker.run(lambda: len(speaker.acked) == speaker.seq, 3)
            acked = len(speaker.acked)
            cluster.need(cluster.processes["aggregator"])
            self.assertEqual(0, cluster.processes["aggregator"].stop())
            self.set(cluster, state_bytes="256MiB")
            cluster.start_aggregator()
            wait_until("all that was acknowledged is counted",
                       lambda: cluster.rows("responses", "1999-01..2199-12")
                       ["D1"]["n"] >= acked)
            speaker.run_out()
            self.demand_all(cluster, speaker)
            speaker.close()


if __name__ == "__main__":
    suite.main()
