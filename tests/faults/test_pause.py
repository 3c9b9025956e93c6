# SPDX-License-Identifier: Apache-2.0
"""Processes that stand still: stopped for seconds, or away for long.  And events
that come again and again, over several collectors at once.
"""
import random
import re
import signal
import time
import unittest
from collections import Counter

import oracle
from cluster import wait_until, wait_until_still
from ground import SEED, Ground, main, scaled, tally
from load import Load, make_event
from tills import Till


class Pause(unittest.TestCase):
    def scene(self, ground, count=3000):
        """All processes, a load and a till with its agent."""
        ground.aggregator()
        for index in range(len(ground.collector_ports)):
            ground.collector(index)
        till = Till(ground.folder, count=count, seed=SEED, pause_ms=5)
        self.agent(ground)
        return till

    def agent(self, ground):
        return ground.runner("agent", "dealerpulse-terminal", ground.config,
                             arguments=["run"])

    def collector_of(self, ground):
        """Which collector the agent has a link to: the last it logged."""
        port = re.findall(r"link-up collector=\S+:(\d+)",
                          ground.log("agent"))[-1]
        return ground.collector_ports.index(int(port))

    def settle(self, ground, till, load):
        if till.is_running():
            till.kill()
        load.drain()
        wait_until("the spool is sent", lambda: till.inside()[1] == 0)
        oracle.judge(ground, [till.ledger, load.ledger], tally)

    def test_a_stopped_collector_is_left_for_another(self):
        with Ground(collectors=2) as ground:
            till = self.scene(ground)
            load = Load(ground.folder, ground.endpoints(), seed=SEED)
            load.start()
            till.start()
            wait_until("some are stored",
                       lambda: len(load.ledger.acked) > 100)
            wait_until("the agent has a link",
                       lambda: "link-up" in ground.log("agent"))
            used = self.collector_of(ground)
            stopped = ground.processes[f"collector-{used + 1}"]
            stopped.signal(signal.SIGSTOP)
            time.sleep(1)
            before = len(load.ledger.acked)
            wait_until("it goes on over the other one",
                       lambda: len(load.ledger.acked) > before + 100)

            def left():  # stopped again, should anybody have woken it
                stopped.signal(signal.SIGSTOP)
                return self.collector_of(ground) != used

            wait_until("the agent has found the other one", left)
            stopped.signal(signal.SIGCONT)
            tally.add(pauses=1)
            self.settle(ground, till, load)

    def test_every_process_may_stand_still_for_seconds(self):
        with Ground(collectors=2) as ground:
            till = self.scene(ground)
            load = Load(ground.folder, ground.endpoints(), seed=SEED)
            load.start()
            till.start()
            for name in ("aggregator", "agent", "collector-2", "aggregator"):
                ground.processes[name].pause(3)
                before = len(load.ledger.acked)
                wait_until(f"it goes on after {name} stood still",
                           lambda: len(load.ledger.acked) > before + 100)
            tally.add(pauses=4)
            self.settle(ground, till, load)

    def test_an_aggregator_that_is_long_away_loses_nothing(self):
        """The spool fills meanwhile, and empties oldest first."""
        with Ground() as ground:
            till = self.scene(ground, count=1500)
            till.command[till.command.index("--pause") + 1] = 0
            ground.processes["aggregator"].stop()
            self.assertEqual(till.start().finish(), 0)
            self.assertEqual(till.inside()[1], 1500)
            wait_until("the agent says why",
                       lambda: "collector-refused" in ground.log("agent"))
            ground.aggregator()
            wait_until("the spool is sent", lambda: till.inside()[1] == 0)
            order = [i for i in oracle.stored_events(ground.store)]
            place = {i: n for n, (_, i, _) in enumerate(till.made)}
            numbers = [place[i] for i in order]
            self.assertEqual(numbers, sorted(numbers))
            oracle.judge(ground, [till.ledger], tally)
            tally.add(absences=1)

    def test_a_collector_that_stands_still_acknowledges_nothing(self):
        """The control: with no other to go to, a pause is felt."""
        with Ground() as ground:
            ground.aggregator()
            stopped = ground.collector()
            load = Load(ground.folder, ground.endpoints(), seed=SEED)
            load.start()
            wait_until("some are stored",
                       lambda: len(load.ledger.acked) > 100)
            stopped.signal(signal.SIGSTOP)
            wait_until_still(lambda: len(load.ledger.acked))
            before = len(load.ledger.acked)
            time.sleep(2)
            self.assertEqual(len(load.ledger.acked), before)
            tally.control("a stopped collector acknowledges nothing")
            stopped.signal(signal.SIGCONT)
            load.drain()
            oracle.judge(ground, [load.ledger], tally)


class Repeats(unittest.TestCase):
    def test_seven_senders_of_the_same_events_count_them_once(self):
        """Shuffled, in batches of other sizes, through two collectors."""
        count, dice = 300 * scaled(1), random.Random(SEED)
        made = [make_event(dice) for _ in range(count)]
        with Ground(collectors=2) as ground:
            ground.aggregator()
            ground.collector(0)
            ground.collector(1)
            loads = []
            for number in range(7):
                mine = list(made)
                dice.shuffle(mine)
                endpoints = ground.endpoints()
                loads.append(Load(
                    ground.folder, endpoints[::1 if number % 2 else -1],
                    name=f"load-{number}", batch=dice.randint(5, 60), count=0,
                    events=mine))
            for load in loads:
                load.start()
            for load in loads:
                load.complete()
            told = Counter(kind for load in loads
                           for kind in load.ledger.acked.values())
            # A receipt that was lost makes an ACCEPTED into a DUPLICATE, but
            # never the other way round.
            self.assertLessEqual(told["ACCEPTED"], count)
            self.assertEqual(sum(told.values()), 7 * count)
            oracle.judge(ground, [load.ledger for load in loads], tally)
            tally.add(repeats=6 * count)


if __name__ == "__main__":
    main()
