# SPDX-License-Identifier: Apache-2.0
"""Backup while events arrive, the disk lost, restore: every acknowledged event
is back and counted once, because terminals are asked again for what the
backup lacks.
"""
import shutil
import subprocess
import threading
import unittest

import suite
from cluster import BIN, SOURCE, Cluster, Process, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"
DATA_ERROR, UNAVAILABLE, CANNOT_CREATE = 65, 69, 73


class Backup(unittest.TestCase):
    def open(self, collectors=1):
        return Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                       collectors=collectors)

    def backup(self, cluster, name="backup", *more, **options):
        return cluster.run_console("backup", "--data", cluster.store, "--to",
                                   cluster.folder / name, *more, config=False,
                                   **options)

    def restore(self, cluster, name="backup", *more, **options):
        return cluster.run_console("restore", "--from", cluster.folder / name,
                                   "--data", cluster.store, *more,
                                   config=False, **options)

    def lose_disk(self, cluster):
        cluster.processes["aggregator"].kill()
        shutil.rmtree(cluster.store)

    def counted(self, cluster):
        rows = cluster.rows("responses", "1999-01..2199-12")
        return {dealer: row["n"] for dealer, row in rows.items() if row["n"]}

    def wait_counted(self, cluster, expected):
        wait_until(f"{expected} are counted",
                   lambda: self.counted(cluster) == expected, seconds=30)

    def test_what_was_acknowledged_after_the_backup_comes_back(self):
        with self.open() as cluster:
            speakers = [Speaker(cluster.collector_ports, f"D{i}", f"shop-{i}",
                                seed=i) for i in (1, 2, 3)]
            for speaker in speakers:
                speaker.send(100)
            self.backup(cluster)
            # One goes on, one is silent, one more joins.
            speakers[0].send(70)
            speakers.append(Speaker(cluster.collector_ports, "D4", "shop-4",
                                    seed=4))
            speakers[3].send(30)
            expected = {"D1": 170, "D2": 100, "D3": 100, "D4": 30}
            self.wait_counted(cluster, expected)

            self.lose_disk(cluster)
            self.restore(cluster)
            cluster.start_aggregator()
            for speaker in speakers:
                speaker.run(lambda s=speaker: s.terminal.incarnation not in
                            (None, 1) and not s.terminal.waiting and
                            not s.terminal.flights)
            self.wait_counted(cluster, expected)
            cluster.verify()
            for speaker in speakers:
                self.assertEqual(len(speaker.acked), speaker.seq)
                speaker.close()

    def test_terminals_may_forget_what_is_backed_up_and_no_more(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(50)
            self.assertEqual(len(speaker.terminal.kept), 50)
            self.backup(cluster, "unproven", "--no-verify")
            speaker.send(1)
            self.assertEqual(len(speaker.terminal.kept), 51)
            self.backup(cluster, "proven")
            log = cluster.processes["aggregator"]
            wait_until("the aggregator knows of the backup",
                       lambda: "backed-up position=" in log.log_text())
            speaker.send(1)
            self.assertEqual(len(speaker.terminal.kept), 1)
            # It is still known after a crash.
            cluster.processes["aggregator"].kill()
            cluster.start_aggregator()
            speaker.send(1)
            self.assertEqual(len(speaker.terminal.kept), 2)
            speaker.close()

    def test_backups_under_load_are_whole(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            stop = threading.Event()

            def feed():
                while not stop.is_set():
                    speaker.send(40)

            feeder = threading.Thread(target=feed)
            feeder.start()
            try:
                for turn in range(4):
                    before = len(speaker.acked)
                    done = self.backup(cluster, f"backup-{turn}")
                    events = int(done.stdout.split(" commits, ")[1].split()[0])
                    self.assertGreaterEqual(events, before)
            finally:
                stop.set()
                feeder.join()
            for turn in range(4):
                cluster.run_console("verify", "--data",
                                    cluster.folder / f"backup-{turn}",
                                    config=False)
            speaker.close()

    def test_the_same_backup_restored_twice_has_two_incarnations(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(20)
            self.backup(cluster)
            seen = {1}
            for turn in range(2):
                speaker.send(10)
                self.lose_disk(cluster)
                self.restore(cluster)
                cluster.start_aggregator()
                speaker.run(lambda: speaker.terminal.incarnation not in seen
                            and not speaker.terminal.waiting
                            and not speaker.terminal.flights)
                self.assertGreater(speaker.terminal.incarnation, max(seen))
                seen.add(speaker.terminal.incarnation)
                self.wait_counted(cluster, {"D1": 30 + 10 * turn})
            speaker.close()

    def test_the_old_copy_is_refused_once_the_restored_one_was_met(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(20)
            self.backup(cluster)
            cluster.processes["aggregator"].stop()
            shutil.move(cluster.store, cluster.folder / "old")
            self.restore(cluster)
            cluster.start_aggregator()
            speaker.send(5)
            cluster.processes["aggregator"].stop()
            shutil.move(cluster.store, cluster.folder / "restored")
            shutil.move(cluster.folder / "old", cluster.store)
            cluster.start_aggregator()
            collector = cluster.processes["collector-1"]
            wait_until("the collector refuses the old store",
                       lambda: "store-older" in collector.log_text())
            speaker.add()
            with self.assertRaises(AssertionError):
                speaker.run(seconds=5)
            speaker.close()

    def write_rows(self, cluster, name, count):
        """Answers to import; more of them begin with the same ones."""
        head = ("CUEX1,CUEX2,CUEX3,CUSA1,CUSA2,CUSA3,CUSCO,CUSL1,CUSL2,CUSL3,"
                "IMAG1,IMAG2,IMAG3,IMAG4,IMAG5,PERQ1,PERQ2,PERQ3,PERQ4,PERQ5,"
                "PERQ6,PERQ7,PERV1,PERV2").split(",")
        path = cluster.folder / name
        lines = [",".join(head)]
        for number in range(count):
            lines.append(",".join(str(1 + (number * (i + 3) + number // 10) %
                                      10) for i in range(len(head))))
        path.write_text("\n".join(lines) + "\n")
        return path

    def test_our_own_terminal_sends_again_what_its_spool_keeps(self):
        with self.open() as cluster:
            def imported(path):
                cluster.run_terminal("import", "--map", SOURCE /
                                     "deploy/maps/ecsi_mobi.yaml", path)

            imported(self.write_rows(cluster, "one.csv", 300))
            self.backup(cluster)
            imported(self.write_rows(cluster, "two.csv", 500))
            wait_until("all is counted", lambda: sum(
                self.counted(cluster).values()) == 500)
            expected = self.counted(cluster)
            self.lose_disk(cluster)
            self.restore(cluster)
            cluster.start_aggregator()
            self.assertLess(sum(self.counted(cluster).values()), 500)
            agent = Process("agent", [BIN / "dealerpulse-terminal", "run",
                                      "--config", cluster.config],
                            cluster.folder / "agent.log")
            cluster.processes["agent"] = agent.start()
            self.wait_counted(cluster, expected)
            cluster.verify()

    def test_a_backup_killed_at_any_time_is_whole_or_not_there(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(400)
            whole = 0
            for turn in range(12):
                target = cluster.folder / f"killed-{turn}"
                running = subprocess.Popen(
                    [BIN / "dealerpulse", "backup", "--data", cluster.store,
                     "--to", target, "--scratch", cluster.folder], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
                try:
                    running.wait(0.15 * turn)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()
                if target.exists():
                    whole += 1
                    cluster.run_console("verify", "--data", target,
                                        config=False)
                speaker.send(5)
            self.backup(cluster)
            speaker.send(1)
            wait_until("all is counted", lambda: self.counted(cluster) ==
                       {"D1": speaker.seq})
            print(f"{whole} of 12 were finished")
            speaker.close()

    def test_a_restore_killed_at_any_time_is_whole_or_refused(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(400)
            self.backup(cluster)
            cluster.processes["aggregator"].stop()
            refused = 0
            for turn in range(12):
                shutil.rmtree(cluster.store, ignore_errors=True)
                running = subprocess.Popen(
                    [BIN / "dealerpulse", "restore", "--from",
                     cluster.folder / "backup", "--data", cluster.store,
                     "--scratch", cluster.folder],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    running.wait(0.05 * turn)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()
                if (cluster.store / "restore.partial").exists():
                    refused += 1
                    cluster.run("dealerpulse-aggregator", codes=(DATA_ERROR,))
                elif (cluster.store / "journal").exists():
                    cluster.verify()
            shutil.rmtree(cluster.store, ignore_errors=True)
            self.restore(cluster)
            cluster.start_aggregator()
            self.wait_counted(cluster, {"D1": 400})
            print(f"{refused} of 12 were broken off and refused")
            speaker.close()

    def test_nothing_is_written_over(self):
        with self.open() as cluster:
            (cluster.folder / "there").mkdir()
            self.backup(cluster, "there", codes=(CANNOT_CREATE,))
            self.backup(cluster)
            done = self.restore(cluster, codes=(CANNOT_CREATE,))
            self.assertIn("not empty", done.stderr)
            self.restore(cluster, "nowhere", codes=(CANNOT_CREATE,))
            cluster.processes["aggregator"].stop()
            shutil.rmtree(cluster.store)
            self.restore(cluster, "nowhere", codes=(UNAVAILABLE,))
            self.restore(cluster)
            cluster.start_aggregator()

    def test_a_damaged_backup_is_not_restored(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(200)
            self.backup(cluster)
            cluster.processes["aggregator"].stop()
            shutil.rmtree(cluster.store)
            file = cluster.folder / "backup/journal/data.mdb"
            whole = file.read_bytes()
            # A visit of a stored body is another one, then half is missing.
            self.assertIn(b"V150", whole)
            for broken in (whole.replace(b"V150", b"V151"),
                           whole[:len(whole) // 2]):
                file.write_bytes(broken)
                for more in ((), ("--no-verify",)):
                    done = self.restore(cluster, "backup", *more,
                                        codes=(DATA_ERROR,))
                    self.assertIn("damaged", done.stderr)
                    self.assertEqual(
                        [p.name for p in cluster.store.iterdir()],
                        ["owner.lock"])
            file.write_bytes(whole)
            self.restore(cluster)
            cluster.start_aggregator()
            self.wait_counted(cluster, {"D1": 200})
            speaker.close()

    def test_a_backup_without_state_is_folded_again(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(60)
            self.backup(cluster)
            shutil.rmtree(cluster.folder / "backup/state")
            self.lose_disk(cluster)
            self.restore(cluster)
            cluster.start_aggregator()
            self.wait_counted(cluster, {"D1": 60})
            cluster.verify()
            speaker.close()

    def test_a_restore_that_was_broken_off_does_not_start(self):
        with self.open() as cluster:
            cluster.processes["aggregator"].stop()
            (cluster.store / "restore.partial").mkdir()
            done = cluster.run("dealerpulse-aggregator", codes=(DATA_ERROR,))
            self.assertIn("restore again", done.stderr)
            (cluster.store / "restore.partial").rmdir()
            cluster.start_aggregator()

    def test_a_journal_behind_its_backup_does_not_start(self):
        with self.open() as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(60)
            self.backup(cluster)
            cluster.processes["aggregator"].stop()
            shutil.rmtree(cluster.store / "journal")
            shutil.rmtree(cluster.store / "state")
            done = cluster.run("dealerpulse-aggregator", codes=(DATA_ERROR,))
            self.assertIn("restore", done.stderr)
            shutil.rmtree(cluster.store)
            self.restore(cluster)
            cluster.start_aggregator()
            speaker.close()


if __name__ == "__main__":
    suite.main()
