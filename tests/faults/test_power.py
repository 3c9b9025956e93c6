# SPDX-License-Identifier: Apache-2.0
"""Power cuts, enumerated: every disk a cut could have left behind is opened by
the real start, and must hold every event whose receipt had left by then.

The aggregator's receipts and the till's notes stand in the recorder's log among
the writes, so "by then" is exact.  The controls run the same with LMDB opened
NOSYNC and NOMETASYNC, and with a disk that only pretends to sync.
"""
import hashlib
import random
import shutil
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

import lmdb

import protocol
from cluster import WAIT_S, wait_until
from ground import DEMO, SANITIZED, SEED, TOOLS, Ground, environment, main, \
    preload, scaled, tally
from load import COLLECTOR, Load
from power import Enumerator, read_log
from tills import Till

STATES = scaled(60 if SANITIZED else 250)
FIRST_START = 120  # about so many entries of the log until it listens


def memory_folder():
    """A folder in memory, if there is one: thousands of states go through."""
    place = "/dev/shm" if Path("/dev/shm").is_dir() else None
    return Path(tempfile.mkdtemp(prefix="dealerpulse-power.", dir=place))


class Reopener:
    """tools/reopen as a process that answers for one folder after another."""

    def __init__(self, folder):
        scratch = folder / "scratch"
        scratch.mkdir()
        self.popen = subprocess.Popen(
            [TOOLS / "reopen", DEMO / "programme.yaml", DEMO / "dealers.csv",
             scratch], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment())

    def ask(self, folder):
        """(verdict, {key: value})"""
        self.popen.stdin.write(f"{folder}\n")
        self.popen.stdin.flush()
        words = self.popen.stdout.readline().rstrip("\n").split(" ")
        return words[0], dict(word.partition("=")[::2] for word in words[1:])

    def close(self):
        self.popen.stdin.close()
        self.popen.wait(WAIT_S)


def receipts(sent):
    """The highest position that was acknowledged, after each message."""
    highest, found = 0, []
    for message in sent:
        envelope = protocol.terminal.Envelope()
        try:
            envelope.ParseFromString(message)
            if envelope.HasField("receipt"):
                highest = max(highest, envelope.receipt.position)
        except Exception:  # an Answer of the query port
            pass
        found.append(highest)
    return found


class Recording:
    """A short life of an aggregator, recorded, and what is true of it."""

    EVENTS = 450  # in each of its two lives

    def __init__(self, seed, lie=None):
        self.folder = memory_folder()
        self.log = self.folder / "recorder.log"
        store = self.folder / "store"
        store.mkdir()
        extra = preload("recorder.so", FAULTS_ROOT=store, FAULTS_LOG=self.log)
        if lie:
            extra["FAULTS_LIE"] = lie
        with Ground(store=store,
                    aggregator=dict(checkpoint_events=150)) as ground:
            self.live(ground, extra, seed)
        self.heads = self.chain(store)
        self.identity = self.identity_of(store)
        self.entries = read_log(self.log)
        self.enumerator = Enumerator(self.entries)
        self.store = store

    def live(self, ground, extra, seed):
        """Commits, checkpoints beside them, a stop and a start."""
        for life in range(2):
            process = ground.aggregator(extra=extra)
            load = Load(ground.folder,
                        [f"tcp://127.0.0.1:{ground.port['link']}"],
                        name=f"direct-{life}", role=COLLECTOR, batch=15,
                        pause=0.01, seed=seed + life, count=self.EVENTS)
            load.start()
            load.complete()
            time.sleep(0.2)
            process.stop()

    def chain(self, store):
        """position -> the chain's head after it, computed here."""
        heads = {}
        with lmdb.open(str(store / "journal"), readonly=True, max_dbs=8,
                       map_size=1 << 30) as env, env.begin() as txn:
            db = env.open_db(b"record", txn, create=False)
            for key, value in txn.cursor(db):
                heads[int.from_bytes(key, "big")] = hashlib.blake2b(
                    value[:-4], digest_size=32).hexdigest()
        return heads

    def identity_of(self, store):
        """Which store it is, which never changes once it said so."""
        with lmdb.open(str(store / "keys"), readonly=True, max_dbs=8,
                       map_size=1 << 30) as env, env.begin() as txn:
            db = env.open_db(b"store", txn, create=False)
            return txn.get(b"identity\0", db=db)[:16].hex()

    def judge(self, count, seed, until=None):
        """Counter of verdicts over `count` states."""
        dice = random.Random(seed)
        reopener = Reopener(self.folder)
        verdicts = Counter()
        for state in self.enumerator.states(count, dice, until):
            place = self.folder / "state"
            state.write(place)
            place.mkdir(exist_ok=True)
            verdict, said = reopener.ask(place)
            acked = receipts(self.enumerator.sent)[-1] \
                if self.enumerator.sent else 0
            verdicts[self.verdict(verdict, said, acked)] += 1
            shutil.rmtree(place)
        reopener.close()
        return verdicts

    def verdict(self, verdict, said, acked):
        if verdict != "ok":
            return "broken"
        position = int(said["position"])
        if position < acked:
            return "lost"
        # What comes back is a beginning of what was written, bit for bit; a
        # start in an empty place writes its own two publications.
        if acked and said["store"] != self.identity:
            return "another store"
        if position > 2 and self.heads.get(position) != said["head"]:
            return "other"
        return "good"

    def close(self):
        shutil.rmtree(self.folder)


class SpoolRecording:
    """A till's life on its spool, and every disk it may leave.

    Its account (`kept ID`, `acked ID KIND`) stands in the log as marks: what was
    kept and not acknowledged by the time of the cut must be in the spool.
    """

    def __init__(self, seed, lie=None):
        self.folder = memory_folder()
        self.place = self.folder / "shop"
        self.place.mkdir()
        self.log = self.folder / "recorder.log"
        with Ground() as ground:
            ground.aggregator()
            ground.collector()
            wait_until("the collector has the rules",
                       lambda: "rules-loaded" in ground.log("collector-1"))
            self.till = Till(self.place, count=150, seed=seed,
                             pump=ground.endpoints())
            extra = preload("recorder.so", FAULTS_ROOT=self.place,
                            FAULTS_LOG=self.log, FAULTS_MARKS=self.till.account)
            if lie:
                extra["FAULTS_LIE"] = lie
            for life in range(3):  # two are killed, so the spool is recovered
                self.till.start(extra=extra)
                if life < 2:
                    wait_until("a part is sold", lambda n=life: len(
                        self.till.told()) > 150 * (n + 1))
                    self.till.kill()
                elif self.till.finish() != 0:
                    raise AssertionError(self.till.log.read_text())
        self.enumerator = Enumerator(read_log(self.log))

    def owed(self):
        """Ids that must be in the spool, by the marks so far."""
        kept, done = set(), set()
        for mark in self.enumerator.marks:
            word, rest = mark.decode().split()[:2]
            if word == "kept":
                kept.add(bytes.fromhex(rest))
            elif word == "acked":
                done.add(bytes.fromhex(rest))
        return kept - done

    def judge(self, count, seed):
        verdicts = Counter()
        other = Till(self.folder, count=0)
        known = {i for _, i, _ in self.till.made}
        for state in self.enumerator.states(count, random.Random(seed)):
            place = self.folder / "state"
            place.mkdir()
            state.write(place)
            other.command[other.command.index("--spool") + 1] = \
                place / self.till.spool.name
            verdicts[self.verdict(other, known)] += 1
            shutil.rmtree(place)
        return verdicts

    def verdict(self, other, known):
        owed = self.owed()
        try:
            inside, _ = other.inside()
        except AssertionError as error:
            if not owed and "there is no spool" in str(error):
                return "good"
            return "broken"
        if not owed <= set(inside):
            return "lost"
        return "good" if set(inside) <= known else "strange"

    def close(self):
        shutil.rmtree(self.folder)


class Power(unittest.TestCase):
    def run_spool(self, count, seed, lie=None):
        recording = SpoolRecording(seed, lie)
        try:
            return recording.judge(count, seed)
        finally:
            recording.close()

    def test_what_a_spool_promised_survives_every_power_cut(self):
        count = STATES // 2
        verdicts = self.run_spool(count, SEED)
        print(f"spool: {dict(verdicts)}", flush=True)
        self.assertEqual(set(verdicts), {"good"})
        tally.add(spool_power_cut_states=count)

    def test_a_spool_on_a_disk_that_only_pretends_is_broken(self):
        verdicts = self.run_spool(60, SEED, "fsync")
        print(f"spool, fsync: {dict(verdicts)}", flush=True)
        self.assertGreater(verdicts["broken"] + verdicts["lost"], 4)
        tally.control(f"spool, fsync: {dict(verdicts)}")

    def run_states(self, count, seed, lie=None, until=None):
        recording = Recording(seed, lie)
        try:
            return recording.judge(count, seed, until)
        finally:
            recording.close()

    def test_what_was_acknowledged_survives_every_power_cut(self):
        left, seed = STATES, SEED
        while left > 0:
            count = min(left, 500)
            verdicts = self.run_states(count, seed)
            print(f"seed {seed}: {dict(verdicts)}", flush=True)
            self.assertEqual(set(verdicts), {"good"})
            tally.add(power_cut_states=count)
            left, seed = left - count, seed + 2

    def test_the_very_first_start_may_be_cut_anywhere(self):
        """Nothing is promised yet, but the next start must not be barred."""
        count = STATES // 3
        verdicts = self.run_states(count, SEED, until=FIRST_START)
        print(f"first start: {dict(verdicts)}", flush=True)
        self.assertEqual(set(verdicts), {"good"})
        tally.add(power_cut_states=count)

    def test_without_syncs_the_same_states_are_broken(self):
        for lie in ("nosync", "nometasync", "fsync"):
            verdicts = self.run_states(80, SEED, lie)
            print(f"{lie}: {dict(verdicts)}", flush=True)
            self.assertGreater(verdicts["broken"] + verdicts["lost"], 4)
            tally.control(f"{lie}: {dict(verdicts)}")


if __name__ == "__main__":
    main()
