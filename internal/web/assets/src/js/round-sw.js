// The service worker of a carrier's round. It serves /round/ alone: today's pages when there is no network, and the assets they
// need. It keeps no other page, and only one person's pages of one day.
import { flush } from "./outbox.js";

const SLOW_MS = 5000; // after that a kept page is shown instead of waiting on
const MAX_PAGES = 200;
const ROUND = "/round/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));
self.addEventListener("message", (e) => {
  if (e.data?.kind === "keep") e.waitUntil(keep(e.data).then(() => e.source?.postMessage({ kind: "kept" })));
});
self.addEventListener("sync", (e) => {
  if (e.tag === "outbox") e.waitUntil(flush().then((why) => (why === "offline" ? Promise.reject(new Error(why)) : undefined)));
});
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) e.respondWith(asset(e.request));
  else if (e.request.mode === "navigate" && url.pathname.startsWith(ROUND)) e.respondWith(page(e.request, url));
});

// keep holds the pages of one person's day and drops all others.
async function keep({ name, pages, assets }) {
  for (const old of await caches.keys()) if (old.startsWith("round:") && old !== name) await caches.delete(old);
  const cache = await caches.open(name);
  for (const a of assets) if (!(await cache.match(a))) await cache.add(a).catch(() => {});
  for (const p of pages.slice(0, MAX_PAGES)) {
    const answer = await fetch(p, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (answer?.ok) await cache.put(p, answer);
  }
}

async function current() {
  const name = (await caches.keys()).find((n) => n.startsWith("round:"));
  return name ? caches.open(name) : null;
}

const loose = { ignoreSearch: true, ignoreVary: true };

async function asset(request) {
  const cache = await current();
  return (await cache?.match(request, loose)) ?? fetch(request);
}

// page asks the network first; without an answer in good time it gives what was kept.
async function page(request, url) {
  const cache = await current();
  const kept = await cache?.match(url.pathname, loose);
  const asked = fetch(request);
  try {
    const answer = await (kept ? Promise.race([asked, slow()]) : asked);
    if (answer.ok && cache && url.pathname !== "/round/sw.js") await cache.put(url.pathname, answer.clone());
    return answer;
  } catch {
    return kept ?? (await cache?.match(ROUND, loose)) ?? nothing();
  }
}

function slow() {
  return new Promise((_, no) => setTimeout(() => no(new Error("slow")), SLOW_MS));
}

function nothing() {
  const text = "Không có mạng và trang này chưa được lưu. / No network, and this page was not kept.";
  return new Response(text, { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
