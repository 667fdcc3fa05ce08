// A receipt of the ledger, read and proved by the browser itself: nothing is sent anywhere. The form of the bytes is told in
// internal/ledger/tree/receipt.go; this file shares no code with it, so each judges the other.

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:*$";
const SALT = 16;

// Wrong says why a receipt or a key cannot be believed; its message is the key of a sentence on the page.
export class Wrong extends Error {}

function decode41(text) {
  const out = [];
  for (let i = 0; i < text.length; i += 3) {
    const group = [...text.slice(i, i + 3)].map((c) => LETTERS.indexOf(c));
    const n = group.reduce((sum, v) => sum * 41 + v, 0);
    if (group.includes(-1) || group.length === 1 || n > (group.length === 3 ? 0xffff : 0xff)) throw new Wrong("misread");
    if (group.length === 3) out.push(n >> 8);
    out.push(n & 0xff);
  }
  return Uint8Array.from(out);
}

function crc32c(bytes) {
  let c = -1;
  for (const b of bytes) {
    c ^= b;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0x82f63b78 : 0);
  }
  return ~c >>> 0;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  take(n) {
    if (!(n >= 0 && this.at + n <= this.bytes.length)) throw new Wrong("misread");
    this.at += n;
    return this.bytes.slice(this.at - n, this.at);
  }
  // uint reads a varint in its shortest form. What is above 2^53 is refused: no ledger is that long.
  uint() {
    let v = 0;
    for (let shift = 1; ; shift *= 128) {
      const [b] = this.take(1);
      v += (b & 127) * shift;
      if (v > Number.MAX_SAFE_INTEGER || (b === 0 && shift > 1)) throw new Wrong("misread");
      if (b < 128) return v;
    }
  }
  be(n) {
    return this.take(n).reduce((v, b) => v * 256 + b, 0);
  }
  text() {
    return new TextDecoder().decode(this.take(this.uint()));
  }
}

// hashesOf is how many hashes prove the leaf at an index in a tree of a size (RFC 6962, 2.1.1).
function hashesOf(index, size) {
  let n = 0;
  for (let last = size - 1; last > 0; index = Math.floor(index / 2), last = Math.floor(last / 2)) {
    if (index % 2 === 1 || index < last) n++;
  }
  return n;
}

// read takes the text of a receipt apart, with or without an address before it. It proves nothing yet.
export function read(text) {
  const bare = text.replace(/\s+/g, "");
  const data = decode41(bare.slice(Math.max(bare.lastIndexOf("/"), bare.lastIndexOf("#")) + 1));
  const end = data.length - 4;
  if (end < 0 || new DataView(data.buffer).getUint32(end) !== crc32c(data.subarray(0, end))) throw new Wrong("misread");
  const r = new Reader(data.subarray(0, end));
  const [version, form] = r.take(2);
  if (version !== 1 || form > 1) throw new Wrong("misread");
  const key = r.be(4);
  const seq = r.uint();
  const size = seq + r.uint();
  const code = r.text();
  const body = form === 0 ? r.take(r.uint()) : null;
  const seal = form === 1 ? r.take(32) : null;
  if (seq < 1 || size > Number.MAX_SAFE_INTEGER || body?.length === 0) throw new Wrong("misread");
  const hashes = Array.from({ length: hashesOf(seq - 1, size) }, () => r.take(32));
  const signature = r.take(64);
  const cosigned = Array.from({ length: r.be(1) }, () => ({ key: r.be(4), at: r.be(8), signature: r.take(64) }));
  if (r.at !== end) throw new Wrong("misread");
  return { key, seq, size, code, body, seal, hashes, signature, cosigned };
}

// entry reads what was recorded: its claimed and recorded time, office, actor and facts.
export function entry(body) {
  const r = new Reader(body);
  r.take(1 + SALT + 16);
  const e = { occurred: r.uint(), recorded: r.uint(), office: r.text(), actor: r.text(), facts: [] };
  for (let n = r.uint(); n > 0; n--) e.facts.push({ name: r.text(), data: JSON.parse(r.text()) });
  return e;
}

const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
const node = (left, right) => sha([1], left, right);

function join(parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

// root climbs from the leaf to the head of the tree (RFC 6962, 2.1.1): the path says at each step on which side the other half stands.
export async function root(receipt) {
  const commitment = receipt.seal ?? (await sha(receipt.body));
  let hash = await sha([0], commitment);
  let index = receipt.seq - 1;
  let last = receipt.size - 1;
  for (const other of receipt.hashes) {
    while (index % 2 === 0 && index === last && last > 0) {
      index /= 2;
      last = Math.floor(last / 2);
    }
    hash = index % 2 === 1 ? await node(other, hash) : await node(hash, other);
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return hash;
}

const b64 = (bytes) => btoa(String.fromCharCode(...bytes));
const utf8 = (text) => new TextEncoder().encode(text);

// vkey reads a public key of the signed-note form: name+id+base64. kind is 1 for a ledger, 4 for a witness.
async function vkey(text, kind) {
  const [, name, id, material] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  let raw = new Uint8Array();
  try {
    raw = Uint8Array.from(atob(material), (c) => c.charCodeAt(0));
  } catch {
    // it stays empty and is refused below
  }
  if (raw.length !== 33 || raw[0] !== kind) throw new Wrong("keys");
  const hash = (await sha(utf8(`${name}\n`), raw)).slice(0, 4).reduce((v, b) => v * 256 + b, 0);
  if (hash !== parseInt(id, 16)) throw new Wrong("keys");
  return { name, id: hash, raw: raw.slice(1) };
}

// keyring reads lines "from upto vkey" or "vkey", and "witness NAME vkey" as a policy has them.
export async function keyring(text) {
  const ring = { logs: [], witnesses: [] };
  for (const line of text.split("\n")) {
    const f = line.trim().split(/\s+/);
    if (f[0] === "" || f[0].startsWith("#") || f[0] === "group" || f[0] === "quorum") continue;
    if (f[0] === "witness") ring.witnesses.push(await vkey(f[2] ?? "", 4));
    else if (f.length === 1 || f[0] === "log") ring.logs.push({ from: 0, upto: Infinity, ...(await vkey(f.at(f[0] === "log" ? 1 : 0) ?? "", 1)) });
    else ring.logs.push({ from: Number(f[0]), upto: f[1] === "-" ? Infinity : Number(f[1]), ...(await vkey(f[2] ?? "", 1)) });
  }
  if (ring.logs.length === 0) throw new Wrong("keys");
  return ring;
}

async function signed(key, message, signature) {
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Wrong("no-ed25519");
  }
  return crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
}

// prove checks a receipt against public keys and says what it proves, or throws Wrong with the reason.
export async function prove(receipt, keys) {
  if (!globalThis.crypto?.subtle) throw new Wrong("insecure");
  if (receipt.body) {
    if (receipt.body[0] !== 1 || receipt.body.length <= 1 + SALT) throw new Wrong("misread");
    if (!latin(receipt.body).includes(latin(utf8(receipt.code)))) throw new Wrong("other-item");
  } else if (receipt.code) throw new Wrong("misread");
  const key = keys.logs.find((k) => k.id === receipt.key && receipt.size >= k.from && receipt.size <= k.upto);
  if (!key) throw new Wrong("key-unknown");
  const text = utf8(`${key.name}\n${receipt.size}\n${b64(await root(receipt))}\n`);
  if (!(await signed(key.raw, text, receipt.signature))) throw new Wrong("forged");
  const witnesses = [];
  for (const c of receipt.cosigned) {
    const w = keys.witnesses.find((k) => k.id === c.key);
    if (!w) continue;
    if (!(await signed(w.raw, join([utf8(`cosignature/v1\ntime ${c.at}\n`), text]), c.signature))) throw new Wrong("forged");
    witnesses.push({ name: w.name, at: c.at * 1000 });
  }
  return { origin: key.name, seq: receipt.seq, size: receipt.size, code: receipt.code, body: receipt.body, witnesses };
}

const latin = (bytes) => Array.from(bytes, (b) => String.fromCharCode(b)).join("");
