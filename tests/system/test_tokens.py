# SPDX-License-Identifier: Apache-2.0
"""Who sees what: real processes, tokens of every scope, every route.

A dealer sees its own page and place, a region its own dealers, headquarters
everything; whoever has no good token sees nothing, and is told nothing.
"""
import datetime
import http.client
import json
import re
import shutil
import ssl
import subprocess
import unittest
from urllib.parse import quote

import suite
from cluster import BIN, SOURCE, WAIT_S, Cluster, free_ports, wait_until
from tokens import TokenCluster

DEMO = SOURCE / "deploy/samples/demo"
EX_NOPERM, EX_CONFIG = 77, 78
FORM = "application/x-www-form-urlencoded"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = TokenCluster(DEMO / "programme.yaml",
                                   DEMO / "dealers.csv", reporter=True)
        cls.enterClassContext(cls.cluster)
        cls.cluster.run_console(
            "simulate", "--dealers-from-directory", "--months", "2",
            "--visits", "10", "--seed", "11", "--terminals", "2",
            "--collector", f"tcp://127.0.0.1:{cls.cluster.collector_ports[0]}",
            "--truth", cls.cluster.folder / "truth.csv")
        wait_until("the reporter caught up", cls.caught_up)
        cls.dealers = cls.json("/api/v1/dealers", "boss")["dealers"]
        cls.mine = cls.dealers[0]
        cls.other = next(dealer for dealer in cls.dealers
                         if dealer["region"] != cls.mine["region"])
        cls.near = next((dealer for dealer in cls.dealers[1:]
                         if dealer["region"] == cls.mine["region"]), None)
        cls.cluster.new("region", f"region:{cls.mine['region']}")
        cls.cluster.new("shop", f"dealer:{cls.mine['dealer']}")
        wait_until("the new tokens are known", lambda: cls.cluster.ask(
            "/api/v1/me", "shop",
            source=cls.cluster.elsewhere())[0] == 200)
        for who in cls.cluster.tokens:  # known from here, too
            cls.cluster.ask("/api/v1/me", who)

    @classmethod
    def caught_up(cls):
        status, _, body = cls.cluster.ask("/api/v1/health", "boss")
        health = json.loads(body)
        return status == 200 and health["events"] > 0 and \
            health["position"] == health["journal_position"]

    @classmethod
    def json(cls, path, who):
        status, _, body = cls.cluster.ask(path, who)
        assert status == 200, (path, who, status, body)
        return json.loads(body)

    def statuses(self, path, **headers):
        return tuple(self.cluster.ask(path, who, **headers)[0]
                     for who in (None, "boss", "region", "shop"))

    # --- Each route for each scope --------------------------------------------

    def test_every_route_answers_each_scope_as_it_should(self):
        region = self.mine["region"]
        own, other = self.mine["dealer"], self.other["dealer"]
        table = {
            "/": (200, 200, 200, 200),
            "/page.js": (200, 200, 200, 200),
            "/login": (200, 200, 200, 200),
            "/livez": (200, 200, 200, 200),
            "/readyz": (200, 200, 200, 200),
            "/metrics": (401, 200, 403, 403),
            "/api/v1/me": (401, 200, 200, 200),
            "/api/v1/health": (401, 200, 200, 200),
            "/api/v1/alerts": (401, 200, 200, 200),
            "/api/v1/kpis": (401, 200, 200, 200),
            "/api/v1/periods": (401, 200, 200, 200),
            "/api/v1/scopes": (401, 200, 200, 200),
            "/api/v1/dealers": (401, 200, 200, 200),
            f"/api/v1/dealers/{own}": (401, 200, 200, 200),
            f"/api/v1/dealers/{own}?scope=nation": (401, 200, 200, 200),
            f"/api/v1/dealers/{other}": (401, 200, 404, 404),
            "/api/v1/dealers/nobody": (401, 404, 404, 404),
            f"/api/v1/dealers/{own}?scope=region:"
            f"{quote(self.other['region'])}": (401, 200, 403, 403),
        }
        for page in ("/ranking", "/overview.js", "/page.js"):
            table[page] = (200, 200, 200, 200)
        for path in ("/api/v1/overview",
                     f"/api/v1/overview?scope=region:{quote(region)}"):
            table[path] = (401, 200, 200, 403)
        table["/api/v1/overview?scope=nation"] = (401, 200, 403, 403)
        table[f"/api/v1/dealers/{other}/statement"] = (401, 200, 404, 404)
        for form in ("json", "csv", "xlsx", "table"):
            path = f"/api/v1/rankings?format={form}"
            table[path] = (401, 200, 200, 403)
            table[f"{path}&scope=region:{quote(region)}"] = \
                (401, 200, 200, 403)
            table[f"{path}&scope=nation"] = (401, 200, 403, 403)
            table[f"{path}&scope=region:{quote(self.other['region'])}"] = \
                (401, 200, 403, 403)
        for path, expected in table.items():
            with self.subTest(path):
                self.assertEqual(self.statuses(path), expected)

    def test_a_region_reads_its_own_dealers_only(self):
        region = self.mine["region"]
        whole = {row["dealer"]: row["region"] for row in self.dealers}
        mine = {dealer for dealer, place in whole.items() if place == region}
        self.assertLess(len(mine), len(whole))
        self.assertEqual({row["dealer"] for row in self.json(
            "/api/v1/dealers", "region")["dealers"]}, mine)
        ranking = self.json("/api/v1/rankings", "region")
        self.assertEqual(ranking["scope"], f"region:{region}")
        self.assertEqual({row["dealer"] for row in ranking["rows"]}, mine)
        self.assertEqual(self.json("/api/v1/scopes", "region"), {
            "default": f"region:{region}", "scopes": [f"region:{region}"]})
        self.assertNotIn(self.other["name"].encode(), self.cluster.ask(
            "/api/v1/rankings?format=csv", "region")[2])

    def test_a_dealer_reads_its_own_page_and_no_other_name(self):
        own = self.mine["dealer"]
        self.assertEqual([row["dealer"] for row in self.json(
            "/api/v1/dealers", "shop")["dealers"]], [own])
        self.assertEqual(self.json("/api/v1/scopes", "shop"),
                         {"default": None, "scopes": []})
        page = self.cluster.ask(f"/api/v1/dealers/{own}", "shop")[2]
        self.assertEqual(page, self.cluster.ask(f"/api/v1/dealers/{own}",
                                                "boss")[2])
        for dealer in self.dealers[1:]:
            self.assertNotIn(dealer["name"].encode(), page)
            self.assertNotIn(f'"{dealer["dealer"]}"'.encode(), page)
        self.assertNotIn("events", self.json("/api/v1/health", "shop"))
        self.assertNotIn("dealers", self.json("/api/v1/health", "shop"))

    def test_another_dealer_looks_like_one_that_is_not(self):
        other = self.cluster.ask(f"/api/v1/dealers/{self.other['dealer']}",
                                 "shop")
        missing = self.cluster.ask("/api/v1/dealers/nobody", "shop")
        self.assertEqual((other[0], other[2]), (missing[0], missing[2]))
        self.assertEqual(sorted(other[1].keys()), sorted(missing[1].keys()))
        # Nor does a tag of its page tell whether it changed, nor a bad period.
        path = f"/api/v1/dealers/{self.other['dealer']}"
        tag = self.cluster.ask(path, "boss")[1]["ETag"]
        for asked in (tag, "*"):
            self.assertEqual(self.cluster.ask(
                path, "shop", If_None_Match=asked)[0], 404)
            self.assertEqual(self.cluster.ask(
                "/api/v1/rankings", "shop", If_None_Match=asked)[0], 403)
            self.assertEqual(self.cluster.ask(
                path, If_None_Match=asked)[0], 401)
        self.assertEqual(self.cluster.ask(path + "?period=1", "shop")[0], 404)

    def test_what_one_viewer_keeps_is_not_anothers(self):
        tags = {who: self.cluster.ask("/api/v1/dealers", who)[1]["ETag"]
                for who in ("boss", "region", "shop")}
        self.assertEqual(len(set(tags.values())), 3)
        for who, tag in tags.items():
            self.assertEqual(self.cluster.ask(
                "/api/v1/dealers", who, If_None_Match=tag)[0], 304)
        self.assertEqual(self.cluster.ask(
            "/api/v1/dealers", "shop", If_None_Match=tags["boss"])[0], 200)

    def test_addresses_in_disguise_show_nothing_more(self):
        other = self.other["dealer"]
        for path in (f"/api/v1/dealers/%{ord(other[0]):02x}{other[1:]}",
                     f"/api/v1/dealers//{other}", f"//api/v1/dealers/{other}",
                     f"/api/v1/../v1/dealers/{other}",
                     f"/api/v1/dealers/{other}?", f"/api/v1/dealers/{other}#",
                     "/api/v1/rankings?scope=nation&scope=nation",
                     "/api/v1/rankings?sc%6fpe=nation",
                     "/api/v1/stream?", "/api/v1/stre%61m"):
            for who in (None, "shop"):
                status, _, body = self.cluster.ask(path, who)
                self.assertIn(status, (400, 401, 403, 404), (path, who))
                self.assertNotIn(self.other["name"].encode(), body)

    # --- Tokens ----------------------------------------------------------------

    def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(self):
        self.cluster.new("gone", "hq")
        self.cluster.type_tokens("revoke", "gone")
        soon = (datetime.datetime.now(datetime.timezone.utc) +
                datetime.timedelta(seconds=2)).isoformat(timespec="seconds")
        self.cluster.new("late", "hq", "--until", soon)
        wait_until("it has expired", lambda: re.search(
            r"(?m)^late .* expired$", self.cluster.type_tokens("list")))
        wait_until("the revoked one is refused", lambda: self.cluster.ask(
            "/api/v1/me", "gone", source=self.cluster.elsewhere())[0] == 401)
        source = self.cluster.elsewhere()
        answers = {(status, body) for status, _, body in (
            self.cluster.ask("/api/v1/me", token=token, source=source)
            for token in (
                self.cluster.tokens["gone"], self.cluster.tokens["late"],
                "dpt_" + "0" * 64, "x" * 2000))}
        self.assertEqual(len(answers), 1, answers)
        self.assertEqual(next(iter(answers))[0], 401)
        listed = self.cluster.type_tokens("list")
        self.assertRegex(listed, r"(?m)^gone .* revoked$")
        self.assertRegex(listed, r"(?m)^late .* expired$")

    def test_a_token_is_kept_nowhere(self):
        for path in self.cluster.folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                for name, token in self.cluster.tokens.items():
                    self.assertNotIn(token.encode(), data, (name, path))
        mode = (self.cluster.folder / "tokens.csv").stat().st_mode
        self.assertEqual(mode & 0o777, 0o600)

    def test_a_revoked_token_is_refused_and_its_stream_ends(self):
        token = self.cluster.new("brief", "hq")
        wait_until("it is known", lambda: self.cluster.ask(
            "/api/v1/me", "brief", source=self.cluster.elsewhere())[0] == 200)
        link = self.cluster.link()
        self.addCleanup(link.close)
        link.request("GET", "/api/v1/stream",
                     headers={"Authorization": f"Bearer {token}"})
        stream = link.getresponse()
        self.assertEqual(stream.status, 200)
        self.assertTrue(stream.readline().startswith(b"id: "))
        self.cluster.type_tokens("revoke", "brief")
        wait_until("it is refused", lambda: self.cluster.ask(
            "/api/v1/me", "brief", source=self.cluster.elsewhere())[0] == 401)
        rest = stream.read()  # to its end: nobody keeps it open
        self.assertNotIn(b"id: ", rest.split(b"\n\n", 1)[1])

    def test_a_stream_tells_a_dealer_no_count_of_events(self):
        self.assertEqual(self.cluster.ask("/api/v1/stream")[0], 401)
        for who, told in (("boss", True), ("region", False), ("shop", False)):
            link = self.cluster.link()
            link.request("GET", "/api/v1/stream", headers={
                "Authorization": f"Bearer {self.cluster.tokens[who]}"})
            stream = link.getresponse()
            self.assertEqual(stream.status, 200)
            lines = [stream.readline() for _ in range(3)]
            link.close()
            self.assertTrue(lines[2].startswith(b"data: "), lines)
            self.assertEqual("events" in json.loads(lines[2][6:]), told, who)

    def test_a_broken_file_changes_nothing(self):
        path = self.cluster.folder / "tokens.csv"
        good = path.read_bytes()
        self.addCleanup(path.write_bytes, good)
        log = self.cluster.processes["reporter"]
        path.write_bytes(good + b"intruder,hq,00,2026-01-01,2099-01-01,active\n")
        wait_until("it is told", lambda: "tokens-kept" in log.log_text() or
                   not self.cluster.ask("/api/v1/me", "boss"))
        self.assertEqual(self.cluster.ask("/api/v1/me", "boss")[0], 200)

    # --- A browser -------------------------------------------------------------

    def form(self, lang="en"):
        """(the form's word, its cookie)"""
        status, headers, body = self.cluster.ask(f"/login?lang={lang}")
        self.assertEqual(status, 200)
        word = re.search(r'name="word" value="([0-9a-f]{32})"',
                         body.decode())[1]
        return word, headers["Set-Cookie"].split(";")[0], headers

    def post(self, path, body, **headers):
        headers.setdefault("Content_Type", FORM)
        return self.cluster.ask(path, method="POST", body=body, **headers)

    def test_a_browser_signs_in_and_out(self):
        word, cookie, headers = self.form()
        self.assertIn("form-action 'self'",
                      headers["Content-Security-Policy"])
        self.assertIn("HttpOnly; SameSite=Strict", headers["Set-Cookie"])
        token = self.cluster.tokens["shop"]
        body = f"lang=en&word={word}&token={token}"
        here = f"http://127.0.0.1:{self.cluster.port['http']}"
        status, headers, text = self.post("/login", body, Cookie=cookie,
                                          Origin=here)
        self.assertEqual((status, headers["Location"], text),
                         (303, "/?lang=en", b""))
        given = headers.get_all("Set-Cookie")
        session = next(one for one in given if one.startswith("dealerpulse="))
        self.assertIn("; HttpOnly; SameSite=Strict", session)
        session = session.split(";")[0]
        status, _, me = self.cluster.ask("/api/v1/me", Cookie=session)
        self.assertEqual(json.loads(me)["scope"],
                         f"dealer:{self.mine['dealer']}")
        self.assertEqual(self.cluster.ask("/metrics", Cookie=session)[0], 403)

        word, cookie, _ = self.form("zh")
        status, headers, text = self.post(
            "/logout", f"lang=zh&word={word}", Origin=here,
            Cookie=f"{cookie}; {session}")
        self.assertEqual(status, 200)
        self.assertIn("您已退出登录", text.decode())
        self.assertTrue(any(
            one.startswith("dealerpulse=;") and "Max-Age=0" in one
            for one in headers.get_all("Set-Cookie")))
        what = [line["what"] for line in self.cluster.audit()
                if line["who"] == "shop"]
        self.assertIn("sign-in", what)
        self.assertIn("sign-out", what)

    def test_a_page_is_in_one_language(self):
        english = self.cluster.ask("/login?lang=en")[2].decode()
        chinese = self.cluster.ask("/login?lang=zh")[2].decode()
        self.assertEqual(re.findall("[\u4e00-\u9fff]+", english), ["中文"])
        self.assertIn('lang="zh-Hans"', chinese)
        for word in ("Sign", "Token", "Headquarters"):
            self.assertNotIn(word, chinese)
        by_browser = self.cluster.ask("/login", Accept_Language="zh-CN,en")[2]
        self.assertIn('lang="zh-Hans"', by_browser.decode())

    def test_a_form_of_somebody_else_signs_nobody_in(self):
        word, cookie, _ = self.form()
        token = self.cluster.tokens["boss"]
        body = f"word={word}&token={token}"
        wrong = (dict(Cookie=cookie, Origin="http://evil.example"),
                 dict(Cookie=cookie, Origin="null"),
                 dict(Cookie=cookie, Sec_Fetch_Site="cross-site"),
                 dict(),
                 dict(Cookie="dealerpulse-form=" + "0" * 32),
                 dict(Cookie=cookie, Content_Type="text/plain"))
        for headers in wrong:
            status, answer, _ = self.post(
                "/login", body, source=self.cluster.elsewhere(), **headers)
            self.assertEqual(status, 403, headers)
            self.assertIsNone(answer["Set-Cookie"])
        self.assertEqual(self.post("/login", "x" * 5000, Cookie=cookie)[0],
                         413)

    def test_nothing_changes_by_get(self):
        token = self.cluster.tokens["boss"]
        for path in (f"/login?token={token}", "/logout"):
            status, headers, _ = self.cluster.ask(path)
            self.assertIn(status, (200, 405))
            for cookie in headers.get_all("Set-Cookie") or []:
                self.assertFalse(cookie.startswith("dealerpulse="), cookie)
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            self.assertEqual(self.cluster.ask("/api/v1/rankings", "boss",
                                              method=method)[0], 405)

    def test_every_answer_carries_the_headers_and_only_this_host(self):
        for path in ("/", "/login", "/api/v1/me", "/api/v1/rankings",
                     "/nothing"):
            for who in (None, "boss"):
                _, headers, _ = self.cluster.ask(path, who)
                self.assertIn("default-src 'none'",
                              headers["Content-Security-Policy"])
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertIn("private", headers["Cache-Control"])
                self.assertIn("Cookie", headers["Vary"])
        for path in ("/", "/login", "/api/v1/me"):
            self.assertEqual(self.cluster.ask(path, "boss",
                                              Host="evil.example")[0], 421)

    # --- The audit file --------------------------------------------------------

    def test_what_is_refused_and_what_leaves_is_recorded(self):
        self.cluster.ask("/api/v1/rankings?format=csv", "shop")
        self.cluster.ask("/api/v1/rankings?format=xlsx", "region")
        source = self.cluster.elsewhere()
        self.cluster.ask("/api/v1/me", token="dpt_wrong\"\\", source=source)
        lines = self.cluster.audit()
        region = f"region:{self.mine['region']}"
        for who, scope, what, target, status, where in (
                ("shop", f"dealer:{self.mine['dealer']}", "refused",
                 "/api/v1/rankings?format=csv", 403, "127.0.0.1"),
                ("region", region, "download",
                 "/api/v1/rankings?format=xlsx", 200, "127.0.0.1"),
                ("", "", "unknown-token", "/api/v1/me", 401, source)):
            self.assertTrue(any(
                (line["who"], line["scope"], line["what"], line["target"],
                 line["status"], line["from"]) ==
                (who, scope, what, target, status, where)
                for line in lines), (who, what, lines[-10:]))
        mode = (self.cluster.folder / "audit.jsonl").stat().st_mode
        self.assertEqual(mode & 0o777, 0o600)


class Guessing(unittest.TestCase):
    def test_who_guesses_waits_and_who_was_known_does_not(self):
        with TokenCluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                          reporter=True) as cluster:
            cluster.new("late-comer", "hq")
            self.assertEqual(cluster.ask("/api/v1/me", "boss")[0], 200)
            seen = [cluster.ask("/api/v1/me", token=f"dpt_{i}")[0]
                    for i in range(40)]
            self.assertEqual(seen[:10], [401] * 10)
            self.assertIn(429, seen)
            self.assertEqual(cluster.ask("/api/v1/me", "boss")[0], 200)
            # Even a good token is not told from a guess while one waits.
            answers = [cluster.ask("/api/v1/me", token=token) for token in
                       (cluster.tokens["late-comer"], "dpt_no")]
            for status, headers, _ in answers:
                self.assertIn(status, (401, 429, 200))
                if status == 429:
                    self.assertGreater(int(headers["Retry-After"]), 0)
            refused = [line for line in cluster.audit()
                       if line["what"] == "unknown-token"]
            self.assertLess(len(refused), 40)


class Starting(unittest.TestCase):
    """A reporter that faces a network without its guards does not start."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = TokenCluster(DEMO / "programme.yaml",
                                   DEMO / "dealers.csv")
        cls.enterClassContext(cls.cluster)

    def start(self, *arguments, **changes):
        """A reporter with its settings changed; (exit code, log)."""
        text = self.cluster.config.read_text()
        for line, instead in changes.get("lines", {}).items():
            self.assertIn(line, text)
            text = text.replace(line, instead)
        path = self.cluster.folder / "other.yaml"
        path.write_text(text)
        done = subprocess.run(
            [BIN / "dealerpulse-reporter", "--config", path, *arguments],
            capture_output=True, text=True, timeout=WAIT_S,
            stdin=subprocess.DEVNULL)
        return done.returncode, done.stderr

    def test_without_tokens_it_stays_on_loopback(self):
        port = free_ports(1)[0]
        for address in (f"0.0.0.0:{port}", f"[::]:{port}"):
            code, log = self.start("--http", address, lines={
                "  tokens: tokens.csv\n": "", "  audit: audit.jsonl\n": ""})
            self.assertEqual(code, EX_CONFIG, log)
            self.assertIn("can be reached from other machines: that needs "
                          "reporter.tokens", log)

    def test_with_tokens_and_no_tls_it_stays_on_loopback(self):
        code, log = self.start("--http", f"0.0.0.0:{free_ports(1)[0]}")
        self.assertEqual(code, EX_CONFIG, log)
        self.assertIn("that needs reporter.tls_certificate", log)

    def test_settings_that_lack_something_are_told(self):
        for lines, sentence in (
                ({"  audit: audit.jsonl\n": ""}, "reporter.audit must name"),
                ({"  audit:": "  tls_key: a.pem\n  audit:"}, "go together"),
                ({"tokens.csv": "missing.csv"}, "cannot be read")):
            code, log = self.start(lines=lines)
            self.assertEqual(code, EX_CONFIG, log)
            self.assertIn(sentence, log)

    def test_files_that_others_may_read_are_refused(self):
        shutil.copy(self.cluster.folder / "tokens.csv",
                    self.cluster.folder / "loose.csv")
        (self.cluster.folder / "loose.csv").chmod(0o640)
        code, log = self.start(lines={"tokens.csv": "loose.csv"})
        self.assertEqual(code, EX_NOPERM, log)
        self.assertIn("chmod 600", log)

    def test_the_command_refuses_what_makes_no_sense(self):
        for arguments, code in (
                (("new",), 64), (("new", "x"), 64), (("dance",), 64),
                (("new", "x", "--scope", "galaxy"), 64),
                (("new", "x", "--scope", "hq", "--until", "2001-01-01"), 64),
                (("new", "boss", "--scope", "hq"), 65),
                (("revoke", "stranger"), 65), (("revoke",), 64)):
            before = (self.cluster.folder / "tokens.csv").read_bytes()
            self.cluster.type_tokens(*arguments, codes=(code,))
            self.assertEqual((self.cluster.folder / "tokens.csv").read_bytes(),
                             before)


@unittest.skipUnless(shutil.which("openssl"), "no openssl to make a "
                     "certificate with (Debian: openssl)")
class Tls(unittest.TestCase):
    def test_with_tokens_and_tls_it_faces_the_network(self):
        cluster = TokenCluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                               reporter=True)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
             cluster.folder / "tls.key", "-out", cluster.folder / "tls.pem"],
            check=True, capture_output=True, timeout=WAIT_S)
        text = cluster.config.read_text()
        port = cluster.port["http"]
        cluster.config.write_text(text.replace(
            f"  http: 127.0.0.1:{port}",
            f"  http: 0.0.0.0:{port}\n  tls_certificate: tls.pem\n"
            "  tls_key: tls.key"))
        trust = ssl.create_default_context(cafile=cluster.folder / "tls.pem")
        cluster.link = lambda source=None: http.client.HTTPSConnection(
            "localhost", port, timeout=WAIT_S, context=trust)
        with cluster:
            status, headers, _ = cluster.ask("/api/v1/me", "boss")
            self.assertEqual(status, 200)
            self.assertIn("max-age", headers["Strict-Transport-Security"])
            self.assertEqual(cluster.ask("/api/v1/me")[0], 401)
            cookie = cluster.ask("/login")[1]["Set-Cookie"]
            self.assertIn("; Secure", cookie)
            self.stream(cluster)
            # In the clear there is nothing, nor for who trusts nobody.
            plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            with self.assertRaises((http.client.HTTPException, OSError)):
                plain.request("GET", "/livez")
                plain.getresponse()
            plain.close()
            cluster.link = lambda source=None: http.client.HTTPSConnection(
                "localhost", port, timeout=WAIT_S)
            with self.assertRaises(ssl.SSLCertVerificationError):
                cluster.ask("/livez")

    def stream(self, cluster):
        link = cluster.link()
        link.request("GET", "/api/v1/stream", headers={
            "Authorization": f"Bearer {cluster.tokens['boss']}"})
        stream = link.getresponse()
        self.assertEqual(stream.status, 200)
        self.assertTrue(stream.readline().startswith(b"id: "))
        link.close()


class Control(unittest.TestCase):
    """Without a tokens file everything is open to this machine: what the tests
    above see refused is refused by the tokens."""

    def test_without_tokens_everybody_here_sees_everything(self):
        with Cluster(DEMO / "programme.yaml", DEMO / "dealers.csv",
                     reporter=True) as cluster:
            wait_until("there are figures",
                       lambda: cluster.get("/api/v1/dealers")[0] == 200)
            for path in ("/metrics", "/api/v1/me", "/api/v1/health"):
                self.assertEqual(cluster.get(path)[0], 200, path)
            self.assertEqual(json.loads(cluster.get("/api/v1/me")[1]),
                             {"tokens": False, "name": None, "scope": "hq"})
            self.assertEqual(cluster.get("/login")[0], 404)


if __name__ == "__main__":
    suite.main()
