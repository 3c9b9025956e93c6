# SPDX-License-Identifier: Apache-2.0
"""What the tests of purge share: a cluster, its figures, and the purge."""
import json
import unittest

from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"
CONFIG_ERROR, DATA_ERROR, UNAVAILABLE, USAGE = 78, 65, 69, 64
ALWAYS = "1999-01..2199-12"


class PurgeCase(unittest.TestCase):
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
