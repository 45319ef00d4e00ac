"""Everybody of identities.py at one installation, and one request after another, each from the same state."""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import jwt
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.test import TestResponse

from sealed.base32 import encode_id
from sealed.cosignatures import origin_hash
from sealed.notes import read_checkpoint, read_note
from tests.authorisation.asking import BODIES, UPLOAD, about
from tests.authorisation.identities import ADA, FAR_AWAY, NEXT_DOOR, REGISTRAR, WHO
from tests.authorisation.state import Changes, State
from tests.authorisation.table import Cell, Route
from tests.inprocess import JKT, KEY, PORTAL, SAME_ORIGIN
from viewer.config import Settings
from viewer.passes import ALGORITHM, TYPE
from viewer.portal.models import Contact
from viewer.portal.passes import PassIssuer

UNKNOWN = encode_id(bytes(16))


@dataclass(frozen=True)
class Outcome:
    """What was answered, in the table's words; all of it, byte for byte; and what it changed."""

    said: str
    raw: tuple[object, ...]
    changes: Changes


@dataclass(eq=False, repr=False)
class World:
    """An installation. `accounts` and `cookies` by contact, `reports` by name; `entries` and `askers`: asking.py.

    `uploads` are ids of files that are half up, by the name of a report that is whole.

    `organisation` is the administrator's; `belongs` says by contact which one somebody is of.
    """

    app: Flask
    settings: Settings
    accounts: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    entries: dict[str, int] = field(default_factory=dict)
    askers: dict[str, str] = field(default_factory=dict)
    checkpoint: str = ""
    organisation: str = ""
    belongs: dict[str, str] = field(default_factory=dict)
    outcomes: dict[Cell, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)
        self.issuers = {url: PassIssuer(url, url.encode()) for url in (NEXT_DOOR, FAR_AWAY)}
        self.issuers[PORTAL] = PassIssuer(PORTAL, self.settings.portal_secret)
        self.state: State | None = None

    def outcome(self, cell: Cell) -> Outcome:
        """Ask what a cell asks, once in a test run."""
        if cell not in self.outcomes:
            self.outcomes[cell] = self.asked(cell)
        return self.outcomes[cell]

    def asked(self, cell: Cell) -> Outcome:
        """Ask what a cell asks, and undo what it changed. A refusal without a word is believed to be the table's."""
        outcome = self.judged(self.ask(cell.route, cell.who, self.id_of(cell.who, cell.kind, cell.route)))
        is_alike = outcome.raw[0] == int({"-": "404"}.get(cell.answer, cell.answer)[:3]) if cell.is_refusal else False
        return replace(outcome, said=cell.answer) if cell.route.method == "HEAD" and is_alike else outcome

    def judged(self, answer: TestResponse) -> Outcome:
        """Read an answer, and undo what it changed."""
        assert self.state
        told = answer.get_json() if answer.is_json and answer.data else {}
        said = "nothing" if "sender" in told and told["sender"] is None else "ok"
        if answer.status_code >= 300:
            said = f"{answer.status_code}-{told.get('error', '')}".replace("404-not_available", "-")
        headers = sorted((name, value) for name, value in answer.headers if name != "Date")
        return Outcome(said, (answer.status_code, *headers, answer.data), self.state.changes())

    def id_of(self, who: str, kind: str, route: Route) -> str:
        """Return the id that somebody asks about."""
        asks, ids = WHO[who], self.uploads if route.rule.endswith("/upload") else self.reports
        is_party = asks.issuer == PORTAL and asks.contact in (ADA, REGISTRAR)
        others = ids["elsewhere" if is_party else "named"]
        own = ids.get(asks.own, others)
        return {
            "": "",
            "own": own,
            "other's": others,
            "unknown": UNKNOWN,
            "lower case": own.lower(),
            "short": own[:-1],
            "with a slash": f"{own[:13]}/{own[14:]}",
            "with an accent": own[:-1] + "é",
            "very long": own * 70,
        }[kind]

    def ask(self, route: Route, who: str, report: str, scope: str = "", object_: str | None = None) -> TestResponse:
        """Send a request as somebody; `scope` and `object_` go in place of what their pass is for."""
        in_path = {
            "<report>": report,
            "<path:report>": report,
            "<hospital>": "general",
            "<int:number>": str(about(self.entries, report)),
            "<path:file>": next(iter(self.app.wsgi_app.files)).removeprefix("/static/"),  # type: ignore[attr-defined]
            "<account>": self.accounts[ADA],
            "<organisation>": self.organisation,
            "<name>": "0" * 26,  # of no session: tests/portal/test_sessions.py asks about other people's
            "<handover>": "0" * 26,  # nobody's: tests/portal/test_handovers.py asks about other people's
            "<path:handover>": "0" * 26,
            "<passkey>": "A" * 43,  # nobody's: tests/portal/passkeys asks about other people's
            "<origin_hash>": origin_hash(read_checkpoint(read_note(self.checkpoint).text).origin),
        }
        path = re.sub("<[^>]+>", lambda found: in_path[found[0]], route.rule)
        body = BODIES.get(f"{route.method} {route.rule}", lambda known, report: None)(self, report)
        if route.scope:
            body = {"scope": route.scope, "report": report}
        if route.by_pass and "<organisation>" in route.rule:
            object_ = object_ or self.organisation
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = self._headers(route, who, path, scope or route.access, report if object_ is None else object_, data)
        return self.client.open(path, method=route.method, headers=headers, data=data, buffered=True)

    def _headers(self, route: Route, who: str, path: str, scope: str, report: str, body: bytes) -> dict[str, str]:
        """Return how somebody shows who they are: to key server and file host by a pass, to the portal by a session."""
        asks = WHO[who]
        key = ("k" if route.access == "key:create" else "m") * 24
        found = SAME_ORIGIN | {"Content-Type": "application/json", "Idempotency-Key": key}
        token = self.a_pass(who, scope, report) if asks.issuer and (route.by_pass or asks.issuer != PORTAL) else ""
        if route.rule.startswith("/v1/blobs/"):
            found |= UPLOAD
        if token:
            found["Authorization"] = f"DPoP {token}"
        if token or route.scope:
            digest = hashlib.sha256(body).digest()
            found["DPoP"] = KEY.proof(route.method, PORTAL + path, digest, token)
        if route.by_pass:
            return found if token else found | {"Cookie": self.cookies[ADA]}
        return found | {"Cookie": self._strange_cookie() if token else self.cookies.get(asks.contact, "")}

    def a_pass(self, who: str, scope: str, report: str) -> str:
        """Return a pass for anything, signed by somebody's own issuer."""
        asks = WHO[who]
        account = self.accounts[asks.contact if asks.issuer == PORTAL else ADA]
        issuer, proved = self.issuers[asks.issuer], [Contact(value=asks.contact, verified_at=1)]
        organisation = self.belongs.get(asks.contact, "") if asks.issuer == PORTAL else ""
        token = issuer.issue(PORTAL, account, scope, report, proved, 10**6, JKT, organisation)
        return self._saying_more(issuer, token, asks.claims) if asks.claims else token

    def _saying_more(self, issuer: PassIssuer, token: str, claims: dict[str, Any]) -> str:
        said = jwt.decode(token, options={"verify_signature": False}) | claims
        return jwt.encode(said, issuer._key, ALGORITHM, headers={"typ": TYPE, "kid": issuer._kid})

    def _strange_cookie(self) -> str:
        """The sender's session, signed by another portal."""
        name, _, value = self.cookies[ADA].partition("=")
        interface, stranger = SecureCookieSessionInterface(), Flask("stranger")
        stranger.secret_key = bytes(32)
        ours, theirs = interface.get_signing_serializer(self.app), interface.get_signing_serializer(stranger)
        assert ours and theirs
        return f"{name}={theirs.dumps(ours.loads(value))}"
