// Builds ../dist from the sources beside this file: fonts, sheets, scripts, and manifest.json, which names the SHA-256 of
// every source and of every output. The same sources always give the same bytes. Run it through "make assets"; with --check
// ("make assets-check") it writes nothing and says whether dist is what the sources give.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";
import subsetFont from "subset-font";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "../dist");
const modules = join(here, "node_modules");
const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");
const outputs = new Map(); // name → bytes

function put(name, bytes) {
  outputs.set(name, Buffer.from(bytes));
}

// The letters that our pages need: ASCII, Latin-1, Vietnamese, and the signs of our own texts.
function letters() {
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");
  return range(0x20, 0x7e) + range(0xa0, 0xff) + range(0x1ea0, 0x1ef9) + "ĂăĐđĨĩŨũƠơƯư\u0300\u0301\u0303\u0309\u0323" + "–—‘’“”…•₫←→↑↓−✓▾";
}

// The same letters twice: woff2 for pages, whole for the PDF files that we write.
async function font(name, file) {
  const source = readFileSync(join(modules, "@expo-google-fonts/be-vietnam-pro", file));
  for (const [ending, targetFormat] of [["woff2", "woff2"], ["ttf", "truetype"]]) {
    put(`${name}.${ending}`, await subsetFont(source, letters(), { targetFormat, noHinting: true, keepFeatures: ["kern", "mark", "mkmk", "ccmp", "tnum", "lnum"] }));
  }
}

// address is where the server offers an output: its name with the first 12 letters of its hash (assets.Path makes the same).
function address(name) {
  const dot = name.lastIndexOf(".");
  return `/assets/${name.slice(0, dot)}.${sha(outputs.get(name)).slice(0, 12)}${name.slice(dot)}`;
}

function sheet(name) {
  const compiled = sass.compile(join(here, "css", name.replace(".css", ".scss")), { loadPaths: [modules], style: "compressed", quietDeps: true, charset: false });
  const linked = compiled.css.replace(/@asset\(([\w.-]+)\)/g, (_, file) => address(file));
  put(name, esbuild.transformSync(linked, { loader: "css", minify: true, charset: "utf8", legalComments: "none" }).code);
}

// ownHost takes the foreign address out of the bar code reader, which would fetch its wasm from there unless told otherwise.
const foreign = /https:\/\/fastly\.jsdelivr\.net\/npm\/zxing-wasm@/g;
const ownHost = {
  name: "own-host",
  setup(build) {
    build.onLoad({ filter: /barcode-detector.*zxing-exported\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!foreign.test(text)) throw new Error("barcode-detector names another host than before: look where it fetches its wasm from");
      return { contents: text.replace(foreign, "/assets/"), loader: "js" };
    });
  },
};

// wasm copies the reader that the script was made for, which knows its hash.
async function wasm() {
  const bytes = readFileSync(join(modules, "zxing-wasm/dist/reader/zxing_reader.wasm"));
  const { ZXING_WASM_SHA256 } = await import("barcode-detector/ponyfill");
  if (sha(bytes) !== ZXING_WASM_SHA256) throw new Error("zxing-wasm is not the version that barcode-detector was made for");
  put("zxing.wasm", bytes);
}

async function script(name) {
  const built = await esbuild.build({
    entryPoints: [join(here, "js", name)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    nodePaths: [modules],
    plugins: [ownHost],
  });
  put(name, built.outputFiles[0].contents);
}

function sources(folder = here) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.name !== "node_modules")
    .flatMap((e) => (e.isDirectory() ? sources(join(folder, e.name)) : [relative(here, join(folder, e.name))]))
    .sort();
}

function manifest() {
  const of = (names, bytes) => Object.fromEntries([...names].sort().map((n) => [n, sha(bytes(n))]));
  return `${JSON.stringify({ sources: of(sources(), (n) => readFileSync(join(here, n))), outputs: of(outputs.keys(), (n) => outputs.get(n)) }, null, 1)}\n`;
}

await font("text-400", "400Regular/BeVietnamPro_400Regular.ttf");
await font("text-700", "700Bold/BeVietnamPro_700Bold.ttf");
put("text-licence.txt", readFileSync(join(modules, "@expo-google-fonts/be-vietnam-pro/LICENSE_FONT")));
for (const name of ["icon.svg", "icon-192.png", "icon-512.png"]) put(name, readFileSync(join(here, name)));
await wasm();
for (const name of ["site.css", "desk.css", "print.css", "closed.css"]) sheet(name);
for (const name of ["site.js", "desk.js", "print.js", "round.js", "round-sw.js", "scanner.js", "ready.js", "sign.js", "verify.js", "closed.js"]) await script(name);

outputs.set("manifest.json", Buffer.from(manifest()));

function write() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const [name, bytes] of outputs) {
    writeFileSync(join(dist, name), bytes);
    console.log(name.padEnd(20), bytes.length);
  }
  // axe-core is for tests only: it stands beside them, not in dist, which goes into the program.
  const axe = join(here, "../../webtest/axe");
  mkdirSync(axe, { recursive: true });
  for (const name of ["axe.min.js", "LICENSE"]) copyFileSync(join(modules, "axe-core", name), join(axe, name));
}

function check() {
  const there = readdirSync(dist);
  const wrong = [...outputs].filter(([name, bytes]) => !there.includes(name) || !readFileSync(join(dist, name)).equals(bytes)).map(([name]) => name);
  wrong.push(...there.filter((name) => !outputs.has(name)));
  if (wrong.length > 0) {
    console.error(`dist is not what src gives: ${wrong.join(", ")}. Run make assets.`);
    process.exit(1);
  }
  console.log(`dist is what src gives: ${outputs.size} files, byte for byte`);
}

process.argv.includes("--check") ? check() : write();
