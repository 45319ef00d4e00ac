"""A small server for the built engine, with the headers the viewer's server sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types safelight-worker"
)
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}

PAGE = b"<!doctype html><title>Engine</title><script type=module src=/page.js></script>"
SCRIPT = b"""
const policy = trustedTypes.createPolicy("safelight-worker", { createScriptURL: (url) => url });
let worker;
window.boot = (url) => new Promise((resolve) => {
  worker = new Worker(policy.createScriptURL(url), { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => resolve({ error: event.message || "the worker did not load" });
});
window.call = (door, args) => new Promise((resolve) => {
  const progress = [];
  worker.onmessage = ({ data }) => {
    if (data.progress) progress.push(data.progress);
    else resolve({ ...data, progress });
  };
  worker.postMessage({ call: 7, door, args });
});
"""
PAGES = {"/": (PAGE, "text/html"), "/page.js": (SCRIPT, TYPES[".js"]), "/favicon.ico": (b"", "image/x-icon")}


@dataclass
class EngineServer:
    """What is served and what was asked for; tests change the first and read the second."""

    folder: Path
    policy: str = POLICY
    changed: str | None = None  # the one file of which a byte is changed
    missing: str | None = None  # the one file that is not there
    origin: str = ""
    asked: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def body(self, name: str, accepted: str) -> tuple[bytes, str | None] | None:
        """The bytes of an engine file and their Content-Encoding; None if there is no such file."""
        path = self.folder / name
        if name == self.missing or not path.is_file():
            return None
        if name == self.changed:
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            return bytes(content), None
        if "br" in accepted:
            return path.with_name(f"{name}.br").read_bytes(), "br"
        return path.read_bytes(), None


def handler(server: EngineServer) -> type[BaseHTTPRequestHandler]:
    """A request handler bound to what `server` says."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in PAGES:
                return self.answer(*PAGES[self.path])
            name = self.path.rpartition("/")[2]
            server.asked.append(name)
            found = server.body(name, self.headers.get("Accept-Encoding", ""))
            if found is None:
                return self.send_error(404)
            body, encoding = found
            self.answer(body, TYPES.get(Path(name).suffix, "application/octet-stream"), encoding)

        def do_POST(self) -> None:
            server.violations.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(b"", "text/plain")

        def answer(self, body: bytes, media_type: str, encoding: str | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", f"{server.policy}; report-uri /violations")
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving(folder: Path) -> Iterator[EngineServer]:
    """Serve an engine's folder on a free port of this machine."""
    server = EngineServer(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(server)) as http:
        server.origin = f"http://127.0.0.1:{http.server_address[1]}"
        thread = Thread(target=http.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
