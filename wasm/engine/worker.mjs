// The engine's worker: starts Python, then answers calls. The build puts boot.mjs, cipher.mjs and
// pinned.mjs in place of their imports and fills in PINS.
//
// Messages out: {ready, engine, bootMilliseconds} or {failed, part, kind}; {call, progress}; {call, answer}.
// Messages in: {call, door, args}, only after ready.
import { startPython } from "./boot.mjs";
import { fetchOnly, fetchPinned, instantiateWhen, Refused } from "./pinned.mjs";

const PINS = {};
const FOLDER = new URL(".", import.meta.url).href;
const ENGINE = FOLDER.split("/").at(-2);
// A laptop takes half a second once the files are there; a start that takes a minute hangs.
const START_LIMIT = 60_000;

// The page tells sentences in its language: here they are only marked for translators.
const N_ = (sentence) => sentence;
const UNEXPECTED = { kind: "Unexpected", text: N_("That is our fault, not yours. Try again.") };
const NO_WEBASSEMBLY = N_("This browser has WebAssembly switched off, as Lockdown Mode does, and the photos need it. "
  + "Open the link in another browser or on another device.");
const NO_START = N_("It could not start on this device. Close other pages and try again, "
  + "or open the link on another device.");
const NOT_PINNED = N_("A part of it did not arrive, or was changed on its way. Check that you are connected, "
  + "then try again. If this stays, tell the sender which part it was ({part}).");

// What Python or Pyodide would print could hold a patient's data: nothing of it reaches the console,
// and an error that nobody awaits does not reach the page.
for (const name of ["debug", "error", "info", "log", "trace", "warn"]) console[name] = () => {};
for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, (event) => event.preventDefault());

async function canCompile() {
  try {
    return Boolean(await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)));
  } catch {
    return false;
  }
}

/** Starts Python while its larger files still arrive: each one waits until its own bytes have been checked. */
async function startChecked(responses) {
  // These come from the browser's cache when they are imported: an import in a worker cannot carry a hash of its own.
  for (const [address, response] of responses) if (address.endsWith(".mjs")) await response;
  const { loadPyodide } = await import(`${FOLDER}pyodide.mjs`);
  const wheel = Object.keys(PINS).find((name) => name.endsWith(".whl"));
  return startPython(loadPyodide, FOLDER, responses.get(FOLDER + wheel).then((response) => response.arrayBuffer()));
}

async function start() {
  const { responses, checked } = fetchPinned(FOLDER, PINS);
  const plainFetch = globalThis.fetch;
  globalThis.fetch = fetchOnly(responses);
  WebAssembly.instantiateStreaming = instantiateWhen(checked);
  // Pyodide calls this to see whether it may not: Trusted Types would report the attempt.
  globalThis.importScripts = undefined;
  try {
    const tooLong = new Promise((_, reject) => setTimeout(reject, START_LIMIT));
    const [pyodide] = await Promise.race([Promise.all([startChecked(responses), checked]), tooLong]);
    return pyodide;
  } finally {
    globalThis.fetch = plainFetch;
  }
}

const toPlain = (proxy) => proxy.toJs({ dict_converter: Object.fromEntries, create_pyproxies: false });

/** Every ArrayBuffer in an answer, once: they are handed over, not copied. */
function buffersIn(value, found = new Set()) {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (value instanceof ArrayBuffer) found.add(value);
  else if (value && typeof value === "object") Object.values(value).forEach((inner) => buffersIn(inner, found));
  return found;
}

async function answer(pyodide, doors, { call, door, args }) {
  try {
    const tell = (told) => {
      const progress = toPlain(told);
      postMessage({ call, progress }, [...buffersIn(progress)]);
    };
    const result = await doors.answer(door, pyodide.toPy(args), tell);
    const plain = toPlain(result);
    result.destroy();
    postMessage({ call, answer: plain }, [...buffersIn(plain)]);
  } catch {
    postMessage({ call, answer: { error: UNEXPECTED } });
  }
}

async function main() {
  if (!(await canCompile())) return postMessage({ failed: NO_WEBASSEMBLY, kind: "unsupported" });
  try {
    const pyodide = await start();
    const doors = pyodide.pyimport("browser.doors");
    addEventListener("message", ({ data }) => answer(pyodide, doors, data));
    postMessage({ ready: true, engine: ENGINE, bootMilliseconds: Math.round(performance.now()) });
  } catch (error) {
    const [failed, part] = error instanceof Refused ? [NOT_PINNED, error.message] : [NO_START, ""];
    postMessage({ failed, part, kind: "engine" });
  }
}

main();
