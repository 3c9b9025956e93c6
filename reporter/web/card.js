// SPDX-License-Identifier: Apache-2.0
//
// card: one dealer's scorecard: every KPI with its rank, all dealers, what it
// was before, and thirteen months as a line and as a table.

import { count, kpiName, nName, say, short } from "./format.js";
import { figure, make, moved } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 132, HEIGHT = 30, EDGE = 4;

function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// points places the months from the first that has a value; a month without
// one is a gap.
function points(all) {
  const months = all.slice(Math.max(0, all.findIndex((value) => value !== null)));
  const known = months.filter((value) => value !== null).map(Number);
  const low = Math.min(...known), range = Math.max(...known) - low;
  return months.map((value, i) => value === null ? null : [
    months.length > 1 ? EDGE + (i * (WIDTH - 2 * EDGE)) / (months.length - 1) : WIDTH / 2,
    range ? HEIGHT - EDGE - ((Number(value) - low) * (HEIGHT - 2 * EDGE)) / range : HEIGHT / 2,
  ]);
}

// line draws the months; its table is below, so it is only a picture.
function line(months) {
  const svg = draw("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  let path = "", pen = "M", last = null;
  for (const point of points(months)) {
    if (point === null) { pen = "M"; continue; }
    path += `${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    pen = "L";
    last = point;
  }
  if (!last) return svg;
  svg.append(draw("path", { d: path }), draw("circle", { cx: last[0], cy: last[1], r: 2.6 }));
  return svg;
}

function kpiLine(row, rule, lang) {
  const name = make("th", "", make("span", "name", kpiName(lang, rule)));
  name.scope = "row";
  if (row.reason)
    name.append(make("span", "note", say(lang, row.reason, count(lang, rule.min_n), nName(lang, rule.form, true))));
  const rank = row.rank === null ? "–" : say(lang, "rankOf", count(lang, row.rank), count(lang, row.ranked));
  return make("tr", row.value === null ? "aside" : "", name,
    make("td", "value", figure(row.value, rule.form)),
    make("td", "number", rank),
    make("td", "number", moved(row, rule) ?? make("span", "note", "–")),
    make("td", "number all", short(row.total, rule.form)),
    make("td", "spark-cell", line(row.months)),
    make("td", "number exact", count(lang, row.n)));
}

function headings(keys, lang) {
  return make("thead", "", make("tr", "", ...keys.map(([key, className]) => {
    const th = make("th", className, say(lang, key));
    th.scope = "col";
    return th;
  })));
}

function kpiTable(rows, rules, lang, title) {
  const table = make("table", "card-table", make("caption", "hidden", title),
    headings([["kpi", ""], ["value", "value"], ["rank", "number"], ["change", "number"],
      ["allDealers", "number all"], ["months13", "spark-cell"], ["count", "number exact"]], lang),
    make("tbody", "", ...rows.map((row) => kpiLine(row, rules.get(row.id), lang))));
  return make("div", "sheet", table);
}

// monthTable is the same months in figures, for those who would rather read.
function monthTable(card, rows, rules, lang) {
  const first = make("th", "", say(lang, "kpi"));
  first.scope = "col";
  const head = make("tr", "", first, ...card.months.map((month) => {
    const th = make("th", "number", month);
    th.scope = "col";
    return th;
  }));
  const body = rows.map((row) => {
    const rule = rules.get(row.id);
    const name = make("th", "", kpiName(lang, rule));
    name.scope = "row";
    return make("tr", "", name, ...row.months.map((value) => make("td", "number", short(value, rule.form))));
  });
  const table = make("table", "month-table",
    make("caption", "hidden", say(lang, "monthFigures")), make("thead", "", head), make("tbody", "", ...body));
  return make("details", "months", make("summary", "", say(lang, "monthFigures")), make("div", "wide-sheet", table));
}

// showCard fills `root` with a scorecard of /api/v1/dealers/{id}.
export function showCard(root, card, kpis, lang) {
  const rules = new Map(kpis.map((rule) => [rule.id, rule]));
  const known = card.kpis.filter(({ id }) => rules.has(id));
  const main = known.filter(({ id }) => !id.startsWith("mean_"));
  const items = known.filter(({ id }) => id.startsWith("mean_"));
  const wasOpen = root.querySelector("details")?.open;
  root.replaceChildren(make("h2", "", say(lang, "kpis")), kpiTable(main, rules, lang, say(lang, "kpis")));
  if (items.length)
    root.append(make("h2", "", say(lang, "items")), kpiTable(items, rules, lang, say(lang, "items")));
  const months = monthTable(card, known, rules, lang);
  months.open = Boolean(wasOpen);
  root.append(months);
}
