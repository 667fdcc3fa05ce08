// What every page does: lead the eye to what must be mended, and send each form once.

// A field that waits for the next scan comes before the summary, or that scan would go nowhere; the summary is an alert and is heard all the same.
export function lead() {
  const first = document.querySelector("input[data-again]") ?? document.querySelector("[data-focus]");
  if (!first) return;
  first.focus();
  first.select?.();
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

// stack prepares tables for a narrow window: each cell learns its column's name, and roles keep it a table for those who
// hear it. The sheet then stands the cells of a row one under the other; without scripts the table scrolls sideways.
export function stack() {
  for (const table of document.querySelectorAll("table.table:not(.table--stack)")) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    if (heads.length < 3) continue; // two columns have room
    const labels = heads.map((h) => h.textContent.trim());
    const role = (e, name) => e.hasAttribute("role") || e.setAttribute("role", name);
    role(table, "table");
    for (const group of [table.tHead, ...table.tBodies]) role(group, "rowgroup");
    for (const row of table.rows) role(row, "row");
    heads.forEach((h) => role(h, "columnheader"));
    for (const body of table.tBodies) {
      for (const row of body.rows) {
        [...row.cells].forEach((cell, i) => {
          role(cell, cell.tagName === "TH" ? "rowheader" : "cell");
          if (labels[i] && row.cells.length === heads.length && cell.childNodes.length) cell.dataset.label = labels[i];
        });
      }
    }
    table.classList.add("table--stack");
  }
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
