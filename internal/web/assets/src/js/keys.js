// Keys: everything with data-key can be reached from the keyboard, and shows its key cap. F2 goes to the scan field, Escape
// takes back, "?" lists the keys of the page. Keys that browsers need (F1, F3, F5, F11, F12) are never used.

import { field } from "./scan.js";

const typing = (e) => e?.matches?.("input:not([type=checkbox]):not([type=radio]):not([type=submit]):not([type=button]), textarea, select, [contenteditable]");
const visible = (e) => !e.disabled && e.getClientRects().length > 0;
const find = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(visible).pop();

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const plain = event.key.length === 1;
  if (plain && typing(document.activeElement)) {
    if (!(event.key === "?" && document.activeElement === field() && field().value === "")) return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") return act(event, showKeys);
  const target = find(event.key);
  if (target) return act(event, () => press(target));
  if (event.key === "Escape" && document.activeElement === field()) act(event, () => (field().value = ""));
}

function act(event, what) {
  event.preventDefault();
  what();
}

function press(target) {
  if (typing(target)) {
    target.focus();
    target.select?.();
    return;
  }
  target.click();
}

function showKeys() {
  const dialog = document.querySelector("[data-keys-dialog]");
  const list = dialog?.querySelector("[data-keys-list]");
  if (!list) return;
  list.replaceChildren();
  const seen = new Set();
  for (const e of document.querySelectorAll("[data-key]")) {
    if (seen.has(e.dataset.key) || !visible(e)) continue;
    seen.add(e.dataset.key);
    const dt = document.createElement("dt");
    const cap = document.createElement("kbd");
    cap.className = "key";
    cap.textContent = e.dataset.key === "Escape" ? "Esc" : e.dataset.key;
    dt.append(cap);
    const dd = document.createElement("dd");
    dd.textContent = nameOf(e);
    list.append(dt, dd);
  }
  dialog.showModal();
}

function nameOf(e) {
  const label = e.labels?.[0] ?? e;
  const copy = label.cloneNode(true);
  for (const k of copy.querySelectorAll("kbd")) k.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

export function start() {
  document.addEventListener("keydown", onKey);
  const button = document.querySelector("[data-keys]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", showKeys);
  }
  // A menu closes when the reader goes elsewhere.
  document.addEventListener("click", (e) => {
    for (const d of document.querySelectorAll("details.person[open]")) if (!d.contains(e.target)) d.open = false;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") for (const d of document.querySelectorAll("details.person[open]")) d.open = false;
  });
}
