// SPDX-License-Identifier: Apache-2.0
//
// view: the life of a page that shows one answer of the reporter.  It reads,
// shows, speaks both languages, follows new figures, and says what was refused.

import {
  $, follow, linkPages, notice, query, readChoices, readNewest, refusal, showHealth, showPickers, speakPage, takeWanted,
} from "./page.js";

// newState is a page's state (page.js) with what its address may name.
export function newState(...names) {
  return {
    lang: "en", wanted: Object.fromEntries(names.map((name) => [name, ""])),
    periods: [], usual: "", kpis: [], scopes: [], view: null, problem: null, health: null,
  };
}

// viewPage starts one.  readView gives the view, which names its period; show
// shows state.view in #body; failed is the word for a view that could not be
// read; looked, if given, is called with every look at the health.  It gives
// back choose(name, value), and again(), which reads once more.
export function viewPage({ state, readView, show, failed, looked }) {
  const { wanted } = state;
  let attempt; // a reading, tried again when it fails

  const pick = () => showPickers(state, { ...wanted, period: wanted.period || (state.view?.period ?? state.usual) });
  const showView = () => {
    notice("");
    pick();
    $("body").hidden = false; // before drawing: what is hidden has no size
    show();
  };
  const refuse = (error) => {
    Object.assign(state, { view: null, problem: error });
    pick(); // the pickers stay of use
    document.title = "Dealerpulse";
    $("body").hidden = true;
    notice(refusal(state, wanted, error, failed), true);
  };
  const readIt = () => readNewest(readView, (view) => {
    Object.assign(state, { view, problem: null });
    showView();
  }, refuse);
  const speak = (lang) => {
    state.lang = lang;
    speakPage(lang);
    pick();
    if (state.problem) refuse(state.problem);
    else if (state.view) showView();
    if (state.health) showHealth(state);
    linkPages(state);
  };
  const remember = () => {
    linkPages(state);
    history.replaceState(null, "", `${location.pathname}?${query({ ...wanted, lang: state.lang })}`);
  };
  const choose = (name, value) => {
    wanted[name] = value;
    remember();
    attempt(readIt);
  };

  speak(takeWanted(state));
  for (const name of Object.keys(wanted))
    $(name)?.addEventListener("change", (event) => choose(name, event.target.value));
  $("pickers").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("[data-lang]"))
    button.addEventListener("click", () => {
      speak(button.dataset.lang);
      remember();
    });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.view && showView());
  attempt = follow(async () => {
    await readChoices(state);
    pick();
    await readIt();
  }, (health) => {
    state.health = health;
    showHealth(state);
    looked?.();
  });
  return { choose, again: () => attempt(readIt) };
}
