// SPDX-License-Identifier: Apache-2.0
//
// overview: every KPI of a scope against the period before and the target,
// thirteen months and a histogram of one of them, and what the data is worth.

import { drawBins, drawTrend } from "./charts.js";
import { age, count, kpiName, nName, periodName, say, scopeName, split } from "./format.js";
import { $, follow, healthLine, make, positionLine, query, read } from "./page.js";

const state = {
  lang: "en",
  wanted: { period: "", kpi: "", scope: "" },
  periods: [], kpis: [], scopes: [],
  view: null, health: null, asked: 0,
};

// --- Reading -----------------------------------------------------------------

async function readView() {
  const asked = ++state.asked;
  try {
    const view = await read(`/api/v1/overview?${query(state.wanted)}`);
    if (asked !== state.asked) return;
    state.view = view;
    notice("");
    show();
  } catch (error) {
    if (asked !== state.asked) return;
    if (error.status === undefined || error.status === 503) throw error; // tried again
    notice(say(state.lang, "viewFailed", error.message));
    $("body").hidden = true;
  }
}

async function readAll() {
  const [periods, kpis, scopes] = await Promise.all(
    ["periods", "kpis", "scopes"].map((name) => read(`/api/v1/${name}`)));
  Object.assign(state, { periods: periods.periods, kpis: kpis.kpis, scopes: scopes.scopes });
  await readView();
}

// --- Showing -----------------------------------------------------------------

function notice(text) {
  $("notice").textContent = text;
  $("notice").classList.add("bad");
  $("notice").hidden = text === "";
}

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, text]) => {
    const option = make("option", "", text);
    option.value = value;
    return option;
  }));
  select.value = chosen;
  select.disabled = options.length === 0;
}

function showPickers() {
  const { lang, view } = state;
  fill($("period"), state.periods.map(({ id, open }) =>
    [id, periodName(lang, id) + (open ? ` · ${say(lang, "open")}` : "")]), view.period);
  fill($("kpi"), view.kpis.map(({ id }) => [id, kpiName(lang, rule(id))]), view.kpi);
  fill($("scope"), state.scopes.map((id) => [id, scopeName(lang, id)]), view.scope);
}

function rule(id) {
  return state.kpis.find((one) => one.id === id) ?? { id, form: "mean" };
}

function figure(value, form) {
  if (value === null) return make("span", "figure", "–");
  const [large, small] = split(value, form);
  return make("span", "figure", large, make("small", "", small));
}

// moved says how far a value is from another, and whether that is good.
function moved(line, { form, lower_is_better: lower }) {
  if (line.value === null || line.previous === null) return make("span", "", say(state.lang, "noBefore"));
  const by = Number(line.value) - Number(line.previous);
  const shown = Math.abs(by).toFixed(form === "count" ? 0 : 2);
  const good = form === "count" || Number(shown) === 0 ? "" : by > 0 !== Boolean(lower) ? "good" : "bad";
  const text = Number(shown) === 0 ? "±0" : `${by > 0 ? "▲" : "▼"} ${shown}`;
  return make("span", `moved ${good}`, text);
}

function target(line, form) {
  if (line.target === null) return null;
  const met = line.value !== null && Number(line.value) >= Number(line.target);
  const text = say(state.lang, met ? "targetMet" : "targetMissed", split(line.target, form)[0]);
  return make("span", met ? "met" : "missed", text);
}

function tile(line) {
  const { lang, view } = state, kpi = rule(line.id);
  const button = make("button", "tile",
    make("span", "label", kpiName(lang, kpi)), figure(line.value, kpi.form),
    make("span", "line", moved(line, kpi), target(line, kpi.form)),
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
  showPickers();
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
  $("body").hidden = false; // before drawing: what is hidden has no size
  drawTrend(lang, view, chosen, kpi, name);
  drawBins(lang, view, kpi, name);
}

function showHealth() {
  const { lang, health } = state, [light, text] = healthLine(lang, health);
  $("health").dataset.state = light;
  $("health-text").textContent = text;
  $("position").textContent = positionLine(lang, health);
  if (state.view) checks();
}

// --- Language and picking ----------------------------------------------------

function remember() {
  const kept = { ...state.wanted, lang: state.lang };
  history.replaceState(null, "", `/?${query(kept)}`);
  for (const link of document.querySelectorAll("[data-page]"))
    link.href = `${link.dataset.page}?${query(kept)}`;
}

function speak(lang) {
  state.lang = lang;
  document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = say(lang, element.dataset.word);
  for (const button of document.querySelectorAll("[data-lang]"))
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  if (state.view) show();
  if (state.health) showHealth();
  remember();
}

function choose(name, value) {
  state.wanted[name] = value;
  remember();
  readView().catch(() => {});
}

function start() {
  const asked = new URLSearchParams(location.search);
  if (asked.get("dealer")) { // where a dealer's page used to be
    location.replace(`/ranking?${asked}`);
    return;
  }
  for (const name of Object.keys(state.wanted)) state.wanted[name] = asked.get(name) ?? "";
  speak((asked.get("lang") ?? navigator.language ?? "en").startsWith("zh") ? "zh" : "en");
  for (const name of Object.keys(state.wanted))
    $(name).addEventListener("change", (event) => choose(name, event.target.value));
  $("tiles").addEventListener("click", (event) => {
    const button = event.target.closest("[data-kpi]");
    if (button) choose("kpi", button.dataset.kpi);
  });
  $("pickers").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("[data-lang]"))
    button.addEventListener("click", () => speak(button.dataset.lang));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.view && show());
  follow(readAll, (health) => { state.health = health; showHealth(); });
}

start();
