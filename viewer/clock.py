"""The one place that asks what time it is."""

import time

from sealed.header import time_text as text

__all__ = ["now", "text"]


def now() -> int:
    """Return seconds since 1970, UTC."""
    return int(time.time())
