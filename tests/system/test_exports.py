# SPDX-License-Identifier: Apache-2.0
"""Exports, read back by somebody else: a workbook opened by openpyxl, a CSV file
and a JSON file hold the figures that the API gives, from the console and over
HTTP alike."""
import hashlib
import http.client
import io
import json
import sys
import unittest
from decimal import Decimal

import suite
from cluster import SOURCE, Cluster, read_csv, wait_until

if not suite.found("openpyxl"):
    print("SKIPPED: openpyxl not installed (Debian: python3-openpyxl)")
    sys.exit(suite.SKIPPED)
import openpyxl  # noqa: E402

DEMO = SOURCE / "deploy/samples/demo"
MAKER = SOURCE / "deploy/samples/maker"
CHECKSUM = "the same as CSV (BLAKE2b-256)"
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)",
           '=HYPERLINK("http://x","y")', "\u4e0a\u6d77<script>", "a,b\"c"]


def micro(value):
    """A number of a sheet, as the API writes it."""
    return f"{Decimal(repr(value)).quantize(Decimal('0.000001'))}"


def sheet_rows(data, sheet):
    """(heading, rows as dicts) of a sheet; every cell as it is typed."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = list(book[sheet].iter_rows())
    head = [cell.value for cell in rows[0]]
    for row in rows:
        for cell in row:
            assert cell.data_type != "f", ("a formula", cell.value)
    return book, head, [dict(zip(head, [cell.value for cell in row]))
                        for row in rows[1:]]


def about(book):
    return {row[0].value: row[1].value for row in book["About"].iter_rows()}


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(MAKER / "programme.yaml", DEMO / "dealers.csv",
                              reporter=False)
        cls.rename_dealers()
        cls.enterClassContext(cls.cluster)
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "3",
            "--visits", "25", "--seed", "5", "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}")
        cls.cluster.start_reporter()
        wait_until("the figures are there", lambda: json.loads(
            cls.cluster.get("/api/v1/periods")[1]).get("periods"))
        cls.month = cls.ask("/api/v1/periods")["default"]
        cls.kpis = [one["id"] for one in cls.ask("/api/v1/kpis")["kpis"]]
        cls.rankings = {
            kpi: cls.ask(f"/api/v1/rankings?kpi={kpi}&period={cls.month}")
            for kpi in cls.kpis}
        cls.dealer = cls.rankings["csi"]["rows"][0]["dealer"]

    @classmethod
    def rename_dealers(cls):
        """Gives some dealers names that want to be formulas."""
        path = cls.cluster.folder / "dealers.csv"
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        column = lines[0].split(",").index("name")
        for i, name in enumerate(HOSTILE[:len(lines) - 1], 1):
            cells = lines[i].split(",")
            cells[column] = '"' + name.replace('"', '""') + '"'
            lines[i] = ",".join(cells)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    @classmethod
    def ask(cls, path):
        status, body = cls.cluster.get(path)
        assert status == 200, (path, body)
        return json.loads(body)

    def get(self, path, status=200):
        got, body = self.cluster.get_bytes(path)
        self.assertEqual(got, status, (path, body[:300]))
        return body

    def console(self, *words):
        out = self.cluster.folder / "export.bin"
        self.cluster.run_console("export", *words, "--period", self.month,
                                 "--out", out)
        data = out.read_bytes()
        out.unlink()
        return data

    def check_ranking(self, row, expected):
        """A row of a sheet or a CSV file against the API's."""
        self.assertEqual(row["dealer"], expected["dealer"])
        self.assertEqual(row["rank"], expected["rank"])
        self.assertEqual(row["name"] or "", expected["name"])
        for key in ("n", "num", "den"):
            self.assertEqual(row[key], expected[key])
        for key in ("value", "estimate", "credibility", "low", "high"):
            got = None if row[key] is None else micro(row[key])
            self.assertEqual(got, expected[key], (row["dealer"], key))
        for key in ("rank_first", "rank_last", "band"):
            self.assertEqual(row[key], expected[key])

    def test_a_ranking_is_the_same_in_a_workbook_and_the_api(self):
        for kpi in self.kpis:
            path = f"/api/v1/rankings?kpi={kpi}&period={self.month}"
            book, _, rows = sheet_rows(self.get(path + "&format=xlsx"),
                                       "Ranking")
            expected = self.rankings[kpi]["rows"]
            self.assertEqual(len(rows), len(expected) + 1)
            for row, one in zip(rows, expected):
                self.check_ranking(row, one)
            self.assertEqual(rows[-1]["dealer"], "TOTAL")
            # Only the ranked are drawn: no league table of noise.
            self.assertEqual("Chart" in book.sheetnames,
                             any(row["rank"] for row in expected))
            text = self.get(path + "&format=csv")
            self.assertEqual(about(book)[CHECKSUM], hashlib.blake2b(
                text, digest_size=32).hexdigest())
            self.assertEqual(about(book)["rows"], str(len(rows)))
            self.assertEqual(book["Ranking"].freeze_panes, "A2")
            self.assertTrue(book["Ranking"].auto_filter.ref)

    def test_all_kpis_of_all_dealers_are_the_rankings_side_by_side(self):
        data = self.get(f"/api/v1/exports/kpis?period={self.month}&format=xlsx")
        _, head, rows = sheet_rows(data, "KPIs")
        self.assertEqual(len(head), 5 + 3 * len(self.kpis))
        by_dealer = {row["dealer"]: row for row in rows}
        self.assertEqual([row["dealer"] for row in rows],
                         [row["dealer"] for row in
                          self.rankings["csi"]["rows"]] + ["TOTAL"])
        for kpi in self.kpis:
            for one in self.rankings[kpi]["rows"]:
                row = by_dealer[one["dealer"]]
                self.assertEqual(
                    None if row[kpi] is None else micro(row[kpi]),
                    one["value"], (kpi, one["dealer"]))
                self.assertEqual(row[f"{kpi}_n"], one["n"])
                self.assertEqual(row[f"{kpi}_rank"], one["rank"])
            total = by_dealer["TOTAL"][kpi]
            self.assertEqual(None if total is None else micro(total),
                             self.rankings[kpi]["total"]["value"])

    def test_one_dealer_is_its_scorecard(self):
        card = self.ask(f"/api/v1/dealers/{self.dealer}?period={self.month}")
        data = self.get(f"/api/v1/dealers/{self.dealer}/export"
                        f"?period={self.month}&format=xlsx")
        _, head, rows = sheet_rows(data, "Dealer")
        self.assertEqual(head[12:], card["months"])
        self.assertEqual([row["kpi"] for row in rows],
                         [line["id"] for line in card["kpis"]])
        for row, line in zip(rows, card["kpis"]):
            for key in ("rank", "ranked", "n", "num", "den"):
                self.assertEqual(row[key], line[key])
            values = [row["value"], row["all"], row["before"],
                      *(row[month] for month in card["months"])]
            self.assertEqual(
                [None if one is None else micro(one) for one in values],
                [line["value"], line["total"], line["previous"],
                 *line["months"]])

    def test_the_statements_are_what_a_what_if_shows_of_now(self):
        rows = read_csv(self.get("/api/v1/exports/statements?period="
                                 f"{self.month}").decode())
        done = self.cluster.run_console(
            "what-if", "--programme", self.cluster.folder / "programme.yaml",
            "--period", self.month)
        shown = {}
        for line in done.stdout.splitlines():
            cells = line.split()
            if line.startswith("#") or cells[0] == "rank":
                continue
            shown[next(cell for cell in cells if cell in
                       {row["dealer"] for row in rows})] = cells
        self.assertEqual(len(shown), len(rows))
        for row in rows:
            cells = shown[row["dealer"]]
            self.assertEqual(cells[0], row["rank"] or "-")
            self.assertEqual(cells[2], row["score"] or "-")
            self.assertEqual(cells[4], row["rate_ppm"])

    def test_console_and_http_give_the_same_bytes(self):
        for words in (["kpis"], ["statements"], ["ranking"],
                      ["dealer", self.dealer]):
            path = f"exports/{words[0]}" if len(words) == 1 else \
                f"dealers/{self.dealer}/export"
            self.assertEqual(
                self.console(*words),
                self.get(f"/api/v1/{path}?period={self.month}"), words)

    def test_json_has_the_same_rows_and_names_their_source(self):
        text = self.get(f"/api/v1/exports/kpis?period={self.month}")
        export = json.loads(self.get(
            f"/api/v1/exports/kpis?period={self.month}&format=json"))
        for row, line in zip(export["rows"], read_csv(text.decode()),
                             strict=True):
            self.assertEqual(
                {key: "" if value is None else str(value)
                 for key, value in row.items() if key != "name"},
                {key: value for key, value in line.items() if key != "name"})
        told = export["about"]
        self.assertEqual(told[CHECKSUM], hashlib.blake2b(
            text, digest_size=32).hexdigest())
        self.assertEqual(told["programme.yaml (BLAKE2b-256)"], hashlib.blake2b(
            (self.cluster.folder / "programme.yaml").read_bytes(),
            digest_size=32).hexdigest())
        self.assertEqual(told["period"], self.month)
        self.assertRegex(told["head of the journal"], "^[0-9a-f]{64}$")

    def test_names_that_look_like_formulas_are_text(self):
        names = {row["name"] for row in self.rankings["csi"]["rows"]}
        tried = [name for name in HOSTILE if name in names]
        self.assertGreater(len(tried), 4, names)
        path = f"/api/v1/exports/kpis?period={self.month}"
        _, _, rows = sheet_rows(self.get(path + "&format=xlsx"), "KPIs")
        self.assertLessEqual(set(tried), {row["name"] for row in rows})
        lines = read_csv(self.get(path).decode())
        for line in lines:
            self.assertNotIn(line["name"][:1], tuple("=+-@\t\r"))
        self.assertLessEqual(
            {"'" + name if name[0] in "=+-@\t\r" else name for name in tried},
            {line["name"] for line in lines})

    def test_a_file_is_there_whole_or_not_at_all(self):
        out = self.cluster.folder / "whole.csv"
        out.write_text("as it was")
        before = sorted(path.name for path in self.cluster.folder.iterdir())
        self.cluster.run_console("export", "dealer", "nobody", "--out", out,
                                 codes=(64,))
        self.cluster.run_console("export", "kpis", "--out",
                                 self.cluster.folder / "no/such.csv",
                                 codes=(73,))
        self.cluster.run_console("export", "kpis", "--format", "xlsx",
                                 codes=(64,))
        self.cluster.run_console("export", "everything", codes=(64,))
        self.assertEqual(out.read_text(), "as it was")
        self.assertEqual(before, sorted(
            path.name for path in self.cluster.folder.iterdir()))
        self.cluster.run_console("export", "kpis", "--out", out)
        self.assertTrue(out.read_text().startswith("dealer,name,"))

    def test_a_file_that_nobody_waits_for_hurts_nobody(self):
        links = []
        for _ in range(12):  # more than are made at a time
            link = http.client.HTTPConnection(
                "127.0.0.1", self.cluster.port["http"], timeout=60)
            link.request("GET", "/api/v1/exports/kpis?format=xlsx")
            links.append(link)
        links.pop(0).close()
        self.assertEqual(self.cluster.get("/livez")[0], 200)
        for link in links:
            answer = link.getresponse()
            self.assertIn(answer.status, (200, 503))
            if answer.status == 503:
                self.assertTrue(answer.getheader("Retry-After"))
            answer.read()
            link.close()
        self.get("/api/v1/exports/kpis")

    def test_a_reporter_told_to_stop_ends_what_it_makes(self):
        for _ in range(5):
            links = []
            for _ in range(6):
                link = http.client.HTTPConnection(
                    "127.0.0.1", self.cluster.port["http"], timeout=60)
                link.request("GET", "/api/v1/exports/kpis?format=xlsx")
                links.append(link)
            self.assertEqual(self.cluster.processes["reporter"].stop(), 0)
            for link in links:
                link.close()
            self.cluster.start_reporter()


if __name__ == "__main__":
    suite.main()
