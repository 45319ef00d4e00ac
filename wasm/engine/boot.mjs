// Starts Python from the engine's files; the same for the worker and for Node.
import { decryptRun } from "./decrypt.mjs";

// An empty list of packages: nothing can be loaded later, from here or from elsewhere.
export const LOCK = { info: { abi_version: "2026_0" }, packages: {} };

/**
 * A running Pyodide with our packages.
 * `folder` is the engine's address or path, ending in a slash; `wheel` our wheel's bytes as Uint8Array.
 */
export async function startPython(loadPyodide, folder, wheel) {
  const pyodide = await loadPyodide({
    indexURL: folder,
    packageBaseUrl: folder,
    stdLibURL: `${folder}python_stdlib.zip`,
    lockFileContents: LOCK,
  });
  pyodide.unpackArchive(wheel, "wheel");
  pyodide.registerJsModule("safelight_js", { decryptRun });
  return pyodide;
}
