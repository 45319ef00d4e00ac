"""What a server writes to its log: what happened and where; never who, which id or which address."""

import json
import logging
import os
import secrets
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request
from gunicorn.glogging import Logger

from . import metrics
from .config import ROLES, Settings
from .environment import Reader

_access = logging.getLogger("safelight.access")


def configure() -> None:
    """Send our own messages to standard error; keep quiet those who would name recipients."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    if is_json():
        for handler in logging.getLogger().handlers:
            handler.setFormatter(Json())
    for name in ("apprise", "urllib3", "requests", "alembic", "whitenoise", "mail.log"):
        # Apprise names the recipient, even where it warns of a failure; urllib3 the whole address.
        logging.getLogger(name).setLevel(logging.CRITICAL)


def is_json() -> bool:
    """Tell whether the log is to be JSON. Gunicorn's first process asks too, which has no other settings."""
    return Reader(os.environ).text("LOG_FORMAT", "text") == "json"


class Json(logging.Formatter):
    """One JSON object a line; of the request that it is about, if any, what route it took, and a random name."""

    def __init__(self) -> None:
        super().__init__()
        self._role = Reader(os.environ).text("ROLES", ",".join(ROLES))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname, "role": self._role, "message": record.getMessage()}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        if has_request_context():
            told |= {"request": g.get("safelight_request", ""), "method": metrics.method(), "route": metrics.route()}
        return json.dumps(told | getattr(record, "told", {}))


def register(app: Flask, settings: Settings) -> None:
    """Write a line for each request, where the log is JSON; none for what leads nowhere, and for health's."""
    if settings.log_format != "json":
        return

    @app.before_request
    def name() -> None:
        g.safelight_request = secrets.token_hex(8)

    @app.after_request
    def tell(response: Response) -> Response:
        if request.url_rule and request.blueprint != "health":
            told = {"status": response.status_code, "milliseconds": round(metrics.seconds() * 1000, 1)}
            _access.info("request", extra={"told": told})
        return response


_SECONDS = 60  # between two lines about requests that make no sense: strangers do not fill the disk


class QuietLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own log, without what strangers sent and where they sent it from."""

    _told = -float("inf")

    def setup(self, cfg: object) -> None:
        """Begin; in JSON, where all is to be JSON."""
        super().setup(cfg)
        if is_json():
            for handler in self.error_log.handlers:
                handler.setFormatter(Json())

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Tell that requests make no sense, but not the request: an address in it could hold an id."""
        if msg.startswith("Invalid request"):
            if time.monotonic() - self._told < _SECONDS:
                return
            self._told, msg, args = time.monotonic(), "Invalid request", ()
        super().warning(msg, *args, **kwargs)
