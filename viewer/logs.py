"""What a server writes to its log: what happened and where; never who, which id or which address."""

import logging

from gunicorn.glogging import Logger


def configure() -> None:
    """Send our own messages to standard error; keep quiet those who would name recipients."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for name in ("apprise", "urllib3", "requests", "alembic", "whitenoise", "mail.log"):
        # Apprise names the recipient, even where it warns of a failure; urllib3 the whole address.
        logging.getLogger(name).setLevel(logging.CRITICAL)


class QuietLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own log, without what strangers sent and where they sent it from."""

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Tell that a request made no sense, but not the request: an address in it could hold an id."""
        super().warning("Invalid request" if msg.startswith("Invalid request") else msg, *args, **kwargs)
