# SPDX-License-Identifier: Apache-2.0
"""The ground fault tests stand on: a small, quick cluster of real processes,
whose processes can be started under strace or with a library preloaded, and the
tally of what was tried.

A case says `tally.add(kills=1)` and the like; the last line of a test file is

    faults.kills: 812 acked, 812 counted once, 0 lost, 0 doubled, over 60 faults
    (60 kills), seed 7

and, when DEALERPULSE_FAULTS_LOG names a file, the same as a line of JSON there:
that is how tests/faults/long fills the table in docs/RELIABILITY.md.

DEALERPULSE_SEED repeats a run; DEALERPULSE_FAULTS_SCALE multiplies how much is
tried (1: the slice of an ordinary test run).
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import cluster as clusters
from cluster import BIN, SOURCE, WAIT_S, Cluster, Process, wait_until

DEMO = SOURCE / "deploy/samples/demo"
TOOLS = Path(os.environ.get("DEALERPULSE_FAULT_TOOLS",
                            BIN.parent / "tests/faults"))
SEED = int(os.environ.get("DEALERPULSE_SEED", 0)) or \
    random.SystemRandom().randrange(1, 10**9)
SCALE = float(os.environ.get("DEALERPULSE_FAULTS_SCALE", 1))
IS_LONG = "DEALERPULSE_LONG" in os.environ
SMALL = dict(journal_bytes="64MiB", state_bytes="64MiB",
             checkpoint_events=400, checkpoint_ms="100ms")
SKIPPED = 77


def scaled(count):
    """How much of something to try: at least one."""
    return max(1, round(count * SCALE * (5 if IS_LONG else 1)))


def is_sanitized():
    """True for a build under a sanitizer, which is several times slower."""
    done = subprocess.run(["nm", "-D", str(BIN / "dealerpulse-aggregator")],
                          capture_output=True, text=True)
    return "__asan_init" in done.stdout


SANITIZED = is_sanitized()


# --- What was tried ------------------------------------------------------------


class Tally:
    """Counts of one test file: faults by kind, events by what became of them."""

    EVENTS = ("acked", "counted", "lost", "doubled", "wrong")

    def __init__(self):
        self.counts = dict.fromkeys(self.EVENTS, 0)
        self.faults, self.skipped, self.controls = {}, [], 0
        self.forgiven = 0  # see test_cut.py

    def add(self, **faults):
        for kind, count in faults.items():
            self.faults[kind] = self.faults.get(kind, 0) + count

    def add_events(self, figures):
        for key in self.EVENTS:
            self.counts[key] += figures[key]

    def control(self, name):
        """A negative control that failed as it must."""
        self.controls += 1
        print(f"control: {name}", flush=True)

    def line(self, name):
        total = sum(self.faults.values())
        kinds = ", ".join(f"{n} {k.replace('_', ' ')}"
                          for k, n in self.faults.items())
        c = self.counts
        forgiven = f", {self.forgiven} forgiven" if self.forgiven else ""
        return (f"{name}: {c['acked']} acked, {c['counted']} counted once, "
                f"{c['lost']} lost, {c['doubled']} doubled, {c['wrong']} "
                f"wrong{forgiven}, over {total} faults ({kinds}), {self.controls} "
                f"controls failed as they must, {len(self.skipped)} skipped, "
                f"seed {SEED}")


tally = Tally()


def main():
    """Runs the cases of a test file, prints its line, exits like unittest."""
    name = "faults." + Path(sys.argv[0]).stem.removeprefix("test_")
    print(f"{name}: seed {SEED} (DEALERPULSE_SEED={SEED} repeats it)",
          flush=True)
    began = time.monotonic()
    program = unittest.main(verbosity=2, exit=False, warnings="ignore")
    well = program.result.wasSuccessful()
    sys.stderr.flush()
    print(tally.line(name), flush=True)
    log = os.environ.get("DEALERPULSE_FAULTS_LOG")
    if log:
        with open(log, "a") as file:
            file.write(json.dumps(dict(
                name=name, seed=SEED, well=well, faults=tally.faults,
                skipped=tally.skipped, controls=tally.controls,
                seconds=round(time.monotonic() - began),
                **tally.counts)) + "\n")
    sys.exit(0 if well else 1)


def knows_key(key):
    """Whether this version's configuration has a key."""
    return f" {key}:" in (SOURCE / "deploy/dealerpulse.yaml").read_text()


if knows_key("reserve_bytes"):
    SMALL["reserve_bytes"] = 0  # or a test on a small disk would get nowhere


# --- What a case needs ---------------------------------------------------------


def skip(why):
    """Skips a case, loudly: it is counted in the last line."""
    tally.skipped.append(why)
    print(f"SKIPPED: {why}", flush=True)
    raise unittest.SkipTest(why)


def need_program(*names):
    for name in names:
        if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            skip(f"there is no {name} here")


def need_root(what):
    if os.geteuid() != 0:
        skip(f"{what} needs root")


def can_trace():
    """Whether strace may trace and inject here (containers may forbid it)."""
    need_program("strace")
    done = subprocess.run(
        ["strace", "-qq", "-o", "/dev/null", "-e", "inject=getppid:error=EIO",
         "true"], capture_output=True)
    if done.returncode != 0:
        skip("strace may not trace here")


def strace(*injections, calls=None):
    """The prefix that starts a program under strace.

    An injection is strace's: "fdatasync:signal=KILL:when=3".  -D: the program
    stays our child and strace steps aside.  Not --seccomp-bpf: with it strace
    6.1 delivers no signals.
    """
    calls = calls or ",".join(sorted({one.split(":")[0]
                                      for one in injections}))
    prefix = ["strace", "-D", "-f", "-qq", "-o", "/dev/null",
              "-e", f"trace={calls}", "-e", "signal=none"]
    for one in injections:
        prefix += ["-e", f"inject={one}"]
    return prefix


def preload(library, **variables):
    """The environment that preloads one of our tools."""
    env = {"LD_PRELOAD": str(TOOLS / library)}
    env.update({key: str(value) for key, value in variables.items()})
    return env


def environment(extra=None):
    """Ours and more; the leak checker cannot work under a tracer."""
    env = dict(os.environ)
    options = [env.get("ASAN_OPTIONS", ""), "verify_asan_link_order=0"]
    if extra is not None:
        options.append("detect_leaks=0")
    env["ASAN_OPTIONS"] = ":".join(one for one in options if one)
    env.update(extra or {})
    return env


class Runner(Process):
    """A process with a prefix (strace, ip netns exec) and an environment."""

    def __init__(self, name, arguments, log, prefix=(), extra=None):
        super().__init__(name, [*prefix, *arguments], log)
        self.extra = extra if extra is not None or not prefix else {}

    def start(self):
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(a) for a in self.arguments], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=environment(self.extra))
        return self

    def signal(self, number):
        self.popen.send_signal(number)

    def pause(self, seconds):
        self.signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(signal.SIGCONT)


class Ground(Cluster):
    """A cluster that starts in tenths of a second.

    aggregator: what differs from SMALL.  Nothing is started by itself.
    """

    def __init__(self, collectors=1, aggregator=None, store=None, **options):
        self.settings = {**SMALL, **(aggregator or {})}
        self.place = store
        super().__init__(DEMO / "programme.yaml", DEMO / "dealers.csv",
                         collectors=collectors, **options)
        if store is not None:
            self.store = Path(store)

    def write_config(self, name, collector, terminal):
        path = super().write_config(name, collector, terminal)
        text = path.read_text()
        extra = "".join(f"  {k}: {v}\n" for k, v in self.settings.items())
        text = text.replace("  data: store\n",
                            f"  data: {self.place or 'store'}\n{extra}")
        path.write_text(text)
        return path

    def __enter__(self):
        return self

    def runner(self, name, program, config, prefix=(), extra=None,
               arguments=()):
        process = Runner(name, [BIN / program, *arguments, "--config", config],
                         self.folder / f"{name}.log", prefix, extra)
        self.processes[name] = process.start()
        return process

    def aggregator(self, prefix=(), extra=None, wait=True):
        process = self.runner("aggregator", "dealerpulse-aggregator",
                              self.config, prefix, extra)
        if wait:
            self.wait_listening(process, self.port["link"],
                                self.port["query"])
        return process

    def collector(self, index=0, prefix=(), extra=None, wait=True):
        name = f"collector-{index + 1}"
        config = self.write_config(f"{name}.yaml", index, self.terminal)
        process = self.runner(name, "dealerpulse-collector", config, prefix,
                              extra)
        if wait:
            self.wait_listening(process, self.collector_ports[index])
        return process

    def reporter(self):
        return self.runner("reporter", "dealerpulse-reporter", self.config)

    def endpoints(self):
        return [f"tcp://127.0.0.1:{port}" for port in self.collector_ports]

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")
