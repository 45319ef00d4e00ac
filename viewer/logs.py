"""What a server writes to its log: what happened and where; never who, which id or which address."""

import logging
import time

from gunicorn.glogging import Logger


def configure() -> None:
    """Send our own messages to standard error; keep quiet those who would name recipients."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for name in ("apprise", "urllib3", "requests", "alembic", "whitenoise", "mail.log"):
        # Apprise names the recipient, even where it warns of a failure; urllib3 the whole address.
        logging.getLogger(name).setLevel(logging.CRITICAL)


_SECONDS = 60  # between two lines about requests that make no sense: strangers do not fill the disk


class QuietLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own log, without what strangers sent and where they sent it from."""

    _told = -float("inf")

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Tell that requests make no sense, but not the request: an address in it could hold an id."""
        if msg.startswith("Invalid request"):
            if time.monotonic() - self._told < _SECONDS:
                return
            self._told, msg, args = time.monotonic(), "Invalid request", ()
        super().warning(msg, *args, **kwargs)
