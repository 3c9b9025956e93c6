# SPDX-License-Identifier: Apache-2.0
"""Clocks that jump an hour or a day, forth and back, while everything runs
(libfaketime): an event belongs to the month it occurred in, whatever the clocks
of the servers say, and ids never go back.
"""
import time
import unittest
from pathlib import Path

import oracle
from cluster import wait_until
from ground import SEED, Ground, main, skip, tally
from load import Load

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
JUMPS = ("+0", "+3600", "-3600", "+86400", "-86400", "+0")


class Clock(unittest.TestCase):
    def setUp(self):
        if not LIBRARIES:
            skip("there is no libfaketime here")

    def environment(self, ground):
        """A process under a clock that set() moves; durations stay true."""
        self.file = ground.folder / "clock"
        self.set("+0")
        return dict(LD_PRELOAD=str(LIBRARIES[0]), FAKETIME_NO_CACHE="1",
                    FAKETIME_DONT_FAKE_MONOTONIC="1",
                    FAKETIME_TIMESTAMP_FILE=str(self.file))

    def set(self, seconds):
        self.file.write_text(f"{seconds}s\n")

    def is_believed(self, ground, jump):
        """Whether the last commit was made at that clock, within half an hour."""
        rows = oracle.commits(ground.store)
        believed = rows[-1][1].committed_at_ms / 1000 - time.time()
        return abs(believed - int(jump)) < 1800

    def test_jumping_servers_count_every_event_where_it_belongs(self):
        with Ground() as ground:
            extra = self.environment(ground)
            ground.aggregator(extra=extra)
            ground.collector(extra=extra)
            load = Load(ground.folder, ground.endpoints(), seed=SEED,
                        pause=0.02)
            load.start()
            for jump in JUMPS:
                self.set(jump)
                # The control: the clocks did jump.
                wait_until(f"the servers believe {jump}",
                           lambda: self.is_believed(ground, jump))
                before = len(load.ledger.acked)
                wait_until(f"it goes on at {jump}", lambda:
                           len(load.ledger.acked) > before + 100)
            load.drain()
            oracle.judge(ground, [load.ledger], tally)
            tally.add(clock_jumps=len(JUMPS) - 1)
            tally.control("the clocks did jump")

    def test_ids_of_a_terminal_never_go_back(self):
        with Ground() as ground:
            extra = self.environment(ground)
            ground.aggregator()
            ground.collector()
            for number, jump in enumerate(("+0", "-3600", "-86400", "+3600")):
                self.set(jump)
                done = ground.runner(
                    f"send-{number}", "dealerpulse-terminal", ground.config,
                    extra=extra, arguments=[
                        "send", "type=VISIT_OPENED", "dealer=BJ01",
                        f"visit=v{number}"])
                self.assertIn(done.popen.wait(120), (0, 75), done.log_text())
            wait_until("all are stored", lambda: len(
                oracle.stored_events(ground.store)) == 4)
            ids = oracle.stored_events(ground.store)
            self.assertEqual(ids, sorted(ids))
            tally.add(clock_jumps=3)


if __name__ == "__main__":
    main()
