"""What a portal does beside its requests, in one thread of each process: messages to people, and telling of leavers."""

import logging
import os
import threading
from collections.abc import Callable

from flask import Flask, current_app

from ..config import Settings
from . import events
from .notices import Notices
from .telling import Teller
from .telling_person import Letters

_log = logging.getLogger("safelight")


def begin(app: Flask) -> None:
    """Let a process of `app` see to all of it, in a thread that begins with the first request that it serves.

    Not before: a thread does not outlive the fork that makes gunicorn's workers.
    """
    settings: Settings = app.extensions["safelight"]
    issuer, database = app.extensions["safelight.passes"], app.extensions["safelight.portal"]
    teller, notices = Teller(settings, database, issuer), Notices(settings, database, events.Reader(settings, issuer))
    due = app.extensions["safelight.due"] = threading.Event()
    steps = teller.step, notices.step, Letters(settings, database).step
    lock, running = threading.Lock(), set[int]()

    @app.before_request
    def first() -> None:
        with lock:
            if os.getpid() not in running:
                running.add(os.getpid())
                threading.Thread(target=run, args=(due, *steps), daemon=True).start()


def wake() -> None:
    """Let the thread begin its next turn now, where there is one. Returns at once."""
    due = current_app.extensions.get("safelight.due")
    if due is not None:
        due.set()


def run(due: threading.Event, *steps: Callable[[], None]) -> None:
    """Do turn after turn, for ever: whatever goes wrong with a step of one."""
    while True:
        for step in steps:
            try:
                step()
            except Exception as error:
                _log.error("%s: unexpected %s", step.__qualname__, type(error).__name__)
        due.wait(events.EVERY)
        due.clear()
