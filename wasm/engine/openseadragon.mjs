// OpenSeadragon, pinned by the lock file, as one module that keeps to the pages' Content Security Policy.
import { readFile } from "node:fs/promises";

const FOLDER = new URL("node_modules/openseadragon/", import.meta.url);

/** Returns the module's text; throws where a new version does with HTML what no page here may do. */
export async function viewerModule() {
  const read = (name) => readFile(new URL(name, FOLDER), "utf8");
  const script = await read("build/openseadragon/openseadragon.min.js");
  // All it ever does with HTML is to empty an element. Trusted Types refuse that too, so it is said in another way.
  // And its one inline style would hide on phones what has the focus.
  const kept = script
    .replaceAll(/\.innerHTML\s*=\s*""/g, ".replaceChildren()")
    .replace(/document\.head\.appendChild\(\w+\)/, "void 0")
    .replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const unsafe = kept.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  if (unsafe) throw new Error(`OpenSeadragon uses ${unsafe[0]}, which the pages' policy refuses.`);
  return `/*!\n${await read("LICENSE.txt")}*/\n${kept}\nexport default OpenSeadragon;\n`;
}
