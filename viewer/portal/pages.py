"""The pages. The one for a link is the same for every link: it is opened by preview bots too."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..gate import public


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/", strict_slashes=False)(home_GET)  # strictly, `//` would be a redirect
    bp.get("/r/<path:report>")(link_GET)
    bp.get("/signed-in/<hospital>")(from_hospital_GET)
    bp.get("/organisation")(organisation_GET)
    bp.get("/audit")(audit_GET)
    bp.get("/account")(account_page_GET)
    bp.get("/open")(open_GET)
    bp.get("/open/<path:report>")(open_GET)
    bp.get("/here")(here_GET)
    bp.get("/here/<path:handover>")(here_GET)
    bp.get("/received")(received_page_GET)
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
def open_GET(report: str = "") -> ResponseReturnValue:
    """The page on which sealed files are opened: the same for everybody. A key server's own sign-in leads back here."""
    del report
    return render_template("open.html")


@public
def from_hospital_GET(hospital: str) -> ResponseReturnValue:
    """Where hospitals' own sign-ins send people back: it changes nothing, its script asks for a session."""
    del hospital
    return render_template("from_hospital.html")


@public
def sent_GET(report: str = "") -> ResponseReturnValue:
    """The sender's page, of all reports and of one: the same for everybody, since people sign in on it."""
    del report
    return render_template("sent.html")


@public
def here_GET(handover: str = "") -> ResponseReturnValue:
    """The page of a computer that waits for a link, and of the phone that scans its code: the same for everybody."""
    del handover
    return render_template("here.html")


@public
def received_page_GET() -> ResponseReturnValue:
    """The page of what was sent to a person: the same for everybody, since people sign in on it."""
    return render_template("received.html")


@public
def organisation_GET() -> ResponseReturnValue:
    """The page of administrators, and of those whom they invite: the same for everybody, too."""
    return render_template("organisation.html")


@public
def audit_GET() -> ResponseReturnValue:
    """The page of auditors: the same for everybody, too."""
    return render_template("audit.html")


@public
def account_page_GET() -> ResponseReturnValue:
    """A person's own page: the same for everybody, since people sign in on it."""
    return render_template("account.html")
