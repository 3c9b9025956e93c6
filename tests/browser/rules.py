# SPDX-License-Identifier: Apache-2.0
"""What every page has to keep, as scripts that give a list of what does not."""

# Elements a person can reach by key, in the order of the document.
_REACHABLE = """
const seen = (one) => one.checkVisibility({visibilityProperty: true}) &&
  !one.closest('details:not([open]) > :not(summary)');
const reachable = [...document.querySelectorAll(
  'a[href], button, input, select, summary, [tabindex="0"]')].filter(
  (one) => seen(one) && !one.disabled && one.tabIndex >= 0);
const called = (one) => `${one.tagName.toLowerCase()}${one.id && '#' + one.id}` +
  ` "${one.textContent.trim().slice(0, 30)}"`;
"""

NAMES = _REACHABLE + """
const name = (one) => (one.ariaLabel || one.labels?.[0]?.textContent ||
  one.title || one.textContent || one.querySelector('img')?.alt || '').trim();
return [
  ...reachable.filter((one) => !name(one)).map((one) => `no name: ${called(one)}`),
  ...[...document.querySelectorAll('img:not([alt])')].map(
    (one) => `no alt: ${one.src}`),
  ...[...document.querySelectorAll('table')].filter((one) => one.rows.length &&
    (!one.caption || !one.querySelector('th[scope=col]'))).map(
    (one) => `a table without caption or headings: ${one.id || one.className}`),
  ...[...document.querySelectorAll('canvas')].filter((one) => seen(one) &&
    !(one.getAttribute('role') === 'img' && one.ariaLabel &&
      document.querySelector(`#${one.id}-table tbody tr`))).map(
    (one) => `a chart without name or table: ${one.id}`),
  ...(document.querySelectorAll('h1').length ? [] : ['no h1']),
  ...[...document.querySelectorAll('[id]')].filter((one, i, all) =>
    all.findIndex((other) => other.id === one.id) !== i).map(
    (one) => `twice the id ${one.id}`),
];
"""

# WCAG 2.1, 1.4.3: 4.5 to 1, 3 to 1 for what is large.
CONTRAST = """
const canvas = document.createElement('canvas').getContext(
  '2d', {willReadFrequently: true});
const cache = new Map();
const rgba = (text) => {
  if (!cache.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    cache.set(text, [r, g, b, a / 255]);
  }
  return cache.get(text);
};
const over = ([r, g, b, a], under) => [r, g, b].map(
  (one, i) => one * a + under[i] * (1 - a));
const ground = (one) => {
  if (!one) return [255, 255, 255];
  const colour = rgba(getComputedStyle(one).backgroundColor);
  return colour[3] === 1 ? colour.slice(0, 3) : over(colour, ground(one.parentElement));
};
const light = (rgb) => rgb.map((one) => one / 255).map((one) =>
  one <= .03928 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
  .reduce((sum, one, i) => sum + one * [.2126, .7152, .0722][i], 0);
const bad = new Set();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const text = walk.currentNode.data.trim(), one = walk.currentNode.parentElement;
  if (!text || one.closest('script, noscript, .hidden, .skip, :disabled') ||
      !one.checkVisibility()) continue;
  const style = getComputedStyle(one), under = ground(one);
  const [a, b] = [light(over(rgba(style.color), under)), light(under)];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5))
    bad.add(`${ratio.toFixed(2)} ${one.tagName}.${one.className} "${text.slice(0, 20)}"`);
}
return [...bad];
"""

# Of what the key Tab reaches: its place in the document's order, and whether
# it can be seen that it is reached.
REACHABLE = _REACHABLE + "return reachable.map(called);"
REACHED = _REACHABLE + """
const one = document.activeElement, style = getComputedStyle(one);
return [reachable.indexOf(one), style.outlineStyle !== 'none' &&
        parseFloat(style.outlineWidth) > 0];
"""
