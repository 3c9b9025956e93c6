# SPDX-License-Identifier: Apache-2.0
"""Memory that ends: the kernel's OOM killer takes the aggregator at whatever it
was doing, since its control group has less than it needs.  The same as a kill.
"""
import os
import random
import time
import unittest
from pathlib import Path

import oracle
from cluster import wait_until
from ground import SANITIZED, SEED, Ground, main, need_root, scaled, skip, tally
from load import COLLECTOR, Load

ROUNDS = scaled(4 if SANITIZED else 8)
ROOTS = {"/sys/fs/cgroup/memory": "memory.limit_in_bytes",  # version 1
         "/sys/fs/cgroup": "memory.max"}


class Group:
    """A control group with a limit of memory, made for one test."""

    def __init__(self):
        need_root("a control group")
        for root, limit in ROOTS.items():
            self.path = Path(root) / f"dealerpulse-test.{os.getpid()}"
            try:
                self.path.mkdir()
            except OSError:
                continue
            self.limit_file = self.path / limit
            if self.limit_file.exists():
                return
            self.path.rmdir()
        skip("there is no control group for memory here")

    def limit(self, size):
        """Only while nobody is in it: what is used cannot be taken away."""
        self.limit_file.write_text(str(size))

    def prefix(self):
        return ["/bin/sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"',
                self.path]

    def remove(self):
        wait_until("the group is empty", lambda: not
                   (self.path / "cgroup.procs").read_text())
        self.path.rmdir()


def anonymous_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


class Memory(unittest.TestCase):
    def test_an_aggregator_that_runs_out_of_memory_loses_nothing(self):
        group = Group()
        self.addCleanup(group.remove)
        with Ground() as ground:
            ground.aggregator()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED)
            load.start()
            time.sleep(1)
            needed = anonymous_bytes(ground.processes["aggregator"].popen.pid)
            dice = random.Random(SEED)
            killed = 0
            for _ in range(ROUNDS):
                killed += self.run_short(ground, group,
                                         int(needed * dice.uniform(0.3, 1.0)))
            ground.processes["aggregator"].kill()
            ground.aggregator()
            load.drain()
            figures = oracle.judge(ground, [load.ledger], tally)
            print(f"needs {needed >> 20} MiB; {killed} of {ROUNDS} ran out: "
                  f"{figures}", flush=True)
            self.assertGreater(killed, 0)  # else nothing was tried
            tally.add(out_of_memory=killed)
            ground.processes["aggregator"].kill()
            oracle.demand_a_loss_is_found(self, ground, [load.ledger], tally)

    def run_short(self, ground, group, size):
        """Whether the kernel killed it within two seconds."""
        ground.processes["aggregator"].kill()
        group.limit(size)
        ground.aggregator(prefix=group.prefix(), wait=False)
        process = ground.processes["aggregator"]
        end = time.monotonic() + 2
        while process.is_running() and time.monotonic() < end:
            time.sleep(0.02)
        if process.is_running():
            return 0
        self.assertEqual(process.popen.returncode, -9)
        return 1


if __name__ == "__main__":
    main()
