# SPDX-License-Identifier: Apache-2.0
"""What else happens at a dealership, from a terminal to a ranking.

One of every kind of event that stands by itself is imported through a map or
sent by hand; the ratios of the maker's programme are compared with those told
beside the rows, and taken back by controls.
"""
import json
import unittest

import suite
from cluster import SOURCE, Cluster, wait_until

SAMPLE = SOURCE / "deploy/samples/maker"
MONTH = "2026-10"
AT = "2026-10-15T10:00:00+08:00"

# A row is one event; what it does not name its cells leave out.
COLUMNS = ("type kind answered abandoned qa_checked qa_passed platform "
           "polarity stars points outcome cause purchase replaces headcount "
           "trained staff_left invoice amount_fen course what topic tier level "
           "benefit quantity referrer").split()
ROWS = [
    dict(type="CALL", answered="1", qa_checked="1", qa_passed="1"),
    dict(type="CALL", answered="2", qa_checked="1"),
    dict(type="CALL", abandoned="4999"),
    dict(type="CALL", abandoned="5000"),
    dict(type="CHAT", answered="30000"),
    dict(type="CHAT"),
    dict(type="REVIEW", platform="map", polarity="GOOD", stars="1"),
    dict(type="REVIEW", platform="map", stars="4"),
    dict(type="REVIEW", platform="map", stars="3"),
    dict(type="REVIEW", platform="map", polarity="BAD"),
    dict(type="POINTS", kind="EARN", points="900"),
    dict(type="POINTS", kind="REVERSE", points="100"),
    dict(type="POINTS", kind="REDEEM", points="200"),
    dict(type="POINTS", kind="EXPIRE", points="5"),
    dict(type="BENEFIT_USED", benefit="WAXING", quantity="2"),
    dict(type="CONTACT", kind="FOLLOW_UP", outcome="REACHED"),
    dict(type="CONTACT", kind="BIRTHDAY", outcome="WRONG_NUMBER"),
    dict(type="RETENTION_ACTION", level="3"),
    dict(type="REFERRAL", referrer="somebody", purchase="P1"),
    dict(type="PURCHASE", purchase="P1", amount_fen="20000000"),
    dict(type="PURCHASE", purchase="P2", replaces="an old one"),
    dict(type="CHURN", cause="NO_CARE"),
    dict(type="CHURN", cause="PRICE"),
    dict(type="TRAINING", course="brakes"),
    dict(type="DISCLOSURE", what="a loud pump"),
    dict(type="GUIDANCE", topic="first visit"),
    dict(type="MEMBER_JOINED", tier="gold"),
    dict(type="MEMBER_LEFT"),
    dict(type="STAFF_HEADCOUNT", headcount="40", trained="30", staff_left="1"),
    dict(type="INVOICE", kind="VEHICLE", invoice="I1", amount_fen="-12345"),
]
TIMES = {"answered": "answered_at", "abandoned": "abandoned_at"}
FIELDS = {"replaces": "replaces_vehicle"}
HASHED = ("replaces", "referrer")
FITS = {
    "CALL": "answered abandoned qa_checked qa_passed", "CHAT": "answered",
    "REVIEW": "platform polarity stars", "POINTS": "kind points",
    "BENEFIT_USED": "benefit quantity", "CONTACT": "kind outcome",
    "RETENTION_ACTION": "level", "REFERRAL": "referrer purchase",
    "PURCHASE": "purchase amount_fen replaces", "CHURN": "cause",
    "TRAINING": "course", "DISCLOSURE": "what", "GUIDANCE": "topic",
    "MEMBER_JOINED": "tier", "MEMBER_LEFT": "tier",
    "STAFF_HEADCOUNT": "headcount trained staff_left",
    "INVOICE": "kind invoice amount_fen",
}
# KPI -> numerator, denominator
WANTED = {
    "connect_rate": (2, 3), "call_quality": (1, 2), "chat_answered": (1, 2),
    "review_good": (2, 4), "review_bad": (1, 4), "points_used": (200, 800),
    "contact_reached": (1, 2), "churn_no_care": (1, 2),
    "referral_rate": (1, 1), "replacing_share": (1, 2),
    "trained_share": (30, 40), "staff_turnover": (1, 40),
}


def map_text():
    """A map with one event a type, each made where the column says so."""
    lines = ["map: business", "key: {row: 1}", "every:", "  dealer: D001",
             f"  occurred_at: {AT}", "events:"]
    for name, fields in FITS.items():
        lines += [f"  - type: {name}",
                  f"    when: {{column: type, is: {name}}}"]
        if name == "CALL":
            lines.append("    hotline: \"400-1\"")
        for field in fields.split():
            value = f"{{column: {field}}}"
            if field in TIMES:
                value = f"{{date: {AT}, plus_ms: {{column: {field}}}}}"
            if field in HASHED:
                value = f"{{column: {field}, as: hash}}"
            target = TIMES.get(field, FIELDS.get(field, field))
            lines.append(f"    {target}: {value}")
    return "\n".join(lines) + "\n"


def table_text():
    lines = [",".join(COLUMNS)]
    lines += [",".join(row.get(c, "") for c in COLUMNS) for row in ROWS]
    return "\n".join(lines) + "\n"


class Business(unittest.TestCase):
    def shares(self, cluster):
        found = {}
        for kpi in WANTED:
            row = cluster.rows(kpi, MONTH).get("D001", {})
            found[kpi] = (row.get("num"), row.get("den"))
        return found

    def send(self, cluster, role, *members, **options):
        return cluster.run_terminal(
            "send", "--wait", "60", "--role", role, "--name", f"{role}-till",
            "--spool", cluster.folder / f"{role}.db",
            *(("--dealer", "D001") if role == "dealer" else ()), *members,
            **options)

    def count(self, cluster, kpi):
        return cluster.rows(kpi, MONTH)["D001"]["num"]

    def test_every_kind_of_event_reaches_its_figure(self):
        with Cluster(SAMPLE / "programme.yaml",
                     SAMPLE / "dealers.csv") as cluster:
            (cluster.folder / "map.yaml").write_text(map_text())
            (cluster.folder / "rows.csv").write_text(table_text())
            for _ in range(2):  # the second time everything is there already
                cluster.run_terminal("import", "--role", "hq", "--map",
                                     cluster.folder / "map.yaml",
                                     cluster.folder / "rows.csv")
            wait_until("all is counted",
                       lambda: self.shares(cluster) == WANTED, seconds=60)
            self.check_audits(cluster)
            self.check_staff(cluster)
            self.check_controls(cluster)
            cluster.verify()

    def check_audits(self, cluster):
        audit = ("type=AUDIT_VISIT", "dealer=D001", f"occurred_at={AT}",
                 "kind=MYSTERY", "passed=47", "total=50", "rechecked=30",
                 "correct=27")
        refused = self.send(cluster, "dealer", *audit, codes=None)
        self.assertIn("NOT_PERMITTED", refused.stdout + refused.stderr)
        self.send(cluster, "auditor", *audit)
        wait_until("the audit counts",
                   lambda: cluster.rows("audit_score", MONTH)["D001"]["den"] ==
                   50, seconds=60)
        row = cluster.rows("contact_accuracy", MONTH)["D001"]
        self.assertEqual((row["num"], row["den"]), (27, 30))

    def check_staff(self, cluster):
        self.send(cluster, "dealer", "type=STAFF_SURVEY", "dealer=D001",
                  f"occurred_at={AT}", "questionnaire=service",
                  "questionnaire_version=1", "answers.1=9", "answers.2=8",
                  "answers.3=7", "answers.4=10")
        wait_until("staff counts", lambda: "D001" in
                   cluster.rows("staff_sat", MONTH) and
                   self.count(cluster, "staff_sat") == 34, seconds=60)
        self.assertIsNone(cluster.rows("csi", MONTH)["D001"]["value"])

    def check_controls(self, cluster):
        event = json.loads(cluster.run_terminal("spool", "cat", 1).stdout)
        control = ("dealer=D001", f"target={event['id']}", "target_type=CALL",
                   f"target_occurred_at={AT}")
        self.send(cluster, "hq", "type=CORRECT", *control, "hotline=400-1",
                  "abandoned_at=2026-10-15T10:01:00+08:00")
        wait_until("the call was not answered",
                   lambda: self.count(cluster, "connect_rate") == 1, seconds=60)
        self.assertEqual(cluster.rows("connect_rate", MONTH)["D001"]["den"], 3)
        self.send(cluster, "hq", "type=VOID", *control)
        wait_until("there was no such call", lambda: cluster.rows(
            "connect_rate", MONTH)["D001"]["den"] == 2, seconds=60)


if __name__ == "__main__":
    suite.main()
