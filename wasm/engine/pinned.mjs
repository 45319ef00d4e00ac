// Lets nothing into the engine whose bytes are not the ones the build saw.

/** Says which file did not arrive or was not the pinned one. */
export class Refused extends Error {}

/**
 * Fetches every pinned file and returns once all are checked: a Map from address to Response.
 * `folder` is the engine's address; `pins` maps names to "sha256-<base64>".
 */
export async function fetchPinned(folder, pins) {
  return new Map(await Promise.all(Object.entries(pins).map(async ([name, integrity]) => {
    try {
      return [folder + name, await fetch(folder + name, { integrity })];
    } catch {
      throw new Refused(name);
    }
  })));
}

/** A stand-in for fetch that knows only the checked files. */
export function fetchOnly(checked) {
  return async (address) => {
    const response = checked.get(String(address));
    if (!response) throw new Refused(String(address));
    return response;
  };
}
