"""A server share at a command line: asked for, its log entry proved, opened by this program alone."""

import secrets
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sealed import base64url, notes, receipts
from sealed.errors import BadProof
from sealed.released import CREATE, Request, logged_file, size_of

from ..hpke import KeyPair
from . import witness
from .client import Client, ClientError

_NOT_SIGNED = "The entry in the log is not signed as it should be. Tell whoever runs the key server."


def get(client: Client, action: str, report_id: str, told: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a share (CREATE, RELEASE or RECOVER); return the key server's answer, with `server_share` (bytes) in it.

    `told` is what the portal says: `key_server`, `log_key`, by which that server signs its log, and `file_host`, its
    witness. The newest checkpoint is kept: the next answer must prove that the log still begins with it, and with
    what the witness has seen. Raises BadProof, WrongKeyOrDamaged, ClientError.
    """
    key, pair, request_id = notes.read_key(told["log_key"]), KeyPair.generate(), secrets.token_urlsafe(24)
    request = Request(action, told["key_server"], report_id, request_id)
    seen = client.kept("logs").get(key.name), witness.seen(told["file_host"], key)
    url = f"{told['key_server']}/v1/keys/{report_id}{'' if action == CREATE else f'/{action}'}"
    log_size, witnessed_size = (size_of(note, key) for note in seen)
    asked = body | {"hpke_key": base64url.encode(pair.public), "log_size": log_size, "witnessed_size": witnessed_size}
    answer: dict[str, Any] = client.with_pass("POST", url, report_id, f"key:{action}", asked, request_id=request_id)
    verify(request.check(answer, key, *seen))
    if action != CREATE and logged_file(answer["entry"]) != answer["file"]["sha256"]:
        raise BadProof(_NOT_SIGNED)
    client.keep("logs", {key.name: receipts.read(answer["receipt"]).note.write()})
    share = pair.open(base64url.decode(answer["sealed_share"]), request.info(answer["entry"].encode()))
    return answer | {"server_share": share}


def acknowledge(client: Client, report_id: str, told: dict[str, Any], released: dict[str, Any]) -> None:
    """Say that what was released lies here as files: an entry of its own. Tried once; nothing hangs on it."""
    url, entry = f"{told['key_server']}/v1/keys/{report_id}/acknowledgements", receipts.read(released["receipt"]).number
    with suppress(ClientError):
        client.with_pass("POST", url, report_id, "key:release", {"entry": entry, "saved": True}, insist=False)


def verify(proved: receipts.Proved) -> None:
    """Raise BadProof unless the log has signed what is proved."""
    try:
        Ed25519PublicKey.from_public_bytes(proved.public_key).verify(proved.signature, proved.message)
    except (InvalidSignature, ValueError):
        raise BadProof(_NOT_SIGNED) from None
