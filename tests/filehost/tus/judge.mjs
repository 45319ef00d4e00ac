// A client that is not ours: uploads a file by npm's tus-js-client. It asks for each request's headers, on its standard
// output and input, a line of JSON each; and tells how it ended.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { DefaultHttpStack, Upload } from "tus-js-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value);
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

// Signs each request with the hash of its body. An answer to HEAD that says nothing of the upload is no reason to
// begin anew, as tus-js-client would.
class Signing extends DefaultHttpStack {
  createRequest(method, url) {
    const request = super.createRequest(method, url);
    const send = request.send.bind(request);
    request.send = async (body) => {
      const sha256 = createHash("sha256").update(body ?? "").digest("hex");
      tell({ method, url, sha256, offset: request.getHeader("Upload-Offset") });
      for (const [name, value] of Object.entries(await hear())) request.setHeader(name, value);
      const answer = await send(body);
      if (method === "HEAD" && ![200, 404].includes(answer.getStatus())) throw new Error(`HEAD ${answer.getStatus()}`);
      return answer;
    };
    return request;
  }
}

const { file, endpoint, url, chunk, together, stop } = await hear();
const upload = new Upload(readFileSync(file), {
  endpoint,
  uploadUrl: url,
  chunkSize: chunk,
  uploadDataDuringCreation: together,
  retryDelays: Array(20).fill(20),
  httpStack: new Signing({ agent: false }),
  onSuccess: ({ lastResponse }) => end({ etag: lastResponse.getHeader("ETag"), url: upload.url }),
  onError: (error) => end({ error: String(error.originalResponse?.getStatus() ?? error) }),
  onChunkComplete: async (_size, accepted) => {
    if (!stop || accepted < stop) return;
    await upload.abort(true); // ends it at the server, too
    end({ aborted: accepted });
  },
});

function end(how) {
  tell(how);
  process.stdin.destroy();
}

upload.start();
