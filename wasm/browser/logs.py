"""The signature under a log's checkpoint, verified by the browser's own Ed25519."""

from js import crypto
from pyodide.ffi import JsException, to_js

from sealed.errors import BadProof
from sealed.receipts import Proved

_NOT_SIGNED = (
    "This opening's entry in the log is not signed as it should be. "
    "The photos are not shown; tell whoever runs the key server."
)
_TOO_OLD = (
    "This browser cannot check the key server's log. Open the link in an up-to-date Safari, Chrome, Edge or Firefox."
)


async def verify(proved: Proved) -> None:
    """Raise BadProof unless the checkpoint that proves an entry is signed by the log."""
    try:
        key = await crypto.subtle.importKey("raw", to_js(proved.public_key), "Ed25519", False, to_js(["verify"]))
    except JsException:
        raise BadProof(_TOO_OLD) from None
    if not await crypto.subtle.verify("Ed25519", key, to_js(proved.signature), to_js(proved.message)):
        raise BadProof(_NOT_SIGNED)
