"""Figures, each with what it is held against in the same run: machines differ, ratios less so.

make bench
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealed.header import Header
from sealed.jpeg import strip_jpeg
from viewer.sender import sealing

ROOT = Path(__file__).parents[2]
MIB = 1024 * 1024


def best(action: Callable[[], object], times: int = 5) -> float:
    """Return the seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def strip() -> None:
    photo = max((ROOT / "viewer/demo/photos").glob("*.jpg"), key=lambda path: path.stat().st_size).read_bytes()
    print(f"strip        {len(photo) / MIB / best(lambda: strip_jpeg(photo)):8.0f} MiB/s")


def seal() -> None:
    data, key = os.urandom(64 * MIB), os.urandom(32)
    header = Header("2026-11-21T09:30:00Z", "0" * 26, "https://keys.example.org", None)
    ours = best(lambda: sum(map(len, sealing.seal(header, key, None, [data]))))
    bare = best(lambda: AESGCM(key).encrypt(bytes(12), data, None))
    print(f"seal         {64 / ours:8.0f} MiB/s, {ours / bare:.2f} x one bare AES-GCM call")


def unseal() -> None:
    manifest = json.loads((ROOT / "static/engine/engine.json").read_text())
    node = os.environ.get("NODE") or shutil.which("node") or "node"
    runner = [node, "--disallow-code-generation-from-strings", "wasm/engine/run-python.mjs"]
    command = [*runner, f"static/engine/{manifest['engine']}", "tests/bench/decrypt.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rates = json.loads(done.stdout)
    for name, rate in rates.items():
        print(f"open, {name:12} {rate:6.0f} MiB/s, {rates['bare'] / rate:.2f} x the time of one bare WebCrypto call")


def engine() -> None:
    manifest = json.loads((ROOT / "static/engine/engine.json").read_text())
    folder = ROOT / "static/engine" / manifest["engine"]
    packed = sum((folder / f"{name}.br").stat().st_size for name in manifest["files"])
    shipped = sum((folder / name).stat().st_size for name in manifest["files"])
    print(f"engine       {packed / 1e6:.2f} MB to fetch (brotli), {shipped / 1e6:.2f} MB unpacked")


if __name__ == "__main__":
    for figure in (engine, strip, seal, unseal):
        figure()
