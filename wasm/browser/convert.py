"""From Python to JavaScript."""

from typing import Any

from js import Object
from pyodide.ffi import to_js


def plain_object(fields: dict[str, Any]) -> Any:
    """Return the JavaScript object with these fields, as the browser's own functions want it."""
    return to_js(fields, dict_converter=Object.fromEntries)
