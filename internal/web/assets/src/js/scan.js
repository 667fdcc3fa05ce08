// The scan field: it has the cursor after every answer, Enter sends, and the same code within two seconds is sent once
// (a scanner that bounces, a hand that trembles). Whatever is pressed while the cursor is elsewhere stays elsewhere.

const REPEAT_MS = 2000;
const last = new Map(); // field → {code, at}

export function field() {
  return document.querySelector("main [data-scan] input[type=text]") ?? document.querySelector("[data-scan] input[type=text]");
}

// focus gives the cursor back unless a person is busy in another field or has something to mend.
export function focus() {
  const f = document.querySelector("main [data-scan] input[type=text]");
  if (!f || document.querySelector("dialog[open]")) return;
  f.focus();
  f.select();
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
  if (form.hasAttribute("hx-post")) queueMicrotask(() => setTimeout(() => input.select()));
}

export function start() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("htmx:after:swap", (e) => {
    if (e.target.closest?.("[data-scan-keep]")) return;
    focus();
  });
  // After a failed request the code must be sendable again at once.
  for (const name of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, () => last.clear());
  }
}
