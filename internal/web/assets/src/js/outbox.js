// The outbox of a round: what a carrier recorded is kept on the device until the server has answered, under an id made here, so that
// sending it twice is harmless. Nothing is dropped: an answer of the server, or the carrier's own hand, takes a record away.
// It knows no page, so the service worker uses it too.

const NAME = "citypost-round";
const STORE = "outbox";
export const SEND_TO = "/round/outbox";
const BATCH = 10; // acts in one sending
const BYTES = 4 << 20; // of pictures in one sending; the server takes twice as much
const PATIENCE_MS = 30_000;

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open(NAME, 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore(STORE, { keyPath: "id" });
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
  return opened;
}

async function within(mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(STORE, mode, { durability: "strict" });
    const result = work(tx.objectStore(STORE));
    tx.oncomplete = () => resolve(result?.result);
    tx.onerror = tx.onabort = () => reject(tx.error);
  });
}

// Records: id, person, day, kind, item, occurred_ms, the fields of the act, state, message.
// state is "waiting", then what the server answered: "done", "observed" or "refused".
export const all = () => within("readonly", (store) => store.getAll());
export const keep = (records) => within("readwrite", (store) => records.forEach((r) => store.put(r)));
export const drop = (ids) => within("readwrite", (store) => ids.forEach((id) => store.delete(id)));

// tidy forgets what was done on earlier days. What waits or has to be read stays.
export async function tidy(day) {
  const old = (await all()).filter((r) => r.state === "done" && r.day !== day).map((r) => r.id);
  if (old.length) await drop(old);
}

// actID makes a UUID of version 7 (RFC 9562): 48 bits of milliseconds, the rest random.
export function actID(ms) {
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) b[i] = Math.floor(ms / 2 ** (40 - 8 * i)) & 0xff;
  b[6] = 0x70 | (b[6] & 0x0f);
  b[8] = 0x80 | (b[8] & 0x3f);
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const weight = (r) => (r.signature?.length ?? 0) + (r.photo?.length ?? 0);

// nextBatch takes records of one person, oldest first, as many as may go together.
function nextBatch(waiting) {
  const batch = [];
  let bytes = 0;
  for (const r of waiting) {
    if (r.person !== waiting[0].person || batch.length === BATCH || (batch.length && bytes + weight(r) > BYTES)) break;
    batch.push(r);
    bytes += weight(r);
  }
  return batch;
}

// act is what the server reads: the record without what only this device needs.
function act({ person, day, state, message, ...rest }) {
  return rest;
}

async function post(batch) {
  const answer = await fetch(SEND_TO, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
    body: JSON.stringify({ person: batch[0].person, acts: batch.map(act) }),
  });
  const body = await answer.json().catch(() => ({}));
  return { status: answer.status, body };
}

// settle notes the answers. A record that is done loses its pictures and names; its number stays for the day, so that pages
// drawn before know that it is done.
async function settle(batch, answers) {
  const by = new Map(answers.map((a) => [a.id, a]));
  await keep(
    batch
      .filter((r) => by.has(r.id))
      .map((r) => {
        const a = by.get(r.id);
        const slim = { id: r.id, person: r.person, day: r.day, kind: r.kind, item: r.item, occurred_ms: r.occurred_ms, state: a.status, message: a.message };
        return a.status === "refused" ? { ...r, state: "refused", message: a.message } : slim;
      }),
  );
}

// flush sends all that waits. It answers "" when all was answered, else why not: "offline", "signin", "other".
export async function flush(person) {
  if (globalThis.navigator?.locks) return navigator.locks.request("citypost-outbox", () => flushNow(person));
  return flushNow(person);
}

async function flushNow(person) {
  for (;;) {
    const waiting = (await all()).filter((r) => r.state === "waiting" && (!person || r.person === person)).sort((a, b) => a.occurred_ms - b.occurred_ms || (a.id < b.id ? -1 : 1));
    if (waiting.length === 0) return "";
    const why = await send(nextBatch(waiting));
    if (why) return why;
  }
}

async function send(batch) {
  let got;
  try {
    got = await post(batch);
  } catch {
    return "offline";
  }
  if (got.status === 200 && Array.isArray(got.body.answers) && got.body.answers.length) {
    await settle(batch, got.body.answers);
    return "";
  }
  if (got.status === 401) return "signin";
  if (got.status === 403) return "other";
  if (got.status < 400 || got.status >= 500 || got.status === 429) return "offline";
  if (batch.length > 1) {
    // one of them cannot be read: each is sent alone, so that it does not hold up the others
    for (const r of batch) {
      const why = await send([r]);
      if (why) return why;
    }
    return "";
  }
  await settle(batch, [{ id: batch[0].id, status: "refused", message: got.body.detail_vi ?? String(got.status) }]);
  return "";
}
