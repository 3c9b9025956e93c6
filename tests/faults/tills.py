# SPDX-License-Identifier: Apache-2.0
"""A till on libdealerpulse (tools/till.c): what dealerpulse_submit promised must
be stored in the end, whoever was killed.
"""
import random
import subprocess
from types import SimpleNamespace

from cluster import WAIT_S
from ground import TOOLS, environment
from load import DEALERS, make_event

MANY = 20000  # events: more than a test will see sold, however slow it goes


class Till:
    """Its events are drawn beforehand, so every life goes on where the one
    before ended."""

    def __init__(self, folder, name="terminal-1", count=1000, seed=1, pump=None,
                 pause_ms=2, options=()):
        dice = random.Random(seed)
        self.made = [make_event(dice) for _ in range(count)]
        self.folder, self.name, self.popen = folder, name, None
        self.events = folder / f"{name}.events"
        self.events.write_text("".join(f"{i.hex()} {body.hex()}\n"
                                       for body, i, _ in self.made))
        self.spool = folder / f"{name}.db"
        self.account = folder / f"{name}.kept"
        self.log = folder / f"till-{name}.log"
        self.command = [TOOLS / "till", "--spool", self.spool, "--name", name,
                        "--ledger", self.account, "--pause", pause_ms, *options]
        for dealer in DEALERS:
            self.command += ["--dealer", dealer]
        if pump:
            self.command.append("--pump")
            for endpoint in pump:
                self.command += ["--collector", endpoint]

    def start(self, prefix=(), extra=None):
        with open(self.log, "ab") as log, open(self.events) as events:
            self.popen = subprocess.Popen(
                [str(a) for a in (*prefix, *self.command)], stdin=events,
                stdout=log, stderr=log, env=environment(
                    extra if extra is not None or not prefix else {}))
        return self

    def is_running(self):
        return self.popen is not None and self.popen.poll() is None

    def kill(self):
        self.popen.kill()
        self.popen.wait(WAIT_S)

    def finish(self, seconds=4 * WAIT_S):
        """Waits for its own end: everything is kept (and sent, with pump)."""
        return self.popen.wait(seconds)

    def inside(self):
        """(id -> place, how many need an outcome) of what is in the spool."""
        done = subprocess.run(
            [str(a) for a in (*self.command, "--list") if a != "--pump"],
            capture_output=True, text=True, env=environment(), timeout=WAIT_S)
        if done.returncode != 0:
            raise AssertionError(f"till --list: {done.returncode} "
                                 f"{done.stderr}")
        rows = [line.split() for line in done.stdout.splitlines()]
        return ({bytes.fromhex(i): int(place) for i, place in rows[:-1]},
                int(rows[-1][1]))

    def told(self):
        """[(word, id)] of its account, in order."""
        if not self.account.exists():
            return []
        lines = [line.split() for line in
                 self.account.read_text().splitlines()]
        return [(line[0], bytes.fromhex(line[1])) for line in lines]

    @property
    def ledger(self):
        """Like oracle.Ledger: kept is the promise, as good as acked."""
        meanings = {i: meaning for _, i, meaning in self.made}
        told = self.told()
        attempted = {i: meanings[i] for word, i in told if word == "attempt"}
        kept = {i: "KEPT" for word, i in told if word in ("kept", "acked")}
        # Killed before submit returned: nothing was promised, and it may be
        # stored all the same.
        return SimpleNamespace(attempted=attempted, acked=kept, rejected={},
                               may_stay_open=True)
