// SPDX-License-Identifier: Apache-2.0
//
// statement: what a period pays a dealer, every step and what it rests on, from
// the disclosure pack (docs/REBATE.md).

import { count, kpiName, micro, money, percent, periodName, say, short } from "./format.js";
import { make } from "./page.js";

// grid makes a table: headings are [word, className].  On narrow screens each
// cell tells its heading itself.
function grid(lang, caption, headings, rows) {
  const head = headings.map(([key, className]) => {
    const th = make("th", className, say(lang, key));
    th.scope = "col";
    return th;
  });
  for (const line of rows)
    [...line.cells].forEach((cell, i) => { cell.dataset.label = head[i].textContent; });
  return make("div", "wide-sheet", make("table", "steps", make("caption", "", caption),
    make("thead", "", make("tr", "", ...head)), make("tbody", "", ...rows)));
}

function row(name, cells) {
  const th = make("th", "", ...name);
  th.scope = "row";
  return make("tr", "", th, ...cells.map((cell) => make("td", "number", cell)));
}

function fact(lang, key, text, note) {
  return make("div", "fact", make("dt", "", say(lang, key)), make("dd", "", text, note ? make("span", "note", note) : null));
}

// part tells one count a KPI is formed of.
function part(lang, rules, { of, what, n, value }) {
  const item = rules.get(`mean_${of}`);
  return say(lang, `part_${what}`, item ? kpiName(lang, item) : say(lang, `class_${of}`), count(lang, value), count(lang, n));
}

// missing says what separates a figure from its threshold: whole answers or
// cases where it is a share of such, else the difference.
function missing(lang, { threshold_ppm: wanted, form, kpi, lower_is_better: lower }, { ppm, n, parts }) {
  if (ppm === null) return "–";
  if (ppm >= wanted) return "✓";
  if (!lower && (kpi.form === "share" || kpi.form === "sla")) {
    const have = parts.reduce((sum, { value }) => sum + value, 0);
    return say(lang, kpi.form === "share" ? "moreAnswers" : "moreInTime", count(lang, Math.ceil((wanted * n) / 1000000) - have));
  }
  const unit = form === "nps" ? 5000 : 10000;
  return say(lang, "morePoints", ((wanted - ppm) / unit).toFixed(2));
}

function shown(form, ppm) {
  return form === "nps" ? ((ppm - 500000) / 5000).toFixed(0) : (ppm / 10000).toFixed(0);
}

function dimension(lang, rules, rule, result) {
  const { period, baseline } = result, kpi = rules.get(result.kpi);
  const name = [make("span", "name", kpi ? kpiName(lang, kpi) : result.kpi)];
  if (period.reason) name.push(make("span", "note", say(lang, period.reason === "no data" ? "no_data" : "tooFew")));
  name.push(make("span", "note", period.parts.map((one) => part(lang, rules, one)).join(" · ")));
  const points = (value) => value === null || value < 0 ? "–" : String(value);
  return row(name, [
    period.value_micro === null ? "–" : short(micro(period.value_micro)),
    baseline.value_micro === null ? "–" : short(micro(baseline.value_micro)),
    `${shown(rule.form, rule.floor_ppm)} / ${shown(rule.form, rule.threshold_ppm)} / ${shown(rule.form, rule.benchmark_ppm)}`,
    missing(lang, rule, period), points(result.achievement), points(result.improvement),
    make("strong", "", points(result.points)), percent(rule.weight_ppm)]);
}

function question(lang, rule, { figure, num, den, verdict }) {
  const isShare = rule.form.endsWith("_ppm");
  const value = verdict === "no data" || (isShare && den === 0) ? "–" : isShare ? `${count(lang, num)} / ${count(lang, den)}` : count(lang, num);
  const limit = isShare ? percent(rule.limit) : count(lang, rule.limit);
  return make("span", "line", `${say(lang, `gate_${figure}`)}: ${value} (${rule.form.includes("most") ? "≤" : "≥"} ${limit}) — ` +
    say(lang, `verdict_${verdict.replace(" ", "_")}`));
}

function gate(lang, rule, { questions, failed, before_ppm: before, after_ppm: after }) {
  return row(questions.map((one, i) => question(lang, rule.questions[i], one)), [
    make("span", failed ? "band bad" : "band good", say(lang, failed ? "gateFailed" : "gatePassed")),
    say(lang, `effect_${rule.effect}`), percent(before), percent(after)]);
}

// notes says what a statement is not yet, from what the pack says of itself.
function notes(lang, { signed, input, rules }) {
  const { payout, caps } = rules;
  return [
    !signed && "noteUnsigned", !input.base_given && "noteBase",
    payout.form === "exchange" ? "noteExchange" : "notePeers",
    payout.budget_fen !== null && "noteBudget",
    (caps.rise_ppm !== null || caps.fall_ppm !== null) && "noteCaps",
  ].filter(Boolean).map((key) => say(lang, key));
}

function headline(lang, pack) {
  const { score, payout, exchange } = pack.result;
  const points = score ? short(micro(score.score_micro)) : "–"; // null: no answers to score
  const list = make("dl", "facts",
    fact(lang, "score", points, score?.rank ? say(lang, "rankOf", count(lang, score.rank), count(lang, pack.input.peers.standing.length)) : ""));
  if (exchange) {
    list.append(fact(lang, "withheld", money(lang, exchange.withheld_fen)), fact(lang, "paid", money(lang, exchange.paid_fen)),
      fact(lang, "net", money(lang, exchange.net_fen)));
  } else {
    list.append(fact(lang, "ratio", percent(payout.ratio_ppm), payout.insufficient ? say(lang, "asPeers") : ""),
      fact(lang, "amount", money(lang, payout.fen), say(lang, pack.input.base_given ? "ofBase" : "ofAssumedBase", money(lang, pack.input.base_fen))));
    if (payout.next && score) {
      const [at, ratio] = payout.next;
      list.append(fact(lang, "nextStep", say(lang, "pointsMore", short(micro(at - score.score_micro))),
        say(lang, "thenRatio", short(micro(at)), percent(ratio))));
    }
  }
  return list;
}

function scoreText(lang, rules, { score }, consistency) {
  const weakest = rules.get(score.weakest);
  return say(lang, "scoreText", `${short(micro(score.base_micro))} + ${score.consistency} = ${short(micro(score.score_micro))}`,
    String(consistency), weakest ? kpiName(lang, weakest) : score.weakest);
}

// showStatement fills `root`.
export function showStatement(root, pack, kpis, lang) {
  const rules = new Map(kpis.map((rule) => [rule.id, rule])), { result } = pack;
  const state = make("p", "", make("span", "tag state", say(lang, `state_${pack.state}`)),
    make("span", "note", ` ${say(lang, "baselineOf", ...["first", "last"].map((end) => periodName(lang, pack.input.baseline[end])))}`));
  root.replaceChildren(state, headline(lang, pack),
    grid(lang, say(lang, "stepPoints"), [["kpi", ""], ["value", "number"], ["baseline", "number"], ["scale", "number"],
      ["toThreshold", "number"], ["achievement", "number"], ["improvement", "number"], ["points", "number"], ["weight", "number"]],
      result.dimensions.map((one, i) => dimension(lang, rules, pack.rules.dimensions[i], one))));
  if (result.score)
    root.append(make("p", "note", scoreText(lang, rules, result, pack.rules.consistency)));
  if (result.gates?.length)
    root.append(grid(lang, say(lang, "stepGates"), [["gate", ""], ["outcome", "number"], ["effect", "number"],
      ["ratioBefore", "number"], ["ratioAfter", "number"]],
      result.gates.map((one, i) => gate(lang, pack.rules.gates[i], one))));
  if (result.payout)
    root.append(make("p", "note", say(lang, "payoutText", percent(pack.rules.payout.max_rate_ppm), percent(result.payout.ratio_ppm),
      money(lang, result.payout.fen))));
  const { source } = pack;
  root.append(make("ul", "notes", ...notes(lang, pack).map((text) => make("li", "", text))),
    make("p", "note evidence", say(lang, "evidence", count(lang, source.position), source.head.slice(0, 16), source.programme_hash.slice(0, 16))));
}
