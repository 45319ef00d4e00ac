"""Gunicorn's settings for a broken portal: it looks at a code first, and counts the try afterwards."""

import contextlib
import hmac
import threading

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from viewer.gate import public
from viewer.portal import accounts, codes, sessions
from viewer.portal.models import Code
from viewer.problems import Problem

_together = threading.Barrier(2)  # of any two that ask at once, each has looked before the other one writes


def sessions_POST() -> ResponseReturnValue:
    database, secret = accounts.database(), accounts.code_secret()
    attempt, typed = accounts.text("attempt"), accounts.text("code")
    with database.read() as session:
        code = session.get_one(Code, attempt)
        good = code.used_at is None and code.tries < codes.TRIES
        right, tries, contact = hmac.compare_digest(code.hmac, codes._hmac(secret, attempt, typed)), code.tries, ""
    with contextlib.suppress(threading.BrokenBarrierError):
        _together.wait(1)
    with database.write() as session:
        code = session.get_one(Code, attempt)
        code.tries, contact = tries + 1, code.contact
        if good and right:
            code.used_at = 1
    if not (good and right):
        raise Problem(403, "wrong_code", accounts._WRONG)
    person = sessions.start(database, current_app.extensions["safelight"].portal_secret, contact)
    return jsonify(account={"id": person.account})


accounts.sessions_POST = public(sessions_POST)
