"""The HTTP of auditing.py: about no one key, by passes for an organisation."""

from typing import cast

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from ..api import described, query
from ..gate import by_pass, the_pass
from . import auditing, shapes
from .auditing import Wanted
from .log_routes import count
from .server import KeyServer

_LAST = 10**18 - 1  # what `count` can read
_QUERIES = (
    query("before", "Only entries before this number."),
    query("from", "Only what was recorded from then on, in seconds since 1970."),
    query("to", "Only what was recorded until then, in seconds since 1970."),
    query("since", "The size of the log seen last."),
)


def register(app: Flask) -> None:
    """Add the view. The gate finds its verifier by the blueprint's name."""
    app.add_url_rule("/v1/organisations/<organisation>/log", "keyserver.organisation_log_GET", organisation_log_GET)


@by_pass("log:audit")
@described({200: shapes.AUDITED}, "503-stopped", parameters=_QUERIES)
def organisation_log_GET(organisation: str) -> ResponseReturnValue:
    """What the log has about an organisation's keys, newest first, each entry with its proof; none: there is no more.

    Whoever asks is in the log first, as the action `audit`: once an hour.
    """
    wanted = Wanted(count("before", _LAST), count("from", 0), count("to", _LAST))
    here = cast(KeyServer, current_app.extensions["safelight.keyserver"])
    return jsonify(auditing.read(here, the_pass(), wanted, count("since", 0)))
