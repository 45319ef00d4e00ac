"""Runs in Pyodide: opens every vector with the browser's code and cipher, and compares verdicts.

Prints one line for each surprise and ends with 1 where there is any.
"""

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, "/data")

from __init__ import read
from js import Uint8Array
from pyodide.ffi import to_js

from browser.opening import open_bytes
from sealed import base32
from sealed.errors import SealedError


async def verdict(vector):
    """Return what became of a vector: `good` or the error's name, and the hashes of the photos shown."""
    try:
        link = vector["link"]
        share = None if link is None else base32.read_link_text(link)
        data = Uint8Array.new(to_js(vector["file"]))
        _, photos = await open_bytes(data, vector["server_share"], share, lambda done: None)
    except SealedError as error:
        return type(error).__name__, {}
    return "good", {p["name"]: hashlib.sha256(p["data"].to_bytes()).hexdigest() for p in photos}


surprises = 0
count = 0
for vector in read(Path("/data/container.json").read_text()):
    found, shown = await verdict(vector)  # noqa: F704
    expected = {n: h for n, h in vector["entries"].items() if n.startswith("photos/")}
    count += 1
    if (found, shown) != (vector["verdict"], expected):
        surprises += 1
        print(f"{vector['name']}: {found}, not {vector['verdict']}")
print(f"{count} vectors, {surprises} surprises")
sys.exit(1 if surprises or not count else 0)
