// The scan field: it has the cursor after every answer, Enter sends, and the same code within two seconds is sent once
// (a scanner that bounces, a hand that trembles). Whatever is pressed while the cursor is elsewhere stays elsewhere.

import { play } from "./sound.js";

const REPEAT_MS = 2000;
const last = new Map(); // field → {code, at}

export function field() {
  return document.querySelector("main [data-scan] input[type=text]") ?? document.querySelector("[data-scan] input[type=text]");
}

// focus gives the cursor back after an answer. A refused code stays, selected, to be mended; any other is done with.
export function focus() {
  const f = document.querySelector("main [data-scan] input[type=text]");
  if (!f || document.querySelector("dialog[open]")) return;
  f.focus();
  f.select();
}

function answered(event) {
  if (event.target.closest?.("[data-scan-keep]")) return; // the answer asks for something to be typed
  const f = document.querySelector("main [data-scan] input[type=text]");
  if (!f) return;
  const now = f.value.trim();
  if (now !== "" && now !== last.get(f.form.action)?.code) return; // the next code is on its way in already: touch nothing
  if (!document.querySelector("main .band--bad")) f.value = "";
  focus();
}

function note(form, text) {
  const n = form.querySelector("[data-scan-note]");
  if (n) n.textContent = text;
}

function onSubmit(event) {
  const form = event.target.closest?.("[data-scan]");
  if (!form) return;
  const input = form.querySelector("input[type=text]");
  const code = input.value.trim();
  const before = last.get(form.action);
  const now = Date.now();
  if (code === "" || (before && before.code === code && now - before.at < REPEAT_MS)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (code !== "") note(form, form.dataset.repeat ?? "");
    input.select();
    return;
  }
  last.set(form.action, { code, at: now });
  note(form, "");
  input.select(); // a scanner does not wait: the next code takes this one's place
}

// lost: the network or the server did not answer. The code stays and can be sent again at once.
function lost(event) {
  const form = event.target.closest?.("[data-scan]");
  last.clear();
  if (!form) return;
  note(form, form.dataset.lost ?? "");
  play("bad");
  focus();
}

export function start() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("htmx:after:swap", answered);
  document.addEventListener("htmx:error", lost);
  document.addEventListener("htmx:response:error", () => last.clear());
}
