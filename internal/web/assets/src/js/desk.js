// Scripts of staff pages. Every form works without them; they make the desk fast.
import "htmx.org/dist/htmx.esm.js";
import * as draft from "./draft.js";
import * as keys from "./keys.js";
import { follow, lead, net, once, stack } from "./page.js";
import * as scan from "./scan.js";
import { sound } from "./sound.js";

scan.start();
keys.start();
draft.start();
once();
net();
lead();
follow();
stack();
if (!document.querySelector("[data-focus]")) scan.focus();
sound(document);
document.addEventListener("htmx:after:swap", () => {
  stack();
  sound(document);
});
