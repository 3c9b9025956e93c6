// SPDX-License-Identifier: Apache-2.0
//
// rebate: what a period pays all dealers, where it stands in its calendar, and
// what other weights, thresholds and rates would cost and move.

import { drawRates, table } from "./charts.js";
import { count, dayName, kpiName, micro, percent, periodName, say, short } from "./format.js";
import { $, make, query, read } from "./page.js";
import { newState, viewPage } from "./view.js";

const TRY_AFTER_MS = 250, DAY_MS = 86400000;

const state = newState("period");
let tried = null; // what the sliders say: consistency, rate, weights, thresholds

// --- What is tried -----------------------------------------------------------

function published({ published: { consistency, max_rate_ppm: rate, dimensions } }) {
  return {
    consistency, rate,
    weights: dimensions.map(({ weight_ppm: weight }) => weight),
    thresholds: dimensions.map(({ threshold_ppm: threshold }) => threshold),
  };
}

// shares brings weights to a million together, the largest taking what is left.
function shares(weights) {
  const sum = weights.reduce((all, one) => all + one, 0);
  if (sum === 0) return null;
  const parts = weights.map((one) => Math.floor((one * 1000000) / sum));
  parts[parts.indexOf(Math.max(...parts))] += 1000000 - parts.reduce((all, one) => all + one, 0);
  return parts;
}

// address asks for what differs from the published.
function address(period) {
  const was = tried && published(state.view), text = (key, value) =>
    tried && JSON.stringify(tried[key]) !== JSON.stringify(was[key]) ? String(value) : "";
  return `/api/v1/what-if?${query({ period,
    consistency: text("consistency", tried?.consistency), max_rate_ppm: text("rate", tried?.rate),
    weights: text("weights", shares(tried?.weights ?? [])), thresholds: text("thresholds", tried?.thresholds) })}`;
}

// --- The sliders -------------------------------------------------------------

function slider(text, { value, min, max, step }, shown, change) {
  const output = make("span", "amount", shown(value)), input = make("input");
  Object.assign(input, { type: "range", min, max, step });
  input.setAttribute("aria-valuetext", shown(value));
  input.value = value; // after its bounds
  input.addEventListener("input", () => {
    output.textContent = shown(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
    change(Number(input.value));
  });
  return make("label", "slider", make("span", "", text, output), input);
}

let typing;

function tryLater() {
  clearTimeout(typing);
  typing = setTimeout(again, TRY_AFTER_MS);
}

// showSliders makes them anew, unless somebody is moving one.
function showSliders() {
  const { lang, view } = state, form = $("sliders");
  const key = JSON.stringify([lang, view.period, view.published, tried === null]);
  if (form.dataset.holds === key) return;
  form.dataset.holds = key;
  const now = tried ?? published(view);
  const change = (apply) => (value) => {
    tried ??= published(view);
    form.dataset.holds = JSON.stringify([lang, view.period, view.published, false]);
    apply(value);
    tryLater();
  };
  const { dimensions } = view.published;
  const name = (i) => kpiName(lang, state.kpis.find(({ id }) => id === dimensions[i].kpi) ?? { id: dimensions[i].kpi });
  form.replaceChildren(
    ...view.published.form === "exchange" ? [] : [slider(say(lang, "fullRate"),
      { value: now.rate, min: 0, max: Math.max(20000, 2 * view.published.max_rate_ppm), step: 500 }, percent,
      change((value) => { tried.rate = value; }))],
    slider(say(lang, "consistencyWeight"), { value: now.consistency, min: 0, max: 100, step: 1 }, String,
      change((value) => { tried.consistency = value; })),
    ...now.weights.map((value, i) => slider(say(lang, "weightOf", name(i)), { value, min: 0, max: 1000000, step: 10000 },
      percent, change((weight) => { tried.weights[i] = weight; }))),
    ...now.thresholds.map((value, i) => slider(say(lang, "thresholdOf", name(i)),
      { value, min: dimensions[i].floor_ppm, max: dimensions[i].benchmark_ppm, step: 5000 },
      percent, change((threshold) => { tried.thresholds[i] = threshold; }))));
}

// --- Showing -----------------------------------------------------------------

// addDays gives the day so many days after the end of a month "2026-10".
function addDays(month, days) {
  const [year, number] = month.split("-").map(Number);
  return Date.UTC(year, number, 1) + (days - 1) * DAY_MS;
}

function showCalendar() {
  const { lang, view } = state, last = state.periods.find(({ id }) => id === view.period)?.last ?? view.period;
  const { provisional, review, decisions, final } = view.calendar;
  const ends = [["stageOpen", provisional], ["stageReview", review], ["stageDecisions", decisions], ["stageClosing", final]]
    .map(([key, days]) => [key, addDays(last, days)]);
  const stages = [...ends.map(([key, end]) => [key, say(lang, "until", dayName(lang, end))]),
    ["stageFinal", say(lang, "from", dayName(lang, addDays(last, final + 1)))]];
  const over = ends.filter(([, end]) => Date.now() >= end + DAY_MS).length;
  $("stages").replaceChildren(...stages.map(([key, text], i) => {
    const stage = make("li", i === over ? "now" : i < over ? "done" : "",
      make("strong", "", say(lang, key)), make("span", "note", text));
    if (i === over) stage.setAttribute("aria-current", "step");
    return stage;
  }));
}

function fact(key, text, note) {
  return make("div", "fact", make("dt", "", say(state.lang, key)), make("dd", "", text, note ? make("span", "note", note) : null));
}

function showFacts() {
  const { lang, view } = state, { now, then } = view;
  const difference = then.mean_rate_ppm - now.mean_rate_ppm;
  const change = difference === 0 ? "" : `${difference > 0 ? "+" : "−"}${percent(Math.abs(difference))}`;
  $("facts").replaceChildren(
    fact("meanRate", percent(now.mean_rate_ppm), say(lang, "ofTheBase")),
    ...tried ? [fact("meanRateThen", percent(then.mean_rate_ppm), change)] : [],
    fact("ranked", count(lang, now.ranked), say(lang, "ofDealers", count(lang, view.dealers))),
    fact("unpaid", count(lang, now.unpaid), tried ? say(lang, "thenUnpaid", count(lang, then.unpaid)) : ""));
}

function side({ rank, score, rate_ppm: rate, insufficient }) {
  return [rank === null ? "–" : String(rank), score === null ? "–" : short(score), percent(rate) + (insufficient ? " *" : "")];
}

function showMovers() {
  const { lang, view } = state, { up, down, more, less, movers } = view;
  $("movers-title").textContent = say(lang, "movers");
  $("movers-note").textContent = tried
    ? `${say(lang, "moversMore", count(lang, more), count(lang, less))} ${say(lang, "moversRank", count(lang, up), count(lang, down))}`
    : say(lang, "moversNone");
  $("movers").parentElement.hidden = movers.length === 0;
  const heads = ["rank", "score", "rate"].flatMap((key) => [say(lang, key), say(lang, `${key}Then`)]);
  table("movers", say(lang, "movers"), [say(lang, "dealer"), ...heads],
    movers.map(({ dealer, name, now, then }) => {
      const link = make("a", "name", name || dealer), [a, b] = [side(now), side(then)];
      link.href = `/dealer?${query({ dealer, period: view.period, lang })}`;
      return [link, ...a.flatMap((text, i) => [text, b[i]])];
    }));
}

function show() {
  const { lang, view } = state;
  document.title = `${say(lang, "rebate")} · ${view.period} · Dealerpulse`;
  $("subtitle").textContent = periodName(lang, view.period);
  if (view.open) $("subtitle").append(make("span", "tag", say(lang, "open")));
  $("problem").hidden = !view.refused;
  $("problem").textContent = view.refused ? say(lang, "cannotTry") : "";
  $("reset").disabled = tried === null;
  showFacts();
  showCalendar();
  showSliders();
  drawRates(lang, view, tried !== null);
  showMovers();
  $("json").href = address(view.period);
}

// readView keeps what was shown when what is tried is no rebate.
async function readView() {
  try {
    return await read(address(state.wanted.period));
  } catch (error) {
    if (error.status !== 400 || !tried || !state.view) throw error;
    return { ...state.view, refused: true };
  }
}

const { again } = viewPage({ state, readView, show, failed: "rebateFailed" });

$("period").addEventListener("change", () => { tried = null; });
$("reset").addEventListener("click", () => {
  tried = null;
  again();
});
$("sliders").addEventListener("submit", (event) => event.preventDefault());
