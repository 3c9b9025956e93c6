// SPDX-License-Identifier: Apache-2.0
//
// alerts: what somebody should look at, the one due first first, with the time
// that is left counting down.

import { drawAges, table } from "./charts.js";
import { age, count, kpiName, locales, say } from "./format.js";
import { $, make, query, read } from "./page.js";
import { newState, viewPage } from "./view.js";

const TICK_MS = 1000, AGAIN_EVERY_MS = 20000, ROWS = 300;
const HOUR_MS = 3600000;
// Ends of the ages counted together; the last is open.
const AGES = [HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS, 168 * HOUR_MS, Infinity];

const state = newState("what", "state", "dealer");

async function readView() {
  const { what, state: wanted, dealer } = state.wanted;
  const answer = await read(`/api/v1/alerts?${query({ what, state: wanted, dealer, limit: ROWS })}`);
  return { ...answer, ahead: answer.now_ms - Date.now() }; // of this clock
}

// left says how long there is to a deadline, or how long it has passed.
function left(due) {
  const ms = due - (Date.now() + state.view.ahead);
  return say(state.lang, ms < 0 ? "overdue" : "timeLeft", age(state.lang, Math.abs(ms)));
}

function about({ what, class: kind, item, value, case: id, visit }) {
  const { lang } = state, rule = state.kpis.find((one) => one.id === `mean_${item}`);
  const text = {
    detractor: () => `${rule ? kpiName(lang, rule) : item}: ${value}`,
    complaint: () => say(lang, `class_${kind ?? "none"}`),
    emergency: () => "", // the word for it stands in the column before
  }[what]();
  return make("span", "", text, make("span", "id", ` ${id ?? visit ?? ""}`));
}

function instant(ms) {
  return new Intl.DateTimeFormat(locales[state.lang], { dateStyle: "medium", timeStyle: "short" }).format(ms);
}

function line(one) {
  const { lang } = state, link = make("a", "name", one.name || one.dealer), due = make("span", "due", left(one.due_ms));
  link.href = `/dealer?${query({ dealer: one.dealer, lang })}`;
  due.dataset.due = one.due_ms;
  due.title = instant(one.due_ms);
  return [make("span", `badge ${one.state}`, say(lang, `state_${one.state}`)), say(lang, `one_${one.what}`), link, about(one),
    instant(one.at_ms), due];
}

function showList() {
  const { lang, view: { alerts, page } } = state;
  table("list", say(lang, "alerts"), ["alertState", "alertWhat", "dealer", "about", "since", "deadline"].map((key) => say(lang, key)),
    alerts.map(line));
  $("list").parentElement.hidden = alerts.length === 0;
  $("empty").hidden = alerts.length > 0;
  $("empty").textContent = say(lang, "noAlerts");
  $("cut").hidden = page.found <= alerts.length;
  $("cut").textContent = say(lang, "firstOf", count(lang, alerts.length), count(lang, page.found));
}

function showAges() {
  const { lang, view: { alerts, now_ms: now } } = state;
  const bins = AGES.map((end, i) => ({
    name: end === Infinity ? say(lang, "longerThan", age(lang, AGES[i - 1])) : say(lang, "upTo", age(lang, end)),
    count: alerts.filter(({ at_ms: at }) => now - at < end && (i === 0 || now - at >= AGES[i - 1])).length,
  }));
  $("ages-panel").hidden = alerts.length === 0;
  if (alerts.length) drawAges(lang, bins);
}

function show() {
  const { lang, view, wanted } = state;
  document.title = `${say(lang, "alerts")} · Dealerpulse`;
  $("what").value = wanted.what;
  $("state").value = wanted.state;
  $("facts").replaceChildren(...["late", "near", "open"].map((key) =>
    make("div", key === "late" ? "fact main" : "fact", make("dt", "", say(lang, `state_${key}`)), make("dd", "", count(lang, view.counts[key])))));
  showAges();
  showList();
  $("json").href = `/api/v1/alerts?${query({ ...wanted })}`;
}

const { again } = viewPage({ state, readView, show, failed: "alertsFailed" });

setInterval(() => {
  if (state.view && !document.hidden)
    for (const due of document.querySelectorAll("[data-due]")) due.textContent = left(Number(due.dataset.due));
}, TICK_MS);
// Deadlines pass without an event.
setInterval(() => document.hidden || again(), AGAIN_EVERY_MS);
