"""The interpreter is compiled while it arrives, but nothing of it runs before every file has been checked."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.engine.copied import NODE

PINNED = Path(__file__).parents[2] / "wasm" / "engine" / "pinned.mjs"
# A module that calls e.f as soon as it is instantiated.
PROGRAM = """
const { instantiateWhen } = await import(process.argv[1]);
const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 101, 1, 102, 0, 0, 8, 1, 0);
const arriving = () => new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
const refused = Promise.reject(new Error("changed"));
refused.catch(() => {}); // Node ends where nobody looks at a broken promise in time
const ways = {
  checked: instantiateWhen(Promise.resolve()),
  refused: instantiateWhen(refused),
  browser: (source, imports) => WebAssembly.instantiateStreaming(source, imports),
};
const told = { ran: false };
const imports = { e: { f: () => { told.ran = true; } } };
await ways[process.argv[2]](arriving(), imports).catch((error) => { told.error = error.message; });
console.log(JSON.stringify(told));
"""


@pytest.mark.parametrize(
    ("way", "told"),
    [("checked", {"ran": True}), ("refused", {"ran": False, "error": "changed"}), ("browser", {"ran": True})],
)
def test_nothing_runs_before_the_check(way: str, told: dict[str, object]) -> None:
    """The browser's own way, the last, is the control: it runs what has not been checked."""
    command = [NODE, "--input-type=module", "-e", PROGRAM, str(PINNED), way]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == told
