"""Signing in: against a real server of two workers, with codes that really arrived."""

import hashlib
import json
import re
import threading
from collections.abc import Callable

import pytest
import requests
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer
from jwt import decode

from tests.conftest import Installation
from tests.databases import stored
from viewer.portal import code_limits, codes
from viewer.proofs import thumbprint
from viewer.sender.sending import Sent
from viewer.session_key import SessionKey


class Visitor:
    """A browser as far as HTTP goes: cookies, and the Origin of our own page."""

    def __init__(self, installation: Installation) -> None:
        self.here, self.session = installation, requests.Session()
        self.session.headers["Origin"] = installation.url
        self.key = SessionKey()

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        return self.session.request(method, self.here.url + path, json=body, timeout=30)

    def ask_pass(
        self, report: str, scope: str, method: str = "POST", path: str = "/api/passes", of: bytes = b""
    ) -> requests.Response:
        """Ask for a pass; the proof may be for another method, path or body."""
        body = json.dumps({"report": report, "scope": scope}).encode()
        proof = self.key.proof(method, self.here.url + path, hashlib.sha256(of or body).digest())
        headers = {"DPoP": proof, "Content-Type": "application/json"}
        return self.session.post(f"{self.here.url}/api/passes", data=body, headers=headers, timeout=30)

    def get_code(self, typed: str, contact: str = "") -> tuple[str, str]:
        before = len(self.here.inbox.messages)
        answer = self.ask("POST", "/api/codes", {"contact": typed})
        assert answer.status_code == 200, answer.text
        return answer.json()["attempt"], self.here.inbox.code_for(contact or typed, before)

    def sign_in(self, contact: str) -> None:
        attempt, code = self.get_code(contact)
        answer = self.ask("POST", "/api/sessions", {"attempt": attempt, "code": code})
        assert answer.status_code == 200, answer.text

    def account(self) -> dict[str, object] | None:
        found: dict[str, object] | None = self.ask("GET", "/api/account").json()["account"]
        return found


@pytest.fixture
def visitor(installation: Installation) -> Visitor:
    return Visitor(installation)


@pytest.fixture
def contact(request: pytest.FixtureRequest) -> str:
    """An address of the test's own: limits count per contact."""
    return re.sub(r"\W+", "-", request.node.name).strip("-").lower()[:60] + "@example.org"


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_signing_up_is_signing_in(visitor: Visitor, contact: str) -> None:
    assert visitor.account() is None
    visitor.sign_in(contact)
    account = visitor.account()
    assert account and (account["contact"], account["may_send"]) == (contact, False)
    again = Visitor(visitor.here)
    attempt, code = again.get_code(contact.upper(), contact)
    again.ask("POST", "/api/sessions", {"attempt": attempt, "code": code})
    assert again.account() == account, "the same contact is the same account"


def test_a_mobile_number_gets_an_sms_bound_to_our_page(visitor: Visitor) -> None:
    before = len(visitor.here.inbox.messages)
    answer = visitor.ask("POST", "/api/codes", {"contact": "0491 570 158"})
    assert answer.json()["to"] == "•••158"
    code = visitor.here.inbox.code_for("+61491570158", before)
    assert visitor.here.inbox.messages[-1].text.endswith(f"\n\n@localhost #{code}")


def test_a_code_works_once(visitor: Visitor, contact: str) -> None:
    attempt, code = visitor.get_code(contact)
    body = {"attempt": attempt, "code": code}
    assert visitor.ask("POST", "/api/sessions", body).status_code == 200
    assert Visitor(visitor.here).ask("POST", "/api/sessions", body).status_code == 403


def test_every_failed_sign_in_gets_one_answer(visitor: Visitor, contact: str) -> None:
    attempt, code = visitor.get_code(contact)
    bodies = [
        {"attempt": attempt, "code": other(code)},
        {"attempt": "unknown", "code": code},
        {"attempt": attempt, "code": ""},
        {"attempt": attempt, "code": code + "0"},
    ]
    answers = [visitor.ask("POST", "/api/sessions", body) for body in bodies]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
    assert visitor.ask("POST", "/api/sessions", {"attempt": attempt, "code": code}).status_code == 200, "control"


def test_five_wrong_tries_end_a_code(visitor: Visitor, contact: str) -> None:
    attempt, code = visitor.get_code(contact)
    for _ in range(codes.TRIES):
        assert visitor.ask("POST", "/api/sessions", {"attempt": attempt, "code": other(code)}).status_code == 403
    assert visitor.ask("POST", "/api/sessions", {"attempt": attempt, "code": code}).status_code == 403


def test_fifty_tries_at_once_of_one_code_sign_in_once(visitor: Visitor, contact: str) -> None:
    attempt, code = visitor.get_code(contact)
    assert in_parallel(
        50, lambda: Visitor(visitor.here).ask("POST", "/api/sessions", {"attempt": attempt, "code": code})
    ) == {200: 1, 403: 49}


def test_limits_hold_across_workers(visitor: Visitor, contact: str) -> None:
    """Two workers: a limit counted in each one's memory would let twice as many through."""
    most = code_limits.PER_CONTACT[0]
    assert in_parallel(most * 3, lambda: Visitor(visitor.here).ask("POST", "/api/codes", {"contact": contact})) == {
        200: most,
        429: most * 2,
    }


def test_a_copied_cookie_is_dead_after_sign_out(visitor: Visitor, contact: str) -> None:
    visitor.sign_in(contact)
    thief = Visitor(visitor.here)
    thief.session.cookies.update(visitor.session.cookies)
    assert thief.account() is not None, "control: before sign-out the copy works"
    assert visitor.ask("DELETE", "/api/sessions/current").status_code == 204
    assert thief.account() is None
    assert thief.ask("GET", "/api/reports").status_code == 401


def test_a_planted_cookie_is_not_taken_up(visitor: Visitor, contact: str) -> None:
    visitor.sign_in(contact)
    first = visitor.session.cookies["safelight"]
    visitor.sign_in(contact)
    assert visitor.session.cookies["safelight"] != first, "a new session at every sign-in"


@pytest.mark.parametrize("typed", ["", "ada", "ada@", "0412", "+1", "a@b@c.org", "+61 2 9999", "<script>@x"])
def test_what_is_no_contact_is_told_what_one_looks_like(visitor: Visitor, typed: str) -> None:
    answer = visitor.ask("POST", "/api/codes", {"contact": typed})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_contact")
    assert "name@example.org" in answer.json()["message"] or "+61" in answer.json()["message"]


def test_who_was_not_invited_may_not_send(visitor: Visitor, contact: str) -> None:
    visitor.sign_in(contact)
    answer = visitor.ask("POST", "/api/reports", {"recipients": ["a@example.org"]})
    assert (answer.status_code, answer.json()["error"]) == (403, "may_not_send")


def test_nobody_gets_passes_for_other_peoples_reports(visitor: Visitor, contact: str, sent: Sent) -> None:
    visitor.sign_in(contact)
    for scope in ("key:create", "policy:write", "log:read", "blob:put", "blob:delete", "blob:get"):
        known, unknown = visitor.ask_pass(sent.report, scope), visitor.ask_pass("0" * 26, scope)
        assert (known.status_code, known.text) == (404, unknown.text)
    known = visitor.ask("GET", f"/api/reports/{sent.report}")
    assert known.text == visitor.ask("GET", f"/api/reports/{'0' * 26}").text


def test_a_pass_is_for_the_key_that_asked_for_it(visitor: Visitor, contact: str, sent: Sent) -> None:
    visitor.sign_in(contact)
    answer = visitor.ask_pass(sent.report, "key:release")
    claims = decode(answer.json()["pass"], options={"verify_signature": False})
    assert claims["cnf"] == {"jkt": thumbprint(visitor.key.jwk)}


def test_no_pass_without_proof(visitor: Visitor, contact: str, sent: Sent) -> None:
    visitor.sign_in(contact)
    asked, wrong = ("POST", "/api/passes", {"report": sent.report, "scope": "key:release"}), (401, "bad_pass")
    answers = [
        visitor.ask(*asked),
        visitor.ask_pass(sent.report, "key:release", method="PUT"),
        visitor.ask_pass(sent.report, "key:release", path="/api/reports"),
        visitor.ask_pass(sent.report, "key:release", of=b"another body"),
    ]
    assert [(answer.status_code, answer.json()["error"]) for answer in answers] == [wrong] * 4
    assert visitor.ask_pass(sent.report, "key:release").status_code == 200, "control"


def test_no_code_token_or_contact_is_in_the_log_and_no_token_in_the_database(visitor: Visitor, contact: str) -> None:
    attempt, code = visitor.get_code(contact)
    visitor.ask("POST", "/api/sessions", {"attempt": attempt, "code": code})
    data = visitor.here.settings.data
    log = (data.parent / "server.log").read_text()
    assert "Listening at" in log, "control: this is the log"
    assert contact not in log and code not in log and attempt not in log
    kept = stored(visitor.here.settings, "portal")
    assert contact.encode() in kept, "control: what is there is found"
    cookie = URLSafeTimedSerializer("any").loads_unsafe(visitor.session.cookies["safelight"])[1]
    token = TaggedJSONSerializer().loads(json.dumps(cookie))["_user_id"]
    assert len(token) >= 43 and token.encode() not in kept


def in_parallel(count: int, one: Callable[[], requests.Response]) -> dict[int, int]:
    """Do `one` in `count` threads at once; return how often each status came."""
    statuses: list[int] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        statuses.append(one().status_code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {status: statuses.count(status) for status in sorted(set(statuses))}
