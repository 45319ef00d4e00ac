"""The front of a sealed report: magic, header, salt, commitment (FORMAT.md sections 1 and 2)."""

import hmac
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from . import canonical
from .base32 import is_id
from .errors import N_, LinkNotForFile, NotSealed
from .keys import link_check

MAGIC = b"SAFELIT1"
HEADER_LIMIT = 4096  # bytes of JSON
SALT_LENGTH = 24
COMMITMENT_LENGTH = 32
FRONT_LIMIT = len(MAGIC) + 4 + HEADER_LIMIT + SALT_LENGTH + COMMITMENT_LENGTH
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_NO_REPORT = N_("This file is not a sealed report, or it was changed on its way. Ask the sender to send it again.")
_HOST = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
_PORT = r"(?::(?P<port>[1-9][0-9]{0,4}))?"
_BASE_URL = re.compile(
    rf"(?:https://{_HOST}|http://localhost|http://127\.0\.0\.1){_PORT}(?:/[A-Za-z0-9._~-]+)*", re.ASCII
)
_USUAL_PORT = re.compile(r"https://[^/]*:443(?:/|\Z)|http://[^/]*:80(?:/|\Z)")


def is_base_url(text: object) -> bool:
    """Tell whether `text` is a server's base URL in its one form."""
    if not (isinstance(text, str) and len(text) <= 200 and (found := _BASE_URL.fullmatch(text))):
        return False
    if int(found["port"] or 0) > 65_535:
        return False
    return not _USUAL_PORT.match(text) and not {"/.", "/.."} & set(re.findall(r"/[^/]*", text))


def is_time(text: object) -> bool:
    """Tell whether `text` is a time that exists, as `2026-11-21T09:30:00Z`."""
    try:
        # Not compared with strftime: some C libraries write the year 999 in three digits.
        return isinstance(text, str) and bool(_TIME.fullmatch(text) and parse_time(text))
    except ValueError:
        return False


def parse_time(text: str) -> datetime:
    """Read a time in TIME_FORMAT; ValueError for anything else."""
    return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)


def time_text(seconds: int) -> str:
    """Return `seconds` since 1970 in TIME_FORMAT."""
    return datetime.fromtimestamp(seconds, UTC).strftime(TIME_FORMAT)


@dataclass(frozen=True)
class Header:
    """What a sealed report says of itself in the clear; nothing about the patient."""

    created: str
    key_id: str
    key_server: str
    link_check: str | None

    def __post_init__(self) -> None:
        check = self.link_check
        if not (
            is_time(self.created)
            and is_id(self.key_id)
            and is_base_url(self.key_server)
            and (check is None or (isinstance(check, str) and re.fullmatch("[0-9a-f]{32}", check)))
        ):
            raise NotSealed(_NO_REPORT)

    def context(self) -> bytes:
        """Return every byte before the body: magic, header length, header."""
        written = canonical.dumps(asdict(self))
        return MAGIC + len(written).to_bytes(4, "big") + written

    def check_link(self, share: bytes | None) -> None:
        """Raise LinkNotForFile unless `share` (20 bytes or None) is this file's link share.

        To be called before a release is asked for: a wrong link must not use up an opening.
        """
        if self.link_check is None and share is None:
            return
        if self.link_check is None:
            raise LinkNotForFile("This file needs no link, but one was given. It may be another file's link.")
        if share is None:
            raise LinkNotForFile("This file opens only with its link. Open the link that the sender gave you.")
        if not hmac.compare_digest(link_check(share), self.link_check):
            raise LinkNotForFile("This link belongs to another report. Ask the sender for the right one.")


@dataclass(frozen=True)
class Front:
    """The readable front of a file: its header, and where and how the chunks begin."""

    header: Header
    context: bytes
    salt: bytes
    commitment: bytes

    @property
    def length(self) -> int:
        """Bytes before the first chunk."""
        return len(self.context) + SALT_LENGTH + COMMITMENT_LENGTH


def read_front(data: bytes) -> Front:
    """Read the front of a file from its first bytes (FRONT_LIMIT of them, or all there are).

    Raises NotSealed for anything but the one form.
    """
    start = len(MAGIC) + 4
    size = int.from_bytes(data[len(MAGIC) : start], "big")
    end = start + size + SALT_LENGTH + COMMITMENT_LENGTH
    if data[: len(MAGIC)] != MAGIC or not 1 <= size <= HEADER_LIMIT or len(data) < end:
        raise NotSealed(_NO_REPORT)
    written = data[start : start + size]
    # One flat object: a deep one would end the browser's Python, whose stack is smaller than its recursion limit.
    if written.count(b"{") != 1 or b"[" in written:
        raise NotSealed(_NO_REPORT)
    try:
        header = Header(**canonical.loads(written))
    except (ValueError, TypeError):
        raise NotSealed(_NO_REPORT) from None
    salt_at = start + size
    salt, commitment = data[salt_at : salt_at + SALT_LENGTH], data[salt_at + SALT_LENGTH : end]
    return Front(header, data[:salt_at], salt, commitment)
