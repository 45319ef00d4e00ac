"""The pages of a sign-in, on the key server's own address: who asks for it, on to the provider, and back again.

The only cookie of a key server is here: it binds the turn at the provider to one browser. No other route reads it.
Nothing redirects: each page leads on by itself (`refresh`), so that forms go to this server only, and its pages need
no permission for wherever a provider may lead.
"""

import logging
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from ..assets import STATIC
from ..gate import public
from ..oidc import PATIENCE, NotSignedIn
from ..problems import Problem
from ..text import _
from .server import KeyServer
from .sign_in import BACK, OwnSignIn

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_DRAWN_WITH = ("style.css", "icon.svg")  # of static/: the portal's own, which runs elsewhere
_log = logging.getLogger("safelight")


@bp.get("/<name>")
@public
def asking_GET(name: str) -> ResponseReturnValue:
    """Say who asks for a sign-in; preview bots come here too, and change nothing."""
    begun = _own().begun(name)
    if begun is None:
        return _over()
    return _page("asking", portal=urlsplit(begun.issuer).netloc, program=begun.returns == "program")


@bp.post("/<name>")
@public
def asking_POST(name: str) -> ResponseReturnValue:
    """Go on to the provider, in this browser from now on."""
    try:
        entered = _own().enter(name)
    except Problem as problem:
        return _failed(problem)
    if entered is None:
        return _over()
    browser, address = entered
    response = _page("going", address=address)
    cookie, secure = _cookie()
    response.set_cookie(cookie, browser, max_age=PATIENCE, secure=secure, httponly=True, samesite="Lax")
    return response


@bp.get(BACK.removeprefix(bp.url_prefix or ""))
@public
def back_GET() -> ResponseReturnValue:
    """Take up what the provider says, and lead back to the portal's page, or to the program."""
    cookie, secure = _cookie()
    try:
        came = _own().finish(request.cookies.get(cookie, ""), request.args.to_dict())
        response = _page("back", address=came.address, code=came.code) if came else _over()
    except NotSignedIn as refused:
        _log.warning("a sign-in was refused: %s", refused)
        response = _page("refused", 400)
    except Problem as problem:
        return _failed(problem)  # the cookie stays: the same address may be asked again
    response.delete_cookie(cookie, secure=secure, httponly=True, samesite="Lax")
    return response


@public
def file_GET(file: str) -> ResponseReturnValue:
    """What the pages are drawn with."""
    return send_from_directory(STATIC, file)


for drawn_with in _DRAWN_WITH:
    bp.add_url_rule(f"/{drawn_with}", view_func=file_GET, defaults={"file": drawn_with})


def _over() -> Response:
    return _page("over", 410)


def _failed(problem: Problem) -> Response:
    response = _page("failed", problem.status, sentence=_(problem.message))
    response.headers["Retry-After"] = "5"
    return response


def _page(state: str, status: int = 200, **more: object) -> Response:
    response = Response(render_template("sign_in.html", state=state, place=_own().name, **more), status)
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _cookie() -> tuple[str, bool]:
    """Return the cookie's name, and whether it goes over https only. Without https a browser takes no `__Host-`."""
    secure = _here().url.startswith("https://")
    return ("__Host-safelight-sign-in" if secure else "safelight-sign-in"), secure


def _own() -> OwnSignIn:
    own = _here().sign_in
    if own is None:
        raise LookupError("these pages are there only where there is a sign-in")
    return own


def _here() -> KeyServer:
    return cast(KeyServer, current_app.extensions["safelight.keyserver"])
