# SPDX-License-Identifier: Apache-2.0
"""Purge: what old events said leaves the journal, and every figure stays,
can be recomputed, backed up, corrected, and is not counted again.
"""
import json
import shutil
import subprocess
import time
import unittest

import suite
from cluster import BIN, SOURCE, Cluster, wait_until
from python_terminal import uuid7
from speaker import Speaker
from tamper import edit, needs_lmdb

SAMPLE = SOURCE / "deploy/samples/ecsi"
CONFIG_ERROR, DATA_ERROR, UNAVAILABLE, USAGE = 78, 65, 69, 64
ALWAYS = "1999-01..2199-12"
# In the body of every response the speaker makes up: its questionnaire.
WORD = b"\x0a\x04ecsi"


class Purge(unittest.TestCase):
    def open(self):
        cluster = Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv")
        cluster.__enter__()
        self.addCleanup(cluster.__exit__, None, None, None)
        return cluster

    def purge(self, cluster, before, *more, **options):
        return cluster.run_console("purge", "--data", cluster.store,
                                   "--before", before, *more, config=False,
                                   **options)

    def stop(self, cluster):
        self.assertEqual(cluster.processes["aggregator"].stop(), 0)

    def end(self, cluster):
        """How many commits the journal has; the aggregator may run."""
        out = cluster.verify().stdout
        return int(out.split("journal")[1].split()[0])

    def figures(self, cluster):
        return {kpi: cluster.rank(kpi, ALWAYS)["rows"]
                for kpi in ("responses", "csi", "nps")}

    def told(self, cluster, command):
        """What gaps and terminals say of every number and clock."""
        more = ["--all"] if command == "gaps" else []
        done = cluster.run_console(command, "--data", cluster.store,
                                   "--format", "json", *more, config=False,
                                   codes=(0, DATA_ERROR))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def fill(self, cluster, turns=6, count=20):
        speaker = Speaker(cluster.collector_ports, "D1", "shop", seed=1)
        for _ in range(turns):
            speaker.send(count)
        return speaker

    def counted(self, cluster, dealer="D1"):
        return cluster.rows("responses", ALWAYS)[dealer]["n"]

    def wait_counted(self, cluster, count):
        wait_until(f"{count} are counted",
                   lambda: self.counted(cluster) == count)

    def control(self, target, number, **payload):
        named = {"target": target["id"], "target_type": "SURVEY_RESPONSE",
                 "target_occurred_at_ms": target["occurred_at_ms"]}
        [(name, more)] = payload.items()
        return {"dealer": "D1", "visit": target["visit"],
                "id": f"{number:02x}" * 16,
                "occurred_at_ms": target["occurred_at_ms"] + number,
                name: dict(named, **more)}

    def void(self, target, number):
        return self.control(target, number, void_event={})

    def test_every_figure_stays_and_can_be_proven(self):
        cluster = self.open()
        speaker = Speaker(cluster.collector_ports, "D1", "shop", seed=1)
        target = speaker.response(id=uuid7().hex())
        speaker.add(target)
        gone = speaker.response(id=uuid7().hex())
        speaker.add(gone)
        for _ in range(6):
            speaker.send(20)
        speaker.seq += 3  # surveys a shop suppressed
        speaker.send(4)
        hq = Speaker(cluster.collector_ports, "HQ", "office", 4, role=2)
        hq.add(self.void(gone, 1))
        hq.run()
        self.assertEqual(len(hq.acked), 1, hq.outcomes)
        self.wait_counted(cluster, 125)
        old = list(speaker.acked.items())
        bodies = [body for _, body in old if WORD in body]
        end = self.end(cluster)
        speaker.send(10)  # these stay whole
        self.wait_counted(cluster, 135)
        figures = self.figures(cluster)
        gaps, terminals = (self.told(cluster, c) for c in ("gaps", "terminals"))

        self.purge(cluster, end + 1, codes=(UNAVAILABLE,))  # it runs
        self.stop(cluster)
        file = cluster.store / "journal/data.mdb"
        before = file.read_bytes()
        self.assertGreaterEqual(before.count(WORD), 136)
        self.assertTrue(all(body in before for body in bodies))
        dry = self.purge(cluster, end + 1, "--dry-run")
        self.assertIn(f"would purge commits 1 to {end}, 127 events",
                      dry.stdout)
        self.assertEqual(file.read_bytes(), before)
        done = self.purge(cluster, end + 1)
        self.assertIn(f"purged commits 1 to {end}, 127 events", done.stdout)
        after = file.read_bytes()
        for body in bodies:  # not in a free page either
            self.assertNotIn(body, after)
        self.assertGreaterEqual(after.count(WORD), 10)
        self.assertIn("nothing to purge", self.purge(cluster, end + 1).stdout)
        self.assertIn("nothing to purge", self.purge(cluster, 2).stdout)
        cluster.verify()
        self.assertEqual(self.told(cluster, "gaps"), gaps)
        self.assertEqual(self.told(cluster, "terminals"), terminals)

        cluster.start_aggregator()
        self.assertEqual(self.figures(cluster), figures)
        # The whole old spool again, as after a restore of a till.
        again = Speaker(cluster.collector_ports, "D1", "shop-2", seed=8)
        for _, body in old:
            event = again.add()
            event.body = body
        again.run()
        self.assertEqual({o[0] for o in again.outcomes.values()},
                         {"OUTCOME_DUPLICATE"})
        self.assertEqual(self.counted(cluster), 135)
        # A purged event is taken back, another one comes back.
        hq.add(self.void(target, 2))
        hq.add(self.control(gone, 3, unvoid_event={"control": "01" * 16}))
        hq.add(self.control(target, 4, unvoid_event={"control": "02" * 16}))
        hq.add(self.void(target, 5))
        hq.run()
        self.assertEqual(len(hq.acked), 5, hq.outcomes)
        # Both: 135 - target + gone.
        wait_until("the sums moved", lambda: self.figures(cluster) != figures)
        self.assertEqual(self.counted(cluster), 135)
        [account] = [a for a in self.told(cluster, "gaps")
                     if a["terminal"] == "shop"]
        self.assertEqual((account["voided"], account["missing"],
                          account["gaps"]), (1, 3, [[123, 125]]))
        cluster.verify()

        # A second purge, on top of the first.
        figures = self.figures(cluster)
        gaps = self.told(cluster, "gaps")
        end = self.end(cluster)
        self.stop(cluster)
        self.purge(cluster, end + 1)
        cluster.verify()
        cluster.run_console("rebuild", "--data", cluster.store, config=False)
        cluster.verify()
        self.assertEqual(self.told(cluster, "gaps"), gaps)
        shutil.rmtree(cluster.store / "state")
        cluster.start_aggregator()
        self.assertEqual(self.figures(cluster), figures)
        speaker.send(1)
        self.wait_counted(cluster, 136)
        cluster.verify()
        for one in (speaker, again, hq):
            one.close()

    def test_backup_and_restore_of_a_purged_store(self):
        cluster = self.open()
        speaker = self.fill(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        self.purge(cluster, end)
        cluster.start_aggregator()
        speaker.send(5)
        self.wait_counted(cluster, 125)
        figures = self.figures(cluster)
        backup = cluster.folder / "backup"
        cluster.run_console("backup", "--data", cluster.store, "--to", backup,
                            config=False)
        speaker.send(7)
        cluster.processes["aggregator"].kill()
        for has_state in (True, False):
            shutil.rmtree(cluster.store)
            if not has_state:
                shutil.rmtree(backup / "state")
            cluster.run_console("restore", "--from", backup, "--data",
                                cluster.store, config=False)
            cluster.start_aggregator()
            if has_state:
                self.assertEqual(self.figures(cluster), figures)
            speaker.run(lambda: not speaker.terminal.waiting and
                        not speaker.terminal.flights and
                        self.counted(cluster) == 132)
            cluster.verify()
            self.stop(cluster)
        speaker.close()

    def test_a_day_is_of_the_commits(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        self.stop(cluster)
        speaker.close()
        self.assertIn("nothing to purge",
                      self.purge(cluster, "2020-01-01").stdout)
        later = time.strftime("%Y-%m-%d",
                              time.gmtime(time.time() + 3 * 86400))
        self.assertIn(", 40 events",
                      self.purge(cluster, later, "--dry-run").stdout)
        for wrong in ("2020-02-30", "0", "yesterday", "2020-1-1", "-3"):
            self.purge(cluster, wrong, codes=(USAGE,))
        file = cluster.store / "journal/data.mdb"
        self.assertGreaterEqual(file.read_bytes().count(WORD), 40)
        self.purge(cluster, later)
        # Not a body is left, nor in what the file does not use.
        self.assertEqual(file.read_bytes().count(WORD), 0)
        cluster.verify()

    def test_rules_of_what_was_purged_are_final(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        end = self.end(cluster)
        self.stop(cluster)
        self.purge(cluster, end + 1)
        path = cluster.folder / "programme.yaml"
        text = path.read_text()
        self.assertEqual(text.count("offset: Z"), 1)
        path.write_text(text.replace("offset: Z", "offset: +09:00"))
        done = cluster.run("dealerpulse-aggregator", codes=(CONFIG_ERROR,))
        self.assertIn("were purged", done.stdout + done.stderr)
        path.write_text(text)
        cluster.verify()
        # Nor is a purged event held back; what came later can be.
        cluster.run_console("quarantine", "add", end, 0, "--reason", "late",
                            "--data", cluster.store, config=False,
                            codes=(DATA_ERROR,))
        shown = json.loads(cluster.run_console(
            "quarantine", "show", end, 0, "--data", cluster.store,
            config=False).stdout)
        self.assertTrue(shown["purged"])
        cluster.start_aggregator()
        speaker.send(3)
        self.wait_counted(cluster, 43)
        self.stop(cluster)
        last = self.end(cluster)
        cluster.run_console("quarantine", "add", last, 0, "--reason", "test",
                            "--data", cluster.store, config=False)
        cluster.start_aggregator()
        self.assertEqual(self.counted(cluster), 42)
        cluster.verify()
        self.stop(cluster)
        cluster.run_console("quarantine", "replay", "--data", cluster.store,
                            config=False)
        cluster.start_aggregator()
        self.assertEqual(self.counted(cluster), 43)
        cluster.verify()
        speaker.close()

    @needs_lmdb
    def test_a_damaged_store_is_not_purged(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        # The state of a store that has one event less.
        edit(cluster.store / "state", "id",
                  lambda cursor: cursor.first() and cursor.delete())
        before = (cluster.store / "journal/data.mdb").read_bytes()
        done = self.purge(cluster, end + 1, codes=(DATA_ERROR,))
        self.assertIn("verifying the store", done.stderr)
        self.assertEqual((cluster.store / "journal/data.mdb").read_bytes(),
                         before)
        self.assertFalse((cluster.store / "purge.partial").exists())

    @needs_lmdb
    def test_an_edited_base_is_found(self):
        from test_tamper import sealed
        cluster = self.open()
        speaker = self.fill(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        self.purge(cluster, end)
        cluster.verify()

        def one_more(cursor):
            cursor.first()
            value = bytearray(cursor.value()[:-4])
            value[-1] ^= 2
            cursor.put(cursor.key(), sealed(bytes(value)))

        def other_dealer(cursor):
            for key, value in cursor:
                if b"shop" in value and b"D1" in value:
                    cursor.put(key, sealed(value[:-4].replace(b"D1", b"D2")))
                    return
            self.fail("no outline names D1")

        keep = cluster.folder / "keep"
        shutil.copytree(cluster.store, keep)
        for place, database, change in (
                ("journal/state", "tally", one_more),
                ("journal/state", "id",
                 lambda c: c.first() and c.delete()),
                ("journal", "record", other_dealer)):
            edit(cluster.store / place, database, change)
            done = cluster.verify(codes=(DATA_ERROR,))
            self.assertIn("the base", done.stdout)
            done = cluster.run_console("rebuild", "--data", cluster.store,
                                       config=False, codes=(DATA_ERROR,))
            self.assertIn("the base", done.stderr)
            shutil.rmtree(cluster.store)
            shutil.copytree(keep, cluster.store)
        cluster.verify()

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
            self.assertEqual(sorted(p.name for p in cluster.store.iterdir()
                                    if "partial" in p.name
                                    or "old" in p.name), [])
        print(f"{broken} of 16 were broken off")
        speaker.close()

    def test_a_change_over_cut_short_is_finished(self):
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
        # After the first rename, after the second, while old things go.
        for names in (("journal.old", "purge.partial/journal"),
                      ("journal.old", "journal"),
                      ("journal.old", "journal", "purge.partial/verify"),
                      ("journal", "purge.partial/nothing")):
            shutil.rmtree(cluster.store)
            shutil.copytree(after, cluster.store)
            fresh = cluster.store / "journal"
            if "journal.old" in names:
                shutil.copytree(before / "journal",
                                cluster.store / "journal.old")
            for name in names:
                if name.startswith("purge.partial"):
                    (cluster.store / "purge.partial").mkdir()
                if name == "purge.partial/journal":
                    fresh.rename(cluster.store / name)
            cluster.start_aggregator()
            self.assertEqual(self.figures(cluster), figures)
            self.stop(cluster)
            cluster.verify()
            self.assertIn("nothing to purge", self.purge(cluster, end).stdout)
        speaker.close()


if __name__ == "__main__":
    suite.main()
