"""Crockford base32: ids, and link shares with check characters (FORMAT.md section 6)."""

import hashlib
import re
from string import ascii_lowercase, ascii_uppercase

from . import hints
from .errors import LinkCutOff, LinkMistyped

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 26  # characters, for 16 bytes
LINK_SHARE_LENGTH = 20  # bytes
LINK_TEXT_LENGTH = 36  # characters: 32 for the share, 4 to check it
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_ID = re.compile(f"[0-7][{ALPHABET}]{{25}}", re.ASCII)
# What stands behind was hung on. From the end to the front: the other way takes a long link hours.
_TO_LAST_CHARACTER = re.compile(r".*[0-9A-Za-z]", re.ASCII | re.DOTALL)
# Not str.upper(), which makes ASCII letters out of some others. The later of two rules for a letter holds.
_READ_AS = str.maketrans(ascii_lowercase + "OILoil", ascii_uppercase + "011011")


def encode(data: bytes, length: int) -> str:
    """Write the number that `data` is (big-endian) in `length` characters."""
    number = int.from_bytes(data, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(length - 1, -1, -1))


def encode_id(data: bytes) -> str:
    """Return the id of 16 random bytes: 26 characters."""
    if len(data) != 16:
        raise ValueError("an id is made of 16 bytes")
    return encode(data, ID_LENGTH)


def is_id(text: object) -> bool:
    """Tell whether `text` is an id in its one form."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def link_text(share: bytes) -> str:
    """Return a link share (20 bytes) as the 36 characters that stand in a link."""
    if len(share) != LINK_SHARE_LENGTH:
        raise ValueError("a link share is 20 bytes")
    return encode(share, 32) + _check_characters(share)


def read_link_text(text: str) -> bytes:
    """Return the link share (20 bytes) that a link's fragment or a typed code holds; a hint behind it means nothing.

    Raises LinkCutOff where characters are missing, LinkMistyped where they are wrong.
    """
    found = _TO_LAST_CHARACTER.match(hints.split(text)[0])
    kept = re.sub(r"[-\s]", "", found[0] if found else "").translate(_READ_AS)
    if len(kept) < LINK_TEXT_LENGTH:
        raise LinkCutOff(
            "The end of the link is missing. Open it again from the message, or ask the sender for the whole link."
        )
    if len(kept) == LINK_TEXT_LENGTH and all(character in _VALUES for character in kept):
        number = 0
        for character in kept[:32]:
            number = number << 5 | _VALUES[character]
        share = number.to_bytes(LINK_SHARE_LENGTH, "big")
        if _check_characters(share) == kept[32:]:
            return share
    raise LinkMistyped(
        "The link has been changed on its way or was mistyped. Open it again from the message, or ask the sender."
    )


def _check_characters(share: bytes) -> str:
    """Four characters: enough to catch all but one in a million slips."""
    digest = hashlib.sha256(b"safelight v1 link text\0" + share).digest()
    return encode((int.from_bytes(digest[:3], "big") >> 4).to_bytes(3, "big"), 4)
