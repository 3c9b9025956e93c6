# SPDX-License-Identifier: Apache-2.0
"""Health tells how old the oldest commit is that no figure shows yet, and when
the last one was made.
"""
import json
import re
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"


class Health(unittest.TestCase):
    def health(self, cluster):
        return json.loads(cluster.get("/api/v1/health")[1])

    def metric(self, cluster, name):
        found = re.search(rf"^{name} (\d+)", cluster.get("/metrics")[1], re.M)
        return int(found.group(1)) if found else None

    def test_what_waits_for_a_checkpoint_shows_and_then_is_gone(self):
        cluster = Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                          reporter=True)
        # Checkpoints come so late that what is between them can be seen.
        text = cluster.config.read_text()
        cluster.config.write_text(text.replace(
            "  data: store\n", "  data: store\n  checkpoint_ms: 5s\n"))
        with cluster:
            speaker = Speaker(cluster.collector_ports)
            sent = 0

            def is_seen():
                nonlocal sent
                speaker.send(1)
                sent += 1
                health = self.health(cluster)
                return health["unfolded_ms"] > 0 and \
                    health["position"] < health["journal_position"]

            wait_until("an unfolded commit shows", is_seen)
            done = wait_until("all is folded",
                              lambda: self.folded(cluster, sent))
            self.assertGreaterEqual(done["last_commit_age_ms"], 0)
            self.assertEqual(self.metric(
                cluster, "dealerpulse_aggregator_unfolded_milliseconds"), 0)
            self.assertIsNotNone(self.metric(
                cluster, "dealerpulse_aggregator_commit_age_seconds"))
            speaker.close()

    def folded(self, cluster, events):
        """The health once nothing is left to show, else None."""
        health = self.health(cluster)
        whole = health["position"] == health["journal_position"] and \
            health["unfolded_ms"] == 0 and health["events"] == events
        return health if whole and health["ready"] else None


if __name__ == "__main__":
    suite.main()
