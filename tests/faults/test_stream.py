# SPDX-License-Identifier: Apache-2.0
"""Streams that are falsified, held back and reset between a terminal and its
collector, with keys on every link: CURVE drops what was touched, and nothing
false is stored.
"""
import time
import unittest

import oracle
from cluster import wait_until
from ground import SEED, Ground, main, tally
from keyed import KeyedCluster
from proxy import Proxy
from tills import MANY, Till


class KeyedGround(KeyedCluster, Ground):
    """A ground with keys, whose collector is known by the proxy's address only:
    a terminal that learned of the other would go round the proxy."""
    proxy_port = None

    def write_config(self, *arguments):
        path = super().write_config(*arguments)
        if self.proxy_port:
            path.write_text(path.read_text().replace(
                "\ncollector:\n", "\ncollector:\n  advertise: "
                f"tcp://127.0.0.1:{self.proxy_port}\n"))
        return path


class Stream(unittest.TestCase):
    def over_proxy(self, harm, **faults):
        with KeyedGround() as ground:
            ground.aggregator()
            proxy = Proxy(ground.collector_ports[0], SEED)
            proxy.start()
            self.addCleanup(proxy.end)
            ground.proxy_port = proxy.port
            ground.collector()
            config = ground.folder / "far.yaml"
            config.write_text(ground.config.read_text().replace(
                f"endpoint: \"tcp://127.0.0.1:{ground.collector_ports[0]}",
                f"endpoint: \"tcp://127.0.0.1:{proxy.port}"))
            till = Till(ground.folder, count=MANY, seed=SEED, pause_ms=4)
            agent = ground.runner("agent", "dealerpulse-terminal", config,
                                  arguments=["run"])
            till.start()
            wait_until("some are stored",
                       lambda: len(oracle.stored_events(ground.store)) > 50)
            harm(proxy)
            till.kill()
            wait_until("the spool is sent", lambda: till.inside()[1] == 0)
            self.assertTrue(agent.is_running())
            self.assertGreater(len(till.ledger.acked), 100)
            oracle.judge(ground, [till.ledger], tally)
            tally.add(**faults)
        return proxy

    def test_flipped_bits_reach_no_store(self):
        def harm(proxy):
            for _ in range(3):
                before = proxy.flips
                proxy.flip_every = 2000
                wait_until("a bit is flipped", lambda: proxy.flips > before)
                proxy.flip_every = 0
                time.sleep(1)

        # The control: a touched stream does not pass, so links are made anew.
        proxy = self.over_proxy(harm, flipped_streams=3)
        self.assertGreater(proxy.accepted, 1)
        tally.control("a touched stream is dropped")
        self.assertGreaterEqual(proxy.flips, 3)

    def test_a_stream_that_is_held_and_reset_recovers(self):
        def harm(proxy):
            proxy.is_held = True
            time.sleep(3)
            proxy.is_held = False
            for _ in range(5):
                proxy.reset()
                time.sleep(0.5)

        self.over_proxy(harm, held_and_reset_streams=6)


if __name__ == "__main__":
    main()
