"""Runs in Pyodide under Node: prints what in_engine.py finds, as JSON."""

import json
import sys
from pathlib import Path

sys.path.insert(0, "/data")

import in_engine

print(json.dumps(await in_engine.everything(Path("/data"))))  # noqa: F704
