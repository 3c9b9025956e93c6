# SPDX-License-Identifier: Apache-2.0
"""What people in front of a terminal see: watch follows the figures, top tells
how the processes are, and a screen's size, colour and absence are heeded."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata
import unittest

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, read_csv, wait_until

DEMO = SOURCE / "deploy/samples/demo"
BOLD = "\x1b[1m"


def width(text):
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1
               for one in text)


class Screens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                              reporter=True)
        cls.enterClassContext(cls.cluster)
        cls.simulate(7)

    @classmethod
    def simulate(cls, seed):
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "1",
            "--visits", "30", "--seed", str(seed), "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}")

    def on_screen(self, columns, rows, *words, **environment):
        """What a command writes to a terminal of some size."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))
        names = {name: value for name, value in os.environ.items()
                 if name != "NO_COLOR"}
        with subprocess.Popen(
                [BIN / "dealerpulse", *words, "--config", self.cluster.config],
                stdout=its, stdin=subprocess.DEVNULL,
                env={**names, "TERM": "xterm", **environment}) as process:
            os.close(its)
            seen = b""
            try:
                while part := os.read(ours, 65536):
                    seen += part
            except OSError:
                pass  # the other end is gone
            self.assertEqual(process.wait(WAIT_S), 0, seen)
        os.close(ours)
        return seen.decode().replace("\r\n", "\n")

    def test_a_ranking_fits_the_screen(self):
        whole = self.cluster.run_console("rank").stdout
        self.assertNotIn("\x1b", whole)
        for columns in (120, 80, 40, 30):
            shown = self.on_screen(columns, 50, "rank").splitlines()
            self.assertTrue(any(BOLD in line for line in shown))
            lines = [re.sub("\x1b\\[\\d*m", "", line) for line in shown
                     if not line.startswith("#")]
            for line in lines:
                self.assertLessEqual(width(line), columns, line)
            for head in ("RANK", "DEALER", "VALUE", "NAME"):
                self.assertIn(head, lines[0])
            self.assertEqual(
                [line.split()[1] for line in lines[1:]],
                [line.split()[1] for line in whole.splitlines()
                 if not line.startswith("#")][1:])

    def test_who_wants_no_colour_gets_none(self):
        for no in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b[", self.on_screen(80, 50, "rank", **no))
        self.assertIn(BOLD, self.on_screen(80, 50, "rank", NO_COLOR=""))

    def test_watch_shows_what_rank_shows(self):
        for form in ("table", "json", "csv"):
            self.assertEqual(
                self.cluster.run_console("watch", "--times", "1", "--by", "nps",
                                         "--format", form).stdout,
                self.cluster.run_console("rank", "--by", "nps", "--format",
                                         form).stdout)
        self.cluster.run_console("watch", "--every", "0", codes=(64,))
        self.cluster.run_console("watch", "--by", "nothing", codes=(64,))

    def test_watch_keeps_to_the_screen(self):
        seen = self.on_screen(60, 10, "watch", "--times", "2")
        for frame in seen.split("\x1b[H")[1:]:
            self.assertLess(frame.count("\n"), 10)

    def test_watch_follows_new_events(self):
        before = self.cluster.rank("csi")["total"]["n"]
        log = self.cluster.folder / "watch.out"
        with open(log, "wb") as out, subprocess.Popen(
                [BIN / "dealerpulse", "watch", "--format", "json", "--config",
                 self.cluster.config], stdout=out) as process:
            try:
                wait_until("it shows a ranking",
                           lambda: f'"n":{before},' in log.read_text())
                self.simulate(8)
                after = self.cluster.rank("csi")["total"]["n"]
                self.assertGreater(after, before)
                wait_until("it shows the new figures",
                           lambda: f'"n":{after},' in log.read_text())
            finally:
                process.kill()

    def test_top_tells_what_the_processes_tell(self):
        health = json.loads(self.cluster.get("/api/v1/health")[1])
        done = self.cluster.run_console("top", "--times", "2", "--format",
                                        "csv", "--data", self.cluster.store)
        looks = done.stdout.split("process,figure,value,note")[1:]
        self.assertEqual(len(looks), 2)
        self.assertNotIn("events_per_second", looks[0])
        told = {(row["process"], row["figure"]): row["value"]
                for row in read_csv("process,figure,value,note" + looks[1])}
        self.assertEqual(told["aggregator", "events_total"],
                         str(health["events"]))
        self.assertEqual(told["aggregator", "events_per_second"], "0")
        self.assertEqual(told["aggregator", "commits_not_shown"], "0")
        self.assertEqual(told["reporter", "ready"], "1")
        self.assertEqual(told["terminals", "events_waiting"], "0")
        self.assertGreater(int(told["terminals", "heard_of"]), 0)
        table = self.cluster.run_console("top", "--times", "1").stdout
        self.assertRegex(table, "(?m)^aggregator +events_total +"
                         f"{health['events']} ")
        rows = json.loads(self.cluster.run_console(
            "top", "--times", "1", "--format", "json").stdout)
        self.assertIn({"process": "reporter", "figure": "ready", "value": "1",
                       "note": ""}, rows)

    def test_top_says_who_is_away(self):
        done = self.cluster.run_console("top", "--times", "1", "--reporter",
                                        "127.0.0.1:1", "--format", "csv")
        self.assertIn("reporter,away,1,127.0.0.1:1", done.stdout)
        self.cluster.run_console("top", "--queries", "tcp://127.0.0.1:1",
                                 codes=(69,))


if __name__ == "__main__":
    suite.main()
