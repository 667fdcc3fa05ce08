// A field to sign in with finger, pen or mouse. What is drawn goes into a hidden input as PNG when the form is sent.

const INK = 3;

export function start(root = document) {
  for (const box of root.querySelectorAll("[data-sign]")) pad(box, box.closest("form"));
}

function pad(box, form) {
  const canvas = box.querySelector("[data-sign-field]");
  const value = form.querySelector("[data-sign-value]");
  const ways = [...form.querySelectorAll("input[name=how]")];
  const ctx = canvas.getContext("2d");
  let last = null;

  const show = () => {
    box.hidden = form.querySelector("input[name=how]:checked")?.value !== "screen";
  };
  const at = (e) => {
    const r = canvas.getBoundingClientRect();
    return [((e.clientX - r.left) * canvas.width) / r.width, ((e.clientY - r.top) * canvas.height) / r.height];
  };
  const clear = () => {
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    value.value = "";
  };
  const line = (from, to) => {
    ctx.lineWidth = INK;
    ctx.lineCap = ctx.lineJoin = "round";
    ctx.strokeStyle = "#0b0c0c";
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  };

  clear();
  canvas.addEventListener("pointerdown", (e) => {
    e.preventDefault();
    canvas.setPointerCapture?.(e.pointerId);
    last = at(e);
    line(last, last);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!last) return;
    const next = at(e);
    line(last, next);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) value.value = canvas.toDataURL("image/png");
      last = null;
    });
  }
  box.querySelector("[data-sign-clear]").addEventListener("click", clear);
  for (const w of ways) w.addEventListener("change", show);
  for (const e of form.querySelectorAll("[data-needs-script]")) e.hidden = false;
  show();
}
