// SPDX-License-Identifier: Apache-2.0
//
// charts: the trend and the histogram, each a picture and the same as a table.

import { count, locales, say, short } from "./format.js";
import { $, make } from "./page.js";

const drawn = {}; // by id of the canvas

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function monthName(lang, id) {
  const [year, month] = id.split("-").map(Number);
  return new Intl.DateTimeFormat(locales[lang], { year: "numeric", month: "short", timeZone: "UTC" })
    .format(Date.UTC(year, month - 1, 1));
}

function axes() {
  const grid = { color: colour("--line") }, ticks = { color: colour("--soft") };
  return { x: { grid: { display: false }, ticks }, y: { grid, ticks } };
}

// draw makes a chart, or gives the one at hand its new figures.
function draw(id, type, data, more) {
  const options = {
    responsive: true, maintainAspectRatio: false, animation: false,
    plugins: { legend: { display: false } }, scales: axes(), ...more,
  };
  if (drawn[id]) {
    Object.assign(drawn[id], { data, options });
    drawn[id].update();
  } else {
    drawn[id] = new Chart($(id), { type, data, options });
  }
}

function table(id, caption, headings, rows) {
  const cell = (tag, scope, text, i) => {
    const one = make(tag, i > 0 ? "number" : "", text);
    if (scope) one.scope = scope;
    return one;
  };
  $(id).replaceChildren(make("caption", "hidden", caption),
    make("thead", "", make("tr", "", ...headings.map((text, i) => cell("th", "col", text, i)))),
    make("tbody", "", ...rows.map((row) => make("tr", "",
      ...row.map((text, i) => cell(i ? "td" : "th", i ? "" : "row", text, i))))));
}

export function drawTrend(lang, view, line, kpi, name) {
  const labels = view.months.map((month) => monthName(lang, month));
  const sets = [{
    label: name, data: line.months.map((value) => value === null ? null : Number(value)),
    borderColor: colour("--accent"), backgroundColor: colour("--accent"), borderWidth: 2, pointRadius: 3, tension: 0,
  }];
  if (line.target !== null) sets.push({
    label: say(lang, "target"), data: labels.map(() => Number(line.target)),
    borderColor: colour("--warn"), borderDash: [6, 5], borderWidth: 1.5, pointRadius: 0,
  });
  const title = say(lang, "trendOf", name);
  draw("trend", "line", { labels, datasets: sets }, {});
  $("trend").setAttribute("aria-label", title);
  table("trend-table", title, [say(lang, "month"), name, ...(line.target === null ? [] : [say(lang, "target")])],
    labels.map((label, i) => [label, short(line.months[i], kpi.form),
      ...(line.target === null ? [] : [short(line.target, kpi.form)])]));
}

export function drawBins(lang, view, kpi, name) {
  const labels = view.bins.map(({ from, to }) => `${short(from, kpi.form)} – ${short(to, kpi.form)}`);
  const title = say(lang, "binsOf", name, count(lang, view.ranked));
  $("bins-empty").textContent = say(lang, "noBins");
  $("bins-empty").hidden = labels.length > 0;
  $("bins").parentElement.hidden = labels.length === 0;
  draw("bins", "bar", { labels, datasets: [{
    label: say(lang, "dealers"), data: view.bins.map(({ dealers }) => dealers),
    backgroundColor: colour("--bar"), hoverBackgroundColor: colour("--accent"),
    barPercentage: 1, categoryPercentage: .94,
  }] }, { scales: { ...axes(), y: { ...axes().y, beginAtZero: true, ticks: { color: colour("--soft"), precision: 0 } } } });
  $("bins").setAttribute("aria-label", title);
  table("bins-table", title, [say(lang, "value"), say(lang, "dealers")],
    labels.map((label, i) => [label, count(lang, view.bins[i].dealers)]));
}
