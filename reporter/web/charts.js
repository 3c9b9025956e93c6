// SPDX-License-Identifier: Apache-2.0
//
// charts: each a picture and the same as a table.

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
function draw(id, type, data, more, plugins = []) {
  const options = {
    responsive: true, maintainAspectRatio: false, animation: false,
    plugins: { legend: { display: false } }, scales: axes(), ...more,
  };
  if (drawn[id]) {
    Object.assign(drawn[id], { data, options });
    drawn[id].update();
  } else {
    drawn[id] = new Chart($(id), { type, data, options, plugins });
  }
}

export function table(id, caption, headings, rows) {
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

function legend(is) {
  return { plugins: { legend: { display: Boolean(is), labels: { color: colour("--soft") } } } };
}

// drawTrend draws thirteen months of a KPI, with its target and, where `line`
// has them, those of the peers.
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
  if (line.peers) sets.push({
    label: say(lang, "allDealers"), data: line.peers.map((value) => value === null ? null : Number(value)),
    borderColor: colour("--soft"), backgroundColor: colour("--soft"), borderWidth: 1.5, pointRadius: 2, tension: 0,
  });
  const title = say(lang, line.peers ? "trendAgainst" : "trendOf", name);
  draw("trend", "line", { labels, datasets: sets }, legend(line.peers));
  $("trend").setAttribute("aria-label", title);
  const more = [[line.peers, "allDealers", (i) => line.peers[i]], [line.target !== null, "target", () => line.target]]
    .filter(([is]) => is);
  table("trend-table", title, [say(lang, "month"), name, ...more.map(([, key]) => say(lang, key))],
    labels.map((label, i) => [label, ...[line.months[i], ...more.map(([, , at]) => at(i))]
      .map((value) => short(value, kpi.form))]));
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

// drawRates draws how many dealers are paid which share of their base, as
// published and, once something else is tried, as that would be.
export function drawRates(lang, { bins }, isTried) {
  const labels = bins.map(({ from_ppm: from, to_ppm: to }) => `${(from / 10000).toFixed(2)} – ${(to / 10000).toFixed(2)} %`);
  const title = say(lang, "ratesTitle");
  const set = (key, paint) => ({ label: say(lang, key === "now" ? "asPublished" : "asTried"),
    data: bins.map((one) => one[key]), backgroundColor: colour(paint) });
  const sets = [set("now", isTried ? "--bar" : "--accent"), ...isTried ? [set("then", "--accent")] : []];
  draw("rates", "bar", { labels, datasets: sets }, { ...legend(isTried),
    scales: { ...axes(), y: { ...axes().y, beginAtZero: true, ticks: { color: colour("--soft"), precision: 0 } } } });
  $("rates").setAttribute("aria-label", title);
  table("rates-table", title, [say(lang, "rate"), say(lang, "asPublished"), ...isTried ? [say(lang, "asTried")] : []],
    labels.map((label, i) => [label, count(lang, bins[i].now), ...isTried ? [count(lang, bins[i].then)] : []]));
}

// drawAges draws how many alerts are how old.
export function drawAges(lang, bins) {
  const title = say(lang, "agesTitle"), labels = bins.map(({ name }) => name);
  draw("ages", "bar", { labels, datasets: [{
    label: say(lang, "alerts"), data: bins.map((one) => one.count), backgroundColor: colour("--bar"), hoverBackgroundColor: colour("--accent"),
  }] }, { scales: { ...axes(), y: { ...axes().y, beginAtZero: true, ticks: { color: colour("--soft"), precision: 0 } } } });
  $("ages").setAttribute("aria-label", title);
  table("ages-table", title, [say(lang, "age"), say(lang, "alerts")], bins.map(({ name, count: n }) => [name, count(lang, n)]));
}

// drawRadar draws what a dealer and all dealers reach on the items of a KPI.
export function drawRadar(lang, { name, items }) {
  const title = say(lang, "radarOf", name), line = colour("--line");
  const set = (label, key, paint) => ({
    label, data: items.map((one) => one[key]), borderColor: colour(paint), backgroundColor: "transparent",
    borderWidth: 2, pointRadius: 3, pointBackgroundColor: colour(paint),
  });
  const labels = items.map(({ name: text, weakest }) => {
    const short = text.split(/[:\uff1a]/)[0];
    return weakest ? `\u25bc ${short}` : short;
  });
  draw("radar", "radar", { labels, datasets: [
    set(say(lang, "thisDealer"), "value", "--accent"), set(say(lang, "allDealers"), "total", "--soft"),
  ] }, { ...legend(true), scales: { r: {
    min: 0, max: 100, angleLines: { color: line }, grid: { color: line },
    pointLabels: { color: colour("--ink"), font: { size: 12 } },
    ticks: { color: colour("--soft"), backdropColor: "transparent", stepSize: 25 },
  } } });
  $("radar").setAttribute("aria-label", title);
  table("radar-table", title, [say(lang, "item"), say(lang, "thisDealer"), say(lang, "allDealers"), say(lang, "remark")],
    items.map((one) => [one.name, short(one.shown), short(one.shownTotal), one.weakest ? say(lang, "weakest") : ""]));
}

// marks writes each point's name beside it.
const marks = {
  id: "marks",
  afterDatasetsDraw(chart) {
    const { ctx, chartArea: { right } } = chart;
    ctx.fillStyle = colour("--ink");
    ctx.font = "12px system-ui, sans-serif";
    chart.getDatasetMeta(0).data.forEach(({ x, y }, i) => {
      const { label } = chart.data.datasets[0].data[i], beyond = x + 8 + ctx.measureText(label).width > right;
      ctx.textAlign = beyond ? "right" : "left";
      ctx.fillText(label, beyond ? x - 8 : x + 8, y - 6);
    });
  },
};

// drawQuadrant places the items of a KPI by importance (the programme's weight)
// and performance; the lines are the means of both.
export function drawQuadrant(lang, { name, items }) {
  const title = say(lang, "quadrantOf", name), mean = (key) => items.reduce((sum, one) => sum + one[key], 0) / items.length;
  const middle = { weight: mean("weight"), value: mean("value") };
  const ends = (key, room) => [
    Math.floor(Math.min(...items.map((one) => one[key])) - room), Math.ceil(Math.max(...items.map((one) => one[key])) + room)];
  const [left, right] = ends("weight", 4), [low, high] = ends("value", 3);
  const rule = (data) => ({ type: "line", data, borderColor: colour("--faint"), borderDash: [5, 5], borderWidth: 1, pointRadius: 0 });
  const axis = (text, min, max) => ({
    min, max, title: { display: true, text, color: colour("--soft") }, grid: { display: false },
    ticks: { color: colour("--soft"), precision: 0 } });
  draw("quadrant", "scatter", { datasets: [
    { data: items.map((one) => ({ x: one.weight, y: one.value, label: one.name.split(/[:\uff1a]/)[0] })),
      backgroundColor: items.map((one) => colour(one.weakest ? "--bad" : "--accent")), pointRadius: 5 },
    rule([{ x: middle.weight, y: low }, { x: middle.weight, y: high }]),
    rule([{ x: left, y: middle.value }, { x: right, y: middle.value }]),
  ] }, { scales: { x: axis(say(lang, "importance"), left, right), y: axis(say(lang, "performance"), low, high) } }, [marks]);
  $("quadrant").setAttribute("aria-label", title);
  const advice = ({ weight, value }) => weight >= middle.weight ? (value < middle.value ? "concentrate" : "keepUp")
    : value < middle.value ? "lowPriority" : "overkill";
  table("quadrant-table", title, [say(lang, "item"), say(lang, "importance"), say(lang, "performance"), say(lang, "advice")],
    items.map((one) => [one.name, one.weight.toFixed(1), one.value.toFixed(1), say(lang, advice(one))]));
}
