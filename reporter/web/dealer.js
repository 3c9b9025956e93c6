// SPDX-License-Identifier: Apache-2.0
//
// dealer: one dealer's page: what the period pays and why, strengths and
// weaknesses beside all dealers, the trend, and the scorecard.

import { showCard } from "./card.js";
import { drawQuadrant, drawRadar, drawTrend } from "./charts.js";
import { kpiName, periodName, say, scopeName } from "./format.js";
import { $, make, query, read } from "./page.js";
import { showStatement } from "./statement.js";
import { newState, viewPage } from "./view.js";

const state = newState("period", "kpi", "scope", "dealer");

function address(part, pairs) {
  return `/api/v1/dealers/${encodeURIComponent(state.wanted.dealer)}${part}?${query(pairs)}`;
}

// readIfThere gives null where the programme has no rebate, or where a dealer's
// own token does not show all dealers.
async function readIfThere(path) {
  try {
    return await read(path);
  } catch (error) {
    if (error.status === 404 || error.status === 403) return null;
    throw error;
  }
}

async function readView() {
  const { period: asked, kpi, scope } = state.wanted;
  const card = await read(address("", { period: asked, scope }));
  const { period } = card;
  if (!state.kpis.some(({ id }) => id === kpi)) throw Object.assign(new Error("no such KPI"), { status: 404 });
  const [pack, peers] = await Promise.all([
    readIfThere(address("/statement", { period })), readIfThere(`/api/v1/overview?${query({ period, kpi, scope })}`)]);
  return { card, pack, peers, period };
}

// strengths gives the items of the KPI that is made of most, at least three:
// each with its share of the weight, and on a scale of 0 to 100 what the dealer
// and all dealers reach.
function strengths(card) {
  const whole = state.kpis.filter(({ form, items }) => form === "index" && items?.length >= 3)
    .reduce((best, one) => one.items.length > (best?.items.length ?? 0) ? one : best, null);
  if (!whole) return null;
  const sum = whole.items.reduce((all, { weight }) => all + weight, 0);
  const items = whole.items.flatMap(({ id, lo, hi, weight }) => {
    const line = card.kpis.find((one) => one.id === `mean_${id}`), rule = state.kpis.find((one) => one.id === `mean_${id}`);
    if (!line || !rule || line.value === null || line.total === null) return [];
    const place = (value) => (100 * (Number(value) - lo)) / (hi - lo);
    return [{ name: kpiName(state.lang, rule), weight: (100 * weight) / sum,
      value: place(line.value), total: place(line.total), shown: line.value, shownTotal: line.total }];
  });
  if (items.length < 3) return null;
  const weakest = items.reduce((worst, one) => one.value < worst.value ? one : worst);
  for (const one of items) one.weakest = one === weakest;
  return { name: kpiName(state.lang, whole), items, isEven: new Set(whole.items.map(({ weight }) => weight)).size === 1 };
}

function showStrengths(card) {
  const { lang } = state, found = strengths(card);
  $("radar-panel").hidden = !found;
  $("quadrant-panel").hidden = !found || found.isEven;
  if (!found) return;
  $("radar-title").textContent = say(lang, "radarOf", found.name);
  drawRadar(lang, found);
  if (found.isEven) return;
  $("quadrant-title").textContent = say(lang, "quadrantOf", found.name);
  drawQuadrant(lang, found);
}

function showTrend({ card, peers }) {
  const { lang, wanted } = state, [kpi, own, all] = [state.kpis, card.kpis, peers?.kpis ?? []]
    .map((list) => list.find(({ id }) => id === wanted.kpi));
  const name = kpiName(lang, kpi);
  $("trend-title").textContent = say(lang, all ? "trendAgainst" : "trendOf", name);
  drawTrend(lang, card, { months: own.months, target: all?.target ?? null, peers: all?.months }, kpi, name);
}

function facts(card) {
  const { lang } = state;
  return [card.dealer, ...["region", "brand", "size", "status"].map((key) => card[key])]
    .filter(Boolean).join(" · ") + ` — ${periodName(lang, card.period)} · ${scopeName(lang, card.scope)}`;
}

function show() {
  const { lang, view: { card, pack, peers } } = state;
  document.title = `${card.name || card.dealer} · ${card.period} · Dealerpulse`;
  $("title").textContent = card.name || card.dealer;
  $("subtitle").textContent = facts(card);
  if (card.open) $("subtitle").append(make("span", "tag", say(lang, "open")));
  $("statement").hidden = !pack;
  if (pack) showStatement($("statement-body"), pack, state.kpis, lang);
  showStrengths(card);
  showTrend({ card, peers });
  showCard($("card-body"), card, state.kpis, lang);
  $("card-json").href = address("", { period: card.period, scope: card.scope });
  $("pack").href = address("/statement", { period: card.period });
  $("pack").hidden = !pack;
}

viewPage({ state, readView, show, failed: "cardFailed" });
$("print").addEventListener("click", () => print());
