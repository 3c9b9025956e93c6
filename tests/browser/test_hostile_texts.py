# SPDX-License-Identifier: Apache-2.0
"""Names that want to be more than names stay names on every page: scripts,
quotes, formulas, bidirectional marks, emoji, and what is very long."""
import csv
import json
import unittest
import urllib.parse

import rules
import suite
from browser import Browser, need_browser
from cluster import SOURCE, Cluster, dealer_ids, read_csv, wait_until

DEMO = SOURCE / "deploy/samples/demo"
need_browser()

NAMES = (
    "<script>window.owned = 1</script>",
    "\"><img src=x onerror='window.owned = 1'>",
    "</td></table><svg onload=window.owned=1>",
    "javascript:window.owned=1",
    "=HYPERLINK(\"http://example.org/\",\"here\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1 -1 &lt;b&gt; &amp; ' \" `${window.owned = 1}`",
    "\u202e\u0645\u0631\u062d\u0628\u0627 reversed \u2066isolated",
    "\U0001f697\U0001f1e8\U0001f1f3 \U0001f468\u200d\U0001f469\u200d\U0001f467 车",
    "上海" * 50,
    "W" * 400,
    "Müller & Söhne «Łódź» ﷽",
)
ITEM = "<img src=x onerror=window.owned=1>满意\U0001f600"
READY = {
    "/ranking?period=2026-10": "document.querySelectorAll('#rows a').length",
    "/?period=2026-10": "document.querySelectorAll('#tiles .tile').length",
}


class HostileTexts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(
            Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                    reporter=False))
        cls.dealers = dealer_ids(DEMO / "dealers.csv")[:len(NAMES)]
        cls.write_names()
        for process in list(cls.cluster.processes.values()):
            process.stop()
        cls.cluster.start_aggregator()
        cls.cluster.start_collector()
        cls.cluster.start_reporter()
        for number, dealer in enumerate(cls.dealers):
            cls.cluster.run_terminal(
                "send", "type=VISIT_OPENED", f"visit=v{number}",
                f"dealer={dealer}", "occurred_at=2026-10-05T10:00+08:00")
        wait_until("the figures are there", lambda: json.loads(
            cls.cluster.get("/api/v1/health")[1])["events"] >= len(NAMES))
        cls.browser = cls.enterClassContext(
            Browser(f"http://127.0.0.1:{cls.cluster.port['http']}"))

    @classmethod
    def write_names(cls):
        """Publishes a new version of rules and dealers with these names."""
        programme = cls.cluster.folder / "programme.yaml"
        text = programme.read_text().replace("version: 1\n", "version: 2\n", 1)
        programme.write_text(text.replace(
            "\"Overall satisfaction\", zh: 总体满意度",
            f"\"{ITEM}\", zh: \"{ITEM}\"").replace(
            "en: Visits, zh: 进站台次", f"en: \"{ITEM}\", zh: \"{ITEM}\""))
        with open(cls.cluster.folder / "dealers.csv", "w", newline="",
                  encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("id", "name", "region", "brand", "size", "status",
                           "from"))
            for dealer, name in zip(cls.dealers, NAMES):
                rows.writerow((dealer, name, "north", "horizon", "large",
                               "active", ""))

    def need_inert(self, shown):
        self.assertIsNone(self.browser.run("return window.owned ?? null"))
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.run(
            "return document.querySelectorAll('main script, main svg[onload], "
            "img[src=x]').length"), 0)
        text = self.browser.run(
            "return [...document.querySelectorAll('body *')].map((one) => "
            "one.childElementCount ? '' : one.textContent)")
        for name in shown:
            self.assertIn(name, text)
        self.assertEqual(self.browser.run(rules.NAMES), [])
        for width in (1440, 390):
            self.browser.size(width, 900)
            # Charts follow the window's size a moment later.
            self.browser.wait(
                f"document.documentElement.scrollWidth <= {width}")
        self.browser.size(1440, 900)

    def test_names_stay_names(self):
        for path, shown in (("/ranking?kpi=visits", NAMES),
                            ("/?kpi=mean_OSAT", (ITEM,))):
            for lang in ("en", "zh"):
                with self.subTest(path=path, lang=lang):
                    ready = READY[path.partition("?")[0] + "?period=2026-10"]
                    self.browser.open(f"{path}&period=2026-10&lang={lang}",
                                      ready)
                    self.need_inert(shown)
                    self.browser.picture(
                        f"hostile-{'ranking' if 'rank' in path else 'overview'}"
                        f"-{lang}", 1440)
                    self.browser.size(1440, 900)

    def test_a_dealer_of_any_name_has_its_page(self):
        for dealer, name in zip(self.dealers, NAMES):
            with self.subTest(name):
                self.browser.open(
                    f"/dealer?dealer={dealer}&period=2026-10&lang=en",
                    "document.querySelectorAll('#card-body table').length")
                self.need_inert((name, ITEM))

    def test_addresses_are_data_too(self):
        for text in NAMES:
            for key, page in (("kpi", "/"), ("scope", "/"), ("period", "/"),
                              ("dealer", "/dealer"), ("kpi", "/ranking")):
                if len(urllib.parse.quote(text)) > 255:
                    continue
                with self.subTest(key=key, text=text):
                    self.browser.open(
                        f"{page}?{key}={urllib.parse.quote(text)}&lang=en",
                        "!document.getElementById('notice').hidden")
                    self.assertIsNone(
                        self.browser.run("return window.owned ?? null"))
                    self.browser.complaints()  # the refusals, told there too

    def test_no_exported_name_is_a_formula(self):
        text = self.cluster.get("/api/v1/rankings?kpi=visits&format=csv"
                                "&period=2026-10")[1]
        names = {row["dealer"]: row["name"] for row in read_csv(text)}
        for dealer, name in zip(self.dealers, NAMES):
            self.assertNotIn(names[dealer][0], "=+-@\t\r")
            self.assertIn(name, names[dealer])


if __name__ == "__main__":
    suite.main()
