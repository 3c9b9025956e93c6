# SPDX-License-Identifier: Apache-2.0
"""The pages as a person sees them: they load without a complaint under the
strict policy and from nowhere else, speak one language at a time, can be used
by key and read by everybody, fit a phone, show what the API says, and learn of
new figures by themselves."""
import csv
import json
import re
import unittest

import rules
import suite
from browser import Browser, need_browser
from cluster import SOURCE, Cluster, dealer_ids, wait_until

DEMO = SOURCE / "deploy/samples/demo"
need_browser()

# When a page has its figures.
OVERVIEW = ("document.querySelectorAll('#tiles .tile').length && "
            "!document.getElementById('body').hidden")
RANKING = "document.querySelectorAll('#rows tr').length"
REBATE = ("document.querySelectorAll('#sliders .slider').length && "
          "!document.getElementById('body').hidden")
ALERTS = ("document.querySelectorAll('#list tbody tr').length && "
          "!document.getElementById('body').hidden")
CARD = "document.querySelectorAll('#card-body table').length"
# Names that are the same in every language.
NAMES = {"Dealerpulse", "KPI", "NPS", "RATER", "CSV", "JSON", "Excel",
         "English"}
TAB = "\ue004"


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster(
            DEMO / "programme.yaml", DEMO / "dealers.csv", reporter=True))
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "4",
            "--visits", "60", "--seed", "21", "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}")
        wait_until("the reporter has caught up", cls.is_level)
        cls.dealer = dealer_ids(DEMO / "dealers.csv")[0]
        cls.browser = cls.enterClassContext(
            Browser(f"http://127.0.0.1:{cls.cluster.port['http']}"))
        cls.pages = {"overview": ("/", OVERVIEW),
                     "ranking": ("/ranking", RANKING),
                     "dealer": (f"/dealer?dealer={cls.dealer}", CARD),
                     "rebate": ("/rebate", REBATE),
                     "alerts": ("/alerts", ALERTS)}

    @classmethod
    def is_level(cls):
        health = json.loads(cls.cluster.get("/api/v1/health")[1])
        return health["events"] > 0 and \
            health["position"] == health["journal_position"]

    def setUp(self):
        self.browser.size(1440, 900)
        self.browser.dark(False)

    def ask(self, path):
        status, body = self.cluster.get(path)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def each(self, *languages):
        """Opens every page in each of the languages."""
        for name, (path, ready) in self.pages.items():
            for lang in languages:
                self.browser.open(
                    f"{path}{'&' if '?' in path else '?'}lang={lang}", ready)
                yield name, lang

    def test_pages_load_without_a_complaint_and_from_here_only(self):
        self.browser.asked_for()
        for _ in self.each("en", "zh"):
            self.browser.wait("document.getElementById('health').dataset.state "
                              "=== 'good'")
            self.assertEqual(self.browser.complaints(), [])
            asked = self.browser.asked_for()
            self.assertGreater(len(asked), 5)
            for address in asked:
                self.assertTrue(address.startswith(
                    (self.browser.origin + "/", "data:")), address)

    def test_going_to_and_fro_never_waits_for_a_page_left_behind(self):
        # More often than a browser opens connections to one place.
        self.browser.open("/", OVERVIEW)
        for _ in range(5):
            for page, ready in (("/ranking", RANKING), ("/", OVERVIEW)):
                self.browser.run(
                    "document.querySelector(`nav [data-page='${arguments[0]}'"
                    "]`).click()", page)
                self.browser.wait(f"location.pathname === '{page}' && {ready}")

    # --- Language ------------------------------------------------------------

    @staticmethod
    def own_words():
        """What the data says, in whatever language."""
        with open(DEMO / "dealers.csv", newline="",
                  encoding="utf-8-sig") as file:
            words = {value for row in csv.DictReader(file)
                     for value in row.values() if value}
        return sorted(words, key=len, reverse=True)

    def visible_words(self):
        text = self.browser.run(
            "return [document.title, document.body.innerText, "
            "...[...document.querySelectorAll('[aria-label]:not(.languages)')]"
            ".map((one) => one.ariaLabel), "
            "...[...document.querySelectorAll('[title]')].map((one) => "
            "one.title), ...[...document.querySelectorAll('table')]"
            ".map((one) => one.textContent)].join('\\n')")
        for word in self.own_words():
            text = text.replace(word, " ")
        return re.sub(r"[0-9a-f]{16}…", " ", text)  # hashes

    def need_language(self, lang):
        text = self.visible_words()
        self.assertGreater(len(text), 200)
        if lang == "en":
            mixed = set(re.findall(r"[\u3400-\u9fff]+", text)) - {"中文"}
        else:
            mixed = set(re.findall(r"[A-Za-z]{3,}", text)) - NAMES
        self.assertEqual(mixed, set())

    def test_a_page_speaks_one_language_at_a_time(self):
        for name, _ in self.each("en"):
            for lang in ("en", "zh", "en"):
                with self.subTest(page=name, lang=lang):
                    self.browser.run("document.querySelector(`[data-lang=${"
                                     "arguments[0]}]`).click()", lang)
                    self.need_language(lang)

    def test_a_page_without_figures_speaks_it_too(self):
        for path in ("/?period=2001-01", "/?kpi=nonsense", "/?scope=region:x",
                     "/?period=2001-01..2001-02", "/ranking?kpi=nonsense",
                     "/dealer?dealer=nobody", "/ranking?period=2001-01"):
            for lang in ("en", "zh"):
                with self.subTest(path=path, lang=lang):
                    self.browser.open(
                        f"{path}&lang={lang}",
                        "!document.getElementById('notice').hidden")
                    text = self.browser.text("#notice")
                    self.assertNotIn("HTTP", text)
                    words = re.findall(
                        r"[\u3400-\u9fff]" if lang == "en" else
                        r"[A-Za-z]{3,}", text)
                    self.assertLessEqual(set(words), {"nonsense", "region",
                                                      "nobody"})
                    # The refusal of the API is told to the console.
                    self.browser.complaints()
                    if "dealer" not in path:
                        self.assertNotEqual(self.browser.run(
                            "return document.getElementById('period').value"),
                            "")

    # --- For everybody -------------------------------------------------------

    def test_everything_has_a_name_and_stands_out(self):
        for page in self.each("en", "zh"):
            for is_dark in (False, True):
                with self.subTest(page=page, dark=is_dark):
                    self.browser.dark(is_dark)
                    self.assertEqual(self.browser.run(rules.NAMES), [])
                    self.assertEqual(self.browser.run(rules.CONTRAST), [])
            self.browser.dark(False)

    def test_keys_reach_everything_in_order(self):
        for name, _ in self.each("en"):
            order = self.browser.run(rules.REACHABLE)
            self.assertGreater(len(order), 6)
            self.browser.run("document.activeElement.blur(); scrollTo(0, 0)")
            for place in range(min(len(order), 40)):
                self.browser.press(TAB)
                found, is_marked = self.browser.run(rules.REACHED)
                with self.subTest(page=name, element=order[place]):
                    self.assertEqual((found, is_marked), (place, True))

    def test_a_narrow_screen_does_not_scroll_sideways(self):
        for width in (390, 320):
            self.browser.size(width, 844)
            for page in self.each("en", "zh"):
                with self.subTest(page=page, width=width):
                    self.assertLessEqual(self.browser.run(
                        "return document.documentElement.scrollWidth"), width)

    # --- Figures -------------------------------------------------------------

    def test_a_new_event_changes_a_cell_without_a_reload(self):
        def visit(name):
            self.cluster.run_terminal("send", "type=VISIT_OPENED",
                                      f"visit={name}", f"dealer={self.dealer}")

        before, shows = 1, ("document.querySelector(arguments[0]).textContent "
                            "=== String(arguments[1])")
        last = self.ask("/api/v1/rankings?kpi=visits")["period"]
        visit("first")
        # Not the newest period: some counts fall due in months to come.
        month = wait_until("the month is there", lambda: next(
            (one for one in [self.ask("/api/v1/rankings?kpi=visits")["period"]]
             if one != last), None))
        for path, ready, cell in (
                (f"/ranking?kpi=visits&period={month}", RANKING, "#total"),
                (f"/?kpi=visits&period={month}", OVERVIEW,
                 "[data-kpi=visits] .figure")):
            with self.subTest(path):
                self.browser.open(path, ready)
                self.browser.wait(shows, cell, before)
                self.browser.run("window.isTheSamePage = true")
                before += 1
                visit(f"live-{before}")
                self.browser.wait(shows, cell, before)
                self.assertTrue(
                    self.browser.run("return window.isTheSamePage"))

    @staticmethod
    def shown(value, form, places=6):
        if value is None:
            return "–"
        value = value.replace("-", "−")
        if form == "count":
            return f"{int(value.partition('.')[0]):,}"
        return value[:len(value) - 6 + places]

    def forms(self):
        return {one["id"]: one["form"] for one in
                self.ask("/api/v1/kpis")["kpis"]}

    def test_tiles_and_charts_show_what_the_api_says(self):
        forms = self.forms()
        for kpi in ("csi", "nps", "visits"):
            view = self.ask(f"/api/v1/overview?kpi={kpi}")
            self.browser.open(f"/?kpi={kpi}&lang=en", OVERVIEW)
            self.assertEqual(
                self.browser.run(
                    "return [...document.querySelectorAll('#tiles .tile')]"
                    ".map((one) => [one.dataset.kpi, "
                    "one.querySelector('.figure').textContent])"),
                [[one["id"], self.shown(one["value"], forms[one["id"]])]
                 for one in view["kpis"]])
            tables = self.browser.run(
                "return ['trend', 'bins'].map((id) => [Boolean(Chart.getChart("
                "id)), [...document.querySelectorAll(`#${id}-table tbody tr`)]"
                ".map((row) => row.cells[1].textContent)])")
            line = next(one for one in view["kpis"] if one["id"] == kpi)
            self.assertEqual(tables, [
                [True, [self.shown(value, forms[kpi], 2)
                        for value in line["months"]]],
                [True, [f"{one['dealers']:,}" for one in view["bins"]]]])

    def test_a_tile_is_chosen_by_key(self):
        self.browser.open("/?lang=en", OVERVIEW)
        self.browser.run("document.querySelector('[data-kpi=loyalty]').focus()")
        self.browser.press("\ue007")
        self.browser.wait("document.querySelector('[data-kpi=loyalty]')"
                          ".getAttribute('aria-pressed') === 'true'")
        self.assertIn("kpi=loyalty", self.browser.driver.current_url)
        self.assertEqual(self.browser.run(
            "return document.activeElement.dataset.kpi"), "loyalty")

    def test_the_ranking_shows_what_api_and_console_say(self):
        view = self.ask("/api/v1/rankings?kpi=nps")
        self.assertEqual(self.cluster.rank("nps", view["period"])["rows"],
                         view["rows"])
        self.browser.open("/ranking?kpi=nps&lang=en", RANKING)
        self.assertEqual(
            self.browser.run(
                "return [...document.querySelectorAll('#rows tr:not(.divider)'"
                ")].map((row) => [row.cells[0].textContent, "
                "row.querySelector('a').dataset.dealer, "
                "row.querySelector('.figure').textContent, "
                "row.cells[3].textContent])"),
            [[str(row["rank"] or "–"), row["dealer"],
              self.shown(row["value"], "nps"), f"{row['n']:,}"]
             for row in view["rows"]])
        self.browser.run(
            "const find = document.getElementById('find'); "
            "find.value = arguments[0]; find.dispatchEvent(new Event('input'))",
            view["rows"][-1]["dealer"])
        self.browser.wait("document.querySelectorAll('#rows a').length === 1")
        self.assertEqual(self.browser.run(
            "return document.querySelector('#rows a').dataset.dealer"),
            view["rows"][-1]["dealer"])

    def test_a_scorecard_shows_what_the_api_says(self):
        card, forms = self.ask(f"/api/v1/dealers/{self.dealer}"), self.forms()
        path, ready = self.pages["dealer"]
        self.browser.open(path + "&lang=en", ready)
        self.assertEqual(
            self.browser.run(
                "return [...document.querySelectorAll('.card-table tbody tr')]"
                ".map((row) => [row.querySelector('.figure').textContent, "
                "row.querySelector('.all').textContent])"),
            [[self.shown(one["value"], forms[one["id"]]),
              self.shown(one["total"], forms[one["id"]], 2)]
             for one in card["kpis"]])

    @staticmethod
    def percent(ppm):
        return f"{ppm / 10000:.2f} %"

    def test_a_statement_shows_every_step_of_the_pack(self):
        def two(micro):
            return f"{micro // 10 ** 6}.{micro % 10 ** 6 // 10 ** 4:02}"

        def cells(place):
            return self.browser.run(
                "return [...document.querySelectorAll('.steps')[arguments[0]]"
                ".tBodies[0].rows].map((row) => [...row.cells].slice(1)"
                ".map((cell) => cell.textContent))", place)

        pack = self.ask(f"/api/v1/dealers/{self.dealer}/statement")
        result, rules_of = pack["result"], pack["rules"]
        path, ready = self.pages["dealer"]
        self.browser.open(path + "&lang=en", ready)
        facts = self.browser.run(
            "return [...document.querySelectorAll('#statement .fact dd')]"
            ".map((one) => one.firstChild.data)")
        self.assertEqual(facts[:3], [
            two(result["score"]["score_micro"]),
            self.percent(result["payout"]["ratio_ppm"]),
            f"¥{result['payout']['fen'] // 100:,}."
            f"{result['payout']['fen'] % 100:02}"])
        self.assertEqual(
            [[row[0], row[4], row[5], row[6], row[7]] for row in cells(0)],
            [[two(one["period"]["value_micro"]), str(one["achievement"]),
              str(one["improvement"]), str(one["points"]),
              self.percent(rule["weight_ppm"])]
             for one, rule in zip(result["dimensions"],
                                  rules_of["dimensions"])])
        self.assertEqual(
            [row[2:] for row in cells(1)],
            [[self.percent(one["before_ppm"]), self.percent(one["after_ppm"])]
             for one in result["gates"]])
        self.assertIn(pack["source"]["head"][:16],
                      self.browser.text("#statement .evidence"))

    def test_a_dealers_strengths_are_drawn_with_their_tables(self):
        card = self.ask(f"/api/v1/dealers/{self.dealer}")
        means = {one["id"]: one["value"] for one in card["kpis"]}
        items = next(one["items"] for one in self.ask("/api/v1/kpis")["kpis"]
                     if one["id"] == "rater")
        path, ready = self.pages["dealer"]
        self.browser.open(path + "&lang=en", ready)
        self.assertEqual(self.browser.run(
            "return ['radar', 'quadrant', 'trend'].map((id) => "
            "Boolean(Chart.getChart(id)))"), [True] * 3)
        rows = self.browser.run(
            "return [...document.querySelectorAll('#radar-table tbody tr')]"
            ".map((row) => [...row.cells].map((cell) => cell.textContent))")
        self.assertEqual([row[1] for row in rows], [
            self.shown(means[f"mean_{one['id']}"], "mean", 2)
            for one in items])
        weakest = min(items, key=lambda one: float(
            means[f"mean_{one['id']}"]))
        self.assertEqual([row[3] for row in rows], [
            "weakest" if one is weakest else "" for one in items])

    def test_a_slider_shows_what_it_costs_and_whom_it_moves(self):
        def sums():
            return self.browser.run(
                "return [...document.querySelectorAll('#facts dd')].map("
                "(one) => one.firstChild.data)")

        view = self.ask("/api/v1/what-if?max_rate_ppm=15000")
        self.assertGreater(view["more"], 0)
        self.assertEqual(view["tried"]["max_rate_ppm"], 15000)
        self.browser.open("/rebate?lang=en", REBATE)
        self.assertEqual(sums()[0], self.percent(view["now"]["mean_rate_ppm"]))
        self.browser.run(
            "const one = document.querySelector('#sliders input'); "
            "one.value = 15000; one.dispatchEvent(new Event('input'))")
        self.browser.wait("document.querySelectorAll('#movers tbody tr').length"
                          " === arguments[0]", len(view["movers"]))
        self.assertEqual(sums()[1], self.percent(view["then"]["mean_rate_ppm"]))
        self.assertEqual(
            self.browser.run(
                "return [...document.querySelectorAll('#movers tbody tr')].map("
                "(row) => [row.querySelector('a').textContent, "
                "row.cells[5].textContent, row.cells[6].textContent])"),
            [[one["name"], *(self.percent(one[side]["rate_ppm"]) +
                             (" *" if one[side]["insufficient"] else "")
                             for side in ("now", "then"))]
             for one in view["movers"]])
        self.browser.run("document.getElementById('reset').click()")
        self.browser.wait("document.querySelector('#sliders input').value === "
                          "arguments[0]",
                          str(view["published"]["max_rate_ppm"]))

    def test_what_pages_show_is_what_verify_recomputes(self):
        self.cluster.verify()

    def test_pages_are_drawn_for_who_looks_at_the_pictures(self):
        for kind, width, is_dark in (("1440", 1440, False), ("390", 390, False),
                                     ("dark", 1440, True)):
            self.browser.size(width, 900)
            self.browser.dark(is_dark)
            for name, lang in self.each("en", "zh"):
                self.browser.picture(f"{name}-{lang}-{kind}", width)
                self.browser.size(width, 900)


if __name__ == "__main__":
    suite.main()
