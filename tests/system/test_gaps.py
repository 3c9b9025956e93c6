# SPDX-License-Identifier: Apache-2.0
"""Reconciliation: what became of every number a terminal gave."""
import json
import unittest

import suite
from cluster import SOURCE, Cluster
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"
DATA_ERROR = 65


class Gaps(unittest.TestCase):
    def gaps(self, cluster, *more, codes=(0, DATA_ERROR)):
        done = cluster.run_console("gaps", "--data", cluster.store, "--format",
                                   "json", *more, config=False, codes=codes)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def demand_sum(self, account):
        self.assertEqual(account["highest"],
                         account["accepted"] - account["cloned"] +
                         account["rejected"] + account["duplicates"] +
                         account["missing"])

    def test_every_number_is_accounted_for(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            whole = Speaker(cluster.collector_ports, "D1", "whole", seed=1)
            whole.send(30)
            self.assertEqual(self.gaps(cluster, codes=(0,)), [])

            speaker = Speaker(cluster.collector_ports, "D2", "gappy", seed=2)
            speaker.send(10)
            # A survey the shop does not want: its number is gone.
            speaker.seq += 2
            speaker.send(5)
            # One that can never become right.
            speaker.add(speaker.response(survey_response={
                "questionnaire": "ecsi", "version": 1, "items": [1],
                "values": [99]}))
            speaker.run()
            # One that was stored before, under a new number.
            repeated = speaker.response(id="01" * 16)
            speaker.add(repeated)
            speaker.add(repeated)
            # The same id with other content.
            speaker.add(speaker.response(id="01" * 16))
            # One taken back.
            target = speaker.response(id="02" * 16)
            speaker.add(target)
            speaker.run()
            void = {"dealer": "D2", "visit": target["visit"], "id": "03" * 16,
                    "occurred_at_ms": target["occurred_at_ms"] + 1}
            named = {"target": "02" * 16, "target_type": "SURVEY_RESPONSE",
                     "target_occurred_at_ms": target["occurred_at_ms"]}
            hq = Speaker(cluster.collector_ports, "HQ", "office", 4, role=2)
            hq.add(dict(void, void_event=named))
            hq.run()
            self.assertEqual(len(hq.acked), 1, hq.outcomes)
            [account] = self.gaps(cluster, codes=(DATA_ERROR,))
            self.assertEqual(account["terminal"], "gappy")
            self.assertEqual(account["gaps"], [[11, 12]])
            self.assertEqual(account["missing"], 2)
            self.assertEqual(account["rejected"], 2)
            self.assertEqual(account["conflicts"], 1)
            self.assertEqual(account["duplicates"], 1)
            self.assertEqual(account["voided"], 1)
            self.demand_sum(account)
            hq.add(dict(void, id="04" * 16, unvoid_event=dict(
                named, control="03" * 16)))
            hq.run()
            self.assertEqual(len(hq.acked), 2, hq.outcomes)
            [account] = self.gaps(cluster)
            self.assertEqual(account["voided"], 0)
            accounts = self.gaps(cluster, "--all")
            self.assertEqual({a["terminal"] for a in accounts},
                             {"whole", "gappy", "office"})
            for one in accounts:
                self.demand_sum(one)
            for one in (whole, speaker, hq):
                one.close()

    def test_a_tail_that_was_told_of_and_never_sent_is_missing(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            speaker = Speaker(cluster.collector_ports, "D1", "silent", seed=1)
            for _ in range(100):
                speaker.add()
            held_back = speaker.terminal.waiting[90:]
            del speaker.terminal.waiting[90:]
            speaker.run()
            [account] = self.gaps(cluster, codes=(DATA_ERROR,))
            self.assertEqual(account["highest"], 100)
            self.assertEqual(account["accepted"], 90)
            self.assertEqual(account["missing"], 10)
            self.assertEqual(account["gaps"], [[91, 100]])
            self.demand_sum(account)
            self.assertEqual(self.waiting(cluster, "silent"), 10)
            table = cluster.run_console("gaps", "--data", cluster.store,
                                        config=False, codes=(DATA_ERROR,))
            self.assertIn("missing 91..100 (told of, never sent)",
                          table.stdout)
            # It thinks better of it.
            speaker.terminal.waiting.extend(held_back)
            speaker.run()
            self.assertEqual(self.gaps(cluster, codes=(0,)), [])
            self.assertEqual(self.waiting(cluster, "silent"), 0)
            cluster.verify()
            speaker.close()

    def waiting(self, cluster, name):
        done = cluster.run_console("terminals", "--data", cluster.store,
                                   "--format", "json", config=False)
        return {row["terminal"]: row["waiting"]
                for row in map(json.loads, done.stdout.splitlines())}[name]

    def test_a_copied_spool_and_an_abandoned_one_are_flagged(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            first = Speaker(cluster.collector_ports, "D1", "shop", seed=1)
            first.send(10)
            # The disk image is copied to a second till, which goes on with
            # the same numbers.
            copy = Speaker(cluster.collector_ports, "D1", "shop", seed=9)
            copy.options.epoch = first.options.epoch
            copy.seq = 10
            copy.send(5)
            first.send(5)
            # A new machine with a spool of its own.
            later = Speaker(cluster.collector_ports, "D1", "shop", seed=3)
            later.send(3)
            accounts = {a["epoch"]: a for a in self.gaps(cluster, "--all")}
            cloned = accounts[f"{first.options.epoch:016x}"]
            self.assertEqual(cloned["cloned"], 5)
            self.assertEqual(cloned["accepted"], 20)
            self.assertTrue(cloned["abandoned"])
            self.demand_sum(cloned)
            newest = accounts[f"{later.options.epoch:016x}"]
            self.assertFalse(newest["abandoned"])
            self.assertEqual(newest["cloned"], 0)
            for speaker in (first, copy, later):
                speaker.close()


if __name__ == "__main__":
    suite.main()
