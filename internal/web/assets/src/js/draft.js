// Drafts: a form with data-draft="name" keeps what is typed in this tab until it has been taken, so that a lost network, a
// closed page or an ended session costs nothing. Passwords, files and hidden fields are never kept, and a sign-out forgets all.

// Drafts belong to the person signed in: whoever uses the same tab next does not see them.
const who = document.body.dataset.person ?? "";
const PREFIX = `draft:${who}:`;
const SENT = `sent:${who}:`;
const secret = /(^|[._-])(password|passwd|secret|totp|otp|pin)($|[._-])/i;
const kept = (e) => e.name && !["password", "hidden", "file", "submit", "button"].includes(e.type) && !secret.test(e.name);
const untouched = (e) => (["checkbox", "radio"].includes(e.type) ? e.checked === e.defaultChecked : e.tagName === "SELECT" ? true : e.value === e.defaultValue);

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? null;
  } catch {
    return null;
  }
}

function save(form) {
  const values = [...form.elements].filter(kept).map((e) => [e.name, ["checkbox", "radio"].includes(e.type) ? [e.value, e.checked] : e.value]);
  try {
    sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify(values));
  } catch {
    // storage is full or forbidden: the page works as without drafts
  }
}

function restore(form) {
  const values = read(PREFIX + form.dataset.draft);
  if (!values) return;
  const fields = [...form.elements].filter(kept);
  if (!fields.every(untouched)) return; // the server has filled the form in: it knows better
  for (const [name, value] of values) {
    for (const e of fields.filter((f) => f.name === name)) {
      if (!Array.isArray(value)) e.value = value;
      else if (e.value === value[0]) e.checked = value[1];
    }
  }
}

export function start() {
  if (document.body.classList.contains("closed")) return; // a closed house keeps nothing in the browser
  settle();
  for (const form of document.querySelectorAll("form[data-draft]")) restore(form);
  document.addEventListener("input", (e) => {
    const form = e.target.form;
    if (form?.dataset.draft) save(form);
  });
  document.addEventListener("submit", (e) => {
    if (e.target.dataset?.forget !== undefined) sessionStorage.clear();
    const name = e.target.dataset?.draft;
    if (name) sessionStorage.setItem(SENT + name, location.pathname);
  });
}

// settle forgets the drafts of forms that were sent and have been answered by a page without something to mend.
function settle() {
  const refused = document.querySelector(".govuk-error-summary, [data-session-ended], [data-failed]");
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(SENT)) continue;
    sessionStorage.removeItem(key);
    if (!refused) sessionStorage.removeItem(PREFIX + key.slice(SENT.length));
  }
}
