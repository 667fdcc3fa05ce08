// The telephone's camera as a scanner: it aims with the rear camera, looks ten times a second, and stops after a hit. Where the browser cannot read
// codes itself, our own reader is loaded, at the first use only. Typing the number always works beside it.
import { play } from "./sound.js";

const LOOK_MS = 100;
const FORMATS = ["code_128", "qr_code", "data_matrix", "itf"];
const REMEMBER = "scanner"; // this device needs our own reader: keep it for the hours without network

// start brings the camera buttons to life. found gets the code and its form, whether seen or typed; it answers true when the page itself could use it.
export function start(found) {
  for (const form of document.querySelectorAll("form[data-camera-scan]")) {
    const field = form.querySelector("input[type=text]");
    form.addEventListener("submit", (e) => {
      if (!found(clean(field.value), form)) return;
      e.preventDefault();
      field.select(); // a wedge scanner does not wait: the next code takes this one's place
    });
    const button = form.querySelector("[data-camera-open]");
    if (!navigator.mediaDevices?.getUserMedia) continue;
    button.hidden = false;
    button.addEventListener("click", () => open(form, (text) => hit(form, field, text, found)));
  }
}

// readers are the files of our own reader, for the service worker to keep; none where the browser reads codes itself or the camera was never used.
export function readers() {
  const form = document.querySelector("form[data-camera-scan]");
  return form && localStorage.getItem(REMEMBER) ? [form.dataset.scanner, form.dataset.wasm] : [];
}

export function note(form, text) {
  const e = form.querySelector("[data-camera-note]");
  if (e) e.textContent = text;
}

// clean makes a code of what was read: labels carry their number in an address too.
export function clean(text) {
  const plain = text.toUpperCase().replace(/\s+/g, "");
  return plain.includes("://") ? (plain.match(/[A-Z]{2}[0-9]{9}[A-Z]{2}/)?.[0] ?? plain) : plain;
}

function hit(form, field, text, found) {
  play("good");
  navigator.vibrate?.(80);
  field.value = clean(text);
  if (!found(field.value, form)) form.requestSubmit();
}

async function open(form, onText) {
  const dialog = form.parentElement.querySelector("dialog[data-camera]");
  const video = dialog.querySelector("video");
  const say = (key) => (dialog.querySelector("[data-camera-say]").textContent = dialog.dataset[key] ?? "");
  let stream = null;
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    document.removeEventListener("visibilitychange", hide);
    if (dialog.open) dialog.close();
  };
  const hide = () => document.visibilityState === "hidden" && close();
  dialog.addEventListener("close", close, { once: true });
  document.addEventListener("visibilitychange", hide);
  say("starting");
  dialog.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
    if (!open) return stream.getTracks().forEach((t) => t.stop());
    video.srcObject = stream;
    await video.play();
    torch(dialog, stream);
  } catch (e) {
    return open && say(e.name === "NotAllowedError" ? "denied" : "missing");
  }
  const reader = await readerFor(form).catch((e) => (console.warn("scanner", e), null));
  if (!open) return;
  if (!reader) return say("broken");
  say("aim");
  while (open) {
    const from = performance.now();
    const seen = await reader.detect(video).catch(() => []);
    if (open && seen.length > 0) {
      close();
      return onText(seen[0].rawValue);
    }
    await new Promise((next) => setTimeout(next, Math.max(0, LOOK_MS - (performance.now() - from))));
  }
}

// readerFor takes the browser's own reader where it knows our codes, else ours.
async function readerFor(form) {
  const own = globalThis.BarcodeDetector;
  if (own && (await own.getSupportedFormats()).includes("code_128")) return new own({ formats: FORMATS });
  const { reader } = await import(form.dataset.scanner);
  const made = await reader(form.dataset.wasm, FORMATS);
  localStorage.setItem(REMEMBER, "1");
  return made;
}

// torch offers the light where the camera has one.
function torch(dialog, stream) {
  const [track] = stream.getVideoTracks();
  const button = dialog.querySelector("[data-camera-torch]");
  button.hidden = !track.getCapabilities?.().torch;
  button.setAttribute("aria-pressed", "false");
  button.onclick = async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] }).catch(() => {});
    button.setAttribute("aria-pressed", String(on));
  };
}
