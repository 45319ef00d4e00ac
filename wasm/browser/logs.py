"""The signature under a log's checkpoint, verified by the browser's own Ed25519; and what a witness has seen of it."""

from js import crypto
from pyodide.ffi import JsException, to_js

from sealed.cosignatures import PATH, checkpoint_url
from sealed.errors import N_, BadProof
from sealed.notes import VerifierKey, read_checkpoint, read_note
from sealed.receipts import Proved

from . import web

_NOT_SIGNED = N_(
    "An entry of the log is not signed as it should be. "
    "Nothing is shown that hangs on it; tell whoever runs the key server."
)
_TOO_OLD = N_(
    "This browser cannot check the key server's log. Open the link in an up-to-date Safari, Chrome, Edge or Firefox."
)


async def verify(proved: Proved) -> None:
    """Raise BadProof unless the checkpoint that proves an entry is signed by the log."""
    await _verify(proved.public_key, proved.signature, proved.message)


async def witnessed(file_host: str, key: VerifierKey) -> str:
    """Return the note of the log's checkpoint that a file host has seen; empty where none can be had.

    It counts only if the log has signed it: no file host can make a log look rewritten that is not.
    """
    try:
        note = read_note(await web.get_text(checkpoint_url(file_host + PATH, key.name)))
        if read_checkpoint(note.text).origin != key.name:
            return ""
        await _verify(*note.signed_by(key))
    except (web.Refused, BadProof):
        return ""
    return note.write()


async def _verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    try:
        key = await crypto.subtle.importKey("raw", to_js(public_key), "Ed25519", False, to_js(["verify"]))
    except JsException:
        raise BadProof(_TOO_OLD) from None
    if not await crypto.subtle.verify("Ed25519", key, to_js(signature), to_js(message)):
        raise BadProof(_NOT_SIGNED)
