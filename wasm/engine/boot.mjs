// Starts Python from the engine's files; the same for the worker and for Node.
import { decryptRun, encryptRun } from "./cipher.mjs";

// An empty list of packages: nothing can be loaded later, from here or from elsewhere.
export const LOCK = { info: { abi_version: "2026_0" }, packages: {} };
const WHEEL = "/safelight.whl";

/**
 * A running Pyodide with our packages.
 * `folder` is the engine's address or path, ending in a slash; `wheel` our wheel's bytes
 * as an ArrayBuffer or a view of one, or a promise of them.
 */
export async function startPython(loadPyodide, folder, wheel) {
  const pyodide = await loadPyodide({
    indexURL: folder,
    packageBaseUrl: folder,
    stdLibURL: `${folder}python_stdlib.zip`,
    lockFileContents: LOCK,
  });
  // Imported as it is: to unpack it, Pyodide would first have to load eighteen more modules.
  pyodide.FS.writeFile(WHEEL, new Uint8Array(await wheel));
  pyodide.pyimport("sys").path.append(WHEEL);
  pyodide.registerJsModule("safelight_js", { decryptRun, encryptRun });
  return pyodide;
}
