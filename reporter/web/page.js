// SPDX-License-Identifier: Apache-2.0
//
// page: what every page does: read, make elements, speak, follow the reporter.
// A page's state is its lang, wanted, periods, usual (one of them), kpis, scopes
// and health; me is what the reader's token shows.

import { age, count, kpiName, periodName, say, short, split } from "./format.js";

const HEALTH_EVERY_MS = 3000;

export const $ = (id) => document.getElementById(id);

export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content.filter((one) => one !== undefined && one !== null));
  return element;
}

// --- Reading -----------------------------------------------------------------

// read gives an answer's JSON.  What it throws has a status; 0: no answer came.
export async function read(path) {
  const fail = (status, detail) => { throw Object.assign(new Error(detail), { status }); };
  const response = await fetch(path, { headers: { Accept: "application/json" } })
    .catch((error) => fail(0, error.message));
  if (response.status === 401) location.assign(`/login?lang=${document.documentElement.lang.slice(0, 2)}`);
  const body = await response.json().catch((error) => response.ok ? fail(0, error.message) : {});
  if (!response.ok) fail(response.status, body.detail || `HTTP ${response.status}`);
  return body;
}

export function query(what) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(what)) if (value) pairs.set(name, value);
  return pairs;
}

// ownDealer is the one dealer a token shows, "" when it shows more.
function ownDealer({ me }) {
  return me?.scope.startsWith("dealer:") ? me.scope.slice("dealer:".length) : "";
}

// stayHome keeps a reader whose token shows one dealer on that dealer's page.
function stayHome(state) {
  const dealer = ownDealer(state);
  if (!dealer) return;
  if (!("dealer" in state.wanted)) location.replace(`/dealer?${query({ dealer, lang: state.lang })}`);
  Object.assign(state.wanted, { dealer, scope: "" });
  for (const element of document.querySelectorAll(".pages, .back")) element.hidden = true;
}

// readMe learns once what the reader's token shows, if tokens are asked for.
async function readMe(state) {
  if (state.me) return;
  state.me = await read("/api/v1/me");
  stayHome(state);
  if (state.me.scope !== "hq")
    for (const link of document.querySelectorAll("[data-hq]")) link.hidden = true;
  if (!state.me.tokens) return;
  const link = make("a", "sign-out", say(state.lang, "signOut"));
  Object.assign(link.dataset, { word: "signOut", page: "/login" });
  document.querySelector(".languages").before(link);
  linkPages(state);
}

// readChoices reads what can be asked, and asks for the default where nothing is.
export async function readChoices(state) {
  await readMe(state);
  const [periods, kpis, scopes] = await Promise.all(
    ["periods", "kpis", "scopes"].map((name) => read(`/api/v1/${name}`)));
  Object.assign(state, { periods: periods.periods, usual: periods.default, kpis: kpis.kpis, scopes: scopes.scopes });
  if ("kpi" in state.wanted) state.wanted.kpi ||= (state.kpis.find((kpi) => kpi.id === "csi") ?? state.kpis[0])?.id ?? "";
  if ("scope" in state.wanted) state.wanted.scope ||= scopes.default ?? "";
}

let asked = 0;

// readNewest shows what `reading` gives unless a later question overtook it.  What the
// reporter refuses is told to `refuse`; what it cannot answer now is thrown,
// the light says it and `follow` asks again.
export async function readNewest(reading, show, refuse) {
  const number = ++asked;
  let answer;
  try {
    answer = await reading();
  } catch (error) {
    if (number !== asked) return;
    if (error.status < 400 || error.status >= 500) throw error;
    refuse(error);
    return;
  }
  if (number === asked) show(answer);
}

// refusal says in the reader's language what of the question there is not; `key`
// is the sentence for anything else.  The reporter's own words are English.
export function refusal({ lang, periods, kpis, scopes }, { period, kpi, scope, dealer }, error, key) {
  if (error.status === 404 && periods.length === 0) return say(lang, "noData");
  if (kpi && !kpis.some(({ id }) => id === kpi)) return say(lang, "noKpi", kpi);
  if (scope && !scopes.includes(scope)) return say(lang, "noScope", scope);
  if (period && !periods.some(({ id }) => id === period)) return say(lang, "noPeriod", periodName(lang, period));
  if (dealer && error.status === 404) return say(lang, "noDealer", dealer);
  if (error.status === 403) return say(lang, "notYours");
  return say(lang, key, lang === "en" ? error.message : `HTTP ${error.status}`);
}

// --- Showing -----------------------------------------------------------------

export function notice(text, bad = false) {
  $("notice").textContent = text;
  $("notice").classList.toggle("bad", bad);
  $("notice").hidden = text === "";
}

export function figure(value, form) {
  if (value === null) return make("span", "figure", "–");
  const [large, small] = split(value, form);
  return make("span", "figure", large, make("small", "", small));
}

// moved says how far a value is from the one before, and whether that is good;
// null without both.
export function moved({ value, previous }, { form, lower_is_better: lower }) {
  if (value === null || previous === null) return null;
  const by = Number(value) - Number(previous);
  const size = Math.abs(by).toFixed(form === "count" ? 0 : 2);
  if (Number(size) === 0) return make("span", "note", "±0");
  const good = form === "count" ? "" : by > 0 !== Boolean(lower) ? "good" : "bad";
  return make("span", `moved ${good}`, `${by > 0 ? "▲" : "▼"} ${short(size, form)}`);
}

// fill leaves a list alone that holds the same already: it may be open.
function fill(select, groups, wanted, text = wanted) {
  if (!select) return; // not every page has all of them
  // What the address asked for stays visible, even when it does not exist.
  if (wanted && !groups.some(([, options]) => options.some(([value]) => value === wanted)))
    groups.push(["", [[wanted, text]]]);
  const key = JSON.stringify(groups);
  if (select.dataset.holds !== key) {
    const option = ([value, text]) => Object.assign(make("option", "", text), { value });
    select.replaceChildren(...groups.filter(([, options]) => options.length).flatMap(([label, options]) =>
      label ? [Object.assign(make("optgroup", "", ...options.map(option)), { label })] : options.map(option)));
    select.dataset.holds = key;
  }
  select.value = wanted;
  select.disabled = select.options.length === 0;
}

export function showPickers({ lang, periods, kpis, scopes }, wanted) {
  const period = (test) => periods.filter(({ id }) => test.test(id))
    .map(({ id, open }) => [id, periodName(lang, id) + (open ? ` · ${say(lang, "open")}` : "")]);
  fill($("period"), [
    [say(lang, "months"), period(/^\d{4}-\d{2}$/)],
    [say(lang, "quarters"), period(/^\d{4}-Q\d$/)],
    [say(lang, "years"), period(/^\d{4}$/)],
    [say(lang, "longer"), period(/:/)],
  ], wanted.period, periodName(lang, wanted.period));

  const kpi = (test) => kpis.filter(test).map((rule) => [rule.id, kpiName(lang, rule)]);
  fill($("kpi"), [
    [say(lang, "kpis"), kpi(({ id }) => !id.startsWith("mean_"))],
    [say(lang, "items"), kpi(({ id }) => id.startsWith("mean_"))],
  ], wanted.kpi);

  const scope = (kind) => scopes.filter((id) => id.startsWith(`${kind}:`))
    .map((id) => [id, id.slice(kind.length + 1)]);
  fill($("scope"), [
    ["", scopes.includes("nation") ? [["nation", say(lang, "nation")]] : []],
    ...["region", "brand", "size", "group", "peer"].map((kind) => [say(lang, kind), scope(kind)]),
  ], wanted.scope);
}

// healthLine is the sentence beside the light, and the light.
function healthLine(lang, health) {
  if (!health) return ["bad", say(lang, "gone")];
  if (health.snapshot_age_ms === null) return ["late", say(lang, "starting")];
  if (!health.ready) return ["bad", say(lang, "late", age(lang, health.answer_age_ms))];
  if (health.last_commit_age_ms === null) return ["good", say(lang, "quiet")];
  return ["good", say(lang, "fresh", age(lang, health.last_commit_age_ms))];
}

function positionLine(lang, health) {
  if (!health || health.snapshot_age_ms === null) return "";
  const { position, events, answer_age_ms: answered } = health;
  if (events === undefined) return say(lang, "atPosition", count(lang, position), age(lang, answered));
  return say(lang, "at", count(lang, position), count(lang, events), age(lang, answered));
}

export function showHealth({ lang, health }) {
  const [light, text] = healthLine(lang, health);
  $("health").dataset.state = light;
  $("health-text").textContent = text;
  $("position").textContent = positionLine(lang, health);
}

// --- Language and address ----------------------------------------------------

// takeWanted reads the address into state.wanted, and gives the language.
export function takeWanted(state) {
  const given = new URLSearchParams(location.search);
  for (const name of Object.keys(state.wanted)) state.wanted[name] = given.get(name) ?? "";
  stayHome(state);
  return (given.get("lang") ?? navigator.language ?? "en").startsWith("zh") ? "zh" : "en";
}

// speakPage says the words that stand in the page itself.
export function speakPage(lang) {
  document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = say(lang, element.dataset.word);
  for (const button of document.querySelectorAll("[data-lang]"))
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
}

// linkPages lets the links to the other pages keep what is chosen here.
export function linkPages({ lang, wanted: { period, kpi, scope } }) {
  for (const link of document.querySelectorAll("[data-page]"))
    link.href = `${link.dataset.page}?${query({ period, kpi, scope, lang })}`;
  for (const link of document.querySelectorAll(".pages a"))
    if (link.dataset.page === location.pathname) link.setAttribute("aria-current", "page");
}

// --- Following ---------------------------------------------------------------

// listen tells `move` every position of the stream, while the page can be seen:
// a browser opens only six connections to one place, and pages in other tabs, or
// kept for the way back, would soon hold them all.
function listen(move) {
  let stream = null;
  const close = () => {
    stream?.close();
    stream = null;
  };
  const tune = () => {
    if (document.hidden) {
      close();
    } else if (!stream) {
      stream = new EventSource("/api/v1/stream");
      stream.addEventListener("figures", (event) => move(JSON.parse(event.data).position));
    }
  };
  document.addEventListener("visibilitychange", tune);
  addEventListener("pagehide", close);
  addEventListener("pageshow", tune);
  tune();
}

// follow calls `changed` whenever the figures moved, told by the stream or found
// out by asking, and `looked` with every look at the reporter's health.  What
// read throws is tried again; so is a reading of the page's own, given to the
// function that follow gives back.
export function follow(changed, looked) {
  let shown = -1;
  const attempt = async (reading) => {
    try {
      await reading();
    } catch (error) {
      if (error.status === undefined) throw error; // ours: the console says it
      shown = -1;
    }
  };
  const move = (position) => {
    if (position === shown) return undefined;
    shown = position;
    return attempt(changed);
  };
  listen(move);
  const look = async () => {
    const health = await read("/api/v1/health").catch(() => null); // said by the light
    setTimeout(look, HEALTH_EVERY_MS);
    looked(health);
    if (health && health.snapshot_age_ms !== null) await move(health.position);
  };
  look();
  return attempt;
}
