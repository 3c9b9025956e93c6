# SPDX-License-Identifier: Apache-2.0
"""A terminal that was offline for a month: its spool is large.  It starts at
once, in little memory, and sends everything; all of it counts once.

100 MiB here (20 with sanitizers); DEALERPULSE_LONG=1 (scripts/test --long) takes 1 GiB.  What was
measured is printed, not judged: but the memory is, and that it ends.
"""
import os
import re
import sqlite3
import subprocess
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, Process, wait_until

SAMPLE = SOURCE / "deploy/samples/ecsi"
MIB = 1 << 20
LONG = os.environ.get("DEALERPULSE_LONG")
MEMORY_BYTES = 64 * MIB


def counts(path):
    """The head of a spool."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM spool").fetchone())


def peak_memory(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) * 1024


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def has_sanitizer():
    return b"__asan_init" in (BIN / "dealerpulse-terminal").read_bytes()


SPOOL_BYTES = MIB * (1024 if LONG else 20 if has_sanitizer() else 100)


class Offline(unittest.TestCase):
    def start_agent(self, cluster):
        """Returns the agent and how long it took until it did its work."""
        began = time.monotonic()
        agent = Process("agent", [BIN / "dealerpulse-terminal", "run",
                                  "--config", cluster.config],
                        cluster.folder / f"agent-{began}.log").start()
        self.addCleanup(agent.stop)
        while "started" not in agent.log_text():
            cluster.need(agent)
            time.sleep(0.005)
        return agent, time.monotonic() - began

    def drain(self, cluster, spool, agent):
        """Events per second, from the first to the last."""
        total = counts(spool)["waiting"]
        wait_until("something is sent", lambda: cluster.need(agent) and
                   counts(spool)["waiting"] < total, WAIT_S)
        began, first = time.monotonic(), counts(spool)["waiting"]
        left, moved = first, began
        while left > 0:
            cluster.need(agent)
            time.sleep(0.1)
            now = counts(spool)["waiting"]
            if now != left:
                moved = time.monotonic()
            left = now
            self.assertLess(time.monotonic() - moved, WAIT_S, "it stands")
        return first / (time.monotonic() - began)

    def responses(self, cluster):
        today = datetime.now(timezone.utc)
        before = today - timedelta(days=32)
        return cluster.rank("responses", f"{before:%Y-%m}..{today:%Y-%m}")[
            "total"]["n"]

    def test_a_month_of_events_is_sent_and_counts_once(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            spool = cluster.folder / "terminal-1.db"
            events = int(subprocess.run(
                [BIN.parent / "tests" / "fill_spool", spool,
                 str(SPOOL_BYTES)], capture_output=True, text=True,
                check=True).stdout)
            agent, start_s = self.start_agent(cluster)
            rate = self.drain(cluster, spool, agent)
            memory = peak_memory(agent.popen.pid)
            cost = {name: cpu_seconds(process.popen.pid) * 1e6 / events
                    for name, process in (("agent", agent),
                                          *cluster.processes.items())}
            self.assertEqual(agent.stop(), 0)
            print(f"{events} events in {SPOOL_BYTES // MIB} MiB: start "
                  f"{start_s:.3f} s, peak memory {memory / MIB:.0f} MiB, "
                  f"drain {rate:.0f} events/s; CPU seconds per million: " +
                  ", ".join(f"{n} {c:.1f}" for n, c in cost.items()))

            head = counts(spool)
            self.assertEqual((head["waiting"], head["retry"], head["rejected"],
                              head["kept"]), (0, 0, 0, events))
            if not has_sanitizer():  # they need much themselves
                self.assertLess(memory, MEMORY_BYTES)
            wait_until("every event counts",
                       lambda: self.responses(cluster) == events,
                       20 * WAIT_S)  # a busy disk makes checkpoints slow
            cluster.verify()

            # All of it kept: the next start is as quick.
            agent, start_s = self.start_agent(cluster)
            wait_until("the link is up",
                       lambda: "link-up" in agent.log_text())
            self.assertEqual(agent.stop(), 0)
            print(f"start with {events} kept events: {start_s:.3f} s")
            self.assertEqual(counts(spool)["kept"], events)


if __name__ == "__main__":
    suite.main()
