# SPDX-License-Identifier: Apache-2.0
"""Files that are cut short, or have a bit that flipped.  A wrong figure is never
served in silence: the start refuses, or verify tells, or nothing is different.
"""
import random
import shutil
import unittest
from collections import Counter

import oracle
from ground import SANITIZED, SEED, Ground, main, scaled, tally
from load import COLLECTOR, Load
from test_power import Reopener, memory_folder

FLIPS = scaled(20 if SANITIZED else 80)


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A store at rest, and what `reopen` says of it."""
        cls.folder = memory_folder()
        cls.store = cls.folder / "store"
        cls.store.mkdir()
        with Ground(store=cls.store) as ground:
            ground.aggregator()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED, count=800)
            load.start()
            load.complete()
            oracle.judge(ground, [load.ledger], tally)
            cls.bodies = list(load.ledger.bodies.values())
            ground.processes["aggregator"].stop()
        cls.reopener = Reopener(cls.folder)
        cls.sound = cls.ask(lambda place: None)

    @classmethod
    def tearDownClass(cls):
        cls.reopener.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def ask(cls, harm):
        """What a start and verify say of a copy that was harmed."""
        place = cls.folder / "copy"
        shutil.copytree(cls.store, place)
        harm(place)
        try:
            return cls.reopener.ask(place)
        finally:
            shutil.rmtree(place)

    def judge(self, harm):
        """found, harmless or silent."""
        verdict, said = self.ask(harm)
        if verdict != "ok":
            return "found" if verdict == "bad" else "died"
        same = all(said[k] == self.sound[1][k]
                   for k in ("position", "events", "head", "store"))
        return "harmless" if same else "silent"

    @staticmethod
    def flip(path, offset, bit):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 1 << bit]))

    def test_a_bit_that_flips_anywhere_never_gives_another_figure(self):
        dice = random.Random(SEED)
        verdicts = Counter()
        for _ in range(FLIPS):
            name = dice.choice(("journal", "state", "keys")) + "/data.mdb"
            offset = dice.randrange((self.store / name).stat().st_size)
            bit = dice.randrange(8)
            verdicts[self.judge(
                lambda place: self.flip(place / name, offset, bit))] += 1
        print(f"flips: {dict(verdicts)}", flush=True)
        self.assertEqual(verdicts["silent"], 0)
        tally.add(flipped_bits=FLIPS)

    def test_a_bit_that_flips_in_a_stored_event_is_always_found(self):
        """What is live in the journal is covered by checksum and chain."""
        dice = random.Random(SEED)
        journal = (self.store / "journal/data.mdb").read_bytes()
        verdicts = Counter()
        count = FLIPS // 2
        for body in dice.sample(self.bodies, count):
            offsets, at = [], journal.find(body)
            while at >= 0:  # pages that are free again may hold copies
                offsets.append(at + dice.randrange(len(body)))
                at = journal.find(body, at + 1)
            if not offsets:  # it crosses the end of a page
                continue

            def harm(place, offsets=offsets):
                for offset in offsets:
                    self.flip(place / "journal/data.mdb", offset, 3)

            verdicts[self.judge(harm)] += 1
        print(f"flips in events: {dict(verdicts)}", flush=True)
        self.assertEqual(set(verdicts), {"found"})
        tally.add(flipped_bits=sum(verdicts.values()))

    def test_a_file_cut_short_is_found(self):
        verdicts = Counter()
        for name in ("journal", "state", "keys"):
            for part in (0.25, 0.5, 0.75, 0.95):
                def harm(place, name=name, part=part):
                    path = place / name / "data.mdb"
                    size = int(path.stat().st_size * part)
                    with open(path, "r+b") as file:
                        file.truncate(size)

                verdicts[self.judge(harm)] += 1
        print(f"cut short: {dict(verdicts)}", flush=True)
        self.assertEqual(verdicts["silent"] + verdicts["died"], 0)
        tally.add(cut_files=12)

    def test_a_lost_state_is_folded_again(self):
        self.assertEqual(self.judge(
            lambda place: shutil.rmtree(place / "state")), "harmless")
        tally.add(lost_states=1)

    def test_a_store_never_takes_another_identity(self):
        """Lost, or under a name that a flipped bit made another one."""
        verdicts = Counter()
        verdicts[self.judge(lambda place: shutil.rmtree(place / "keys"))] += 1
        path = "keys/data.mdb"
        name = (self.store / path).read_bytes().rindex(b"identity")
        for offset in range(name, name + len(b"identity")):
            verdicts[self.judge(
                lambda place: self.flip(place / path, offset, 1))] += 1
        print(f"identities: {dict(verdicts)}", flush=True)
        self.assertEqual(set(verdicts), {"found"})
        tally.add(lost_identities=9)

    def test_a_store_with_other_events_is_told_apart(self):
        """The control: `silent` is what another journal would be."""
        with Ground() as ground:
            ground.aggregator()
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name="direct", role=COLLECTOR, seed=SEED + 1, count=60)
            load.start()
            load.complete()
            ground.processes["aggregator"].stop()

            def harm(place):
                shutil.rmtree(place)
                shutil.copytree(ground.store, place)

            self.assertEqual(self.judge(harm), "silent")
            tally.control("another journal is told apart")


if __name__ == "__main__":
    main()
