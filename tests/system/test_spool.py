# SPDX-License-Identifier: Apache-2.0
"""The care of a terminal's spool, with real programs: damage, a full disk,
export and load, a collector that stands still.
"""
import glob
import json
import random
import re
import resource
import sqlite3
import subprocess
import time
import unittest

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, Process, wait_until

SAMPLE = SOURCE / "deploy/samples/ecsi"
PAGE = 4096
SEED = 20261122


FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


def has_sanitizer():
    return b"__asan_init" in (BIN / "dealerpulse-terminal").read_bytes()


def fill(spool, size):
    """A spool with real events; how many."""
    done = subprocess.run([BIN.parent / "tests" / "fill_spool", spool,
                           str(size), "1"], capture_output=True, text=True,
                          check=True)
    return int(done.stdout)


def head(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM spool").fetchone())


def lost(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT ifnull(sum(last - first + 1), 0) FROM lost").fetchone()[0]


def tear(path, pages, first=12):
    """Writes noise over some pages; not the first ones, which hold the head."""
    dice = random.Random(SEED)
    count = path.stat().st_size // PAGE
    with open(path, "r+b") as file:
        for number in dice.sample(range(first, count), pages):
            file.seek(number * PAGE)
            file.write(dice.randbytes(PAGE))


class Spool(unittest.TestCase):
    def open(self, collectors=1):
        return Cluster(SAMPLE / "programme.yaml", SAMPLE / "dealers.csv",
                       collectors=collectors)

    def start_agent(self, cluster, *before):
        agent = Process("agent", [*before, BIN / "dealerpulse-terminal", "run",
                                  "--config", cluster.config],
                        cluster.folder / f"agent-{time.monotonic()}.log")
        self.addCleanup(lambda: agent.popen and agent.stop())
        return agent.start()

    def send(self, cluster, *more, **options):
        return cluster.run_terminal("send", "type=VISIT_OPENED", "dealer=D1",
                                    f"visit=v{time.monotonic_ns()}", *more,
                                    **options)

    def wait_drained(self, cluster, agent, spool):
        wait_until("everything has its outcome", lambda: cluster.need(agent)
                   and head(spool)["waiting"] == 0)

    def responses(self, cluster, period):
        return cluster.rank("responses", period)["total"]["n"]

    def months(self):
        """Those the events of `fill` lie in."""
        months = sorted({time.strftime("%Y-%m", time.gmtime(
            time.time() - days * 86400)) for days in (0, 2)})
        return f"{months[0]}..{months[-1]}"

    def wait_counted(self, cluster, events):
        wait_until(f"{events} events count", lambda: self.responses(
            cluster, self.months()) == events)

    def test_agent_repairs_a_damaged_spool_and_goes_on(self):
        print("seed", SEED)
        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            events = fill(spool, 3 << 20)
            tear(spool, 6)
            found = cluster.run_terminal("spool", "verify", codes=(65,))
            self.assertIn("spool repair", found.stdout)
            agent = self.start_agent(cluster)
            wait_until("the repair is told",
                       lambda: "are lost" in agent.log_text())
            self.wait_drained(cluster, agent, spool)
            gone = lost(spool)
            self.assertIn(f"{gone} are lost", agent.log_text())
            self.assertTrue(0 < gone < events // 4, gone)
            self.assertEqual(head(spool)["kept"], events - gone)
            reports = list(cluster.folder.glob("terminal-1.db.damaged-*.txt"))
            self.assertEqual(len(reports), 1)
            self.assertIn(f"{gone} events are lost", reports[0].read_text())
            self.wait_counted(cluster, events - gone)
            self.send(cluster)  # left to the agent
            self.wait_drained(cluster, agent, spool)
            cluster.run_terminal("spool", "verify")
            self.assertEqual(agent.stop(), 0)

    def test_spool_damaged_under_the_running_agent_is_repaired(self):
        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            cluster.processes["collector-1"].stop()
            events = fill(spool, 3 << 20)
            agent = self.start_agent(cluster)
            wait_until("the agent is at work",
                       lambda: "started" in agent.log_text())
            # Nobody writes meanwhile; the log is in the file.
            tear(spool, 30)
            cluster.start_collector(0)
            wait_until("the repair is told",
                       lambda: "are lost" in agent.log_text())
            self.wait_drained(cluster, agent, spool)
            # Of those lost here, what the agent had in memory arrived.
            wait_until("the others count",
                       lambda: events - lost(spool) <=
                       self.responses(cluster, self.months()) <= events)
            self.assertEqual(agent.stop(), 0)

    def test_send_goes_on_over_a_damaged_spool(self):
        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            self.send(cluster, "--no-wait")
            spool.write_bytes(bytes(spool.stat().st_size))
            done = self.send(cluster)
            self.assertIn("accepted", done.stdout)
            self.assertIn("the spool was damaged", done.stderr)
            spool.write_text("a letter to somebody\n" * 500)
            done = self.send(cluster, codes=(65,))
            self.assertIn("nothing of a spool", done.stderr)
            self.assertIn("a letter", spool.read_text())

    def test_exported_events_loaded_elsewhere_count_once(self):
        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            events = fill(spool, 200000)
            lines = cluster.run_terminal("spool", "export").stdout
            self.assertEqual(len(lines.splitlines()), events)
            first = json.loads(lines.splitlines()[0])
            self.assertEqual(first["event"]["type"], "SURVEY_RESPONSE")
            saved = cluster.folder / "saved.jsonl"
            saved.write_text(lines + "not a line\n")
            agent = self.start_agent(cluster)
            self.wait_drained(cluster, agent, spool)
            self.assertEqual(agent.stop(), 0)
            second = ("--spool", cluster.folder / "second.db", "--name", "t2")
            done = cluster.run_terminal("spool", "load", saved, *second,
                                        codes=(65,))
            self.assertIn(f"{events} events stored", done.stdout)
            self.assertIn(f"saved.jsonl:{events + 1}:", done.stderr)
            done = self.send(cluster, *second)  # sends the others too
            wait_until("all are answered", lambda: self.send(
                cluster, *second) and head(cluster.folder / "second.db")[
                    "waiting"] == 0)
            self.wait_counted(cluster, events)

    def test_full_disk_refuses_clearly_and_loses_nothing(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000))

        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            stored = 0
            for _ in range(500):
                done = self.send(cluster, "--no-wait", codes=None,
                                 preexec_fn=limited)
                if done.returncode != 0:
                    break
                stored += 1
            self.assertEqual(done.returncode, 73, done.stderr)
            self.assertIn("full", done.stderr)
            self.assertIn("nothing was stored", done.stderr)
            self.assertGreater(stored, 10)
            cluster.run_terminal("spool", "verify")
            self.assertEqual(head(spool)["waiting"], stored)
            agent = self.start_agent(cluster)  # with room again
            self.wait_drained(cluster, agent, spool)
            self.assertEqual(head(spool)["kept"], stored)
            self.assertEqual(agent.stop(), 0)

    def test_agent_leaves_a_collector_that_stands_still(self):
        with self.open(collectors=2) as cluster:
            spool = cluster.folder / "terminal-1.db"
            agent = self.start_agent(cluster)
            wait_until("the link is up", lambda: "link-up" in agent.log_text())
            # Whichever it found ready first.
            port = int(re.findall(r"link-up collector=tcp://127.0.0.1:(\d+)",
                                  agent.log_text())[-1])
            number = cluster.collector_ports.index(port) + 1
            still = cluster.processes[f"collector-{number}"].popen
            still.send_signal(19)  # SIGSTOP
            try:
                self.send(cluster)
                self.wait_drained(cluster, agent, spool)
            finally:
                still.send_signal(18)
            self.assertIn("link-lost", agent.log_text())
            self.assertEqual(agent.stop(), 0)

    @unittest.skipUnless(FAKETIME, "SKIPPED: libfaketime is not installed")
    @unittest.skipIf(has_sanitizer(), "SKIPPED: no preloading of sanitizers")
    def test_clock_an_hour_behind_is_told_and_nothing_rewritten(self):
        with self.open() as cluster:
            spool = cluster.folder / "terminal-1.db"
            self.send(cluster, "--no-wait", "occurred_at=1790000000000")
            agent = self.start_agent(
                cluster, "env", f"LD_PRELOAD={FAKETIME[0]}", "FAKETIME=-1h",
                "FAKETIME_DONT_FAKE_MONOTONIC=1")
            self.wait_drained(cluster, agent, spool)
            wait_until("the clock is told",
                       lambda: "clock-skew" in agent.log_text())
            self.assertIn("behind", agent.log_text())
            told = cluster.run_terminal("spool", "ls", "--summary").stdout
            self.assertRegex(told, r"clock is 3[56]\d\d s behind")
            event = json.loads(cluster.run_terminal(
                "spool", "export", "--all").stdout)["event"]
            self.assertEqual(event["occurred_at"], 1790000000000)
            self.assertEqual(agent.stop(), 0)

    def test_doctor_says_what_is_wrong(self):
        with self.open() as cluster:
            self.send(cluster)
            done = cluster.run_terminal("doctor")
            self.assertIn("takes this terminal", done.stdout)
            self.assertNotIn("BAD", done.stdout)
            cluster.processes["collector-1"].stop()
            done = cluster.run_terminal("doctor", codes=(69,))
            self.assertIn("cannot be reached", done.stdout)
            tear(cluster.folder / "terminal-1.db", 4, first=2)
            (cluster.folder / "terminal-1.db").chmod(0o644)
            done = cluster.run_terminal("doctor", codes=(65, 69, 77))
            self.assertIn("chmod 600", done.stdout)


if __name__ == "__main__":
    suite.main()
