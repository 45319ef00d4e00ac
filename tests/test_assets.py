"""The pages' own files: compressed, kept for good under a name that changes with them, and never an old copy."""

import gzip
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT
from tests.engine.copied import NODE
from tests.test_headers import REQUIRED
from viewer import assets, create_app
from viewer.config import Settings

TYPES = {
    ".css": 'text/css; charset="utf-8"',
    ".js": 'text/javascript; charset="utf-8"',
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
UNPACK = "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(0)))"
OPENED: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": lambda data: subprocess.run([NODE, "-e", UNPACK], input=data, capture_output=True, check=True).stdout,
}


def url(app: Flask, name: str) -> str:
    return str(app.jinja_env.globals["asset"](name))  # type: ignore[operator]


def wrong(app: Flask, asked: str, expected: str | None) -> list[str]:
    """What is wrong with the answers to a client that takes one coding, file by file."""
    found = []
    for file in sorted(path for path in assets.STATIC.iterdir() if path.is_file()):
        answer = app.test_client().get(url(app, file.name), headers={"Accept-Encoding": asked}, buffered=True)
        told = {
            "Content-Type": TYPES[file.suffix],
            "Content-Encoding": expected,
            "Content-Length": str(len(answer.data)),
            "Vary": "Accept-Encoding",
            "Cache-Control": "max-age=315360000, public, immutable",
        }
        found += [f"{file.name}: {name}" for name, value in told.items() if answer.headers.get(name) != value]
        found += [f"{file.name}: {name}" for name in REQUIRED - set(answer.headers.keys())]
        if OPENED[answer.headers.get("Content-Encoding")](answer.data) != file.read_bytes():
            found.append(f"{file.name}: content")
    return found


@pytest.fixture
def copy(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the pages' files and their compressed ones, served by what a test starts after it."""
    static = shutil.copytree(assets.STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("engine"))
    (static / "engine").symlink_to(assets.STATIC / "engine")
    monkeypatch.setattr(assets, "STATIC", static)
    return static


@pytest.mark.parametrize(("asked", "expected"), [("br", "br"), ("gzip", "gzip"), ("identity", None)])
def test_every_file_goes_out_compressed(app: Flask, asked: str, expected: str | None) -> None:
    assert wrong(app, asked, expected) == [], "The compressed files are not those of these sources. Run: make pages"


def test_the_smallest_goes_to_a_browser(app: Flask) -> None:
    assert wrong(app, "gzip, deflate, br, zstd", "br") == []


def test_an_edited_file_is_never_served_as_it_was(copy: Path, settings: Settings) -> None:
    before = create_app(settings)
    assert wrong(before, "br", "br") == []
    old = (copy / "report.js").read_bytes()
    (copy / "report.js").write_bytes(old + b"// edited\n")
    kept = before.test_client().get(url(before, "report.js"), buffered=True)
    assert kept.data == old, "what runs already keeps its own version, and its address"

    edited = create_app(settings)
    assert url(edited, "report.js") != url(before, "report.js")
    answer = edited.test_client().get(url(edited, "report.js"), headers={"Accept-Encoding": "br"}, buffered=True)
    assert answer.data == (copy / "report.js").read_bytes()
    assert "Content-Encoding" not in answer.headers

    command = [NODE, ROOT / "wasm" / "engine" / "pages.mjs", copy, copy.parent / "cache"]
    subprocess.run(command, capture_output=True, check=True)
    after = create_app(settings)
    assert wrong(after, "br", "br") == []
    assert url(after, "report.js") == url(edited, "report.js")
    assert [path.name for path in (copy / "packed").iterdir()] == [url(after, "").split("/")[2]], "the old one is gone"


def test_control_what_is_missing_or_old_is_found(
    copy: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = next((copy / "packed").iterdir())
    (packed / "report.js.br").unlink()
    assert wrong(create_app(settings), "br", "br") == ["report.js: Content-Encoding"]
    (copy / "style.css").write_text("body { color: red }\n")
    monkeypatch.setattr(assets, "_version", lambda files: packed.name)
    assert wrong(create_app(settings), "gzip", "gzip") == ["style.css: content"]
    shutil.rmtree(packed)
    assert "early.js: Content-Encoding" in wrong(create_app(settings), "gzip", "gzip")
