// SPDX-License-Identifier: Apache-2.0
//
// app: picks, reads and shows a ranking, or one dealer's scorecard.  All foreign
// text enters the page through textContent.

import { showCard } from "./card.js";
import { count, kpiName, locales, nName, periodName, say, scopeName, split } from "./format.js";
import { $, follow, healthLine, make, positionLine, query, read } from "./page.js";

const ROWS_AT_ONCE = 300, FIND_AFTER_MS = 200;

const state = {
  lang: "en",
  wanted: { period: "", kpi: "", scope: "", dealer: "" },
  periods: [], kpis: [], scopes: [],
  ranking: null,
  card: null,
  health: null,
  limit: ROWS_AT_ONCE,
  asked: 0,
};

// --- Reading -----------------------------------------------------------------

// address names a ranking; what is not given the reporter chooses.
function address({ period, kpi, scope, format, find, limit }) {
  return `/api/v1/rankings?${query({ period, kpi, scope, format, find, limit })}`;
}

function cardAddress({ dealer, period, scope }) {
  return `/api/v1/dealers/${encodeURIComponent(dealer)}?${query({ period, scope })}`;
}

async function readChoices() {
  const [periods, kpis, scopes] = await Promise.all(
    ["periods", "kpis", "scopes"].map((name) => read(`/api/v1/${name}`)));
  state.periods = periods.periods;
  state.kpis = kpis.kpis;
  state.scopes = scopes.scopes;
  if (!state.wanted.kpi)
    state.wanted.kpi = (state.kpis.find((kpi) => kpi.id === "csi") ?? state.kpis[0])?.id ?? "";
  if (!state.wanted.scope) state.wanted.scope = scopes.default;
  showPickers();
}

// readRanking reads as many rows as are shown; an answer that was overtaken is dropped.
async function readRanking() {
  const asked = ++state.asked;
  $("ranking").classList.add("loading");
  try {
    const ranking = await read(address({ ...state.wanted, find: $("find").value.trim(), limit: state.limit }));
    if (asked !== state.asked) return;
    state.ranking = ranking;
    notice("");
    showRanking();
  } catch (error) {
    if (asked !== state.asked) return;
    if (error.status === 503) return; // the health line says it
    state.ranking = null;
    showRanking();
    notice(say(state.lang, "failed", error.message), true);
  } finally {
    if (asked === state.asked) $("ranking").classList.remove("loading");
  }
}

async function readCard() {
  const asked = ++state.asked;
  try {
    const card = await read(cardAddress(state.wanted));
    if (asked !== state.asked) return;
    state.card = card;
    notice("");
    showDealer();
  } catch (error) {
    if (asked !== state.asked || error.status === 503) return;
    state.card = null;
    showDealer();
    notice(say(state.lang, "cardFailed", error.message), true);
  }
}

// readWanted reads the ranking, or the scorecard when a dealer is chosen.
function readWanted() {
  return state.wanted.dealer ? readCard() : readRanking();
}

async function readAll() {
  await readChoices();
  await readWanted();
}

// --- Showing -----------------------------------------------------------------

function notice(text, bad = false) {
  $("notice").textContent = text;
  $("notice").classList.toggle("bad", bad);
  $("notice").hidden = text === "";
}

function showHealth() {
  const { lang, health } = state, [light, text] = healthLine(lang, health);
  $("health").dataset.state = light;
  $("health-text").textContent = text;
  $("position").textContent = positionLine(lang, health);
}

function fill(select, groups, wanted) {
  select.replaceChildren();
  for (const [label, options] of groups) {
    if (options.length === 0) continue;
    const parent = label ? make("optgroup") : select;
    if (label) {
      parent.label = label;
      select.append(parent);
    }
    for (const [value, text] of options) {
      const option = make("option", "", text);
      option.value = value;
      parent.append(option);
    }
  }
  // What the address asked for stays visible, even when it does not exist.
  if (wanted && ![...select.options].some((option) => option.value === wanted)) {
    const option = make("option", "", wanted);
    option.value = wanted;
    select.append(option);
  }
  select.value = wanted;
  select.disabled = select.options.length === 0;
}

function showPickers() {
  const { lang, wanted } = state;
  const period = (test) => state.periods.filter(({ id }) => test.test(id))
    .map(({ id, open }) => [id, periodName(lang, id) + (open ? ` · ${say(lang, "open")}` : "")]);
  fill($("period"), [
    [say(lang, "months"), period(/^\d{4}-\d{2}$/)],
    [say(lang, "quarters"), period(/^\d{4}-Q\d$/)],
    [say(lang, "years"), period(/^\d{4}$/)],
    [say(lang, "longer"), period(/:/)],
  ], wanted.period || ((wanted.dealer ? state.card : state.ranking)?.period ?? ""));

  const kpi = (test) => state.kpis.filter(test).map((rule) => [rule.id, kpiName(lang, rule)]);
  fill($("kpi"), [
    [say(lang, "kpis"), kpi(({ id }) => !id.startsWith("mean_"))],
    [say(lang, "items"), kpi(({ id }) => id.startsWith("mean_"))],
  ], wanted.kpi);

  const scope = (kind) => state.scopes.filter((id) => id.startsWith(`${kind}:`))
    .map((id) => [id, id.slice(kind.length + 1)]);
  fill($("scope"), [
    ["", [["nation", say(lang, "nation")]]],
    ...["region", "brand", "size"].map((kind) => [say(lang, kind), scope(kind)]),
  ], wanted.scope);
}

// extent returns the ends of the bars for a form of KPI.
function extent(form, { low, high }, rows) {
  if (form === "index" || form === "share" || form === "sla") return [0, 100];
  if (form === "nps") return [-100, 100];
  const values = rows.flatMap((row) => spanOf(row) ?? []);
  for (const end of [low, high]) if (end !== null) values.push(Number(end));
  return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 0) || 1];
}

// spanOf returns the ends of a row's interval as numbers, null without one.
function spanOf(row) {
  return row.low == null || row.high == null ? null : [Number(row.low), Number(row.high)];
}

// whisker draws a row's 95 % interval over its bar.
function whisker(row, place) {
  const span = spanOf(row);
  if (!span) return null;
  const mark = make("span", "whisker");
  const [from, to] = span.map(place);
  mark.style.left = `${from}%`;
  mark.style.width = `${to - from}%`;
  return mark;
}

function track(row, value, [low, high]) {
  const holder = make("span", "chance"), bar = make("span", "track"), part = make("span", "fill");
  const place = (x) => Math.min(100, Math.max(0, ((x - low) / (high - low || 1)) * 100));
  const zero = place(0), end = place(Number(value));
  part.style.left = `${Math.min(zero, end)}%`;
  part.style.width = `${Math.abs(end - zero)}%`;
  holder.setAttribute("aria-hidden", "true");
  bar.append(part);
  holder.append(bar);
  const over = whisker(row, place);
  if (over) holder.append(over);
  return holder;
}

// standing says which ranks chance leaves open, and whether the row stands out.
function standing(row, rule) {
  const { lang } = state;
  if (row.rank_first == null) return null;
  const ranks = row.rank_first === row.rank_last ? String(row.rank_first) : `${row.rank_first}–${row.rank_last}`;
  const element = make("span", "standing", say(lang, "ranksOpen", ranks));
  if (row.band === "above" || row.band === "below") {
    const good = (row.band === "above") !== Boolean(rule.lower_is_better);
    element.append(make("span", good ? "band good" : "band bad", say(lang, row.band)));
  }
  return element;
}

// within says the estimate and its interval in words, for a pointer or a reader.
function within(row, rule) {
  const { lang } = state;
  if (spanOf(row) === null) return "";
  const [value, low, high] = [row.estimate, row.low, row.high].map((text) => split(text, rule.form)[0]);
  const own = new Intl.NumberFormat(locales[lang], { style: "percent" }).format(Number(row.credibility));
  return `${say(lang, "interval", low, high)} ${say(lang, "estimate", value, own)}`;
}

function figure(value, form) {
  const element = make("span", "figure");
  if (value === null) {
    element.textContent = "–";
    return element;
  }
  const [large, small] = split(value, form);
  element.append(large, make("small", "", small));
  return element;
}

function note(row, rule) {
  const { lang } = state;
  if (row.reason) return make("span", "note", say(lang, row.reason, count(lang, rule.min_n), nName(lang, rule.form, true)));
  if (!row.flag) return null;
  const share = `${rule.flag_ppm / 10000} %`;
  return make("span", row.flag === "reached" ? "note reached" : "note unproven", say(lang, row.flag, share));
}

function line(row, rule, bounds) {
  const { lang } = state;
  const tr = make("tr", row.rank === 1 ? "first" : row.rank === null ? "aside" : "");
  tr.append(make("td", "rank", row.rank === null ? "–" : String(row.rank)));

  const dealer = make("th");
  dealer.scope = "row";
  const link = make("a", "name", row.name || row.dealer);
  link.href = `/ranking?${query({ ...state.wanted, dealer: row.dealer, lang })}`;
  link.dataset.dealer = row.dealer;
  dealer.append(link);
  if (row.name) dealer.append(make("span", "id", row.dealer));
  const remark = note(row, rule);
  if (remark) dealer.append(remark);

  const value = make("td", "value");
  const shown = state.ranking.method === "shrunken" && row.estimate != null ? row.estimate : row.value;
  value.append(figure(shown, rule.form));
  if (shown !== null) value.append(track(row, shown, bounds));
  const told = within(row, rule);
  if (told) {
    value.title = told;
    value.append(make("span", "hidden", told));
  }
  const open = standing(row, rule);
  if (open) value.append(open);

  const exact = row.value === null ? "" : `${row.num} / ${row.den}`;
  tr.append(dealer, value, make("td", "number", count(lang, row.n)), make("td", "number exact", exact));
  return tr;
}

function showRows(rule) {
  const { lang, ranking } = state;
  const { page, rows } = ranking;
  const bounds = extent(rule.form, page, rows);
  const lines = [];
  let divided = false;
  for (const row of rows) {
    if (row.rank === null && !divided) {
      const tr = make("tr", "divider"), th = make("th", "", say(lang, "divider"));
      th.colSpan = 4; // the last column is not there on narrow screens
      th.scope = "rowgroup";
      tr.append(th, make("td", "exact"));
      lines.push(tr);
      divided = true;
    }
    lines.push(line(row, rule, bounds));
  }
  $("rows").replaceChildren(...lines);
  $("empty").hidden = page.found > 0;
  $("empty").textContent = say(lang, page.dealers ? "none" : "nobody");
  $("more").hidden = rows.length >= page.found;
  $("show-more").textContent = say(lang, "more", count(lang, rows.length), count(lang, page.found));
}

function showSubtitle(ranking) {
  const { lang } = state;
  const text = `${periodName(lang, ranking.period)} · ${scopeName(lang, ranking.scope)}`;
  $("subtitle").textContent = text;
  if (!ranking.open) return;
  const tag = make("span", "tag", say(lang, "open"));
  const left = ranking.unanswered > 0 ? ` ${say(lang, "unanswered", count(lang, ranking.unanswered))}` : "";
  tag.title = say(lang, "openHint") + left;
  if (left) notice(tag.title);
  $("subtitle").append(tag);
}

// showDealer shows the scorecard in place of the ranking.
function showDealer() {
  const { lang, card, wanted } = state;
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = true;
  $("card").hidden = false;
  $("kpi").disabled = $("find").disabled = true;
  $("back").href = `/ranking?${query({ ...wanted, dealer: "", lang })}`;
  $("card-json").href = cardAddress(wanted);
  if (!card) {
    $("card-body").replaceChildren();
    return;
  }
  document.title = `${card.name || card.dealer} · ${card.period} · Dealerpulse`;
  $("period").value = card.period;
  showCard($("card-body"), card, state.kpis, lang);
}

// chanceText explains whiskers and open ranks, and what they are measured by.
function chanceText(ranking) {
  const { lang } = state;
  const { spread } = ranking;
  if (!spread) return "";
  const months = spread.first === spread.last ? periodName(lang, spread.first)
    : say(lang, "fromTo", periodName(lang, spread.first), periodName(lang, spread.last));
  return ` ${say(lang, "chance", Number(ranking.c), months)}`;
}

function showRanking() {
  const { lang, ranking } = state;
  $("card").hidden = true;
  $("kpi").disabled = $("find").disabled = false;
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = !ranking;
  if (!ranking) return;
  const rule = state.kpis.find(({ id }) => id === ranking.kpi) ??
    { id: ranking.kpi, form: "mean", min_n: 0, flag_ppm: 0 };
  const name = kpiName(lang, rule);
  const { ranked, dealers } = ranking.page;

  document.title = `${name} · ${ranking.period} · Dealerpulse`;
  $("title").textContent = name;
  $("caption").textContent = `${name}, ${periodName(lang, ranking.period)}, ${scopeName(lang, ranking.scope)}`;
  showSubtitle(ranking);
  $("total").replaceChildren(figure(ranking.total.value, rule.form));
  $("total-n").textContent = count(lang, ranking.total.n);
  $("n-label").textContent = $("n-head").textContent = nName(lang, rule.form);
  $("ranked").textContent = count(lang, ranked);
  $("unranked").textContent = count(lang, dealers - ranked);
  const how = ranking.method === "shrunken" ? "explainShrunken" : rule.min_n > 1 ? "explain" : "explainPlain";
  $("explain").textContent = say(lang, how, count(lang, rule.min_n), nName(lang, rule.form, true)) +
    (rule.lower_is_better ? ` ${say(lang, "lower")}` : "") + chanceText(ranking);
  const { period, kpi, scope } = ranking;
  $("csv").href = address({ period, kpi, scope, format: "csv" });
  $("xlsx").href = address({ period, kpi, scope, format: "xlsx" });
  $("json").href = address({ period, kpi, scope });
  $("period").value = period;
  showRows(rule);
}

// --- Language and picking ----------------------------------------------------

function linkPages() {
  const { period, kpi, scope } = state.wanted;
  for (const link of document.querySelectorAll("[data-page]"))
    link.href = `${link.dataset.page}?${query({ period, kpi, scope, lang: state.lang })}`;
}

function remember() {
  linkPages();
  history.replaceState(null, "", `/ranking?${query({ ...state.wanted, lang: state.lang })}`);
}

// go shows a dealer's scorecard, or with "" the ranking, as a step back can undo.
async function go(dealer) {
  state.wanted.dealer = dealer;
  history.pushState(null, "", `/ranking?${query({ ...state.wanted, lang: state.lang })}`);
  await readWanted();
  window.scrollTo(0, 0);
  (dealer ? $("card-body").querySelector("h1") : $("ranking"))?.focus({ preventScroll: true });
}

// A click that asks for another tab stays the browser's.
function isPlain(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function takeWanted() {
  const asked = new URLSearchParams(location.search);
  for (const name of Object.keys(state.wanted)) state.wanted[name] = asked.get(name) ?? "";
  return asked.get("lang") ?? navigator.language ?? "en";
}

function speak(lang) {
  state.lang = lang;
  document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = say(lang, element.dataset.word);
  for (const button of document.querySelectorAll("[data-lang]"))
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  $("find").placeholder = say(lang, "findHint");
  showPickers();
  if (state.wanted.dealer && state.card) {
    notice("");
    showDealer();
  } else if (!state.wanted.dealer && state.ranking) {
    notice("");
    showRanking();
  }
  if (state.health) showHealth();
  linkPages();
}

function start() {
  speak(takeWanted().startsWith("zh") ? "zh" : "en");

  for (const name of ["period", "kpi", "scope"])
    $(name).addEventListener("change", (event) => {
      state.wanted[name] = event.target.value;
      state.limit = ROWS_AT_ONCE;
      remember();
      readWanted();
    });
  $("rows").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dealer]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    go(link.dataset.dealer);
  });
  $("back").addEventListener("click", (event) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    go("");
  });
  addEventListener("popstate", () => {
    takeWanted();
    showPickers();
    readWanted();
  });
  for (const button of document.querySelectorAll("[data-lang]"))
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      remember();
    });
  $("pickers").addEventListener("submit", (event) => event.preventDefault());
  let typing;
  $("find").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(readRanking, FIND_AFTER_MS);
  });
  $("show-more").addEventListener("click", () => {
    state.limit += ROWS_AT_ONCE;
    readRanking();
  });
  follow(readAll, (health) => {
    state.health = health;
    showHealth();
  });
}

start();
