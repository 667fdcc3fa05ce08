// The closed house: the last two minutes of a session are counted, then the session is ended and the page emptied. What was typed is sent to be carried, never to be
// performed: the server keeps it on the sign-in page and offers it again to whoever signs in. Nothing is kept in the browser.
const note = document.querySelector("[data-session-left]");

if (note) {
  const show = (name) => {
    for (const part of note.querySelectorAll("[data-session-words],[data-session-soon],[data-session-over]")) part.hidden = !part.hasAttribute(name);
  };
  let end = 0;
  let typed = null;
  const begin = () => {
    end = Date.now() + Number(note.dataset.sessionLeft) * 1000;
    show("data-session-words");
    note.classList.remove("session-end--soon");
  };
  const over = () => {
    clearInterval(timer);
    show("data-session-over");
    document.body.classList.add("closed--over");
    if (!typed?.isConnected || typed.method !== "post") {
      fetch("/sign-out", { method: "POST", redirect: "manual" }).finally(() => location.replace(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}&ended=1`)); // to ask for the page alone would renew the session
      return;
    }
    const only = document.createElement("input");
    only.type = "hidden";
    only.name = "carry.only";
    only.value = "1";
    typed.append(only);
    typed.enctype = "application/x-www-form-urlencoded";
    typed.submit(); // past the browser's own checks: an unfinished form is kept as it is
  };
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return over();
    if (left > 120) return;
    show("data-session-soon");
    note.classList.add("session-end--soon");
    note.querySelector("[data-session-count]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  begin();
  const others = new BroadcastChannel("session"); // another tab's work keeps the session
  others.onmessage = begin;
  others.postMessage("begin");
  const timer = setInterval(tick, 1000);
  document.addEventListener("input", (e) => {
    if (e.target.form && !e.target.form.matches("[data-scan]")) typed = e.target.form;
  });
  document.addEventListener("htmx:after:swap", () => {
    begin(); // the server was asked: the session goes on
    others.postMessage("begin");
  });
  window.addEventListener("pageshow", (e) => {
    if (e.persisted) location.reload(); // a page taken from the browser's memory may be older than the session
  });
}

// Minutes that count (a letter A, B or C that has not left, an incident that was not reported) go on counting on a page that is left open, without asking the server.
const counts = [...document.querySelectorAll("[data-minutes]")].map((el) => ({ el, from: Number(el.dataset.minutes), limit: Number(el.dataset.limit), tag: el.querySelector(".tag") }));

if (counts.length > 0) {
  const opened = Date.now();
  const said = document.querySelector("[data-clock-said]");
  const count = () => {
    const passed = Math.floor((Date.now() - opened) / 60_000);
    const late = [];
    for (const c of counts) {
      const now = c.from + passed;
      c.tag.textContent = c.tag.textContent.replace(/\d+/, String(now));
      if (now > c.limit && !c.tag.classList.contains("tag--bad")) {
        c.tag.className = "tag tag--bad";
        late.push(c.el.dataset.over);
      }
    }
    if (late.length > 0) said.textContent = late.join(". ");
  };
  setInterval(count, 5000);
}
