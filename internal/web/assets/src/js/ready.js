// The page on which a carrier gets the telephone ready: each line looks by itself and says what is left to do.
import * as camera from "./camera.js";

const lines = Object.fromEntries([...document.querySelectorAll("[data-ready]")].map((li) => [li.dataset.ready, li]));
let install = null; // the browser's offer to install, when it makes one

// tell shows one of the line's sentences, good or not, and its button while there is something to press.
function tell(name, key, good, button = false) {
  const li = lines[name];
  const tag = li.querySelector("[data-ready-tag]");
  tag.hidden = false;
  tag.textContent = good ? tag.dataset.good : tag.dataset.todo;
  tag.className = `tag ${good ? "tag--good" : "tag--ask"}`;
  li.querySelector("[data-ready-say]").textContent = li.dataset[key] ?? "";
  const b = li.querySelector("button[data-ready-do]");
  if (b) b.hidden = !button;
}

const installed = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

function showInstall() {
  if (installed()) return tell("app", "done", true);
  tell("app", install ? "offer" : /iPhone|iPad/.test(navigator.userAgent) ? "apple" : "menu", false, !!install);
}

async function showStore(ask) {
  const store = navigator.storage;
  if (!store?.persisted) return tell("store", "missing", false);
  const kept = (await store.persisted()) || (ask && (await store.persist()));
  tell("store", kept ? "done" : ask ? "refused" : "todo", kept, !kept);
}

async function showPages() {
  if (!navigator.serviceWorker || !globalThis.caches) return tell("pages", "missing", false);
  const name = (await caches.keys()).find((n) => n.startsWith("round:"));
  const kept = name ? (await (await caches.open(name)).keys()).filter((r) => !r.url.includes("/assets/")).length : 0;
  tell("pages", kept > 0 ? "done" : "todo", kept > 0);
}

async function showCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return tell("camera", "missing", false);
  tell("camera", "todo", false);
}

window.addEventListener("beforeinstallprompt", (e) => {
  e.preventDefault();
  install = e;
  showInstall();
});
window.addEventListener("appinstalled", () => tell("app", "done", true));
lines.app.querySelector("button").addEventListener("click", async () => {
  install?.prompt();
  await install?.userChoice;
  install = null;
  showInstall();
});
lines.store.querySelector("button").addEventListener("click", () => showStore(true));
camera.start((code) => {
  tell("camera", "done", true);
  lines.camera.querySelector("[data-ready-say]").textContent += ` ${code}`;
  return true;
});
showInstall();
showStore(false);
showPages();
showCamera();
