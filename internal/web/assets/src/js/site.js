// Scripts of public pages. Every page works without them.
import { lead, once, stack } from "./page.js";

lead();
once();
stack();
