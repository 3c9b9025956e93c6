# SPDX-License-Identifier: Apache-2.0
"""An event an operator has to get past is held back by a record of the journal,
contributes nothing, and counts again when it is replayed.
"""
import json
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"
USAGE, DATA_ERROR, UNAVAILABLE = 64, 65, 69


class Quarantine(unittest.TestCase):
    def quarantine(self, cluster, *words, **options):
        return cluster.run_console("quarantine", *words, "--data",
                                   cluster.store, config=False, **options)

    def listed(self, cluster):
        done = self.quarantine(cluster, "ls", "--format", "json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def wait_count(self, cluster, count):
        wait_until(f"{count} are counted", lambda: cluster.rows(
            "responses", "1999-01..2199-12")["D1"]["n"] == count, seconds=30)

    def test_an_event_is_held_back_and_replayed(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(20)
            self.wait_count(cluster, 20)
            before = cluster.rows("mean_CUSA1", "1999-01..2199-12")["D1"]
            self.assertEqual(self.listed(cluster), [])
            # Position 3 is the first commit behind programme and dealers.
            shown = json.loads(self.quarantine(cluster, "show", 3, 4).stdout)
            self.assertEqual(shown["type"], "SURVEY_RESPONSE")
            self.assertEqual(shown["seq"], 5)
            self.assertEqual(shown["terminal"], "speaker")
            self.assertEqual(bytes.fromhex(shown["body"]), speaker.acked[5])
            self.quarantine(cluster, "show", 3, 999, codes=(DATA_ERROR,))
            self.quarantine(cluster, "show", 999, 0, codes=(DATA_ERROR,))

            done = self.quarantine(cluster, "add", 3, 4, "--reason", "looks odd",
                                   codes=(UNAVAILABLE,))
            self.assertIn("stop that first", done.stderr)
            cluster.processes["aggregator"].stop()
            self.quarantine(cluster, "add", 3, 4, codes=(USAGE,))
            self.quarantine(cluster, "add", 3, 999, "--reason", "none",
                            codes=(DATA_ERROR,))
            self.quarantine(cluster, "add", 3, 4, "--reason", "looks odd")
            self.quarantine(cluster, "add", 3, 1, "--reason", "this too")
            cluster.start_aggregator()
            self.assertIn("refolded",
                          cluster.processes["aggregator"].log_text())
            self.wait_count(cluster, 18)
            self.assertEqual(
                [(r["position"], r["index"], r["reason"], r["text"])
                 for r in self.listed(cluster)],
                [(3, 1, "held-back", "this too"),
                 (3, 4, "held-back", "looks odd")])
            # It is stored all the same: sent again it is a duplicate.
            speaker.terminal.waiting.append(speaker.terminal.kept[4][0])
            speaker.run()
            self.assertEqual(speaker.outcomes[5],
                             ("OUTCOME_DUPLICATE", "ALREADY_STORED"))
            cluster.verify()

            cluster.processes["aggregator"].stop()
            self.quarantine(cluster, "replay", 3, 1)
            cluster.start_aggregator()
            self.wait_count(cluster, 19)
            cluster.processes["aggregator"].stop()
            done = self.quarantine(cluster, "replay")
            self.assertIn("0 events in quarantine", done.stdout)
            self.quarantine(cluster, "replay", 3, 1, codes=(DATA_ERROR,))
            cluster.start_aggregator()
            self.wait_count(cluster, 20)
            self.assertEqual(
                cluster.rows("mean_CUSA1", "1999-01..2199-12")["D1"], before)
            cluster.verify()
            speaker.close()


if __name__ == "__main__":
    suite.main()
