# SPDX-License-Identifier: Apache-2.0
"""Networks that lose, delay, cut and reset, in a network name space of our own:
packets on its loopback are dropped by nft, slowed by tbf, connections killed by
ss.
"""
import ctypes
import os
import subprocess
import time
import unittest

import oracle
from cluster import wait_until, wait_until_still
from ground import SEED, Ground, main, need_program, need_root, skip, tally
from load import Load
from tills import MANY, Till

CLONE_NEWNET = 0x40000000


def run(*words, **options):
    return subprocess.run([str(w) for w in words], capture_output=True,
                          text=True, **options)


def enter_own_network():
    """From here on this process and its children have a loopback alone."""
    need_root("a network name space")
    need_program("ip", "nft", "tc", "ss")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        skip("no network name space: " + os.strerror(ctypes.get_errno()))
    run("ip", "link", "set", "lo", "up", check=True)


class Network(unittest.TestCase):
    entered = False

    def setUp(self):
        if not Network.entered:
            enter_own_network()
            Network.entered = True

    def rule(self, *words):
        done = run("nft", *words)
        if done.returncode != 0:
            skip(f"nft {' '.join(map(str, words))}: {done.stderr.strip()}")

    def firewall(self):
        self.rule("add", "table", "inet", "faults")
        self.rule("add", "chain", "inet", "faults", "in",
                  "{ type filter hook input priority 0 ; }")
        self.addCleanup(run, "nft", "flush", "ruleset")

    def drop(self, ports, percent):
        """So many packets of a hundred to or from these ports are lost."""
        for port in ports:
            for side in ("dport", "sport"):
                self.rule("add", "rule", "inet", "faults", "in", "tcp", side,
                          port, *(() if percent == 100 else (
                              "numgen", "random", "mod", 100, "<", percent)),
                          "drop")

    def under(self, trouble, name):
        """Load and an agent while there is trouble; then all is right."""
        with Ground(collectors=2) as ground:
            ground.aggregator()
            ground.collector(0)
            ground.collector(1)
            till = Till(ground.folder, count=MANY, seed=SEED, pause_ms=5)
            ground.runner("agent", "dealerpulse-terminal", ground.config,
                          arguments=["run"])
            load = Load(ground.folder, ground.endpoints(), seed=SEED,
                        pause=0.02)
            load.start()
            till.start()
            self.acked = lambda: len(load.ledger.acked)
            wait_until("some are stored", lambda: self.acked() > 100)
            before = len(load.ledger.acked)
            began = time.monotonic()
            trouble(ground)
            seconds = time.monotonic() - began
            during = len(load.ledger.acked) - before
            run("nft", "flush", "ruleset")
            run("tc", "qdisc", "del", "dev", "lo", "root")
            wait_until("it goes on", lambda: len(load.ledger.acked) >
                       before + during + 100)
            till.kill()
            load.drain()
            wait_until("the spool is sent", lambda: till.inside()[1] == 0)
            for process in ground.processes.values():
                ground.need(process)
            oracle.judge(ground, [till.ledger, load.ledger], tally)
            print(f"{name}: {during / seconds:.0f} events/s meanwhile",
                  flush=True)
            tally.add(network_troubles=1)

    def test_three_packets_of_ten_are_lost(self):
        def trouble(ground):
            self.firewall()
            self.drop([*ground.collector_ports, ground.port["link"]], 30)
            before = self.acked()
            time.sleep(5)
            wait_until("something gets through all the same",
                       lambda: self.acked() > before)

        self.under(trouble, "30 % lost")

    def test_the_network_is_parted(self):
        def trouble(ground):
            self.firewall()
            self.drop([*ground.collector_ports, ground.port["link"]], 100)
            wait_until_still(self.acked)  # what came before is read
            before = self.acked()
            time.sleep(5)
            # The control: while it is parted nothing gets through.
            self.assertEqual(self.acked(), before)
            tally.control("nothing is acknowledged over a parted network")

        self.under(trouble, "parted")

    def test_connections_are_reset_all_the_time(self):
        def trouble(ground):
            for _ in range(12):
                for port in (*ground.collector_ports, ground.port["link"]):
                    run("ss", "-K", "dport", "=", port)
                time.sleep(0.4)

        self.under(trouble, "resets")

    def test_the_line_is_slow(self):
        def trouble(ground):
            done = run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate",
                       "400kbit", "burst", "128kb", "latency", "400ms")
            if done.returncode != 0:
                skip(f"tc tbf: {done.stderr.strip()}")
            time.sleep(6)

        self.under(trouble, "400 kbit/s")


if __name__ == "__main__":
    main()
