/**
 * Gives a file host a sealed file by tus 1.0 (tus-js-client), and goes on by itself where the network comes and goes.
 * The engine vouches for each request: a chunk counts once it has come whole and as it was sent.
 */

import { Problem } from "./problems.js";
import { _ } from "./text.js";

const CHUNK = 8 * 1024 * 1024; // bytes: what is sent twice at most when a connection breaks
const LOST = _("The connection was lost.");
const OTHER = _("The file host got something else than was sent. Send the photos again.");
const AGAIN = 5_000; // milliseconds after which it is tried again, if no network has come back before

/** @typedef {import("./unsent.js").Unsent} Unsent */
/** @typedef {(door: string, args: object) => Promise<any>} Ask - the engine */
/** @typedef {{done: number, total: number, waiting: boolean}} Progress - in bytes; whether it waits for the network */

/**
 * @param {Unsent} unsent
 * @param {Blob} file
 * @param {Ask} ask
 * @param {(progress: Progress) => void} progress
 * @param {AbortSignal} signal - ends it; what has been uploaded stays there for a day
 * @throws {Problem}
 */
export async function upload(unsent, file, ask, progress, signal) {
  const { default: tus } = await import("./tus.js");
  let [done, begun] = [0, unsent.begun];
  for (;;) {
    try {
      await once(tus, { ...unsent, begun }, file, ask, signal, (bytes) => {
        [done, begun] = [bytes, true];
        progress({ done, total: file.size, waiting: false });
      });
      return;
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "offline") throw error;
      begun = true;
      progress({ done, total: file.size, waiting: true });
      await back(signal);
    }
  }
}

/**
 * @param {any} tus
 * @param {Unsent} unsent
 * @param {Blob} file
 * @param {Ask} ask
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} sent
 * @returns {Promise<void>}
 */
function once(tus, { report, file_host, sha256, begun }, file, ask, signal, sent) {
  const endpoint = `${file_host}/v1/blobs/${report}`;
  return new Promise((resolve, reject) => {
    const going = new tus.Upload(file, {
      endpoint,
      uploadUrl: begun ? `${endpoint}/upload` : null,
      chunkSize: CHUNK,
      uploadDataDuringCreation: true,
      storeFingerprintForResuming: false,
      retryDelays: [0, 500, 2_000],
      httpStack: stack(new tus.DefaultHttpStack({}), report, ask),
      onProgress: sent,
      onSuccess: (/** @type {any} */ { lastResponse }) =>
        lastResponse.getHeader("ETag") === `"${sha256}"` ? resolve() : reject(new Problem("busy", OTHER)),
      onError: (/** @type {any} */ error) => reject(problem(error)),
    });
    const stop = () => {
      going.abort();
      reject(new Problem("cancelled", ""));
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    going.start();
  });
}

/**
 * Requests as tus makes them, each with the pass and the proof that the engine gives for it.
 * @param {any} inner @param {string} report @param {Ask} ask
 */
function stack(inner, report, ask) {
  return {
    getName: () => inner.getName(),
    createRequest: (/** @type {string} */ method, /** @type {string} */ url) => {
      const request = inner.createRequest(method, url);
      const send = request.send.bind(request);
      request.send = async (/** @type {Blob | null} */ body = null) => {
        const digest = await crypto.subtle.digest("SHA-256", body ? await body.arrayBuffer() : new Uint8Array());
        const { headers } = await ask("authorize_upload", { report, method, url, body_sha256: base64url(digest) });
        for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
        const answer = await send(body);
        // Else tus-js-client would begin from nothing, as where there is no such upload.
        if (method === "HEAD" && ![200, 404].includes(answer.getStatus())) throw new Problem("offline", LOST);
        return answer;
      };
      return request;
    },
  };
}

/** @param {any} error - of tus-js-client @returns {Problem} */
function problem(error) {
  const cause = error.causingError;
  if (cause instanceof Problem) return cause;
  const response = error.originalResponse;
  if (!response || response.getStatus() >= 500) return new Problem("offline", LOST);
  try {
    const { error: kind, message } = JSON.parse(response.getBody());
    return new Problem(kind, message);
  } catch {
    return new Problem("busy", _("The server did not answer as it should. Try again in a minute."));
  }
}

/** Resolves once it is worth trying again. @param {AbortSignal} signal */
function back(signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, AGAIN);
    addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(new Problem("cancelled", ""))), { once: true });
  });
}

/** @param {ArrayBuffer} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
