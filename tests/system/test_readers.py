# SPDX-License-Identifier: Apache-2.0
"""Somebody holds an old snapshot of the store: it shows, and when the process is
gone its snapshot is let go of.
"""
import re
import subprocess
import sys
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until
from speaker import Speaker

SAMPLE = SOURCE / "deploy/samples/ecsi"

HOLDER = """
import sys, time
import lmdb
env = lmdb.open(sys.argv[1], readonly=True, max_dbs=16)
with env.begin() as txn:
    print("held", flush=True)
    time.sleep(600)
"""


class Readers(unittest.TestCase):
    def held_ms(self, cluster):
        text = cluster.get("/metrics")[1]
        found = re.search(
            r"^dealerpulse_aggregator_reader_milliseconds (\d+)$", text, re.M)
        return int(found.group(1)) if found else 0

    def test_a_stale_reader_shows_and_a_dead_one_is_let_go_of(self):
        try:
            import lmdb  # noqa: F401 (the holder needs it)
        except ImportError:
            raise unittest.SkipTest("SKIPPED: python3-lmdb is not installed")
        with Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                     reporter=True) as cluster:
            speaker = Speaker(cluster.collector_ports)
            speaker.send(5)
            holder = subprocess.Popen(
                [sys.executable, "-c", HOLDER, cluster.store / "journal"],
                stdout=subprocess.PIPE, text=True)
            try:
                self.assertEqual(holder.stdout.readline(), "held\n")

                def is_seen():
                    speaker.send(1)
                    return self.held_ms(cluster) > 3000

                wait_until("the held snapshot shows", is_seen)
            finally:
                holder.kill()
                holder.wait()
                holder.stdout.close()
            wait_until("it is let go of", lambda: "reader-gone environment="
                       "journal" in cluster.processes["aggregator"].log_text())
            wait_until("nobody holds one", lambda: self.held_ms(cluster) == 0)
            speaker.close()


if __name__ == "__main__":
    suite.main()
