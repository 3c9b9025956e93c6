// SPDX-License-Identifier: Apache-2.0
//
// page: what every page does: read, make elements, follow the reporter.

import { age, count, say } from "./format.js";

const HEALTH_EVERY_MS = 3000;

export const $ = (id) => document.getElementById(id);

export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content.filter((one) => one !== undefined && one !== null));
  return element;
}

export async function read(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" } });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error(body.detail || `HTTP ${response.status}`);
    error.status = response.status;
    throw error;
  }
  return body;
}

export function query(what) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(what)) if (value) pairs.set(name, value);
  return pairs;
}

// healthLine is the sentence beside the light, and the light.
export function healthLine(lang, health) {
  if (!health) return ["bad", say(lang, "gone")];
  if (health.snapshot_age_ms === null) return ["late", say(lang, "starting")];
  if (!health.ready) return ["bad", say(lang, "late", age(lang, health.answer_age_ms))];
  if (health.last_commit_age_ms === null) return ["good", say(lang, "quiet")];
  return ["good", say(lang, "fresh", age(lang, health.last_commit_age_ms))];
}

export function positionLine(lang, health) {
  if (!health || health.snapshot_age_ms === null) return "";
  return say(lang, "at", count(lang, health.position), count(lang, health.events),
    age(lang, health.answer_age_ms));
}

// follow calls `changed` whenever the figures moved, told by the stream or found
// out by asking, and `looked` with every look at the reporter's health.
export function follow(changed, looked) {
  let shown = -1;
  const move = async (position) => {
    if (position === shown) return;
    shown = position;
    try { await changed(); } catch { shown = -1; }
  };
  new EventSource("/api/v1/stream").addEventListener("figures",
    (event) => move(JSON.parse(event.data).position));
  const look = async () => {
    let health = null;
    try {
      health = await read("/api/v1/health");
      if (health.snapshot_age_ms !== null) await move(health.position);
    } catch { /* said by the light */ }
    looked(health);
    setTimeout(look, HEALTH_EVERY_MS);
  };
  look();
}
