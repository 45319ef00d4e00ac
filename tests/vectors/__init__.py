"""The vectors, as every runtime reads them: CPython, Pyodide under Node, Chromium."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CONTAINER = Path(__file__).with_name("container.json")


def read(text: str) -> Iterator[dict[str, Any]]:
    """Yield each vector with its `file` as bytes and its other inputs filled in."""
    rows = {row["name"]: row for row in json.loads(text)}
    for row in rows.values():
        base = rows[row["from"]] if "from" in row else row
        data = base64.b64decode(base["file"])
        # From the end to the front, so that an edit does not move the next one's place.
        for offset, removed, put in sorted(row.get("edits", []), reverse=True):
            data = data[:offset] + bytes.fromhex(put) + data[offset + removed :]
        merged = {"entries": {}} | base | row
        if row["verdict"] != "good":
            merged["entries"] = {}
        yield merged | {"file": data, "server_share": bytes.fromhex(merged["server_share"])}
