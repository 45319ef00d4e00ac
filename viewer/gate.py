"""The gate before every view: whatever does not say who may come in lets nobody in."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.routing import Rule

from sealed.base32 import is_id

from . import proofs
from .passes import Pass, PassVerifier
from .problems import Problem, not_available
from .proofs import Proof

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_SAFE = {"GET", "HEAD", "OPTIONS"}
_REPEATED = "blob:get"  # changes nothing and comes once for each part of a file: its proofs are not noted as used


def public(view: View) -> View:
    """Anybody may call this view."""
    return _marked(view, "public")


def by_servers(view: View) -> View:
    """Anybody may call this view, another site's page too: it looks at no cookie, and what comes proves itself."""
    return _marked(view, "by_servers")


def signed_in(view: View) -> View:
    """Only a signed-in account may call this view of the portal."""
    return _marked(view, "signed_in")


def by_pass(scope: str, *, uses_proof: bool = False, streams: bool = False) -> Callable[[View], View]:
    """Only who has a pass with this scope, for the object in the address, and proves to have its key, may call this.

    `uses_proof`: the view notes the proof as used in a transaction of its own (proofs.use), so that there is one
    COMMIT, not two. `streams`: the view hashes the body while it stores it, and calls `Proof.check_body` itself.
    """

    def mark(view: View) -> View:
        view.uses_proof, view.streams = uses_proof, streams  # type: ignore[attr-defined]
        return _marked(view, scope)

    return mark


def methods(rule: Rule) -> set[str]:
    """Return the methods for which a route was made, without those that Flask adds to each."""
    added = {"HEAD", "OPTIONS"} if "GET" in (rule.methods or ()) else {"OPTIONS"}
    return set(rule.methods or ()) - (added if rule.methods != {"OPTIONS"} else set())


def the_pass() -> Pass:
    """The pass that let this request in."""
    found: Pass = g.safelight_pass
    return found


def the_proof() -> Proof:
    """The proof that came with the pass."""
    found: Proof = g.safelight_proof
    return found


def prove(base: str, access_token: str = "", streamed: bool = False) -> Proof:
    """Return this request's proof, its body's hash checked unless it is `streamed`; Problem 401 without a good one.

    `base` is the URL under which people know this role: what a Host header says is a stranger's word.
    """
    proof = proofs.verify(request.headers.get("DPoP", ""), request.method, base + request.path, access_token)
    if not streamed:
        request.max_content_length = proofs.BODY_LIMIT
        proof.check_body(hashlib.sha256(request.get_data()).digest())
    return proof


def register(app: Flask) -> None:
    """Stand before every request of `app`."""
    app.before_request(_gate)


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _gate() -> None:
    if request.url_rule is None:
        return  # no such address, or not by this method: Flask answers 404 or 405 by itself
    view = current_app.view_functions[request.url_rule.endpoint]
    access = getattr(view, "access", None)
    if access is None:
        abort(404)
    if access in ("public", "signed_in"):
        if request.method not in _SAFE and not _from_our_own_page():
            raise Problem(403, "cross_site", "This request did not come from our own page. Reload the page.")
        if access == "signed_in" and not current_user.is_authenticated:
            raise Problem(401, "sign_in", "Please sign in first.")
        return
    if access == "by_servers":
        return
    _by_pass(access, getattr(view, "uses_proof", False), getattr(view, "streams", False))


def _by_pass(scope: str, uses_proof: bool, streams: bool) -> None:
    """Let in who has a pass and proves to have its key. Cookies are not looked at: they are the portal's."""
    verifier: PassVerifier = current_app.extensions["safelight.verifiers"][request.blueprint]
    named = request.view_args or {}
    about: str = named.get("report", named.get("organisation", ""))
    authorization = request.headers.get("Authorization", "")
    asker = verifier.verify(authorization, scope, about)
    proof = prove(verifier.audience, authorization.partition(" ")[2], streams)
    proof.check_key(asker.jkt)
    if scope != _REPEATED and not uses_proof:
        current_app.extensions[f"safelight.{request.blueprint}"].use(proof, asker)
    if about and not is_id(about):
        raise not_available()  # whatever an issuer has signed: no key and no file has such a name, nor ever will
    g.safelight_pass, g.safelight_proof = replace(asker, observed=_observed()), proof


def _observed() -> tuple[tuple[str, str], ...]:
    return ("address", request.remote_addr or ""), ("user_agent", request.headers.get("User-Agent", ""))


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
