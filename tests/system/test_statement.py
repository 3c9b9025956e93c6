# SPDX-License-Identifier: Apache-2.0
"""`dealerpulse statement`: the pack of every dealer of a simulated fleet is
recomputed to the same bytes by a script that knows the written rules only; a
changed figure is found."""
import json
import random
import tempfile
import unittest
from pathlib import Path

import recompute
import suite
from cluster import SOURCE, Cluster, micro_text, wait_until

SEED = 20261122
SAMPLES = SOURCE / "deploy/samples"


def with_exchange(text):
    """The rules of a sample, paid as an exchange."""
    head, rebate = text[:text.index("\n  knots:")], text[text.index("\n  gates:"):]
    head = "".join(line for line in head.splitlines(keepends=True)
                   if not line.startswith(("  max_rate_ppm", "  budget_fen")))
    return (head + "\n  exchange: {withhold_ppm: 20000}" +
            rebate[rebate.index("\n  calendar:"):])


def shifted(month, by):
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12}-{number % 12 + 1:02}"


def numbers(node, path=()):
    """The paths of all integers below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, path + (key,))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from numbers(value, path + (i,))
    elif isinstance(node, int) and not isinstance(node, bool):
        yield path


def changed(pack, path):
    other = json.loads(json.dumps(pack))
    node = other
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] += 1
    return other


class Statement(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.dice = random.Random(SEED)
        print(f"seed {SEED}")

    def cluster(self, programme):
        published = self.folder / "programme.yaml"
        published.write_text(programme)
        return Cluster(published, SAMPLES / "demo/dealers.csv",
                       reporter=True)

    def packs(self, cluster, period, *more):
        """dealer -> bytes of the pack, of every dealer there is."""
        found = {}
        for dealer in cluster.rows("csi", period):
            path = self.folder / "pack.json"
            cluster.run_console("statement", dealer, "--period", period,
                                "--pack", path, *more)
            found[dealer] = path.read_bytes()
        self.assertGreater(len(found), 3)
        return found

    def recomputed(self, packs):
        for dealer, raw in packs.items():
            self.assertEqual(recompute.check(raw), [], dealer)
        return {dealer: json.loads(raw) for dealer, raw in packs.items()}

    def test_the_demo_is_recomputed_to_the_last_byte(self):
        demo = (SAMPLES / "demo/programme.yaml").read_text()
        with self.cluster(demo) as cluster:
            cluster.run_console("simulate", "--months", "5", "--visits", "60")
            newest = cluster.rank("csi")["period"]
            self.assertEqual(cluster.rank("csi")["position"],
                             json.loads(cluster.run_console(
                                 "statement", next(iter(cluster.rows("csi"))),
                                 "--format", "json").stdout)
                             ["source"]["position"])
            earlier, later = shifted(newest, -2), shifted(newest, 2)
            base = self.dice.randrange(10 ** 12)
            packs = self.packs(cluster, earlier, "--base", base)
            found = self.recomputed(packs)
            self.assert_as_published(cluster, earlier, found)
            self.assert_as_what_if(cluster, earlier, found)
            self.assert_text(cluster, earlier, found)
            wait_until("the reporter shows what was sent", lambda:
                       cluster.rank("csi")["position"] ==
                       json.loads(cluster.get("/api/v1/rankings?kpi=csi")[1])
                       ["position"])
            self.assert_served(cluster, earlier, packs)
            self.assert_calendar(cluster, earlier, found)
            window = f"{earlier}..{later}"  # not over yet, whatever day it is
            whole = self.recomputed(self.packs(cluster, window))
        self.assertEqual({p["state"] for p in found.values()}, {"PROVISIONAL"})
        self.assertEqual({p["state"] for p in whole.values()}, {"OPEN"})
        self.assertTrue(any(p["result"]["payout"]["fen"] > 0
                            for p in found.values()))
        for pack in found.values():
            payout = pack["result"]["payout"]
            self.assertEqual(pack["input"]["base_fen"], base)
            self.assertEqual(payout["fen"] * 10 ** 12 + payout["residue"],
                             base * 12000 * payout["ratio_ppm"])
        self.assert_changes_are_found(packs)

    def assert_as_published(self, cluster, period, packs):
        """Its figures are those of the rankings."""
        for kpi in ("csi", "loyalty", "complaint_sla"):
            for dealer, row in cluster.rows(kpi, period).items():
                own = next(d["period"]
                           for d in packs[dealer]["result"]["dimensions"]
                           if d["kpi"] == kpi)
                value = own["value_micro"]
                self.assertEqual(row["value"],
                                 None if value is None else micro_text(value))

    def assert_calendar(self, cluster, period, packs):
        """Every way to ask tells the same dates, as the programme has them."""
        done = cluster.run_console("periods", "--format", "json")
        told = json.loads(done.stdout)
        served = json.loads(cluster.get("/api/v1/periods")[1])
        self.assertEqual(served["periods"], told["periods"])
        own = next(p for p in told["periods"] if p["id"] == period)
        days = [(own[f"{name}_ms"] - own["end_ms"]) / 86400000 for name in
                ("provisional", "review", "decisions", "final")]
        self.assertEqual(days, [10, 20, 35, 45])
        for pack in packs.values():
            for name, at in pack["calendar"].items():
                self.assertEqual(at, own[name])
        rows = [line.split() for line in
                cluster.run_console("periods").stdout.splitlines()]
        self.assertIn([period, own["state"]], [row[:2] for row in rows])

    def assert_as_what_if(self, cluster, period, packs):
        """Its scores and ratios are those of a what-if of the same rules."""
        done = cluster.run_console("what-if", "--programme",
                                   SAMPLES / "demo/programme.yaml",
                                   "--period", period)
        lines = [line.split() for line in done.stdout.splitlines()
                 if not line.startswith("#")][1:]
        self.assertEqual(len(lines), len(packs))
        for rank, _, score, _, rate, _, dealer, *_ in lines:
            got = packs[dealer]["result"]
            own = got["score"]
            self.assertEqual(score, micro_text(own["score_micro"]) if own
                             else "-")
            self.assertEqual(rank, str(own and own["rank"] or "-"))
            self.assertEqual(int(rate),
                             12000 * got["payout"]["ratio_ppm"] // 10 ** 6)

    def assert_text(self, cluster, period, packs):
        dealer, pack = max(packs.items(),
                           key=lambda row: row[1]["result"]["payout"]["fen"])
        done = cluster.run_console("statement", dealer, "--period", period,
                                   "--explain", "--base",
                                   pack["input"]["base_fen"])
        fen = pack["result"]["payout"]["fen"]
        for wanted in ("# PROVISIONAL statement of " + dealer,
                       "# not issued",
                       pack["source"]["head"], pack["source"]["programme_hash"],
                       micro_text(pack["result"]["score"]["score_micro"]),
                       f"{fen} fen, residue",
                       f"earned   {fen // 100}.{fen % 100:02} yuan"):
            self.assertIn(wanted, done.stdout)
        brief = cluster.run_console("statement", dealer, "--period", period)
        self.assertNotIn("thresholds", brief.stdout)
        self.assertIn("the base is assumed", brief.stdout)
        done = cluster.run_console("statement", "nobody", "--period", period,
                                   codes=(64,))
        self.assertIn('no dealer "nobody"', done.stderr)
        done = cluster.run_console("statement", dealer, "--base", "-1",
                                   codes=(64,))
        self.assertIn("the base is 0 to", done.stderr)
        done = cluster.run_console("statement", dealer, "--pack",
                                   self.folder / "none/pack", codes=(73,))
        self.assertIn("cannot write", done.stderr)

    def assert_served(self, cluster, period, packs):
        """Over HTTP it is the same document."""
        dealer, raw = next(iter(packs.items()))
        base = json.loads(raw)["input"]["base_fen"]
        address = f"/api/v1/dealers/{dealer}/statement?period={period}"
        wanted = json.loads(raw)
        status, body = cluster.get_bytes(f"{address}&base={base}")
        self.assertEqual((status, recompute.check(body)), (200, []))
        served = json.loads(body)
        for document in (wanted, served):
            # The journal may go on without a figure changing.
            del document["source"]["journal_position"]
            del document["source"]["head"]
        self.assertEqual(served, wanted)
        for base in ("-1", "%2B5", "5fen", "1000000000000001"):
            self.assertEqual(cluster.get(f"{address}&base={base}")[0], 400)
        self.assertEqual(cluster.get(f"{address}x")[0], 400)
        self.assertEqual(
            cluster.get("/api/v1/dealers/nobody/statement")[0], 404)

    def assert_changes_are_found(self, packs):
        """Any figure of the result, and any rule or count it rests on."""
        dealer = self.dice.choice(sorted(packs))
        pack = json.loads(packs[dealer])
        for path in numbers(pack["result"]):
            other = changed(pack, ("result", *path))
            self.assertNotEqual(recompute.check(recompute.canonical(other)),
                                [], path)
        loose = packs[dealer].replace(b",", b", ", 1)
        self.assertEqual(recompute.check(loose),
                         ["the bytes are not the canonical form"])
        own = pack["rules"]["dimensions"][0]["kpi"]["items"][0]["number"]
        for i, row in enumerate(pack["input"]["period"]["counters"]):
            if row[0] == recompute.ANSWER and row[1] == own and row[2] <= 100:
                other = changed(pack, ("input", "period", "counters", i, 3))
                self.assertNotEqual(
                    recompute.check(recompute.canonical(other)), [], row)

    def test_the_makers_programme_with_shrinkage_and_seven_gates(self):
        maker = (SAMPLES / "maker/programme.yaml").read_text()
        # So few visits are enough for a score of some, and not of others.
        maker = maker.replace("at_least: 100", "at_least: 90")
        maker = maker.replace("min_n: 100", "min_n: 40")
        with self.cluster(maker) as cluster:
            cluster.run_console("simulate", "--months", "4", "--visits", "70")
            newest = cluster.rank("csi")["period"]
            window = f"{shifted(newest, -2)}..{newest}"
            found = self.recomputed(self.packs(cluster, window))
        shrunken = [d["period"] for p in found.values()
                    for d in p["result"]["dimensions"] if d["kpi"] == "csi"]
        self.assertTrue(any(f["counted_micro"] not in (None, f["value_micro"])
                            for f in shrunken))
        for pack in found.values():
            self.assertEqual(len(pack["result"]["gates"]), 7)
            self.assertTrue(any("budget" in note for note in pack["notes"]))

    def test_an_exchange_of_equal_bases_adds_up(self):
        demo = with_exchange((SAMPLES / "demo/programme.yaml").read_text())
        with self.cluster(demo) as cluster:
            cluster.run_console("simulate", "--months", "2", "--visits", "30")
            period = cluster.rank("csi")["period"]
            base = self.dice.randrange(10 ** 9)
            found = self.recomputed(self.packs(cluster, period,
                                               "--base", base))
            text = cluster.run_console("statement", next(iter(found)),
                                       "--period", period, "--explain").stdout
        self.assertIn("money (exchange)", text)
        self.assertEqual(sum(p["result"]["exchange"]["net_fen"]
                             for p in found.values()), 0)


if __name__ == "__main__":
    suite.main()
