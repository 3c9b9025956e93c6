# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load, of every program: aggregator,
collectors, reporter, the terminal's agent and the till that fills its spool.
"""
import random
import time
import unittest

import oracle
from cluster import wait_until
from ground import SANITIZED, SEED, Ground, main, scaled, tally
from load import COLLECTOR, Load
from tills import Till

KILLS = scaled(24 if SANITIZED else 60)
# What is killed, and how often compared with the others.
VICTIMS = {"aggregator": 4, "collector-1": 2, "collector-2": 2, "agent": 2,
           "till": 2, "reporter": 1}


class Scene(Ground):
    """Everything there is, and how to start each of it again."""

    def __init__(self, seed):
        super().__init__(collectors=2)
        self.dice = random.Random(seed)
        self.till = Till(self.folder, count=20000, seed=seed, pause_ms=4)
        self.loads = [
            Load(self.folder, self.endpoints(), name="load-1", seed=seed + 1),
            Load(self.folder, self.endpoints()[::-1], name="load-2",
                 seed=seed + 2)]
        self.starters = {
            "aggregator": lambda: self.aggregator(wait=False),
            "collector-1": lambda: self.collector(0, wait=False),
            "collector-2": lambda: self.collector(1, wait=False),
            "agent": lambda: self.runner(
                "agent", "dealerpulse-terminal", self.config,
                arguments=["run"]),
            "reporter": self.reporter,
            "till": self.till.start,
        }

    def start_all(self):
        self.aggregator()
        for name in self.starters:
            if name != "aggregator":
                self.starters[name]()
        for load in self.loads:
            load.start()

    def victim(self, name):
        return self.till if name == "till" else self.processes[name]

    def demand_alive(self):
        """Nobody dies who was not killed."""
        for name in self.starters:
            process = self.victim(name)
            if not process.is_running():
                if name == "till" and process.popen.returncode == 0:
                    continue  # it has sold everything
                raise AssertionError(
                    f"{name} ended with {process.popen.returncode}")

    def kill_one(self):
        self.demand_alive()
        name = self.dice.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        victims = {name}
        if self.dice.random() < 0.15:  # and sometimes two at once
            victims.add(self.dice.choice(list(VICTIMS)))
        victims = [v for v in victims if self.victim(v).is_running()]
        for one in victims:
            self.victim(one).kill()
        time.sleep(self.dice.choice((0, 0, 0.05)))
        for one in victims:
            self.starters[one]()
        return len(victims)

    def settle(self):
        """Everything that was begun comes to its end."""
        self.till.popen.kill()  # what it kept so far is promised
        self.till.popen.wait()
        for load in self.loads:
            load.drain()
        wait_until("the spool is sent", lambda: self.till.inside()[1] == 0)
        self.demand_alive_services()

    def demand_alive_services(self):
        for name in ("aggregator", "collector-1", "collector-2", "agent",
                     "reporter"):
            self.need(self.processes[name])

    def ledgers(self):
        return [self.till.ledger, *(load.ledger for load in self.loads)]


class Kills(unittest.TestCase):
    def test_nothing_is_lost_or_doubled_whoever_is_killed(self):
        with Scene(SEED) as scene:
            scene.start_all()
            kills = 0
            while kills < KILLS:
                time.sleep(scene.dice.uniform(0.02, 0.3))
                kills += scene.kill_one()
            scene.settle()
            figures = oracle.judge(scene, scene.ledgers(), tally)
            tally.add(kills=kills)
            print(f"{kills} kills: {figures}", flush=True)
            self.assertGreater(figures["acked"], 5 * KILLS)
            self.send_all_again(scene)

    def send_all_again(self, scene):
        """Every spool once more: no figure moves."""
        before = oracle.published(scene)
        again = Load(scene.folder, scene.endpoints(), name="again", count=0,
                     events=scene.loads[0].again())
        again.start()
        again.drain()
        self.assertEqual(set(again.ledger.acked.values()), {"DUPLICATE"})
        oracle.judge(scene, [*scene.ledgers(), again.ledger])
        self.assertEqual(before, oracle.published(scene))

    def test_an_aggregator_killed_again_and_again_while_it_recovers(self):
        """A start that is killed in its own recovery changes nothing."""
        with Ground() as ground:
            ground.aggregator()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED)
            load.start()
            dice = random.Random(SEED)
            rounds = scaled(6 if SANITIZED else 20)
            for _ in range(rounds):
                time.sleep(dice.uniform(0.05, 0.2))
                ground.processes["aggregator"].kill()
                ground.aggregator(wait=False)
                time.sleep(dice.uniform(0.0, 0.08))
                ground.processes["aggregator"].kill()
                ground.aggregator()
            load.drain()
            oracle.judge(ground, [load.ledger], tally)
            tally.add(kills=2 * rounds)

    def test_a_kill_that_loses_a_record_is_found_out(self):
        with Ground() as ground:
            ground.aggregator()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED, count=200)
            load.start()
            load.complete()
            ground.processes["aggregator"].kill()
            oracle.demand_a_loss_is_found(self, ground, [load.ledger], tally)


if __name__ == "__main__":
    main()
