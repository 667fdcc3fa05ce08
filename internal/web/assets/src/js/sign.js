// The signature field at the counter.
import { start } from "./signature.js";

start();
