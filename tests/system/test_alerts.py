# SPDX-License-Identifier: Apache-2.0
"""Alerts: what somebody should look at, from a terminal to API and console.

Everything is looked up again in what was sent; nothing here knows how the
aggregator finds it.
"""
import datetime
import json
import re
import unittest

import suite
from cluster import SOURCE, wait_until
from python_terminal import DAY_MS, now_ms
from tokens import TokenCluster

DEMO = SOURCE / "deploy/samples/demo"
HOUR_MS, MINUTE_MS = 3600000, 60000
CORE = (1, 2, 3, 5, 6, 7, 8, 9)  # and 4, RECOMMEND


def iso(at_ms):
    at = datetime.datetime.fromtimestamp(at_ms / 1000, datetime.timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = TokenCluster(DEMO / "programme.yaml",
                                   DEMO / "dealers.csv", reporter=True)
        cls.enterClassContext(cls.cluster)
        wait_until("the directory is there", lambda: cls.cluster.ask(
            "/api/v1/dealers", "boss")[0] == 200)
        cls.dealers = json.loads(cls.cluster.ask(
            "/api/v1/dealers", "boss")[2])["dealers"]
        cls.mine = cls.dealers[0]
        cls.other = next(dealer for dealer in cls.dealers
                         if dealer["region"] != cls.mine["region"])
        cls.cluster.new("shop", f"dealer:{cls.mine['dealer']}")
        cls.cluster.new("region", f"region:{cls.mine['region']}")
        wait_until("the tokens are known", lambda: cls.cluster.ask(
            "/api/v1/me", "region",
            source=cls.cluster.elsewhere())[0] == 200)
        cls.count = 0

    def send(self, event_type, dealer, ago_ms, **more):
        """One event of headquarters' own; (its id, when it was)."""
        at = now_ms() - ago_ms
        said = {"type": event_type, "dealer": dealer["dealer"], "issuer": "HQ",
                "occurred_at": iso(at), **more}
        done = self.cluster.run_terminal(
            "send", "--role", "hq",
            *(f"{name}={value}" for name, value in said.items()))
        found = re.search(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}",
                          done.stdout)
        return found[0].replace("-", ""), at

    def respond(self, dealer, ago_ms, recommend, visit):
        return self.send(
            "SURVEY_RESPONSE", dealer, ago_ms, visit=visit,
            questionnaire="service", questionnaire_version=1,
            **{f"answers.{item}": 8 for item in CORE},
            **{"answers.4": recommend})

    def read(self, query="", who="boss"):
        status, _, body = self.cluster.ask(f"/api/v1/alerts{query}", who)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def about(self, name, who="boss"):
        """The lines about one case or visit."""
        return {line["what"]: line for line in self.read(who=who)["alerts"]
                if name in (line["case"], line["visit"])}

    def wait_about(self, name, condition):
        wait_until(f"the alerts about {name} are as they should",
                   lambda: condition(self.about(name)))
        return self.about(name)

    def test_a_detractor_is_to_be_spoken_to_within_a_day(self):
        for recommend, is_one in ((6, True), (7, False)):
            self.respond(self.mine, 2 * HOUR_MS, recommend, f"V{recommend}")
        line = self.wait_about("V6", bool)["detractor"]
        self.assertEqual(self.about("V7"), {})
        self.assertEqual((line["dealer"], line["name"], line["item"],
                          line["value"], line["state"], line["case"]),
                         (self.mine["dealer"], self.mine["name"], "RECOMMEND",
                          6, "open", None))
        self.assertEqual(line["due_ms"] - line["at_ms"], DAY_MS)
        self.respond(self.mine, 2 * DAY_MS, 0, "Vlate")
        self.assertEqual(self.wait_about("Vlate", bool)["detractor"]["state"],
                         "late")
        self.respond(self.mine, 8 * DAY_MS, 0, "Vold")
        self.respond(self.mine, 23 * HOUR_MS, 0, "Vnear")
        self.assertEqual(self.wait_about("Vnear", bool)["detractor"]["state"],
                         "near")
        self.assertEqual(self.about("Vold"), {})  # sent before Vnear

    def test_a_voided_answer_alerts_no_more(self):
        event, at = self.respond(self.mine, HOUR_MS, 1, "Vvoid")
        line = self.wait_about("Vvoid", bool)["detractor"]
        self.assertEqual((line["event"], line["at_ms"]), (event, at))
        self.send("VOID", self.mine, 0, visit="Vvoid", target=event,
                  target_type="SURVEY_RESPONSE", target_occurred_at=at,
                  reason="not a customer")
        self.wait_about("Vvoid", lambda lines: not lines)

    def test_a_complaint_alerts_until_it_is_answered(self):
        _, at = self.send("COMPLAINT_OPENED", self.mine, 30 * HOUR_MS,
                          complaint="C-late", **{"class": "COMPLEX"})
        line = self.wait_about("C-late", bool)["complaint"]
        self.assertEqual((line["due_ms"], line["state"], line["class"],
                          line["at_ms"]),
                         (at + 24 * HOUR_MS, "late", "complex", at))
        self.send("COMPLAINT_ACTION", self.mine, 0, complaint="C-late",
                  kind="RESPONSE")
        self.wait_about("C-late", lambda lines: not lines)

    def test_an_emergency_waits_for_its_next_update(self):
        self.send("COMPLAINT_OPENED", self.other, 50 * MINUTE_MS,
                  complaint="C-fire", **{"class": "EMERGENCY"})
        lines = self.wait_about("C-fire", lambda lines: len(lines) == 2)
        self.assertEqual({what: line["state"] for what, line in lines.items()},
                         {"complaint": "late", "emergency": "late"})
        _, at = self.send("COMPLAINT_ACTION", self.other, MINUTE_MS,
                          complaint="C-fire", kind="UPDATE")
        line = self.wait_about("C-fire", lambda lines: lines["emergency"][
            "state"] != "late")["emergency"]
        self.assertEqual(line["due_ms"], at + 30 * MINUTE_MS)

    def test_everybody_reads_his_own_and_console_and_api_agree(self):
        for dealer, name in ((self.mine, "C-mine"), (self.other, "C-other")):
            self.send("COMPLAINT_OPENED", dealer, HOUR_MS, complaint=name,
                      **{"class": "HARD"})
            self.wait_about(name, bool)
        for who in ("shop", "region"):
            self.assertTrue(self.about("C-mine", who))
            self.assertEqual(self.about("C-other", who), {})
            self.assertEqual(sum(self.read(who=who)["counts"].values()),
                             self.read(who=who)["page"]["found"])
            self.assertEqual(self.read(
                f"?dealer={self.other['dealer']}", who)["alerts"], [])
        self.assertEqual(self.cluster.ask("/api/v1/alerts")[0], 401)
        told = json.loads(self.cluster.run_console(
            "alerts", "--format", "json").stdout)
        whole = self.read()
        self.assertTrue(whole["complete"])

        def lines(answer):
            return [(line["what"], line["event"], line["due_ms"])
                    for line in answer["alerts"]]
        self.assertEqual(lines(told), lines(whole))
        table = self.cluster.run_console("alerts", "--what", "complaint").stdout
        self.assertEqual(table.count(" complaint "), sum(
            line["what"] == "complaint" for line in whole["alerts"]))

    def test_parts_put_together_are_the_whole(self):
        for i in range(3):
            self.send("COMPLAINT_OPENED", self.mine, HOUR_MS,
                      complaint=f"C-part{i}", **{"class": "HARD"})
        self.wait_about("C-part2", bool)
        whole = self.read()["alerts"]
        parts = []
        for offset in range(0, len(whole) + 1, 2):
            parts += self.read(f"?limit=2&offset={offset}")["alerts"]
        self.assertEqual([line["event"] for line in parts],
                         [line["event"] for line in whole])
        due = [line["due_ms"] for line in whole]
        self.assertEqual(due, sorted(due))
        for query in ("?what=fire", "?state=lost", "?limit=0", "?x=1"):
            self.assertEqual(self.cluster.ask(
                "/api/v1/alerts" + query, "boss")[0], 400)

    def test_a_reporter_that_starts_later_finds_them_all(self):
        self.send("COMPLAINT_OPENED", self.mine, HOUR_MS, complaint="C-stays",
                  **{"class": "HARD"})
        self.respond(self.mine, HOUR_MS, 2, "V-stays")
        self.wait_about("V-stays", bool)
        before = self.read()["alerts"]
        self.cluster.processes["reporter"].stop()
        self.cluster.start_reporter()
        wait_until("it has read them", lambda: self.cluster.ask(
            "/api/v1/alerts", "boss")[0] == 200 and self.read()["complete"])
        self.assertEqual({line["event"] for line in self.read()["alerts"]},
                         {line["event"] for line in before})


if __name__ == "__main__":
    suite.main()
