# SPDX-License-Identifier: Apache-2.0
"""The webhook: every alert is told at least once, signed, whatever dies.

The receiver is Python's own http.server and hmac; it answers as it is told to.
"""
import hashlib
import hmac
import http.server
import json
import threading
import time
import unittest

import suite
from cluster import SOURCE, Cluster, free_ports, wait_until

DEMO = SOURCE / "deploy/samples/demo"
EX_CONFIG, EX_NOPERM = 78, 77
SECRET = "0123456789abcdef" * 4


class Receiver(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken, self.answers, self.lock = [], [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    def bodies(self, status=None):
        with self.lock:
            return [json.loads(body) for _, body, given in self.taken
                    if status in (None, given)]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            status = self.server.answers.pop(0) if self.server.answers else 204
            self.server.taken.append((dict(self.headers), body, status))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 302:
            self.send_header("Location", self.server.url + "/elsewhere")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Webhook(unittest.TestCase):
    def open(self, *answers):
        """A cluster whose reporter tells a receiver."""
        receiver = Receiver()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        receiver.answers = list(answers)
        cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                          reporter=True)
        secret = cluster.folder / "webhook.key"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        cluster.config.write_text(
            cluster.config.read_text() +
            f"webhook:\n  url: {receiver.url}\n  secret: webhook.key\n"
            "  log: deliveries.jsonl\n")
        self.enterContext(cluster)
        cluster.dealer = (DEMO / "dealers.csv").read_text().splitlines()[
            1].split(",")[0]
        return cluster, receiver

    def complain(self, cluster, name):
        """A hard complaint, late since an hour ago."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                           time.gmtime(time.time() - 73 * 3600))
        cluster.run_terminal(
            "send", "--role", "hq", "type=COMPLAINT_OPENED", "issuer=HQ",
            f"dealer={cluster.dealer}", f"occurred_at={at}",
            f"complaint={name}", "class=HARD")

    def wait_cases(self, receiver, *names):
        wait_until(f"{names} were taken", lambda: set(names) <= {
            body["alert"]["case"] for body in receiver.bodies(204)})

    def test_an_alert_is_told_once_and_signed(self):
        cluster, receiver = self.open()
        self.complain(cluster, "C1")
        self.wait_cases(receiver, "C1")
        headers, body, _ = receiver.taken[0]
        told = json.loads(body)
        self.assertEqual((told["alert"]["state"], told["alert"]["dealer"],
                          told["alert"]["what"]),
                         ("late", cluster.dealer, "complaint"))
        self.assertEqual(headers["Idempotency-Key"], told["id"])
        parts = dict(part.split("=", 1) for part in
                     headers["Dealerpulse-Signature"].split(","))
        self.assertEqual(parts["v1"], hmac.new(
            SECRET.encode(), parts["t"].encode() + b"." + body,
            hashlib.sha256).hexdigest())
        self.complain(cluster, "C2")
        self.wait_cases(receiver, "C2")
        self.assertEqual([one["alert"]["case"] for one in receiver.bodies()],
                         ["C1", "C2"])
        log = cluster.folder / "deliveries.jsonl"
        self.assertEqual(log.stat().st_mode & 0o777, 0o600)
        wait_until("it is noted", lambda: log.read_text().count(
            '"delivered"') == 2)
        status, text = cluster.get("/metrics")
        self.assertIn("dealerpulse_reporter_deliveries_total 2", text)

    def test_what_fails_is_tried_again_and_what_is_refused_is_not(self):
        cluster, receiver = self.open(500, 302, 429, 204, 410)
        self.complain(cluster, "C1")
        self.wait_cases(receiver, "C1")
        self.assertEqual([status for _, _, status in receiver.taken],
                         [500, 302, 429, 204])
        self.assertEqual(len({body["id"] for body in receiver.bodies()}), 1)
        self.complain(cluster, "C2")  # 410: it will not be told again
        wait_until("it was refused", lambda: receiver.bodies(410))
        self.complain(cluster, "C3")
        self.wait_cases(receiver, "C3")
        self.assertEqual([body["alert"]["case"] for body in
                          receiver.bodies()][4:], ["C2", "C3"])
        listed = cluster.run_console("deliveries", "list").stdout
        self.assertEqual([line.split()[1:3] for line in listed.splitlines()],
                         [["failed", "500"], ["failed", "302"],
                          ["failed", "429"], ["delivered", "204"],
                          ["refused", "410"], ["delivered", "204"]])

    def test_nothing_is_forgotten_when_it_dies(self):
        cluster, receiver = self.open(*[503] * 1000)
        for i in range(3):
            self.complain(cluster, f"C{i}")
        wait_until("it was tried", receiver.bodies)
        cluster.processes["reporter"].kill()
        receiver.answers.clear()
        cluster.start_reporter()
        self.wait_cases(receiver, "C0", "C1", "C2")
        taken = len(receiver.bodies(204))
        cluster.processes["reporter"].kill()
        cluster.start_reporter()
        self.complain(cluster, "C3")
        self.wait_cases(receiver, "C3")
        # Again at most what it was just telling, and under the same id.
        ids = [body["id"] for body in receiver.bodies(204)]
        self.assertEqual(len(set(ids)), 4)
        self.assertLessEqual(len(ids), taken + 2)

    def test_somebody_may_want_it_sent_again(self):
        cluster, receiver = self.open()
        self.complain(cluster, "C1")
        self.wait_cases(receiver, "C1")
        first = receiver.bodies()[0]
        wait_until("it is noted", lambda: first["id"] in cluster.run_console(
            "deliveries", "list", codes=(0, 65)).stdout)
        cluster.run_console("deliveries", "replay", "0" * 32, codes=(65,))
        cluster.run_console("deliveries", "replay", first["id"])
        wait_until("it came again", lambda: receiver.bodies() == [first] * 2)
        cluster.run_console("deliveries", "replay", codes=(64,))

    def test_settings_that_would_leak_are_refused(self):
        cluster, receiver = self.open()
        text = cluster.config.read_text()
        path = cluster.folder / "other.yaml"
        for old, new, code, sentence in (
                (receiver.url, "http://hq.example/hook", EX_CONFIG,
                 "must begin with https://"),
                ("  secret: webhook.key\n", "", EX_CONFIG, "needs secret"),
                ("webhook.key", "loose.key", EX_NOPERM, "chmod 600"),
                ("webhook.key", "short.key", EX_CONFIG, "32 characters")):
            for name, content, mode in (("loose.key", SECRET, 0o644),
                                        ("short.key", "x", 0o600)):
                (cluster.folder / name).write_text(content)
                (cluster.folder / name).chmod(mode)
            self.assertIn(old, text)
            changed = text.replace(old, new)
            for name, port in zip(("http", "publish"), free_ports(2)):
                changed = changed.replace(f":{cluster.port[name]}\n",
                                          f":{port}\n")
            path.write_text(changed)
            done = cluster.run("dealerpulse-reporter", config=path,
                               codes=(code,))
            self.assertIn(sentence, done.stderr)


if __name__ == "__main__":
    suite.main()
