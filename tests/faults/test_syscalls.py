# SPDX-License-Identifier: Apache-2.0
"""A fault at the n-th system call, for one n after the other: the process is
killed there, or the call fails with EIO or ENOSPC, or a write is cut short.

For the aggregator and for a till (libdealerpulse with its spool).  Under
sanitizers strace is slow, so fewer points are tried there.
"""
import random
import time
import unittest
from collections import Counter

import oracle
from cluster import wait_until
from ground import SANITIZED, SEED, Ground, can_trace, main, preload, scaled, \
    strace, tally
from load import COLLECTOR, Load
from tills import Till

POINTS = scaled(10 if SANITIZED else 36)
TILL_POINTS = scaled(8 if SANITIZED else 24)
AT_ONCE = 18  # faults on one store before it is judged and replaced
ENDINGS = (71, 74, 75)  # sysexits: the system refused, the disk, try again
TILL_ENDINGS = (67, 68, 69, 70, 71)  # 64 + dealerpulse_status, or its ledger

AGGREGATOR = [(call, action) for call, actions in (
    ("pwrite64", ("signal=KILL", "error=EIO", "error=ENOSPC", "short")),
    ("writev", ("signal=KILL", "error=EIO", "error=ENOSPC")),
    ("fdatasync", ("signal=KILL", "error=EIO")),
    ("sendto", ("signal=KILL",)),
    ("openat", ("signal=KILL",)),
    ("ftruncate", ("signal=KILL",))) for action in actions]
TILL = [(call, action) for call, actions in (
    ("pwrite64", ("signal=KILL", "error=EIO", "error=ENOSPC", "short")),
    ("fdatasync", ("signal=KILL", "error=EIO")),
    ("write", ("signal=KILL",)),
    ("sendto", ("signal=KILL",)),
    ("unlink", ("signal=KILL", "error=EIO"))) for action in actions]


# About how many calls of a kind one life makes: deeper ones never strike.
DEEPEST = {"pwrite64": 24, "writev": 10, "fdatasync": 14, "sendto": 16,
           "openat": 20, "write": 20, "ftruncate": 2, "unlink": 2}


def plan(dice, kinds, count):
    """`count` faults: (call, action, n), small n more often."""
    faults = []
    for _ in range(count):
        call, action = dice.choice(kinds)
        faults.append((call, action,
                       1 + int(DEEPEST[call] * dice.random() ** 1.5)))
    return faults


def weapons(call, action, number, root, spared=""):
    """(prefix, environment) that bring the fault about."""
    if action == "short":
        return (), preload("recorder.so", FAULTS_ROOT=root,
                           FAULTS_MARKS=spared, FAULTS_SHORT=number)
    return strace(f"{call}:{action}:when={number}"), None


class Syscalls(unittest.TestCase):
    def setUp(self):
        can_trace()

    def one_life(self, ground, load, fault):
        """An aggregator until the fault strikes; False: it never did."""
        prefix, extra = weapons(*fault, ground.store)
        before = len(load.ledger.acked)
        process = ground.aggregator(prefix, extra, wait=False)
        end = time.monotonic() + 60
        while process.is_running():
            if len(load.ledger.acked) - before > 250 or \
                    time.monotonic() > end:
                if process.stop() == 0:
                    return False
            time.sleep(0.01)
        self.demand_ending(fault, process.popen.returncode, ENDINGS,
                           ground.log("aggregator"))
        return True

    def demand_ending(self, fault, code, endings, log):
        """Killed if it was to be killed, else an end that says why."""
        tail = "\n".join(log.splitlines()[-5:])
        if "KILL" in fault[1]:
            self.assertEqual(code, -9, (fault, tail))
        else:
            self.assertIn(code, endings, (fault, tail))
            self.assertRegex(tail, "failed|till: ", fault)

    def some_lives(self, faults, seed):
        struck = Counter()
        with Ground(aggregator=dict(checkpoint_events=120)) as ground:
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, batch=15, pause=0.01,
                        seed=seed)
            load.start()
            for fault in faults:
                if self.one_life(ground, load, fault):
                    struck[f"{fault[0]} {fault[1]}"] += 1
            ground.aggregator()
            load.drain()
            oracle.judge(ground, [load.ledger], tally)
        return struck

    def test_the_aggregator_fails_well_at_every_system_call(self):
        # First those that once were answered wrongly: a commit that fails.
        faults = [("pwrite64", "error=EIO", n) for n in (5, 6, 7)]
        faults += plan(random.Random(SEED), AGGREGATOR, POINTS)
        struck = Counter()
        for first in range(0, len(faults), AT_ONCE):
            struck += self.some_lives(faults[first:first + AT_ONCE],
                                      SEED + first)
        print(dict(struck), flush=True)
        self.assertGreater(sum(struck.values()), POINTS // 3)
        self.assertTrue(any("KILL" in one for one in struck), struck)
        tally.add(aggregator_syscall_faults=sum(struck.values()))

    def till_lives(self, faults, seed):
        with Ground() as ground:
            ground.aggregator()
            ground.collector()
            wait_until("the collector has the rules",
                       lambda: "rules-loaded" in ground.log("collector-1"))
            till = Till(ground.folder, count=40 * len(faults), seed=seed,
                        pump=ground.endpoints(), pause_ms=1)
            struck = Counter()
            for fault in faults:
                before = len(till.told())
                prefix, extra = weapons(*fault, ground.folder,
                                        till.account)
                till.start(prefix, extra)
                wait_until("the fault strikes or 150 lines are written",
                           lambda: not till.is_running() or
                           len(till.told()) - before > 150)
                if till.is_running():
                    till.kill()
                elif till.popen.returncode != 0:
                    struck[f"{fault[0]} {fault[1]}"] += 1
                    self.demand_ending(fault, till.popen.returncode,
                                       TILL_ENDINGS, till.log.read_text())
            till.start()
            self.assertEqual(till.finish(), 0, till.log.read_text())
            self.assertEqual(till.inside()[1], 0)
            ledger = till.ledger
            self.assertEqual(len(ledger.acked), len(till.made))
            oracle.judge(ground, [ledger], tally)
        return struck

    def test_a_till_loses_nothing_it_was_promised_at_any_system_call(self):
        faults = plan(random.Random(SEED + 1), TILL, TILL_POINTS)
        struck = Counter()
        for first in range(0, len(faults), AT_ONCE):
            struck += self.till_lives(faults[first:first + AT_ONCE],
                                      SEED + first)
        print(dict(struck), flush=True)
        self.assertGreater(sum(struck.values()), TILL_POINTS // 4)
        tally.add(till_syscall_faults=sum(struck.values()))

    def dropped(self, first):
        """How many are lost when all writes from the first-th on are dropped
        (which may be a checkpoint's: then none is)."""
        with Ground() as ground:
            ground.aggregator().stop()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED)
            load.start()
            process = ground.aggregator(extra=preload(
                "recorder.so", FAULTS_ROOT=ground.store, FAULTS_LIE="write",
                FAULTS_SHORT=first))
            wait_until("it notices", lambda: not process.is_running())
            load.abandon()
            ground.processes.clear()
            figures, _ = oracle.compare([load.ledger],
                                        oracle.stored_events(ground.store))
        return figures["lost"]

    def test_a_disk_that_drops_writes_is_found_out(self):
        for first in range(30, 60):
            lost = self.dropped(first)
            if lost:
                tally.control(f"a disk that drops writes: {lost} lost")
                return
        self.fail("nobody noticed")


if __name__ == "__main__":
    main()
