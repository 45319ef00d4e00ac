"""The one place that asks what time it is."""

import time
from datetime import UTC, datetime

from sealed.header import TIME_FORMAT


def now() -> int:
    """Return seconds since 1970, UTC."""
    return int(time.time())


def text(seconds: int) -> str:
    """Return `seconds` since 1970 as RFC 3339, UTC, whole seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime(TIME_FORMAT)
