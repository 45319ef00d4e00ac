// Puts files out for the web: compressed, in a folder that is named after their content and is there whole or not at all.
import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeCompressed } from "./compress.mjs";

export const sha256 = (bytes, form) => createHash("sha256").update(bytes).digest(form);

/**
 * The first 16 hex digits of what `sha256sum <files, sorted> | sha256sum` prints, of [name, bytes] pairs by name.
 * The server computes the same for the pages' files (viewer/assets.py).
 */
export function contentId(files) {
  return sha256(files.map(([name, bytes]) => `${sha256(bytes, "hex")}  ${name}\n`).join(""), "hex").slice(0, 16);
}

/** Puts a complete folder into `target`, then calls `point` with its id, then removes the old ones. */
export async function publish(files, target, cache, say, point = async () => {}) {
  const fresh = join(target, "unfinished");
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(fresh, name), bytes);
  await writeCompressed(files, fresh, cache, say);
  const id = contentId(files);
  await rm(join(target, id), { recursive: true, force: true });
  await rename(fresh, join(target, id));
  await point(id);
  for (const name of await readdir(target)) {
    if (/^[0-9a-f]{16}$/.test(name) && name !== id) await rm(join(target, name), { recursive: true });
  }
  return id;
}
