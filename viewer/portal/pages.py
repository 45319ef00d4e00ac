"""The pages. The one for a link is the same for every link: it is opened by preview bots too."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, current_app, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from .. import headers
from ..gate import public
from ..text import _, language


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.get("/", strict_slashes=False)(home_GET)  # strictly, `//` would be a redirect
    bp.get("/send")(send_GET)
    bp.get("/manifest.webmanifest")(manifest_GET)
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
def send_GET() -> ResponseReturnValue:
    """The page on which photos are taken and sent: the same for everybody, and the one page that may use a camera."""
    response = make_response(render_template("send.html"))
    response.headers["Permissions-Policy"] = headers.permissions(camera=True)
    return response


@public
def manifest_GET() -> ResponseReturnValue:
    """What browsers need to offer the page /send as an app, in its reader's language.

    See https://www.w3.org/TR/appmanifest/. Chromium wants no service worker for it any more; there is none, since
    nothing is sent without a connection.
    """
    asset = cast(Callable[[str], str], current_app.jinja_env.globals["asset"])
    sizes = (
        ("icon-192.png", "192x192", "any"),
        ("icon-512.png", "512x512", "any"),
        ("icon-full.png", "512x512", "maskable"),
    )
    icons = [{"src": asset(name), "sizes": size, "type": "image/png", "purpose": use} for name, size, use in sizes]
    shortcuts = (
        ("/send", _("Send photos")),
        ("/received", _("Photos you have received")),
        ("/sent", _("Photos you have sent")),
    )
    told = {
        "id": "/send",
        "name": "Safelight",
        "short_name": "Safelight",
        "description": _("Clinical photos, for the person they were sent to."),
        "lang": language().code,
        "dir": language().direction,
        "start_url": "/send",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#131313",
        "background_color": "#f4f4f4",
        "icons": icons,
        "shortcuts": [{"name": name, "url": url} for url, name in shortcuts],
    }
    response = jsonify(told)
    response.mimetype = "application/manifest+json"
    return response


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
