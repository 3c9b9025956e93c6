# SPDX-License-Identifier: Apache-2.0
"""How the programs start, refuse to start, and stop."""
import signal
import socket
import time
import unittest

import suite
from cluster import BIN, SOURCE, Cluster, Process, wait_until

DEMO = SOURCE / "deploy/samples/demo"
SERVICES = ("aggregator", "collector", "reporter")



def looks_after(pid, number):
    """Whether a process has blocked a signal, to take it from a signalfd."""
    with open(f"/proc/{pid}/status") as file:
        blocked = dict(line.split(":", 1) for line in file)["SigBlk"]
    return int(blocked, 16) >> number - 1 & 1


class Start(unittest.TestCase):
    def setUp(self):
        # Never entered: only its folder, files and ports are used.
        self.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv")
        self.addCleanup(self.cluster.end, demand=True)

    def start(self, service, *arguments):
        """Runs a service to its end: (exit status, log)."""
        return self.cluster.run(f"dealerpulse-{service}", *arguments,
                                codes=None)

    def test_without_keys_nobody_listens_beyond_loopback(self):
        for service in ("aggregator", "collector"):
            done = self.start(service, "--listen", "tcp://0.0.0.0:0")
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn("0.0.0.0", done.stderr)
        done = self.start("aggregator", "--queries", "tcp://0.0.0.0:0")
        self.assertEqual(done.returncode, 78, done.stderr)

    def test_a_wrong_key_is_named_with_file_line_and_key(self):
        with open(self.cluster.config, "a") as file:
            file.write("colector:\n  name: c\n")
        line = len(self.cluster.config.read_text().splitlines()) - 1
        for service in SERVICES:
            done = self.start(service)
            self.assertEqual(done.returncode, 78, (service, done.stderr))
            self.assertIn(f"dealerpulse.yaml:{line}: colector", done.stderr)

    def test_a_broken_rulebook_is_refused_before_data_is_touched(self):
        with open(self.cluster.folder / "programme.yaml", "a") as file:
            file.write("\nclokcs: {general: 5min}\n")
        done = self.start("aggregator")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("clokcs", done.stderr)
        self.assertEqual(list(self.cluster.store.iterdir()), [])

    def test_check_tells_the_same_before_anything_runs(self):
        self.cluster.run_console("check")
        with open(self.cluster.folder / "dealers.csv", "a") as file:
            file.write("no id with spaces,x\n")
        done = self.cluster.run_console("check", codes=(78,))
        self.assertIn("dealers.csv:", done.stdout + done.stderr)

    def test_a_port_that_is_taken_is_69_and_named(self):
        for service, key, port in (
                ("aggregator", "--listen", self.cluster.port["link"]),
                ("aggregator", "--queries", self.cluster.port["query"]),
                ("collector", "--listen", self.cluster.collector_ports[0]),
                ("reporter", "--http", self.cluster.port["http"])):
            with socket.socket() as other:
                other.bind(("127.0.0.1", port))
                other.listen()
                done = self.start(service)
            self.assertEqual(done.returncode, 69, (service, key, done.stderr))
            self.assertIn(str(port), done.stderr)

    def test_a_store_has_one_owner(self):
        self.cluster.start_aggregator()
        done = self.start("aggregator", "--listen", "tcp://127.0.0.1:0",
                          "--queries", "tcp://127.0.0.1:0")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn(str(self.cluster.store), done.stderr)
        self.cluster.run_console("rank", "--by", "csi", codes=(0, 64))

    def test_programs_start_in_any_order_and_find_each_other(self):
        cluster = self.cluster
        cluster.start_collector()
        reporter = cluster.start("reporter", "dealerpulse-reporter",
                                 cluster.config)
        time.sleep(1)
        self.assertNotEqual(cluster.get("/readyz")[0], 200)
        cluster.start_aggregator()
        cluster.run_console("simulate", "--months", "1", "--visits", "2")
        cluster.wait_ready(reporter)

    def test_both_signals_end_every_program_well(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for service in SERVICES:
                config = self.cluster.config
                process = Process(service,
                                  [BIN / f"dealerpulse-{service}",
                                   "--config", config],
                                  self.cluster.folder / f"{service}.log")
                process.start()
                wait_until(f"{service} looks after signals", lambda:
                           self.cluster.need(process) and
                           looks_after(process.popen.pid, number))
                process.popen.send_signal(number)
                self.assertEqual(process.popen.wait(60), 0,
                                 process.log_text())


if __name__ == "__main__":
    suite.main()
