// Brotli and gzip siblings of files, kept by content so that nothing is packed twice.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const PACKERS = {
  br: (bytes) => promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11, // 13 % smaller than 9; takes 20 s for the interpreter
      [constants.BROTLI_PARAM_LGWIN]: 24, // the largest that browsers accept
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

async function packed(bytes, ending, cache) {
  const kept = join(cache, `${createHash("sha256").update(bytes).digest("hex")}.${ending}`);
  try {
    return await readFile(kept);
  } catch {
    const result = await PACKERS[ending](bytes);
    await writeFile(`${kept}.part`, result);
    await rename(`${kept}.part`, kept);
    return result;
  }
}

/** Writes name.br and name.gz into `folder` for every [name, bytes]; `cache` is a folder too. */
export async function writeCompressed(files, folder, cache, say) {
  await mkdir(cache, { recursive: true });
  await Promise.all(files.flatMap(([name, bytes]) => Object.keys(PACKERS).map(async (ending) => {
    const small = await packed(bytes, ending, cache);
    await writeFile(join(folder, `${name}.${ending}`), small);
    say(`  ${name}.${ending}: ${small.length.toLocaleString("en")} of ${bytes.length.toLocaleString("en")} bytes`);
  })));
}
