// Builds the engine: node wasm/engine/build.mjs <build-folder> <engine-folder>
//
// <build-folder>/wheels holds the wheels of pyodide-build.lock; <build-folder>/packed is filled here.
// Afterwards <engine-folder> holds engine.json and one folder, named after its content.
import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compiledArchives } from "./compile.mjs";
import { publish, sha256 } from "./publish.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const AS_SHIPPED = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"];

const say = (sentence) => console.log(sentence);
const byName = ([a], [b]) => (a < b ? -1 : 1);
const pins = (files) => Object.fromEntries(files.map(([name, bytes]) => [name, `sha256-${sha256(bytes, "base64")}`]));

/** The text of a module with the modules beside it that it imports put in place of the imports. */
async function joined(name) {
  let text = await readFile(join(HERE, name), "utf8");
  for (const [line, inner] of text.matchAll(/^import \{[^}]*\} from "\.\/(\w+\.mjs)";\n/gm)) {
    text = text.replace(line, (await joined(inner)).replace(/^export /gm, ""));
  }
  return text;
}

async function workerScript(files) {
  const parts = (await joined("worker.mjs")).split("\nconst PINS = {};\n");
  if (parts.length !== 2) throw new Error("worker.mjs must hold the line 'const PINS = {};' exactly once.");
  return Buffer.from(parts.join(`\nconst PINS = ${JSON.stringify(pins(files), null, 2)};\n`));
}

async function contents(wheels) {
  const pyodide = join(HERE, "node_modules", "pyodide");
  const files = await Promise.all(AS_SHIPPED.map(async (name) => [name, await readFile(join(pyodide, name))]));
  say("Compiling the standard library and our packages in Pyodide (about 10 seconds)…");
  files.push(...await compiledArchives(wheels, dirname(HERE)));
  files.push(["worker.js", await workerScript(files.sort(byName))]);
  return files.sort(byName);
}

/** Points engine.json at a folder, and at its files' hashes. */
async function point(target, id, files) {
  const json = `${JSON.stringify({ engine: id, files: pins(files) }, null, 2)}\n`;
  await writeFile(join(target, "engine.json.part"), json);
  await rename(join(target, "engine.json.part"), join(target, "engine.json"));
}

async function build(buildFolder, target) {
  const files = await contents(join(buildFolder, "wheels"));
  say("Compressing what is new (the interpreter alone takes about 20 seconds)…");
  const id = await publish(files, target, join(buildFolder, "packed"), say, (id) => point(target, id, files));
  say(`The engine is in ${join(target, id)}.`);
}

if (process.argv.length !== 4) {
  console.error("Usage: node wasm/engine/build.mjs <build-folder> <engine-folder>");
  process.exit(2);
}
try {
  await build(...process.argv.slice(2).map((path) => resolve(path)));
} catch (error) {
  // Pyodide's errors can carry a megabyte of its own code: the end says what went wrong.
  console.error(`The engine was not built; the one before it is untouched.\n${String(error).slice(-2000)}`);
  process.exit(1);
}
