// SPDX-License-Identifier: Apache-2.0
//
// ranking: picks, reads and shows a ranking.  All foreign text enters the page
// through textContent.

import { count, kpiName, locales, nName, periodName, say, scopeName, split } from "./format.js";
import {
  $, figure, follow, linkPages, make, notice, query, read, readChoices, readNewest, refusal, showHealth, showPickers,
  speakPage, takeWanted,
} from "./page.js";

const ROWS_AT_ONCE = 300, FIND_AFTER_MS = 200;

const state = {
  lang: "en",
  wanted: { period: "", kpi: "", scope: "" },
  periods: [], usual: "", kpis: [], scopes: [],
  ranking: null,
  problem: null, // what was refused
  health: null,
  limit: ROWS_AT_ONCE,
};

// --- Reading -----------------------------------------------------------------

// address names a ranking; what is not given the reporter chooses.
function address({ period, kpi, scope, format, find, limit }) {
  return `/api/v1/rankings?${query({ period, kpi, scope, format, find, limit })}`;
}

// readRanking reads as many rows as are shown.
function readRanking() {
  $("ranking").classList.add("loading");
  const wanted = { ...state.wanted, find: $("find").value.trim(), limit: state.limit };
  return readNewest(() => read(address(wanted)), (ranking) => {
    Object.assign(state, { ranking, problem: null });
    notice("");
    showRanking();
  }, refuse);
}

// refuse says why there is nothing to show; the pickers stay of use.
function refuse(error) {
  Object.assign(state, { ranking: null, problem: error });
  document.title = "Dealerpulse";
  pick();
  showRanking();
  notice(refusal(state, state.wanted, error, "failed"), true);
}

async function readAll() {
  await readChoices(state);
  pick();
  await readRanking();
}

// --- Showing -----------------------------------------------------------------

// pick shows what is chosen, of what there is to choose.
function pick() {
  const { wanted, ranking, usual } = state;
  showPickers(state, { ...wanted, period: wanted.period || (ranking?.period ?? usual) });
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
  link.href = `/dealer?${query({ ...state.wanted, dealer: row.dealer, lang })}`;
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
  const focused = document.activeElement?.dataset?.dealer;
  $("rows").replaceChildren(...lines);
  if (focused) [...$("rows").querySelectorAll("a")].find((one) => one.dataset.dealer === focused)?.focus();
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
  $("ranking").classList.remove("loading");
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

function remember() {
  linkPages(state);
  history.replaceState(null, "", `/ranking?${query({ ...state.wanted, lang: state.lang })}`);
}

let attempt; // a reading, tried again when it fails

function speak(lang) {
  state.lang = lang;
  speakPage(lang);
  $("find").placeholder = say(lang, "findHint");
  pick();
  if (state.problem) {
    refuse(state.problem);
  } else if (state.ranking) {
    notice("");
    showRanking();
  }
  if (state.health) showHealth(state);
  linkPages(state);
}

function start() {
  const given = new URLSearchParams(location.search);
  if (given.get("dealer")) { // where a dealer's page used to be
    location.replace(`/dealer?${given}`);
    return;
  }
  speak(takeWanted(state));

  for (const name of ["period", "kpi", "scope"])
    $(name).addEventListener("change", (event) => {
      state.wanted[name] = event.target.value;
      state.limit = ROWS_AT_ONCE;
      remember();
      attempt(readRanking);
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
    typing = setTimeout(() => attempt(readRanking), FIND_AFTER_MS);
  });
  $("show-more").addEventListener("click", () => {
    state.limit += ROWS_AT_ONCE;
    attempt(readRanking);
  });
  attempt = follow(readAll, (health) => {
    state.health = health;
    showHealth(state);
  });
}

start();
