#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recomputes a disclosure pack from its counts, by the written rules alone.

    recompute.py PACK...
    recompute.py ISSUED.statement...

Reads rules, counts, base and peers of each pack, makes every figure, point,
score, gate and fen anew (docs/REBATE.md) and compares the bytes.  Prints what
differs; exit code 1 when anything does.  Python's standard library only.
"""
import json
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from math import lcm

MICRO = 10 ** 6
Z = Decimal("1.959963984540054")
INT64 = range(-2 ** 63, 2 ** 63)


def away(x):
    """Half away from zero."""
    whole = (abs(x) * 2 + 1) // 2
    return int(whole if x >= 0 else -whole)


def canonical(document):
    text = json.dumps(document, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False)
    return (text.replace("<", "\\u003c") + "\n").encode()


# --- From counts to a KPI -----------------------------------------------------

COUNT, ANSWER, SLA = 1, 2, 6
COUNTS = ("responses partial surplus resurveys invited bounced refused "
          "visits visits_closed customers returning cases cases_resolved "
          "cases_unopened no_root_cause time_reversed confirmed unfounded "
          "fraud emergency_updates emergency_missed voided corrected held "
          "control_orphan entity_too_large reviews reviews_good "
          "reviews_neutral reviews_bad reviews_1_star reviews_2_stars "
          "reviews_3_stars reviews_4_stars reviews_5_stars calls "
          "calls_answered calls_short calls_checked calls_passed chats "
          "chats_answered points_earned points_redeemed points_expired "
          "points_reversed benefits benefits_wash benefits_oil_labour "
          "benefits_waxing benefits_check benefits_labour_discount "
          "benefits_parts_discount benefits_claim benefits_insurance "
          "benefits_tour benefits_rescue benefits_lecture benefits_other "
          "contacts contacts_reached contacts_wrong_number follow_ups "
          "greetings_holiday greetings_birthday retention_financial "
          "retention_social retention_structural referrals purchases "
          "purchases_replacing purchase_fen purchase_margin_fen churned "
          "churned_staff_turnover churned_rival churned_market_control "
          "churned_details churned_no_research churned_service_spirit "
          "churned_price churned_quality churned_after_sales "
          "churned_no_care churned_other audits audit_passed audit_total "
          "audit_vetoes contacts_rechecked contacts_correct "
          "levels_reliability levels_reliability_standard "
          "levels_reliability_capability levels_reliability_delivered "
          "levels_assurance levels_assurance_standard "
          "levels_assurance_capability levels_assurance_delivered "
          "levels_tangibles levels_tangibles_standard "
          "levels_tangibles_capability levels_tangibles_delivered "
          "levels_empathy levels_empathy_standard levels_empathy_capability "
          "levels_empathy_delivered levels_responsiveness "
          "levels_responsiveness_standard levels_responsiveness_capability "
          "levels_responsiveness_delivered trainings trainings_certified "
          "training_minutes disclosures guidances members_joined "
          "members_left staff staff_trained staff_left invoices "
          "invoiced_fen invoiced_vehicle_fen invoiced_parts_fen "
          "invoiced_service_fen invoiced_other_fen staff_responses "
          "staff_answers staff_answer_sum dealer_responses dealer_answers "
          "dealer_answer_sum eligible estimated overrun estimate_fen "
          "settled_fen promised ready_in_time coached incentive cases_closed "
          "fix_due fixed_first confirmed_severe made_good "
          "follow_up_due followed_up signed disclosed first_visits "
          "first_guided hotline_minutes hotline_missed").split()
CLASSES = "none general complex hard emergency".split()


class Counts:
    def __init__(self, window):
        self.by = {tuple(row[:3]): row[3] for row in window["counters"]}

    def answers(self, item):
        """answer -> how often; 255 is "not applicable"."""
        return {b: v for (c, a, b), v in self.by.items()
                if c == ANSWER and a == item and b <= 100}

    def sla(self, name):
        """(met, late, unanswered) of a class."""
        return [self.by.get((SLA, CLASSES.index(name), i), 0)
                for i in range(3)]

    def numbered(self, count):
        return self.by.get((COUNT, count, 0), 0)

    def count(self, name):
        return self.numbered(COUNTS.index(name))


def part(what, of, value, n):
    return {"what": what, "of": of, "value": value, "n": n}


def index(rule, counts):
    """100 sum w (mean - lo) / ((hi - lo) sum w), over one denominator."""
    parts, terms = [], []
    for item in rule["items"]:
        answers = counts.answers(item["number"])
        n = sum(answers.values())
        total = sum(answer * times for answer, times in answers.items())
        parts.append(part("sum", item["id"], total, n))
        terms.append((item["weight"], total - n * item["lo"],
                      n * (item["hi"] - item["lo"])))
    if any(base == 0 for _, _, base in terms):
        return parts, 0, 0, 0
    common = lcm(*(base for _, _, base in terms))
    num = sum(w * excess * (common // base) for w, excess, base in terms)
    return (parts, min(p["n"] for p in parts), num,
            common * sum(w for w, _, _ in terms))


def answered(rule, counts):
    item = rule["items"][0]
    answers = counts.answers(item["number"])
    n = sum(answers.values())
    high = sum(v for a, v in answers.items() if a >= rule["cut"])
    if rule["form"] == "share":
        return [part("reached", item["id"], high, n)], n, high, n
    low = sum(v for a, v in answers.items() if a <= rule["detractor_cut"])
    return ([part("promoters", item["id"], high, n),
             part("detractors", item["id"], low, n)], n, high - low, n)


def in_time(rule, counts):
    parts = []
    for name in rule["classes"]:
        cases = counts.sla(name)
        parts.append(part("met", name, cases[0], sum(cases)))
    due = sum(p["n"] for p in parts)
    return parts, due, sum(p["value"] for p in parts), due


def ratio_of_counts(rule, counts):
    """Counts over counts; n is the base."""
    def total(key):
        return sum(counts.numbered(row["number"]) for row in rule[key])
    den = total("den") - total("minus")
    parts = [part(key, row["id"], counts.numbered(row["number"]), max(den, 0))
             for key in ("num", "den", "minus") for row in rule[key]]
    return parts, den, total("num"), den


FORMS = {"index": index, "nps": answered, "share": answered, "sla": in_time,
         "ratio": ratio_of_counts}
FACTORS = {"hundred": 100, "nps": 100, "thousand": 1000, "unit": 1}


def figure(dimension, counts):
    rule = dimension["kpi"]
    parts, n, num, den = FORMS[rule["form"]](rule, counts)
    found = dict.fromkeys(("num", "den", "value_micro", "counted_micro", "ppm",
                           "reason"))
    found.update(parts=parts, n=n)
    if den <= 0:
        found.update(n=0, reason="no data")
        return found
    value, factor = Fraction(num, den), FACTORS[dimension["form"]]
    found["value_micro"] = away(value * factor * MICRO)
    if num not in INT64 or den not in INT64:
        num, den = value.numerator, value.denominator
    if num not in INT64 or den not in INT64:
        num, den = found["value_micro"], factor * MICRO
    found.update(num=num, den=den)
    if n < dimension["min_n"]:
        found["reason"] = "n < min_n"
        return found
    counted = found["value_micro"]
    if dimension["shrink"]:
        counted = shrunken(dimension["shrink"], n, Fraction(num, den) * factor)
    found.update(counted_micro=counted, ppm=ppm(dimension, counted))
    return found


def shrunken(shrink, n, mean):
    if shrink["flat"]:
        return shrink["mean_micro"]
    k = shrink["strength_micro"]
    return away((10 ** 12 * n * mean + k * shrink["mean_micro"]) /
                (10 ** 6 * n + k))


def ppm(dimension, micro):
    if dimension["form"] == "nps":
        p = away(Fraction(micro + 100 * MICRO, 200))
    else:
        p = away(Fraction(micro, FACTORS[dimension["form"]]))
    return MICRO - min(p, MICRO) if dimension["lower_is_better"] else p


# --- From KPIs to a score -------------------------------------------------------

def achievement(dimension, p):
    t, best = dimension["threshold_ppm"], dimension["benchmark_ppm"]
    if p >= best:
        return 10
    return 0 if p < t else 9 * (p - t) // (best - t) + 1


def improvement(dimension, b, p):
    best = dimension["benchmark_ppm"]
    if p <= b:
        return 0
    return 9 if p >= best else min(9, 10 * (p - b) // (best - b))


def points(dimension, now, before):
    got = {"kpi": dimension["kpi"]["id"], "period": now, "baseline": before,
           "achievement": None, "improvement": None, "points": None}
    if now["ppm"] is not None:
        got["achievement"] = achievement(dimension, now["ppm"])
        if before["ppm"] is not None:
            got["improvement"] = improvement(dimension, before["ppm"],
                                             now["ppm"])
        got["points"] = max(got["achievement"], got["improvement"] or 0)
    return got


def steadiness(dimension, p):
    """(p - f) / (t - f), as two numbers."""
    f, t = dimension["floor_ppm"], dimension["threshold_ppm"]
    return (p - f, t - f) if t > f else (int(p >= t), 1)


def score(rules, got):
    there = [(d, g) for d, g in zip(rules["dimensions"], got)
             if g["points"] is not None]
    if not there:
        return None
    cw = rules["consistency"]
    weights = sum(d["weight_ppm"] for d, _ in there)
    weighted = sum(d["weight_ppm"] * g["points"] for d, g in there)
    base = away(Fraction(MICRO // 10 * (100 - cw) * weighted, weights))
    num, den, weakest = min(
        ((*steadiness(d, g["period"]["ppm"]), g["kpi"]) for d, g in there),
        key=lambda row: Fraction(row[0], row[1]))
    steady = min(cw, max(0, cw * num // den))
    return {"base_micro": base, "consistency": steady, "points_sum": weighted,
            "weight_sum": weights, "weakest": weakest, "weakest_num": num,
            "weakest_den": den, "score_micro": base + steady * MICRO}


# --- From a score to money ------------------------------------------------------

def ratio(payout, s):
    steps = payout["steps"]
    reached = [step for step in steps if step[0] <= s]
    if payout["form"] == "tiers":
        return reached[-1][1] if reached else 0
    if not reached:
        return steps[0][1]
    if len(reached) == len(steps):
        return steps[-1][1]
    (s0, r0), (s1, r1) = reached[-1], steps[len(reached)]
    return r0 + (s - s0) * (r1 - r0) // (s1 - s0)


def wilson_upper(k, n):
    with localcontext() as context:
        context.prec = 60
        k, n = Decimal(k), Decimal(n)
        p, z2 = k / n, Z * Z
        return ((p + z2 / (2 * n) +
                 Z * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()) /
                (1 + z2 / n))


def verdict(question, num, den):
    form, limit = question["form"], question["limit"]
    if form == "at_least":
        holds = (num if den else 0) >= limit
    elif den == 0:
        return "no data"
    elif form == "at_most":
        holds = num <= limit
    elif den < question["min_n"]:
        return "not judged"
    elif form == "not_below_ppm":
        holds = wilson_upper(num, den) >= Decimal(limit) / MICRO
    elif form == "at_least_ppm":
        holds = num * MICRO >= den * limit
    else:
        holds = num * MICRO <= den * limit
    return "passed" if holds else "failed"


def asked(counts):
    """What gates ask: (numerator, denominator); the rest has no counter."""
    updates, missed = (counts.count("emergency_updates"),
                       counts.count("emergency_missed"))
    responses = counts.count("responses")
    return {"sample": (responses, 1),
            "invited": (counts.count("invited"), counts.count("eligible")),
            "verdict": (counts.count("confirmed_severe"), 1),
            "coached": (counts.count("coached"), responses),
            "bounced": (counts.count("bounced"), counts.count("invited")),
            "emergency": (updates, updates + missed),
            "contact": (counts.count("contacts_correct"),
                        counts.count("contacts_rechecked")),
            "audit": (counts.count("audit_passed"),
                      counts.count("audit_total")),
            "veto": (counts.count("audit_vetoes"), counts.count("audits"))}


def through(rules, gate, before, peers):
    if gate["effect"] == "peers":
        return peers
    if gate["effect"] == "factor":
        return before * gate["amount_ppm"] // MICRO
    if gate["effect"] == "cap":
        return min(before, gate["amount_ppm"])
    if gate["effect"] == "part":
        weight = sum(d["weight_ppm"] for d in rules["dimensions"]
                     if d["part"] == gate["part"])
        return before * (MICRO - weight) // MICRO
    return 0


def gates(rules, counts, now, peers, insufficient):
    figures, shown, review = asked(counts), [], False
    for gate in rules["gates"]:
        questions, before = [], now
        for question in gate["questions"]:
            num, den = figures.get(question["figure"], (0, 0))
            said = verdict(question, num, den)
            questions.append({"figure": question["figure"], "num": num,
                              "den": den, "verdict": said})
            review |= (said == "failed" and gate["review_from"] > 0 and
                       question["form"] in ("at_least", "at_most") and
                       num >= gate["review_from"])
        failed = any(q["verdict"] == "failed" for q in questions)
        if failed:
            now = through(rules, gate, before, peers)
            insufficient |= gate["effect"] == "peers"
        shown.append({"id": gate["id"], "failed": failed, "before_ppm": before,
                      "after_ppm": now, "questions": questions})
    return shown, now, insufficient, review


def settle(rules, given, counts, own):
    """A ladder: score -> ratio -> gates -> fen."""
    standing = sorted(r for _, r in given["peers"]["standing"])
    peers = standing[(len(standing) - 1) // 2] if standing else 0
    payout, of_score, following = rules["payout"], 0, None
    if own:
        of_score = ratio(payout, own["score_micro"])
        following = next((step for step in payout["steps"]
                          if step[0] > own["score_micro"] and
                          step[1] > of_score), None)
    shown, final, insufficient, review = gates(
        rules, counts, of_score if own else peers, peers, own is None)
    final = min(final, MICRO)
    product = given["base_fen"] * payout["max_rate_ppm"] * final
    return shown, {
        "fen": product // 10 ** 12, "residue": product % 10 ** 12,
        "insufficient": insufficient, "review": review, "next": following,
        "peer_ppm": peers, "score_ratio_ppm": of_score, "ratio_ppm": final}


def exchange(rules, given, own):
    """Equal bases: everybody puts in the same, scores share the pot."""
    base, peers = given["base_fen"], given["peers"]
    withheld = base * rules["payout"]["withhold_ppm"] // MICRO
    pot = withheld * peers["count"]
    weights = [base * s for s, _ in peers["standing"]]
    weights += [base * s for s in peers["others"]]
    weights += [0] * (peers["count"] - len(weights))
    total, mine = sum(weights), base * (own["score_micro"] if own else 0)
    paid = 0
    if total:
        left = pot - sum(w * pot // total for w in weights)
        more = sum(w * pot % total > mine * pot % total for w in weights)
        paid = mine * pot // total + (more + peers["tied_before"] < left)
    return {"withheld_fen": withheld, "paid_fen": paid, "pot_fen": pot,
            "net_fen": paid - withheld, "total": str(total)}


def result(pack):
    """The member `result`, from all the others."""
    rules, given = pack["rules"], pack["input"]
    now, before = Counts(given["period"]), Counts(given["baseline"])
    got = [points(d, figure(d, now), figure(d, before))
           for d in rules["dimensions"]]
    own = score(rules, got)
    made = {"dimensions": got, "score": own, "gates": [], "payout": None,
            "exchange": None}
    insufficient = own is None
    if rules["payout"]["form"] == "exchange":
        made["exchange"] = exchange(rules, given, own)
    else:
        made["gates"], made["payout"] = settle(rules, given, now, own)
        insufficient = made["payout"]["insufficient"]
    if own:
        standing = [s for s, _ in given["peers"]["standing"]]
        own["rank"] = (None if insufficient else
                       1 + sum(s > own["score_micro"] for s in standing))
    return made


def differences(a, b, path="result"):
    if type(a) is type(b) and isinstance(a, dict) and a.keys() == b.keys():
        for key in a:
            yield from differences(a[key], b[key], f"{path}.{key}")
    elif type(a) is type(b) and isinstance(a, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}[{i}]")
    elif a != b or type(a) is not type(b):
        yield f"{path}: the pack says {a!r}, recomputed {b!r}"


def check(raw):
    """What is wrong with a pack's bytes, as sentences."""
    pack = json.loads(raw)
    made = result(pack)
    found = list(differences(pack["result"], made))
    if not found and canonical({**pack, "result": made}) != raw:
        found.append("the bytes are not the canonical form")
    return found


def main():
    bad = 0
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            raw = file.read()
        if name.endswith(".statement"):  # head, pack and signature
            raw = raw.splitlines(keepends=True)[1]
        for sentence in check(raw):
            print(f"{name}: {sentence}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
