"""What a server writes to its log: what happened and where; never who, which id or which address."""

import logging


def configure() -> None:
    """Send our own messages to standard error; keep quiet those who would name recipients."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for name in ("apprise", "urllib3", "requests", "alembic", "whitenoise", "mail.log"):
        # Apprise at INFO names the recipient, urllib3 at DEBUG the whole address.
        logging.getLogger(name).setLevel(logging.ERROR)
