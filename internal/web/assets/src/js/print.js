// Scripts of print pages: Enter prints, Escape goes back.
const button = document.querySelector("[data-print]");
const back = document.querySelector("[data-back]");
button.hidden = false;
button.addEventListener("click", () => window.print());
button.focus();
if (history.length > 1) {
  back.hidden = false;
  back.addEventListener("click", (e) => {
    e.preventDefault();
    history.back();
  });
}
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") history.length > 1 ? history.back() : window.close();
});
