"""Tells a load balancer whether this process lives, and whether its roles can do their work: in one word each."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from .api import described, members
from .config import Settings
from .database import Database, NotMigrated
from .dialect import NotDurable
from .gate import public

EVERY = 1  # seconds for which what was found is told again: strangers may ask, and do no work here
OK = "ok"
Check = Callable[[], str]
WORDS = members({"roles": {"type": "object", "additionalProperties": {"type": "string"}}})
bp = Blueprint("health", __name__, url_prefix="/v1/health")


@dataclass
class Health:
    """What each role of this process looks at; the word is OK, or what is wanting."""

    checks: dict[str, Check]
    _found: dict[str, str] = field(default_factory=dict)
    _until: float = -float("inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> dict[str, str]:
        """Return each role's word, at most EVERY seconds old."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._found = {role: check() for role, check in self.checks.items()}
                self._until = time.monotonic() + EVERY
            return self._found


def register(app: Flask, settings: Settings) -> None:
    """Add both routes to `app`, whose roles are registered already."""
    extensions = app.extensions
    checks: dict[str, Check] = {}
    if "portal" in settings.roles:
        checks["portal"] = lambda: database_word(extensions["safelight.portal"])
    if "keyserver" in settings.roles:
        checks["keyserver"] = lambda: database_word(
            extensions["safelight.keyserver"].database, extensions["safelight.keyserver"].fault
        )
    if "filehost" in settings.roles:
        checks["filehost"] = lambda: database_word(extensions["safelight.filehost"].database)
    extensions["safelight.health"] = Health(checks)
    app.register_blueprint(bp)


@bp.get("/live")
@public
@described({200: WORDS})
def live_GET() -> ResponseReturnValue:
    """Whether this process answers. Who gets no answer may start it anew."""
    return jsonify(roles=dict.fromkeys(_health().checks, OK))


@bp.get("/ready")
@public
@described({200: WORDS, 503: WORDS})
def ready_GET() -> ResponseReturnValue:
    """Whether its roles can do their work; 503 where one cannot: database, schema, key or stopped."""
    found = _health().now()
    return jsonify(roles=found), 200 if set(found.values()) <= {OK} else 503


def database_word(database: Database, fault: Check = lambda: "") -> str:
    """Tell whether a database is there, of this version's schema, and lets somebody begin to write; then `fault`."""
    try:
        database.check()
        with database.write() as session:
            session.connection()
        return fault() or OK
    except NotMigrated:
        return "schema"
    except (DBAPIError, NotDurable, OSError):
        return "database"


def _health() -> Health:
    found: Health = current_app.extensions["safelight.health"]
    return found
