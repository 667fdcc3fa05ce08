// What every page does: lead the eye to what must be mended, and send each form once.

export function lead() {
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
}

// once keeps a second press of a button from sending a form twice while the first is under way. The server knows the act's
// id and would count it once anyway; this spares the person the doubt.
export function once() {
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post") || form.hasAttribute("data-scan")) return;
    if (form.dataset.sending) {
      e.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    setTimeout(() => delete form.dataset.sending, 4000);
  });
  window.addEventListener("pageshow", () => {
    for (const f of document.querySelectorAll("form[data-sending]")) delete f.dataset.sending;
  });
}

// net shows when the device has no network.
export function net() {
  const show = () => {
    for (const e of document.querySelectorAll("[data-net]")) e.hidden = navigator.onLine;
  };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
}
