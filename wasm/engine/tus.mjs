// tus-js-client, pinned by the lock file, as one module. Pages fetch it when there is something to upload.
import { readFile } from "node:fs/promises";

const FOLDER = new URL("node_modules/tus-js-client/", import.meta.url);

/** Returns the module's text; throws where a new version does what the pages' policy refuses. */
export async function uploadModule() {
  const read = (name) => readFile(new URL(name, FOLDER), "utf8");
  const script = (await read("dist/tus.min.js")).replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const unsafe = script.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  if (unsafe) throw new Error(`tus-js-client uses ${unsafe[0]}, which the pages' policy refuses.`);
  // As a script it would hang itself on the window; so it believes to be in Node, and exports.
  const around = ["const module = { exports: {} };\nconst exports = module.exports;", "export default module.exports;"];
  return `/*!\n${await read("LICENSE")}*/\n${around[0]}\n${script}\n${around[1]}\n`;
}
