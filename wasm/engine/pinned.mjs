// Lets nothing into the engine whose bytes are not the ones the build saw.

/** Says which file did not arrive or was not the pinned one. */
export class Refused extends Error {}

const sha256 = async (bytes) =>
  `sha256-${btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))))}`;

/** The file as it arrives, and a promise that is kept once all its bytes are the pinned ones. */
async function fetchStreamed(address, integrity) {
  const response = await fetch(address);
  const copy = response.clone();
  const check = async () => {
    if ((await sha256(await copy.arrayBuffer())) !== integrity) throw new Error("not the pinned bytes");
  };
  return { response, checked: check() };
}

/** The file when all its bytes have been checked by the browser. */
async function fetchWhole(address, integrity) {
  return { response: await fetch(address, { integrity }), checked: undefined };
}

/**
 * Fetches every pinned file. `folder` is the engine's address; `pins` maps names to "sha256-<base64>".
 *
 * Returns `responses`, a Map from address to a promise of its Response, and `checked`, a promise that is kept once
 * every file is the pinned one and broken, by Refused, as soon as one is not. A Response other than the
 * interpreter's comes only after its check. The interpreter's comes at once: browsers compile it while it arrives
 * (0.2 s of 1.2 s on a laptop), so who runs it must wait for `checked`.
 */
export function fetchPinned(folder, pins) {
  const files = Object.entries(pins).map(([name, integrity]) => {
    const get = name.endsWith(".wasm") ? fetchStreamed : fetchWhole;
    const refuse = () => Promise.reject(new Refused(name));
    const file = get(folder + name, integrity).catch(refuse);
    return { address: folder + name, response: file.then(({ response }) => response),
      checked: file.then(({ checked }) => checked).catch(refuse) };
  });
  return {
    responses: new Map(files.map(({ address, response }) => [address, response])),
    checked: Promise.all(files.map(({ checked }) => checked)),
  };
}

/** A stand-in for fetch that knows only the pinned files. */
export function fetchOnly(responses) {
  return async (address) => responses.get(String(address)) ?? Promise.reject(new Refused(String(address)));
}

/** A stand-in for WebAssembly.instantiateStreaming that compiles what arrives and runs nothing before `checked`. */
export function instantiateWhen(checked) {
  return async (source, imports) => {
    const module = await WebAssembly.compileStreaming(source);
    await checked;
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
}
