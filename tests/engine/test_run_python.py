"""The built engine under Node: its library is complete, its helper decrypts, its runner reports."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.engine.conftest import RunPython

EVERY_MODULE = """
import importlib, zipfile
names = zipfile.ZipFile("/lib/python314.zip").namelist()
for name in names:
    importlib.import_module(name.removesuffix(".pyc").replace("/", ".").removesuffix(".__init__"))
print(len(names))
"""

PROMISED = """
import asyncio, base64, binascii, codeop, collections.abc, contextlib, dataclasses, datetime, enum
import functools, hashlib, hmac, importlib, io, itertools, json, math, pyexpat, re, secrets, string
import struct, traceback, typing, unicodedata, urllib.parse, xml.etree.ElementTree, zipfile, zlib
assert datetime.datetime.strptime("2026-11-21", "%Y-%m-%d").day == 21
assert "é".encode("utf-16-le").decode("utf-16-le") == b"\\x82".decode("cp437") == "é"
try:
    xml.etree.ElementTree.fromstring("<a>")
except xml.etree.ElementTree.ParseError:
    assert "no element found" in traceback.format_exc()
await asyncio.wait_for(asyncio.gather(asyncio.sleep(0)), 1)
raise SystemExit(5)
"""

DECRYPT = """
import js
from pathlib import Path
from pyodide.ffi import to_js
from safelight_js import decryptRun

def read(name): return to_js(Path("/data", name).read_bytes())
usages = to_js(["decrypt"])
key = await js.crypto.subtle.importKey("raw", read("key"), "AES-GCM", False, usages)
out = js.Uint8Array.new(int(Path("/data/length").read_text()))
out.fill(85)
try:
    await decryptRun(key, read("nonces"), read("data"), out)
except Exception:
    raise SystemExit(3 if out.to_bytes().strip(b"U") == b"" else 4)
raise SystemExit(0 if out.to_bytes() == Path("/data/plain").read_bytes() else 5)
"""
WRONG_AND_UNTOUCHED = 3


def write_run(folder: Path, size: int) -> None:
    """A run of chunks sealed by the library that judges us, with its nonces and its key."""
    key, plain = AESGCM.generate_key(256), os.urandom(size)
    starts = range(0, max(size, 1), 16384)
    nonces = [os.urandom(12) for _ in starts]
    sealed = [
        AESGCM(key).encrypt(nonce, plain[at : at + 16384], None) for nonce, at in zip(nonces, starts, strict=True)
    ]
    parts = {"key": key, "plain": plain, "nonces": b"".join(nonces), "data": b"".join(sealed)}
    for name, content in parts.items():
        (folder / name).write_bytes(content)
    (folder / "length").write_text(str(size))


def test_every_module_of_the_library_imports(run_python: RunPython) -> None:
    """What stdlib.json leaves out is not needed by what it keeps."""
    done = run_python("-c", EVERY_MODULE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_the_library_has_what_was_promised(run_python: RunPython) -> None:
    done = run_python("-c", PROMISED)
    assert done.returncode == 5, done.stderr


@pytest.mark.parametrize("size", [0, 1, 16384, 16385, 64 * 16384 - 1])
def test_decrypts_what_the_judge_sealed(size: int, tmp_path: Path, run_python: RunPython) -> None:
    write_run(tmp_path, size)
    done = run_python("-c", DECRYPT, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["key", "nonces", "data"])
def test_one_changed_bit_is_refused(name: str, tmp_path: Path, run_python: RunPython) -> None:
    """In the last chunk too, nothing of the others is given out."""
    write_run(tmp_path, 40000)
    content = bytearray((tmp_path / name).read_bytes())
    content[-1] ^= 1
    (tmp_path / name).write_bytes(content)
    assert run_python("-c", DECRYPT, tmp_path).returncode == WRONG_AND_UNTOUCHED


@pytest.mark.parametrize("name", ["nonces", "data"])
def test_a_run_cut_at_a_chunk_is_refused(name: str, tmp_path: Path, run_python: RunPython) -> None:
    write_run(tmp_path, 2 * 16384)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    assert run_python("-c", DECRYPT, tmp_path).returncode == WRONG_AND_UNTOUCHED


def test_a_long_error_is_cut(run_python: RunPython) -> None:
    done = run_python("-c", "raise ValueError('x' * 9000 + 'the end')")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("the end\n")
    assert len(done.stderr) <= 2001


def test_a_script_cannot_change_the_data(tmp_path: Path, run_python: RunPython) -> None:
    (tmp_path / "a").write_text("before")
    code = "from pathlib import Path; Path('/data/a').write_text('after'); print(Path('/data/a').read_text())"
    assert run_python("-c", code, tmp_path).stdout == "after\n"
    assert (tmp_path / "a").read_text() == "before"
