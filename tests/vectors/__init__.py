"""The vectors, as every runtime reads them: CPython, Pyodide under Node, Chromium."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTAINER = Path(__file__).with_name("container.json")


def read(text: str) -> Iterator[dict[str, Any]]:
    """Yield each vector with its `file` as bytes and its other inputs filled in."""
    document = json.loads(text)
    rows = {row["name"]: row for row in document["vectors"]}
    files = {name: base64.b64decode(row["file"]) for name, row in rows.items() if "file" in row}
    for row in rows.values():
        base = rows[row["from"]] if "from" in row else row
        data = files[base["name"]]
        # From the end to the front, so that an edit does not move the next one's place.
        for offset, removed, put in sorted(row.get("edits", []), key=lambda edit: edit[0], reverse=True):
            data = data[:offset] + _part(files, put) + data[offset + removed :]
        merged = document["usual"] | {"entries": {}} | base | row
        if row["verdict"] != "good":
            merged["entries"] = {}
        yield merged | {"file": data, "server_share": bytes.fromhex(merged["server_share"])}


def _part(files: dict[str, bytes], put: str | list[Any]) -> bytes:
    """What an edit puts in: bytes in hex, or [name, offset, length] of a part of another vector's file."""
    if isinstance(put, str):
        return bytes.fromhex(put)
    name, offset, length = put
    return files[name][offset : offset + length]
