// Scripts of a carrier's round. Every form works without them as long as there is a network; with them an outcome is kept on the
// device first and sent as soon as the server can be reached.
import * as camera from "./camera.js";
import * as outbox from "./outbox.js";
import * as signature from "./signature.js";

const PHOTO_SIDE = 1280;
const PHOTO_BYTES = 200_000;
const HURRY_MS = 4000; // how long a carrier waits for the answer before going on

const person = document.body.dataset.person ?? "";
const today = document.querySelector("[data-round]");
const here = document.querySelector("[data-stop-page]");
const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
const route = (today ?? here)?.dataset.route?.split(" ").filter(Boolean) ?? [];

signature.start();
camera.start(found);
begin().catch((e) => console.error("outbox", e));

async function begin() {
  for (const form of document.querySelectorAll("form[data-keep]")) form.addEventListener("submit", onSubmit);
  for (const form of document.querySelectorAll("form[data-forget]")) form.addEventListener("submit", onSignOut);
  document.querySelector("[data-outbox-send]")?.addEventListener("click", sendNow);
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
  await outbox.tidy(day);
  await show();
  await sendNow();
  await keepPages();
}

// --- recording ---

function onSubmit(event) {
  const form = event.currentTarget;
  event.preventDefault();
  if (form.dataset.keeping) return;
  form.dataset.keeping = "1";
  fail(form, "");
  record(form).catch((e) => {
    console.error("outbox", e);
    delete form.dataset.keeping;
    form.submit(); // this device keeps nothing: send it the plain way
  });
}

async function record(form) {
  const records = await read(form);
  if (records.length === 0) {
    delete form.dataset.keeping;
    return fail(form, form.dataset.none ?? "");
  }
  await outbox.keep(records);
  const why = await hurry(outbox.flush(person));
  const after = new Map((await outbox.all()).map((r) => [r.id, r]));
  const refused = records.map((r) => after.get(r.id)).filter((r) => r?.state === "refused");
  if (refused.length) {
    // it is still on the screen: what the server did not take is mended here and sent again
    await outbox.drop(refused.map((r) => r.id));
    delete form.dataset.keeping;
    await show();
    return fail(form, refused[0].message);
  }
  sessionStorage.setItem("kept", why === "" ? "sent" : "waiting");
  if (why === "offline") wantSync();
  const observed = records.some((r) => after.get(r.id)?.state === "observed");
  location.assign(observed ? "/round/#outbox" : await nextStop(records));
}

// read makes one record for each ticked item of a form.
async function read(form) {
  const data = new FormData(form);
  const now = Date.now();
  const base = { person, day, kind: form.dataset.keep, state: "waiting", occurred_ms: now };
  for (const name of ["to", "relation", "name", "how", "witness", "reason", "next"]) if (data.get(name)) base[name] = String(data.get(name)).trim();
  if (base.how === "screen") base.signature = String(data.get("signature") ?? "").replace(/^data:image\/png;base64,/, "");
  const photo = data.get("photo");
  if (photo instanceof File && photo.size > 0) base.photo = await small(photo);
  return data.getAll("item").map((item) => ({ ...base, id: outbox.actID(now), item: String(item) }));
}

function fail(form, words) {
  const e = form.querySelector("[data-keep-error]");
  e.textContent = words;
  e.hidden = !words;
}

function hurry(sending) {
  return Promise.race([sending, new Promise((done) => setTimeout(() => done("offline"), HURRY_MS))]);
}

async function nextStop(records) {
  const doneItems = await keptItems();
  const left = [...document.querySelectorAll("form[data-keep] [name=item]")].some((e) => !doneItems.has(e.value));
  if (left) return "/round/";
  const from = route.indexOf(here?.dataset.stop);
  const order = [...route.slice(from + 1), ...route.slice(0, Math.max(from, 0))];
  const next = order.find((code) => !doneItems.has(code));
  return next ? `/round/stop/${next}` : "/round/";
}

async function keptItems() {
  return new Set((await outbox.all()).filter((r) => r.person === person && r.state !== "refused").map((r) => r.item));
}

// small makes a photo at most 1280 points long, and turns it upright.
async function small(file) {
  let blob = file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, PHOTO_SIDE / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.8, 0.6, 0.4]) {
      blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
      if (blob.size <= PHOTO_BYTES) break;
    }
  } catch (e) {
    console.warn("photo kept as it is", e);
  }
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

// --- scanning ---

// found uses a code that was scanned or typed, as far as this page can; the server is asked for the rest.
function found(code, form) {
  if (code === "") return true;
  const list = document.querySelector("[data-count-list]");
  if (list) return count(list, code, form);
  if (here?.dataset.items.split(" ").includes(code)) {
    for (const box of document.querySelectorAll(`input[type=checkbox][name=item][value="${CSS.escape(code)}"]`)) box.checked = true;
    camera.note(form, form.dataset.here ?? "");
    if (location.hash !== "#failed") location.hash = "#deliver";
    return true;
  }
  const stop = [...document.querySelectorAll("li[data-stop]")].find((li) => li.dataset.items.split(" ").includes(code));
  if (stop) location.assign(`/round/stop/${stop.dataset.stop}`);
  else if (navigator.onLine) return false;
  else camera.note(form, form.dataset.offline ?? "");
  return true;
}

// count ticks what was scanned of a list. The first scan takes all ticks away: who scans, counts.
function count(list, code, form) {
  const boxes = [...list.querySelectorAll("input[type=checkbox][name=thing]:not(:disabled)")];
  const box = boxes.find((b) => b.value === code);
  if (!box) {
    camera.note(form, `${code}: ${form.dataset.strange ?? ""}`);
    return true;
  }
  if (!list.dataset.counting) for (const b of boxes) b.checked = false;
  list.dataset.counting = "1";
  box.checked = true;
  camera.note(form, `${boxes.filter((b) => b.checked).length} / ${boxes.length}`);
  form.querySelector("input[type=text]").value = "";
  return true;
}

// --- sending and showing ---

async function sendNow() {
  const why = await outbox.flush(person);
  await show(why);
}

async function show(why = "") {
  const records = await outbox.all();
  const waiting = records.filter((r) => r.state === "waiting");
  const light = document.querySelector("[data-outbox]");
  if (light) {
    light.hidden = waiting.length === 0;
    light.querySelector("[data-outbox-count]").textContent = String(waiting.length);
    light.dataset.why = why;
  }
  list(records.filter((r) => r.state !== "done"), why);
  note(waiting.length);
  mark(new Set(records.filter((r) => r.person === person && r.state !== "refused").map((r) => r.item)));
}

// list shows what waits and what was answered with words, on the first page of the round.
function list(records, why) {
  const panel = document.querySelector("[data-outbox-panel]");
  if (!panel) return;
  panel.hidden = records.length === 0;
  const ul = panel.querySelector("[data-outbox-list]");
  ul.replaceChildren(...records.map((r) => line(ul.dataset, r)));
  if (why === "signin") {
    const li = document.createElement("li");
    const a = document.createElement("a");
    a.href = "/sign-in?next=/round/";
    a.textContent = ul.dataset.signin;
    li.append(a);
    ul.prepend(li);
  }
}

function line(words, r) {
  const li = document.createElement("li");
  li.dataset.state = r.state;
  const code = document.createElement("span");
  code.className = "code";
  code.textContent = r.item;
  const when = new Date(r.occurred_ms).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
  const say = document.createElement("span");
  const state = r.state === "waiting" ? (r.person === person ? words.waiting : words.other) : (r.message ?? "");
  say.textContent = ` · ${words[r.kind] ?? ""} ${when} · ${state}`;
  li.append(code, say);
  if (r.state !== "waiting") {
    const seen = document.createElement("button");
    seen.type = "button";
    seen.className = "govuk-button govuk-button--secondary";
    seen.textContent = words.dismiss;
    seen.addEventListener("click", async () => {
      // what was only seen against the ledger is recorded there; its number stays known as done on this device
      if (r.state === "observed") await outbox.keep([{ ...r, state: "done" }]);
      else await outbox.drop([r.id]);
      await show();
    });
    li.append(seen);
  }
  return li;
}

// note says on the next page what became of the last record.
function note(waiting) {
  const e = document.querySelector("[data-kept-note]");
  const kept = sessionStorage.getItem("kept");
  if (!e || !kept) return;
  sessionStorage.removeItem("kept");
  e.textContent = waiting === 0 ? e.dataset.sent : e.dataset.waiting;
  e.hidden = false;
}

// mark shows on a page drawn before which stops are done.
function mark(items) {
  for (const li of document.querySelectorAll("li[data-stop]")) {
    const done = li.dataset.items.split(" ").every((n) => items.has(n));
    li.classList.toggle("done", done);
    li.querySelector("[data-kept]").hidden = !done;
  }
  const left = document.querySelector("[data-left]");
  if (left) left.textContent = String([...document.querySelectorAll("li[data-stop]")].flatMap((li) => li.dataset.items.split(" ")).filter((n) => !items.has(n)).length);
  const button = document.querySelector("[data-next-stop]");
  const next = route.find((code) => !items.has(code));
  if (button && next) button.href = `/round/stop/${next}`;
}

// onSignOut keeps a carrier from leaving while something is not sent, and forgets the pages of the round.
async function onSignOut(event) {
  const form = event.currentTarget;
  event.preventDefault();
  const mine = (await outbox.all()).filter((r) => r.state === "waiting" && r.person === person);
  if (mine.length) {
    await sendNow();
    document.querySelector("[data-outbox]")?.scrollIntoView();
    if ((await outbox.all()).some((r) => r.state === "waiting" && r.person === person)) return;
  }
  for (const name of (await globalThis.caches?.keys()) ?? []) if (name.startsWith("round:")) await caches.delete(name);
  sessionStorage.clear();
  form.submit();
}

// --- pages without network ---

async function worker() {
  if (!navigator.serviceWorker) return null;
  await navigator.serviceWorker.register("/round/sw.js", { scope: "/round/" });
  return navigator.serviceWorker.ready;
}

// keepPages lets the device hold today's round, so that it can be walked without network.
async function keepPages() {
  const ready = await worker().catch((e) => (console.warn("no service worker", e), null));
  if (!ready || !today) return;
  navigator.storage?.persist?.();
  const assets = performance.getEntriesByType("resource").map((e) => new URL(e.name).pathname).filter((p) => p.startsWith("/assets/"));
  ready.active?.postMessage({ kind: "keep", name: `round:${day}:${person}`, pages: ["/round/", ...route.map((n) => `/round/stop/${n}`)], assets: [...new Set([...assets, ...camera.readers()])] });
}

function wantSync() {
  navigator.serviceWorker?.ready.then((r) => r.sync?.register("outbox")).catch(() => {});
}
