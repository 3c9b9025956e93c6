// SPDX-License-Identifier: Apache-2.0
//
// overview: every KPI of a scope against the period before and the target,
// thirteen months and a histogram of one of them, and what the data is worth.

import { drawBins, drawTrend } from "./charts.js";
import { age, count, kpiName, nName, periodName, say, scopeName, short } from "./format.js";
import { $, figure, make, moved, query, read } from "./page.js";
import { newState, viewPage } from "./view.js";

const state = newState("period", "kpi", "scope");

function rule(id) {
  return state.kpis.find((one) => one.id === id) ?? { id, form: "mean" };
}

function target(line, form) {
  if (line.target === null) return null;
  const met = line.value !== null && Number(line.value) >= Number(line.target);
  const text = say(state.lang, met ? "targetMet" : "targetMissed", short(line.target, form));
  return make("span", met ? "met" : "missed", text);
}

function tile(line) {
  const { lang, view } = state, kpi = rule(line.id);
  const button = make("button", "tile",
    make("span", "label", kpiName(lang, kpi)), figure(line.value, kpi.form),
    make("span", "line", moved(line, kpi) ?? make("span", "", say(lang, "noBefore")), target(line, kpi.form)),
    kpi.form === "count" ? null
      : make("span", "line", `${nName(lang, kpi.form)} ${count(lang, line.n)}`));
  button.type = "button";
  button.dataset.kpi = line.id;
  button.setAttribute("aria-pressed", String(line.id === view.kpi));
  return button;
}

function checks() {
  const { lang, view, health } = state, { data } = view, { counts } = data;
  const share = data.dealers ? `${((100 * data.reporting) / data.dealers).toFixed(1)} %` : "–";
  const n = (value, minded) => [count(lang, value), minded && value > 0];
  const rows = [
    ["coverage", say(lang, "coverageOf", share, count(lang, data.reporting), count(lang, data.dealers)), data.reporting < data.dealers],
    ["responsesIn", ...n(counts.responses)], ["lateIn", ...n(data.late, true)],
    ["heldBack", ...n(counts.held, true)], ["voidedOut", ...n(counts.voided)],
  ];
  if (health) rows.push(
    ["quarantined", ...n(health.quarantined, true)],
    ["unprocessed", health.unfolded_ms > 0 ? age(lang, health.unfolded_ms) : say(lang, "nothingWaits"), health.unfolded_ms > 60000],
    ["lastCommit", health.last_commit_age_ms === null ? "–" : say(lang, "ago", age(lang, health.last_commit_age_ms)), false]);
  $("checks").replaceChildren(...rows.map(([key, text, minded]) =>
    make("div", "", make("dt", "", say(lang, key)), make("dd", minded ? "mind" : "", text))));
}

function show() {
  const { lang, view } = state, chosen = view.kpis.find(({ id }) => id === view.kpi);
  const before = view.previous.first === view.previous.last ? periodName(lang, view.previous.first)
    : `${periodName(lang, view.previous.first)} – ${periodName(lang, view.previous.last)}`;
  document.title = `${say(lang, "overview")} · ${view.period} · Dealerpulse`;
  $("subtitle").textContent = `${periodName(lang, view.period)} · ${scopeName(lang, view.scope)} · ${say(lang, "against", before)}`;
  if (view.open) $("subtitle").append(make("span", "tag", say(lang, "open")));
  const focused = document.activeElement?.dataset?.kpi;
  $("tiles").replaceChildren(...view.kpis.map(tile));
  if (focused) [...$("tiles").children].find((one) => one.dataset.kpi === focused)?.focus();
  const kpi = rule(view.kpi), name = kpiName(lang, kpi);
  $("trend-title").textContent = say(lang, "trendOf", name);
  $("bins-title").textContent = say(lang, "binsOf", name, count(lang, view.ranked));
  $("json").href = `/api/v1/overview?${query({ period: view.period, kpi: view.kpi, scope: view.scope })}`;
  checks();
  drawTrend(lang, view, chosen, kpi, name);
  drawBins(lang, view, kpi, name);
}

function start() {
  const given = new URLSearchParams(location.search);
  if (given.get("dealer")) { // where a dealer's page used to be
    location.replace(`/dealer?${given}`);
    return;
  }
  const { choose } = viewPage({
    state, show, failed: "viewFailed",
    readView: () => read(`/api/v1/overview?${query(state.wanted)}`),
    looked: () => state.view && checks(),
  });
  $("tiles").addEventListener("click", (event) => {
    const button = event.target.closest("[data-kpi]");
    if (button) choose("kpi", button.dataset.kpi);
  });
}

start();
