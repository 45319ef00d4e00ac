"""What a log entry only commits to, because it may have to be erased; and the one rule for text from outside.

An entry holds SHA-256 of a salt, fresh for each value and entry, and the value. Salt and value lie in a side table;
deleted there, the entry says nothing of the value any more, and every proof about the entry still holds.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

SALT_LENGTH = 32  # bytes
LONGEST = 512  # characters of a value that are kept; the names that browsers give themselves have up to about 250


class Erasable(NamedTuple):
    """A value and what stands for it: salt and value are for the side table, the digest (32 bytes) for the entry."""

    salt: bytes
    value: str
    digest: bytes


def commit(value: str) -> Erasable:
    """Commit to a value with a fresh salt. Its first LONGEST characters are kept, as `plain` writes them."""
    salt, kept = secrets.token_bytes(SALT_LENGTH), plain(value[:LONGEST])
    return Erasable(salt, kept, _digest(salt, kept))


def check(digest: bytes, salt: bytes, value: str) -> bool:
    """Tell whether a digest is of this value, as it was kept, under this salt."""
    return len(salt) == SALT_LENGTH and hmac.compare_digest(digest, _digest(salt, value))


def plain(text: str) -> str:
    r"""Return text as the log writes it: printable, on one line, and different for different texts.

    The backslash and what Python calls not printable (controls, line ends, direction overrides, spaces other than
    U+0020, lone surrogates, NUL) become `\u{hex}`. It can be shown in a terminal or a page as it is.
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(c if c.isprintable() and c != "\\" else f"\\u{{{ord(c):x}}}" for c in text)


def _digest(salt: bytes, value: str) -> bytes:
    # A lone surrogate has no UTF-8 of its own. No kept value has one: such a value should not match, but not fail.
    return hashlib.sha256(salt + value.encode(errors="surrogatepass")).digest()
