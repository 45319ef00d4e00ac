// Puts the photo viewer, the uploader and the maker of QR codes beside the pages' own files, and compresses all: node wasm/engine/pages.mjs <static-folder> <cache-folder>
//
// Afterwards <static-folder>/packed holds one folder, named after the files as they are now.
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { viewerModule } from "./openseadragon.mjs";
import { contentId, publish } from "./publish.mjs";
import { uploadModule } from "./tus.mjs";

async function contents(folder) {
  const found = await readdir(folder, { withFileTypes: true });
  const names = found.filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))]));
}

if (process.argv.length !== 4) {
  console.error("Usage: node wasm/engine/pages.mjs <static-folder> <cache-folder>");
  process.exit(2);
}
const [folder, cache] = process.argv.slice(2);
const target = join(folder, "packed");
await writeFile(join(folder, "openseadragon.js"), await viewerModule());
await writeFile(join(folder, "tus.js"), await uploadModule());
await writeFile(join(folder, "qr.js"), await readFile(new URL("node_modules/qr/index.js", import.meta.url)));
const files = await contents(folder);
if (!existsSync(join(target, contentId(files)))) {
  const id = await publish(files, target, cache, () => {});
  console.log(`The pages' ${files.length} files are compressed in ${join(target, id)}.`);
}
