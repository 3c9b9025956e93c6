# SPDX-License-Identifier: Apache-2.0
"""Purge: what old events said leaves the journal, and every figure stays,
can be recomputed, backed up, corrected, and is not counted again.
"""
import json
import shutil
import time

import suite
from cluster import wait_until
from purge_case import (CONFIG_ERROR, DATA_ERROR, UNAVAILABLE, USAGE,
                        PurgeCase)
from python_terminal import uuid7
from speaker import Speaker
from tamper import edit, needs_lmdb

# In the body of every response the speaker makes up: its questionnaire.
WORD = b"\x0a\x04ecsi"


class Purge(PurgeCase):
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
        self.assertIn(f"would purge commits 1 to {end}, 126 events",
                      dry.stdout)
        size = (cluster.store / "state/data.mdb").stat().st_size
        self.assertIn(f"some {size} bytes, will stay", dry.stdout)
        self.assertEqual(file.read_bytes(), before)
        done = self.purge(cluster, end + 1)
        self.assertIn(f"purged commits 1 to {end}, 126 events", done.stdout)
        after = file.read_bytes()
        size = len(after) + (cluster.store / "journal/state/data.mdb"
                             ).stat().st_size
        self.assertIn(f"{len(before)} bytes before, {size} now", done.stdout)
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
            if not has_state:
                done = self.purge(cluster, end, codes=(UNAVAILABLE,))
                self.assertIn("start the aggregator", done.stderr)
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
        for command in (["add", end, 0, "--reason", "late"],
                        ["replay", end, 0]):
            done = cluster.run_console("quarantine", *command, "--data",
                                       cluster.store, config=False,
                                       codes=(DATA_ERROR,))
            self.assertIn(f"commit {end} was purged", done.stderr)
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
    def test_another_version_of_the_fold_is_told_from_damage(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        self.purge(cluster, end)
        # As a version with another FOLD_VERSION would have purged it.
        self.edit_base(cluster, 24, b"\xe7\x03")
        sentence = "folds differently (999; this one "
        commands = (["verify"], ["rebuild"], ["purge", "--before", end + 1],
                    ["backup", "--to", cluster.folder / "backup"],
                    ["quarantine", "add", end, 0, "--reason", "late"])
        for command in commands:
            done = cluster.run_console(*command, "--data", cluster.store,
                                       config=False, codes=(CONFIG_ERROR,))
            self.assertIn(sentence, done.stderr)
            self.assertIn("the store is whole", done.stderr)
            self.assertNotIn("damaged", done.stdout + done.stderr)
        done = cluster.run_console("quarantine", "add", end, 0, "--reason",
                                   "", "--data", cluster.store, config=False,
                                   codes=(USAGE,))
        self.assertIn("a reason has", done.stderr)
        shutil.rmtree(cluster.store / "state")
        done = cluster.run("dealerpulse-aggregator", codes=(CONFIG_ERROR,))
        self.assertIn(sentence, done.stderr)

    def edit_base(self, cluster, at, replacement):
        from test_tamper import sealed

        def change(cursor):
            self.assertTrue(cursor.set_key(b"base\0"))
            value = bytearray(cursor.value()[:-4])
            value[at:at + len(replacement)] = replacement
            cursor.put(cursor.key(), sealed(bytes(value)))

        edit(cluster.store / "journal", "end", change)

    @needs_lmdb
    def test_a_damaged_base_is_no_reason_to_give_up_the_state(self):
        cluster = self.open()
        speaker = self.fill(cluster, turns=2)
        self.wait_counted(cluster, 40)
        figures = self.figures(cluster)
        end = self.end(cluster)
        self.stop(cluster)
        speaker.close()
        self.purge(cluster, end)
        self.edit_base(cluster, 100, b"\0\1\2\3")
        path = cluster.folder / "programme.yaml"
        text = path.read_text()
        path.write_text(text.replace("offset: Z", "offset: +09:00"))
        cluster.run("dealerpulse-aggregator", codes=(CONFIG_ERROR,))
        path.write_text(text)
        cluster.start_aggregator()  # needs no base
        self.assertEqual(self.figures(cluster), figures)
        self.stop(cluster)
        shutil.rmtree(cluster.store / "state")
        done = cluster.run("dealerpulse-aggregator", codes=(DATA_ERROR,))
        self.assertIn("keep state/", done.stderr)
        self.assertNotIn("move state/ away", done.stderr)

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
            copy = cluster.folder / "copy"
            cluster.run_console("backup", "--no-verify", "--data",
                                cluster.store, "--to", copy, config=False,
                                codes=(DATA_ERROR,))
            self.assertFalse(copy.exists())
            shutil.rmtree(cluster.folder / "copy.partial")
            done = cluster.run_console("rebuild", "--data", cluster.store,
                                       config=False, codes=(DATA_ERROR,))
            self.assertIn("the base", done.stderr)
            self.assertFalse((cluster.store / "seed.partial").exists())
            shutil.rmtree(cluster.store)
            shutil.copytree(keep, cluster.store)
        cluster.verify()


if __name__ == "__main__":
    suite.main()
