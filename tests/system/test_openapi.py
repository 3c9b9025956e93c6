# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml against a running reporter: every path and status it names
is asked for, and no answer has a field that it does not describe."""
import gzip
import http.client
import json
import re
import sys
import unittest
from urllib.parse import urlencode

import suite
from cluster import SOURCE, Cluster, wait_until
from tokens import TokenCluster

DEMO = SOURCE / "deploy/samples/demo"
if not suite.found("yaml"):
    print("SKIPPED: yaml not installed (Debian: python3-yaml)")
    sys.exit(suite.SKIPPED)
import yaml  # noqa: E402



class OnceLoader(yaml.SafeLoader):
    """Refuses what YAML lets pass: a second key takes the first one's place."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise yaml.YAMLError(f"{twice} stand twice{node.start_mark}")
        return super().construct_mapping(node, deep)


BOOK = yaml.load((SOURCE / "docs/openapi.yaml").read_text(), OnceLoader)
KINDS = {"string": str, "integer": int, "boolean": bool, "array": list,
         "object": dict}


def look_up(node):
    while "$ref" in node:
        path = node["$ref"].removeprefix("#/").split("/")
        node = BOOK
        for name in path:
            node = node[name]
    return node


def differences(schema, value, at="answer"):
    """Sentences about where a value is not what its schema says."""
    schema = look_up(schema)
    if value is None:
        return [] if schema.get("nullable") else [f"{at} is null"]
    if "type" not in schema:
        return []
    kind = KINDS[schema["type"]]
    if not isinstance(value, kind) or (kind is int and value is True):
        return [f"{at} is no {schema['type']}: {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at} is none of {schema['enum']}: {value!r}"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{at} does not match {schema['pattern']}: {value!r}"]
    if kind is list:
        return [found for i, one in enumerate(value)
                for found in differences(schema["items"], one, f"{at}[{i}]")]
    if kind is not dict:
        return []
    known = schema.get("properties", {})
    found = [f"{at}.{name} is missing" for name in schema.get("required", [])
             if name not in value]
    for name, one in value.items():
        inner = known.get(name) or schema.get("additionalProperties")
        found += differences(inner, one, f"{at}.{name}") if inner else \
            [f"{at}.{name} is not described"]
    return found


def check(test, path, operation, status, headers, body):
    """An answer is one that the document describes."""
    test.assertIn(str(status), operation["responses"], path)
    told = look_up(operation["responses"][str(status)])
    kind = headers.get("Content-Type", "").partition(";")[0]
    test.assertIn(kind, told["content"], (path, status))
    if kind.endswith("json"):
        test.assertEqual(differences(told["content"][kind]["schema"],
                                     json.loads(body)), [], path)


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                              reporter=True)
        cls.enterClassContext(cls.cluster)
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "2",
            "--visits", "20", "--seed", "11", "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}")
        wait_until("the figures are there", lambda: json.loads(
            cls.cluster.get("/api/v1/periods")[1]).get("periods"))
        cls.dealer = json.loads(
            cls.cluster.get("/api/v1/dealers")[1])["dealers"][0]["dealer"]

    def ask(self, path, method="GET", body=True, **headers):
        """(status, headers, body) of one request."""
        link = http.client.HTTPConnection(
            "127.0.0.1", self.cluster.port["http"], timeout=60)
        try:
            link.request(method, path, headers={
                name.replace("_", "-"): text
                for name, text in headers.items()})
            answer = link.getresponse()
            return (answer.status, dict(answer.getheaders()),
                    answer.read() if body else answer.readline())
        finally:
            link.close()

    def check(self, path, operation, *answer):
        check(self, path, operation, *answer)

    def questions(self):
        """(path, operation) of everything the document lets one ask."""
        for path, item in BOOK["paths"].items():
            operation = item["get"]
            path = path.replace("{id}", self.dealer)
            yield path, operation
            for parameter in map(look_up, operation.get("parameters", [])):
                schema = parameter["schema"]
                for value in schema.get("enum",
                                        [parameter.get("example")]):
                    if value is not None and parameter["in"] == "query":
                        yield (path + "?" + urlencode(
                            {parameter["name"]: value}), operation)

    def test_every_path_answers_as_described(self):
        asked = 0
        for path, operation in self.questions():
            with self.subTest(path):
                status, headers, body = self.ask(
                    path, body=path != "/api/v1/stream")
                self.assertEqual(status, 200, body)
                self.check(path, operation, status, headers, body)
                asked += 1
        self.assertGreater(asked, len(BOOK["paths"]))

    def test_every_kpi_gives_a_ranking_as_described(self):
        operation = BOOK["paths"]["/api/v1/rankings"]["get"]
        for kpi in json.loads(self.ask("/api/v1/kpis")[2])["kpis"]:
            path = f"/api/v1/rankings?kpi={kpi['id']}"
            self.check(path, operation, *self.ask(path))

    def test_what_has_not_changed_is_304_where_that_is_described(self):
        for path, item in BOOK["paths"].items():
            path = path.replace("{id}", self.dealer)
            if path == "/api/v1/stream":
                continue
            tag = self.ask(path)[1].get("ETag")
            self.assertEqual(tag is not None,
                             "304" in item["get"]["responses"], path)
            if tag is None:
                continue
            status, headers, body = self.ask(path, If_None_Match=tag)
            self.assertEqual((status, body), (304, b""), path)
            self.assertEqual(headers["ETag"], tag)
            self.assertEqual(self.ask(path, If_None_Match='"no"')[0], 200)

    def test_every_described_error_is_a_problem_with_a_sentence(self):
        wrong = {"400": "?period=october", "404": "?period=1999-01"}
        for path, item in BOOK["paths"].items():
            for status in item["get"]["responses"]:
                if status not in wrong:
                    continue
                question = path.replace("{id}", self.dealer) + wrong[status]
                got = self.ask(question)
                self.assertEqual(got[0], int(status), question)
                self.check(question, item["get"], *got)
                self.assertEqual(json.loads(got[2])["status"], int(status))

    def test_whatever_else_is_asked_is_a_problem_too(self):
        schema = BOOK["components"]["schemas"]["Problem"]
        for path, method, status in (
                ("/nothing", "GET", 404), ("/api/v1/periods?x=1", "GET", 400),
                ("/api/v1/rankings?limit=0", "GET", 400),
                ("/api/v1/rankings?limit=100001", "GET", 400),
                ("/api/v1/rankings?limit=-1", "GET", 400),
                ("/api/v1/rankings?offset=1e3", "GET", 400),
                ("/api/v1/rankings?format=xlsx&limit=1", "GET", 400),
                ("/api/v1/rankings", "POST", 405),
                ("/api/v1/rankings", "DELETE", 405)):
            got, headers, body = self.ask(path, method)
            self.assertEqual((got, headers["Content-Type"]),
                             (status, "application/problem+json"), path)
            self.assertEqual(differences(schema, json.loads(body)), [])

    def test_a_stopped_aggregator_is_a_described_503(self):
        self.cluster.processes["aggregator"].stop()
        try:
            wait_until("it is not current",
                       lambda: self.ask("/readyz")[0] == 503)
            self.check("/readyz", BOOK["paths"]["/readyz"]["get"],
                       *self.ask("/readyz"))
        finally:
            self.cluster.start_aggregator()
            wait_until("it is current", lambda: self.ask("/readyz")[0] == 200)

    def test_pages_put_together_are_the_whole_ranking(self):
        whole = json.loads(self.ask("/api/v1/rankings")[2])
        rows, offset = [], 0
        while True:
            part = json.loads(self.ask(
                f"/api/v1/rankings?limit=7&offset={offset}")[2])
            page = part.pop("page")
            self.assertEqual(page["offset"], offset)
            self.assertEqual(page["found"], len(whole["rows"]))
            self.assertEqual(part["total"], whole["total"])
            rows += part["rows"]
            offset += 7
            if not part["rows"]:
                break
        self.assertEqual(rows, whole["rows"])
        self.assertEqual(page["ranked"],
                         sum(row["rank"] is not None for row in rows))
        values = [float(row["value"]) for row in rows if row["value"]]
        self.assertEqual((float(page["low"]), float(page["high"])),
                         (min(values), max(values)))

    def test_a_dealer_is_found_by_a_part_of_its_id_or_name(self):
        whole = json.loads(self.ask("/api/v1/rankings")[2])["rows"]
        for sought in (self.dealer.lower(), whole[-1]["name"][:2], "nobody!"):
            got = json.loads(self.ask("/api/v1/rankings?" + urlencode(
                {"find": sought}))[2])
            self.assertEqual(
                got["rows"],
                [row for row in whole if sought.lower() in
                 row["dealer"].lower() or sought.lower() in
                 row["name"].lower()], sought)
            self.assertEqual(got["page"]["found"], len(got["rows"]))

    def test_gzip_comes_to_who_accepts_it_and_holds_the_same(self):
        for path in ("/", "/page.js", "/api/v1/rankings",
                     "/api/v1/rankings?format=csv"):
            plain = self.ask(path)
            self.assertNotIn("Content-Encoding", plain[1])
            packed = self.ask(path, Accept_Encoding="br, gzip;q=0.5")
            self.assertEqual(packed[1]["Content-Encoding"], "gzip", path)
            self.assertIn("Accept-Encoding", packed[1]["Vary"])
            self.assertEqual(gzip.decompress(packed[2]), plain[2])
            self.assertLess(len(packed[2]), len(plain[2]))
            self.assertEqual(packed[1]["ETag"], "W/" + plain[1]["ETag"])
            self.assertEqual(self.ask(path, If_None_Match=packed[1]["ETag"],
                                      Accept_Encoding="gzip")[0], 304)
            for header in ("gzip;q=0", "identity", "*;q=0.0", "gzipped"):
                self.assertEqual(self.ask(path, Accept_Encoding=header)[2],
                                 plain[2], header)
        workbook = self.ask("/api/v1/rankings?format=xlsx",
                            Accept_Encoding="gzip")
        self.assertNotIn("Content-Encoding", workbook[1])

    def test_the_overview_says_what_the_rankings_say(self):
        view = json.loads(self.ask("/api/v1/overview?kpi=csi")[2])
        for line in view["kpis"]:
            ranking = json.loads(self.ask(
                f"/api/v1/rankings?kpi={line['id']}"
                f"&period={view['period']}")[2])
            for field in ("value", "n", "num", "den"):
                self.assertEqual(line[field], ranking["total"][field],
                                 (line["id"], field))
            self.assertEqual(line["months"][-1], line["value"])
            self.assertEqual(line["months"][-2], line["previous"])
            if line["id"] == "csi":
                values = [float(row["value"]) for row in ranking["rows"]
                          if row["rank"]]
        self.assertEqual(view["ranked"], len(values))
        self.assertEqual(
            [one["dealers"] for one in view["bins"]],
            [sum(float(one["from"]) <= value < float(one["to"]) or
                 one is view["bins"][-1] and value == float(one["to"])
                 for value in values) for one in view["bins"]])
        self.assertEqual(view["data"]["dealers"], len(ranking["rows"]))
        self.assertEqual(view["data"]["late"], sum(json.loads(self.ask(
            f"/api/v1/dealers/{row['dealer']}?period={view['period']}")[2])
            ["late"] for row in ranking["rows"]))
        targets = {line["id"]: line["target"] for line in view["kpis"]
                   if line["target"]}
        self.assertEqual(targets, {"csi": "70.000000", "loyalty": "60.000000",
                                   "complaint_sla": "80.000000",
                                   "closure_rate": "90.000000"})


class WithTokens(unittest.TestCase):
    def test_what_has_security_needs_a_token_and_says_so(self):
        with TokenCluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                          reporter=True) as cluster:
            wait_until("the directory is there", lambda: cluster.ask(
                "/api/v1/dealers", "boss")[0] == 200)
            dealer = json.loads(cluster.ask("/api/v1/dealers", "boss")[2])[
                "dealers"][0]["dealer"]
            cluster.new("shop", f"dealer:{dealer}")
            wait_until("its token is known", lambda: cluster.ask(
                "/api/v1/me", "shop", source=cluster.elsewhere())[0] == 200)
            for path, item in BOOK["paths"].items():
                if path == "/api/v1/stream":
                    continue  # has no end; system.tokens listens to it
                question = path.replace("{id}", dealer)
                for who in (None, "boss", "shop"):
                    answer = cluster.ask(question, who)
                    check(self, path, item["get"], *answer)
                    if who is None:
                        self.assertEqual(answer[0] == 401,
                                         "security" in item["get"], path)


if __name__ == "__main__":
    suite.main()
