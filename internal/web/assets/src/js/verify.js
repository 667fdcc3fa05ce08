// The page that checks receipts. Without this script the server checks what is pasted; with it the browser does, and sends nothing.
import { lead, once } from "./page.js";
import { entry, keyring, prove, read, Wrong } from "./receipt.js";

lead();
once();

const form = document.querySelector("[data-verify]");
const answer = document.querySelector("[data-verify-answer]");
const given = document.querySelector("[data-receipt]");

for (const e of document.querySelectorAll("[data-verify-here]")) e.hidden = false;
document.querySelector("[data-verify-here] button, button[data-verify-here]")?.addEventListener("click", (e) => {
  e.preventDefault();
  check(form.receipt.value);
});
if (location.hash.length > 1) {
  form.receipt.value = decodeURIComponent(location.hash.slice(1));
  check(form.receipt.value);
} else if (given) {
  check(given.dataset.receipt);
}

async function check(text) {
  if (text.trim() === "") return form.receipt.focus();
  try {
    const keys = form.keys.value;
    if (!globalThis.crypto?.subtle) throw new Wrong("insecure");
    show("good", await prove(read(text), await keyring(keys)));
  } catch (e) {
    if (!(e instanceof Wrong)) console.error("verify", e);
    const why = e instanceof Wrong ? e.message : "misread";
    show(["no-ed25519", "insecure", "keys"].includes(why) ? "ask" : "bad", null, why);
  }
}

// word is a sentence of the page, in the reader's language, with its blanks filled.
function word(name, blanks = {}) {
  const text = document.querySelector(`template[data-word="${name}"]`).content.textContent.trim();
  return text.replace(/\{(\w+)\}/g, (_, key) => blanks[key] ?? "");
}

function show(tone, proved, why) {
  const band = document.querySelector(`template[data-band="${tone}"]`).content.cloneNode(true);
  const says = band.querySelector("[data-says]");
  if (proved) {
    const blanks = { origin: proved.origin, seq: number(proved.seq), size: number(proved.size), code: proved.code };
    says.textContent = [word(proved.code ? "proved-item" : "proved", blanks), word(proved.body ? "whole" : "seal"), ...witnesses(proved.witnesses)].join(" ");
    if (proved.body) rows(band.querySelector("[data-rows]"), entry(proved.body));
  } else {
    says.textContent = word(why);
  }
  answer.replaceChildren(band);
  answer.hidden = false;
  answer.focus();
}

function witnesses(list) {
  return list.length === 0 ? [word("no-witness")] : list.map((w) => word("witness", { name: w.name, at: moment(w.at) }));
}

// rows shows the entry as it stands in the ledger, in its own codes.
function rows(into, e) {
  const add = (key, value) => {
    const line = document.createElement("div");
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    line.className = "govuk-summary-list__row";
    dt.className = "govuk-summary-list__key";
    dd.className = "govuk-summary-list__value";
    dt.textContent = key;
    dd.textContent = value;
    line.append(dt, dd);
    into.append(line);
  };
  add(word("recorded"), moment(e.recorded));
  add(word("office"), e.office);
  for (const f of e.facts) add(f.name, Object.entries(f.data).map(([k, v]) => `${k}: ${typeof v === "object" ? JSON.stringify(v) : v}`).join(", "));
}

const lang = document.documentElement.lang;
const number = (n) => n.toLocaleString(lang === "en" ? "en-GB" : "vi-VN");
const moment = (ms) => new Date(ms).toLocaleString(lang === "en" ? "en-GB" : "vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });
