// Scripts of public pages. Every page works without them.
import { lead, once } from "./page.js";

lead();
once();
