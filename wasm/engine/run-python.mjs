// Runs Python in the built engine under Node, so that tests can do there what they do on CPython:
//   node --disallow-code-generation-from-strings wasm/engine/run-python.mjs <engine> <script.py | -c code> [data folder]
// <engine> is static/engine/<id>. The data folder is copied to /data: a script cannot change the original.
// Ends with 0 if the script did, with the script's own number after sys.exit(number), else with 1.
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startPython } from "./boot.mjs";

const LONGEST = 2000; // characters of an error; Pyodide's can hold a megabyte of its own code

function evalIsForbidden() {
  try {
    return !new Function("return true")();
  } catch {
    return true;
  }
}

async function copyIn(FS, from, to) {
  FS.mkdirTree(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) await copyIn(FS, source, target);
    else FS.writeFile(target, await readFile(source));
  }
}

async function start(engine) {
  const { loadPyodide } = await import(pathToFileURL(join(engine, "pyodide.mjs")));
  const wheel = (await readdir(engine)).find((name) => name.endsWith(".whl"));
  return startPython(loadPyodide, `${engine}/`, new Uint8Array(await readFile(join(engine, wheel))));
}

async function main(engine, script, ...rest) {
  const source = script === "-c" ? rest.shift() : await readFile(script, "utf8");
  const pyodide = await start(resolve(engine));
  if (rest.length) await copyIn(pyodide.FS, rest[0], "/data");
  await pyodide.runPythonAsync(source, { filename: script });
}

function exitCode(error) {
  const text = String(error?.message ?? error).trim();
  const left = /^SystemExit: (\d+)$/.exec(text.split("\n").at(-1));
  if (left) return Number(left[1]);
  const half = LONGEST / 2; // the end names the exception, the beginning where it came from
  console.error(text.length > LONGEST ? `${text.slice(0, half)}\n…\n${text.slice(3 - half)}` : text);
  return 1;
}

if (!evalIsForbidden()) {
  console.error("Start node with --disallow-code-generation-from-strings, as a browser's policy would.");
  process.exit(2);
}
const stop = (error) => process.exit(exitCode(error));
process.on("uncaughtException", stop); // sys.exit comes this way, past the awaited run
main(...process.argv.slice(2)).then(() => process.exit(0), stop);
