# SPDX-License-Identifier: Apache-2.0
"""A purge that is broken off, and one that cannot be: the journal is the old
one or the new one, whole, and nothing else is touched.
"""
import os
import shutil
import subprocess
import time

import suite
from cluster import BIN
from purge_case import CONFIG_ERROR, UNAVAILABLE, PurgeCase


class BrokenOff(PurgeCase):
    def leftovers(self, cluster):
        return sorted(p.name for p in cluster.store.iterdir()
                      if "partial" in p.name or "old" in p.name)

    def test_a_purge_killed_at_any_time_loses_nothing(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=10, count=40)
        self.wait_counted(cluster, 400)
        figures = self.figures(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        keep = cluster.folder / "keep"
        shutil.copytree(cluster.store, keep)
        begun = time.monotonic()
        self.purge(cluster, end)
        took = time.monotonic() - begun
        broken = 0
        for turn in range(16):
            shutil.rmtree(cluster.store)
            shutil.copytree(keep, cluster.store)
            running = subprocess.Popen(
                [BIN / "dealerpulse", "purge", "--data", cluster.store,
                 "--before", str(end)], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            try:
                running.wait(took * turn / 16)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
                broken += 1
            if turn % 4 == 0:
                cluster.start_aggregator()
                self.assertEqual(self.figures(cluster), figures)
                self.stop(cluster)
            else:
                self.purge(cluster, end)
            cluster.verify()
            self.assertEqual(self.leftovers(cluster), [])
        print(f"{broken} of 16 were broken off")
        speaker.close()

    def test_a_change_over_cut_short_is_cleared_away(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=3)
        self.wait_counted(cluster, 60)
        figures = self.figures(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        before = cluster.folder / "before"
        shutil.copytree(cluster.store, before)
        self.purge(cluster, end)
        after = cluster.folder / "after"
        shutil.copytree(cluster.store, after)
        # Before the exchange, after it, while the old one goes, at its end.
        for store, partial, gone in ((before, after, None),
                                     (after, before, None),
                                     (after, before, "data.mdb"),
                                     (after, None, None)):
            shutil.rmtree(cluster.store)
            shutil.copytree(store, cluster.store)
            (cluster.store / "purge.partial").mkdir()
            place = cluster.store / "purge.partial/journal"
            if partial:
                shutil.copytree(partial / "journal", place)
            if gone:
                (place / gone).unlink()
            cluster.start_aggregator()
            self.assertEqual(self.figures(cluster), figures)
            self.stop(cluster)
            cluster.verify()
            self.assertEqual(self.leftovers(cluster), [])
            self.assertIn("purged commits" if store == before
                          else "nothing to purge",
                          self.purge(cluster, end).stdout)
        speaker.close()

    def test_what_others_put_beside_the_journal_stays(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=3)
        self.wait_counted(cluster, 60)
        figures = self.figures(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        old = cluster.store / "journal.old"
        shutil.copytree(cluster.store / "journal", old)
        kept = (old / "data.mdb").read_bytes()
        # A purge was killed while it wrote, and somebody moved the journal.
        half = cluster.store / "purge.partial/journal"
        shutil.copytree(old, half)
        os.truncate(half / "data.mdb", len(kept) // 2)
        shutil.rmtree(cluster.store / "journal")
        for command in (["rebuild"], ["purge", "--before", end],
                        ["quarantine", "replay"]):
            cluster.run_console(*command, "--data", cluster.store,
                                config=False, codes=(UNAVAILABLE,))
            self.assertFalse((cluster.store / "journal").exists())
            self.assertEqual((old / "data.mdb").read_bytes(), kept)
        shutil.copytree(old, cluster.store / "journal")
        cluster.start_aggregator()
        self.assertEqual(self.figures(cluster), figures)
        self.stop(cluster)
        self.purge(cluster, end)
        cluster.run_console("rebuild", "--data", cluster.store, config=False)
        cluster.verify()
        self.assertEqual((old / "data.mdb").read_bytes(), kept)
        self.assertEqual(self.leftovers(cluster), ["journal.old"])

    def refused(self, cluster, end, sentence, prefix=()):
        file = cluster.store / "journal/data.mdb"
        before = file.read_bytes()
        done = subprocess.run(
            [*prefix, BIN / "dealerpulse", "purge", "--data", cluster.store,
             "--before", str(end)], capture_output=True, text=True,
            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
        self.assertEqual(done.returncode, CONFIG_ERROR, done.stderr)
        self.assertIn(sentence, done.stderr)
        self.assertNotIn("damaged", done.stderr)
        self.assertEqual(file.read_bytes(), before)
        self.assertEqual(self.leftovers(cluster), [])

    def test_where_directories_cannot_change_places_nothing_is_done(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        trace = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e",
                 "trace=renameat2", "-e", "inject=renameat2:error=EINVAL"]
        try:
            subprocess.run([*trace, "true"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("strace may not trace here: not tried")
        else:
            self.refused(cluster, end, "cannot exchange two directories",
                         trace)
        elsewhere = cluster.folder / "elsewhere"
        (cluster.store / "journal").rename(elsewhere)
        (cluster.store / "journal").symlink_to(elsewhere)
        self.refused(cluster, end, "it must be a plain one")
        cluster.verify()


if __name__ == "__main__":
    suite.main()
