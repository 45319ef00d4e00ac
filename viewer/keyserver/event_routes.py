"""The HTTP of events.py: by passes, and by queries that count."""

import base64
from typing import cast

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from .. import leavers
from ..api import described, query
from ..gate import by_pass, the_pass
from . import erase, events, shapes
from .log_routes import count
from .routes import bp
from .server import KeyServer


def register(app: Flask) -> None:
    """Add the views that are about no one key. The gate finds their verifier by the blueprint's name."""
    app.add_url_rule("/v1/accounts/<account>/keys", "keyserver.account_PUT", account_PUT, methods=["PUT"])
    app.add_url_rule("/v1/accounts/<account>/erasure", "keyserver.erasure_PUT", erasure_PUT, methods=["PUT"])
    app.add_url_rule("/v1/events", "keyserver.events_GET", events_GET)


@bp.get("/log/<int:number>")
@by_pass("log:read")
@described({200: shapes.PROVED}, "503-stopped", parameters=(query("since", "The size of the log seen last."),))
def entry_GET(report: str, number: int) -> ResponseReturnValue:
    """Prove one entry about a key of one's own; `?since=` is the size of the log seen last, 0 where there is none."""
    found = events.proof(_here(), the_pass(), number, count("since", 0))
    consistency = [base64.b64encode(one).decode() for one in found.consistency]
    return jsonify(entry=found.entry.decode(), receipt=found.text, consistency=consistency)


@by_pass("events:read")
@described({200: shapes.EVENTS}, "503-stopped", parameters=(query("after", "Only entries behind this number."),))
def events_GET() -> ResponseReturnValue:
    """For a portal itself: what has been logged about its own people's keys behind the entry number `?after=`."""
    return jsonify(events.since(_here(), the_pass(), count("after", -1)))


@by_pass(leavers.SCOPE)
@described({200: leavers.CHANGE}, "", leavers.CHANGE)
def account_PUT(account: str) -> ResponseReturnValue:
    """For a portal itself: refuse an account of its own from now on, or no more: `{"disabled", "number"}`."""
    change, portal = leavers.read(account), the_pass()
    return jsonify(_here().commits.run(lambda session: leavers.note(session, portal, change)))


@by_pass(leavers.SCOPE)
@described({200: leavers.CHANGE}, "503-stopped", leavers.CHANGE)
def erasure_PUT(account: str) -> ResponseReturnValue:
    """For a portal itself: withdraw what an account of its own has sent, and erase what the log only commits to of it.

    Refuses the account from now on, too: `{"disabled": true, "number"}`. The log's entries, and with them every proof,
    stay as they are. Once more, it erases what has come since.
    """
    change, portal, here = leavers.read_erasure(account), the_pass(), _here()

    def erased(session: Session) -> dict[str, object]:
        erase.erase_of(session, here.log, portal, account)
        return leavers.note(session, portal, change)

    found = here.commits.run(erased)
    here.wipe()
    return jsonify(found)


def _here() -> KeyServer:
    return cast(KeyServer, current_app.extensions["safelight.keyserver"])
