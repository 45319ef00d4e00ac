// Runs archives.py in Pyodide under Node: the trimmed standard library and our wheel, compiled.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadPyodide } from "pyodide";
import { LOCK } from "./boot.mjs";

// Zip files hold local time and begin in 1980; a random hash seed would reorder sets of constants.
process.env.TZ = "UTC";
const REPRODUCIBLE = { SOURCE_DATE_EPOCH: "315532800", PYTHONHASHSEED: "0" };
const PACKAGES = ["sealed", "browser"];
const OUR_PYTHON = ["archives.py", "stdlib.py", "stdlib.json"];

async function copyIn(pyodide, from, to, ending) {
  pyodide.FS.mkdirTree(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) await copyIn(pyodide, source, target, ending);
    else if (entry.name.endsWith(ending)) pyodide.FS.writeFile(target, await readFile(source));
  }
}

/**
 * Both archives as [name, Uint8Array] pairs.
 * `wheels` is the folder with the wheels of pyodide-build.lock, `wasm` the one with our packages.
 */
export async function compiledArchives(wheels, wasm) {
  // -OO: no docstrings, no asserts.
  const pyodide = await loadPyodide({ args: ["-OO"], env: REPRODUCIBLE, lockFileContents: LOCK });
  const booted = pyodide.runPython("import sys; sorted(sys.modules)");
  await copyIn(pyodide, wheels, "/wheels", ".whl");
  pyodide.FS.mkdirTree("/build/engine");
  for (const name of OUR_PYTHON) pyodide.FS.writeFile(`/build/engine/${name}`, await readFile(join(wasm, "engine", name)));
  for (const name of PACKAGES) await copyIn(pyodide, join(wasm, name), `/build/packages/${name}`, ".py");
  pyodide.FS.writeFile("/build/python_stdlib.zip", pyodide.FS.readFile("/lib/python314.zip"));
  const make = pyodide.runPython(`
    from pathlib import Path
    sys.path[:0] = ["/build", *sorted(map(str, Path("/wheels").iterdir()))]
    from engine.archives import make
    lambda booted: make(Path("/build"), booted)
  `);
  const paths = make(booted).toJs();
  return paths.map((path) => [path.split("/").at(-1), pyodide.FS.readFile(path)]);
}
