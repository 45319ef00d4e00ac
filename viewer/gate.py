"""The gate before every view: whatever does not say who may come in lets nobody in."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .passes import Pass, PassVerifier
from .problems import Problem

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_SAFE = {"GET", "HEAD", "OPTIONS"}


def public(view: View) -> View:
    """Anybody may call this view."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Only a signed-in account may call this view of the portal."""
    return _marked(view, "signed_in")


def by_pass(scope: str) -> Callable[[View], View]:
    """Only the bearer of a pass with this scope, for the object in the address, may call this view."""
    return lambda view: _marked(view, scope)


def the_pass() -> Pass:
    """The pass that let this request in."""
    found: Pass = g.safelight_pass
    return found


def register(app: Flask) -> None:
    """Stand before every request of `app`."""
    app.before_request(_gate)


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _gate() -> None:
    if request.url_rule is None:
        return  # no such address, or not by this method: Flask answers 404 or 405 by itself
    access = getattr(current_app.view_functions[request.url_rule.endpoint], "access", None)
    if access is None:
        abort(404)
    if access in ("public", "signed_in"):
        if request.method not in _SAFE and not _from_our_own_page():
            raise Problem(403, "cross_site", "This request did not come from our own page. Reload the page.")
        if access == "signed_in" and not current_user.is_authenticated:
            raise Problem(401, "sign_in", "Please sign in first.")
        return
    # Cookies are not looked at here: key server and file host know passes only.
    verifier: PassVerifier = current_app.extensions["safelight.verifiers"][request.blueprint]
    report = (request.view_args or {}).get("report", "")
    g.safelight_pass = verifier.verify(request.headers.get("Authorization", ""), access, report)


def _from_our_own_page() -> bool:
    """Refuse what another site makes a signed-in browser send (cross-site request forgery).

    Every browser that can run the engine sends Sec-Fetch-Site; a program sends the
    Origin that a page of ours would have.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    own: str = current_app.extensions["safelight"].portal_url
    return request.headers.get("Origin") == own
