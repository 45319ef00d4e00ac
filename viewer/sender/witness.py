"""What a witness has seen of a key server's log (LOG.md section 8), asked for by a program."""

import requests
import urllib3

from sealed.cosignatures import PATH, checkpoint_url
from sealed.errors import BadProof
from sealed.notes import NOTE_LIMIT, VerifierKey

from .. import log_file
from .client import ClientError, offline

_PATIENCE = (5, 5)  # seconds to connect, and to wait for the next bytes: it is done without where it cannot be had


def newest(prefix: str, origin: str) -> str | None:
    """Return the note of the newest checkpoint that a witness, known by its prefix (URL), has of a log, or None.

    Nothing about it is checked. Raises ClientError where the witness does not answer as it should.
    """
    try:
        with requests.get(
            checkpoint_url(prefix, origin), timeout=_PATIENCE, allow_redirects=False, stream=True
        ) as answer:
            body = answer.raw.read(NOTE_LIMIT, decode_content=True)
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        raise offline() from None
    if answer.status_code not in (200, 404):
        raise ClientError("bad_answer", f"The witness answered {answer.status_code} where it should not have.")
    return str(body.decode("utf-8", "surrogateescape")) if answer.status_code == 200 else None


def seen(file_host: str, key: VerifierKey) -> str | None:
    """Return the note of a log's checkpoint that a file host has seen; None where none can be had.

    It counts only if the log has signed it: no file host can make a log look rewritten that is not.
    """
    try:
        note = newest(file_host + PATH, key.name)
        return note if note and log_file.read_signed(note, key).origin == key.name else None
    except (ClientError, BadProof):
        return None
