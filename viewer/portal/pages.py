"""The pages. The one for a link is the same for every link: it is opened by preview bots too."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..gate import public


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/", strict_slashes=False)(home_GET)  # strictly, `//` would be a redirect
    bp.get("/r/<path:report>")(link_GET)
    bp.get("/organisation")(organisation_GET)
    bp.get("/audit")(audit_GET)
    bp.get("/sent")(sent_GET)
    bp.get("/sent/<path:report>")(sent_GET)


@public
def home_GET() -> ResponseReturnValue:
    """The start page."""
    return render_template("home.html")


@public
def link_GET(report: str) -> ResponseReturnValue:
    """The page of every link: it looks nothing up, so it can tell nothing and change nothing."""
    del report  # the page's own script reads it from the address
    return render_template("report.html")


@public
def sent_GET(report: str = "") -> ResponseReturnValue:
    """The sender's page, of all reports and of one: the same for everybody, since people sign in on it."""
    del report
    return render_template("sent.html")


@public
def organisation_GET() -> ResponseReturnValue:
    """The page of administrators, and of those whom they invite: the same for everybody, too."""
    return render_template("organisation.html")


@public
def audit_GET() -> ResponseReturnValue:
    """The page of auditors: the same for everybody, too."""
    return render_template("audit.html")
