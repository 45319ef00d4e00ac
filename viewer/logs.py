"""What a server writes to its log: what happened and where; never who, which id or which address."""

import logging


def configure() -> None:
    """Send our own messages to standard error; keep quiet those who would name recipients."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for name in ("apprise", "urllib3", "requests", "alembic", "whitenoise", "mail.log"):
        # Apprise names the recipient, even where it warns of a failure; urllib3 the whole address.
        logging.getLogger(name).setLevel(logging.CRITICAL)
