"""Gunicorn's settings for a key server under fault: it starts quickly, may be broken, and its clock may jump."""

import os
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import jwt.api_jwt

from tests.faults.variants import VARIANTS
from viewer.config import Settings
from viewer.database import Database

keepalive = 60  # seconds: a client that holds its connection needs no new one while the server is out of file handles
# A worker that loads the application by itself takes seconds to come back: hardly any would live, killed every 0.25 s.
preload_app = True


def pre_fork(server: Any, worker: Any) -> None:
    """Let no worker inherit a connection: neither database's survive a fork."""
    server.app.wsgi().extensions["safelight.keyserver"].database.engine.dispose()


def follow(clock: Path) -> None:
    """Let this process's clock be wrong by the seconds that stand in a file."""
    right, file = time.time, clock.open("rb")  # kept open: there may be no handle left when the time is asked for

    class Shifted(datetime):
        """Now, by the wrong clock: PyJWT asks it."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "datetime":
            return datetime.fromtimestamp(time.time(), tz)

    time.time = lambda: right() + float(os.pread(file.fileno(), 20, 0))
    jwt.api_jwt.datetime = Shifted  # type: ignore[misc]


Database(Settings.from_environment(), "keyserver").migrate()
for name in os.environ["FAULTS_VARIANT"].split():
    VARIANTS[name]()
if os.environ["FAULTS_CLOCK"]:
    follow(Path(os.environ["FAULTS_CLOCK"]))
