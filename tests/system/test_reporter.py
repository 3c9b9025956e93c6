# SPDX-License-Identifier: Apache-2.0
"""The reporter in front of a real aggregator: what it serves is what the
console computes, and it outlives the aggregator's death with the last figures.
"""
import http.client
import json
import unittest

import suite
from cluster import SOURCE, Cluster, dealer_ids, read_csv, wait_until

DEMO = SOURCE / "deploy/samples/demo"


class Reporter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                              reporter=True)
        cls.enterClassContext(cls.cluster)
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "2",
            "--visits", "20", "--seed", "7", "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}",
            "--truth", cls.cluster.folder / "truth.csv")
        cls.wait_for_the_end()

    @classmethod
    def wait_for_the_end(cls):
        """Until the reporter shows the last commit."""
        def caught_up():
            health = cls.health()
            return health["events"] > 0 and \
                health["position"] == health["journal_position"] and health
        return wait_until("the reporter caught up", caught_up)

    @classmethod
    def health(cls):
        return json.loads(cls.cluster.get("/api/v1/health")[1])

    def ask(self, path, status=200):
        got, body = self.cluster.get(path)
        self.assertEqual(got, status, (path, body))
        return json.loads(body)

    def test_every_ranking_is_the_one_the_console_computes(self):
        kpis = [one["id"] for one in self.ask("/api/v1/kpis")["kpis"]]
        self.assertLessEqual({"csi", "nps", "loyalty", "topbox",
                              "complaint_sla"}, set(kpis))
        month = self.ask("/api/v1/periods")["default"]
        for kpi in kpis:
            served = self.ask(f"/api/v1/rankings?kpi={kpi}&period={month}")
            self.assertEqual(served, self.cluster.rank(kpi, month), kpi)

    def test_every_period_and_scope_can_be_read(self):
        for period in self.ask("/api/v1/periods")["periods"]:
            served = self.ask(f"/api/v1/rankings?period={period['id']}")
            self.assertEqual(served["period"], period["id"])
            self.assertEqual(served["open"], period["open"])
        whole = self.ask("/api/v1/rankings?kpi=nps")
        parts = [self.ask(f"/api/v1/rankings?kpi=nps&scope={scope}")
                 for scope in self.ask("/api/v1/scopes")["scopes"]
                 if scope.startswith("region:")]
        for field in ("n", "num", "den"):
            self.assertEqual(whole["total"][field],
                             sum(part["total"][field] for part in parts))
        self.assertEqual(sorted(row["dealer"] for row in whole["rows"]),
                         sorted(row["dealer"] for part in parts
                                for row in part["rows"]))

    def test_csv_holds_the_same_rows_and_the_total_last(self):
        path = "/api/v1/rankings?kpi=loyalty"
        status, text = self.cluster.get(path + "&format=csv")
        self.assertEqual(status, 200)
        rows = read_csv(text)
        served = self.ask(path)
        self.assertEqual([row["dealer"] for row in rows],
                         [row["dealer"] for row in served["rows"]] + ["TOTAL"])
        for line, row in zip(rows, served["rows"] + [served["total"]]):
            self.assertEqual(line["value"], row["value"] or "")
            for field in ("n", "num", "den"):
                self.assertEqual(int(line[field]), row[field])
            self.assertEqual(line["reason"], row.get("reason", ""))
            self.assertEqual(line["flag"], row["flag"] or "")

    def test_all_dealers_of_the_directory_are_listed(self):
        dealers = self.ask("/api/v1/dealers")["dealers"]
        rows = self.ask("/api/v1/rankings")["rows"]
        self.assertEqual({one["dealer"]: one["name"] for one in dealers},
                         {row["dealer"]: row["name"] for row in rows})

    def test_a_scorecard_is_the_rankings_seen_from_one_dealer(self):
        month = self.ask("/api/v1/periods")["default"]
        for row in self.ask("/api/v1/rankings?kpi=csi")["rows"][:3]:
            card = self.ask(f"/api/v1/dealers/{row['dealer']}?period={month}")
            lines = {line["id"]: line for line in card["kpis"]}
            self.assertEqual(len(card["months"]), 13)
            for kpi in ("csi", "nps", "complaint_sla"):
                ranking = self.ask(f"/api/v1/rankings?kpi={kpi}&period={month}")
                own = next(r for r in ranking["rows"]
                           if r["dealer"] == row["dealer"])
                for key in ("rank", "value", "n", "num", "den"):
                    self.assertEqual(lines[kpi][key], own[key], (kpi, key))
                self.assertEqual(lines[kpi]["total"],
                                 ranking["total"]["value"])
            said = self.cluster.run_console("dealer", row["dealer"], "--period",
                                            month, "--format", "json").stdout
            self.assertEqual(json.loads(said), card)

    def test_a_stream_tells_of_new_figures_as_they_come(self):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.cluster.port["http"], timeout=60)
        connection.request("GET", "/api/v1/stream")
        answer = connection.getresponse()
        self.assertEqual(answer.getheader("Content-Type"), "text/event-stream")

        def next_event():
            event = {}
            while line := answer.readline().decode().rstrip("\n"):
                name, _, text = line.partition(": ")
                event[name] = text
            return event

        first = next_event()
        self.assertEqual(first["event"], "figures")
        before = json.loads(first["data"])
        self.assertEqual(before["position"],
                         self.ask("/api/v1/rankings")["position"])
        self.cluster.run_terminal("send", "type=VISIT_OPENED", "visit=live",
                                  f"dealer={dealer_ids(DEMO / 'dealers.csv')[0]}")
        after = next_event()
        while "data" not in after:
            after = next_event()
        self.assertGreater(json.loads(after["data"])["position"],
                           before["position"])
        connection.close()

    def test_when_the_aggregator_dies_the_last_figures_stay(self):
        before = self.ask("/api/v1/rankings")
        self.cluster.processes["aggregator"].kill()
        wait_until("the reporter says that it is not current",
                   lambda: self.cluster.get("/readyz")[0] == 503)
        self.assertEqual(self.ask("/api/v1/rankings"), before)
        self.assertFalse(self.health()["ready"])
        self.cluster.start_aggregator()
        wait_until("the reporter is current again",
                   lambda: self.cluster.get("/readyz")[0] == 200)
        after = self.ask("/api/v1/rankings")
        self.assertEqual(after["rows"], before["rows"])

    def test_a_second_one_names_the_port_that_is_taken(self):
        done = self.cluster.run(
            "dealerpulse-reporter", "--publish", "tcp://127.0.0.1:0",
            codes=(69,))
        self.assertIn(f"127.0.0.1:{self.cluster.port['http']}", done.stderr)
        done = self.cluster.run("dealerpulse-reporter", codes=(69,))
        self.assertIn(f"127.0.0.1:{self.cluster.port['publish']}", done.stderr)

    def test_settings_that_will_not_do_are_told_before_anything_opens(self):
        for arguments, code in ((["--http", "here"], 78),
                                (["--queries", "there"], 78),
                                (["--nonsense"], 64), (["extra"], 64)):
            self.cluster.run("dealerpulse-reporter", *arguments, codes=(code,))
        broken = self.cluster.folder / "broken.yaml"
        broken.write_text("reporter:\n  htpp: 127.0.0.1:1\n")
        done = self.cluster.run("dealerpulse-reporter", config=broken,
                                codes=(78,))
        self.assertRegex(done.stderr, r"broken\.yaml:2: .*htpp")


if __name__ == "__main__":
    suite.main()
