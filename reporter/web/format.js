// SPDX-License-Identifier: Apache-2.0
//
// format: numbers, ages and names for people.

import { words } from "./words.js";

export const locales = { en: "en-GB", zh: "zh-CN" };

// say returns a word of the language with {x}, {y}, {z} filled in.
export function say(lang, key, x = "", y = "", z = "") {
  const text = words[lang][key] ?? words.en[key] ?? key;
  return text.replace(/\{([xyz])\}/g, (_, name) => ({ x, y, z })[name]);
}

export function count(lang, n) {
  return new Intl.NumberFormat(locales[lang]).format(n);
}

// age says a number of milliseconds in the unit that fits.
export function age(lang, ms) {
  const steps = [["day", 86400000, 2], ["hour", 3600000, 2], ["minute", 60000, 2]];
  for (const [unit, size, from] of steps)
    if (ms >= size * from) return say(lang, unit, count(lang, Math.floor(ms / size)));
  return say(lang, "second", count(lang, Math.floor(ms / 1000)));
}

// split cuts a value such as "71.970370" after two decimals: the rest is shown
// small.  Counts come without decimals, their thousands apart.
export function split(value, form) {
  const text = value.replace("-", "−");
  const dot = text.indexOf(".");
  if (form === "count") return [text.slice(0, dot < 0 ? undefined : dot).replace(/\B(?=(\d{3})+$)/g, ","), ""];
  return dot < 0 ? [text, ""] : [text.slice(0, dot + 3), text.slice(dot + 3)];
}

// short gives a value two decimals, for columns that are only compared.
export function short(value, form) {
  return value === null ? "–" : split(value, form)[0];
}

// micro gives a number of millionths as a decimal with six places.
export function micro(n) {
  const size = String(Math.abs(n)).padStart(7, "0");
  return `${n < 0 ? "-" : ""}${size.slice(0, -6)}.${size.slice(-6)}`;
}

export function percent(ppm) {
  return `${(ppm / 10000).toFixed(2)} %`;
}

// money gives fen as yuan.
export function money(lang, fen) {
  const size = Math.abs(fen);
  return `${fen < 0 ? "−" : ""}¥${count(lang, Math.trunc(size / 100))}.${String(size % 100).padStart(2, "0")}`;
}

// dayName says the day of a number of milliseconds.
export function dayName(lang, ms) {
  return new Intl.DateTimeFormat(locales[lang], { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" }).format(ms);
}

export function kpiName(lang, kpi) {
  const name = lang === "zh" ? kpi.name_zh || kpi.name_en : kpi.name_en || kpi.name_zh;
  return name || kpi.id;
}

export function periodName(lang, id) {
  const month = /^(\d{4})-(\d{2})$/.exec(id);
  if (month)
    return new Intl.DateTimeFormat(locales[lang], { year: "numeric", month: "long", timeZone: "UTC" })
      .format(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  const quarter = /^(\d{4})-Q(\d)$/.exec(id);
  if (quarter)
    return lang === "zh" ? `${quarter[1]}年第${"一二三四"[quarter[2] - 1]}季度` : `Q${quarter[2]} ${quarter[1]}`;
  if (/^\d{4}$/.test(id)) return lang === "zh" ? `${id}年` : id;
  if (id.includes("..")) return say(lang, "fromTo", ...id.split("..").map((end) => periodName(lang, end)));
  if (id.startsWith("R4Q:")) return say(lang, "rolling", periodName(lang, id.slice(4)));
  if (id.startsWith("YTD:")) return say(lang, "toDate", periodName(lang, id.slice(4)));
  return id;
}

export function scopeName(lang, id) {
  const [kind, ...tag] = id.split(":");
  return tag.length ? `${say(lang, kind)}: ${tag.join(":")}` : say(lang, id);
}

// nName says what n counts for a form of KPI: a heading, or within a sentence.
export function nName(lang, form, within = false) {
  const [heading, word] = form === "sla" ? ["cases", "fewCases"]
    : form === "count" || form === "quantile" ? ["counted", "fewCounted"]
    : form === "ratio" ? ["base", "fewBase"] : ["answers", "fewAnswers"];
  return say(lang, within ? word : heading);
}
