"""The policy's decision: every rule alone, all of them together, and the borders of its times."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import RECIPIENT
from tests.inprocess import PORTAL, REPORT
from viewer import clock, contacts
from viewer.keyserver import policy
from viewer.keyserver.models import Consent, Key, Recipient, Use
from viewer.keyserver.refusals import SENTENCES, refused
from viewer.passes import Contact, Pass

NOW = 1_800_000_000
READER = Pass(PORTAL, "READER", "key:release", REPORT, (Contact(RECIPIENT, 1),), "NZ", "code")
SECRET = bytes(32)


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A transaction in which nothing stays."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with Session(app.extensions["safelight.keyserver"].database.dialect.writer) as session:  # it never commits
        yield session


def key(session: Session, **columns: object) -> Key:
    """A key for the recipient that may be released now; `columns` go in place of its own."""
    session.rollback()
    fresh = {"created_at": NOW, "not_after": NOW + 10, "file_sha256": "ab" * 32, "file_length": 7}
    named = [Recipient(contact=contacts.pseudonym(SECRET, RECIPIENT))]
    fixed = {"id": REPORT, "issuer": PORTAL, "account": "OWNER", "wrapped_share": b"", "policy_version": 1}
    asked = {
        "passkey": False,
        "jurisdictions": "",
        "download": False,
        "mark": False,
        "organisation": "",
        "recipients": named,
    }
    session.add(Key(**fixed | fresh | asked | columns))
    session.flush()
    found = policy.find(session, REPORT)
    assert found
    return found


def decide(session: Session, found: Key, asker: Pass = READER, attempt: str = "a", repeat: bool = False) -> str | None:
    return policy.decide(session, found, asker, SECRET, attempt, repeat).refusal


def used(session: Session, **releases: int) -> None:
    session.add_all(Use(key_id=REPORT, account=account, releases=number) for account, number in releases.items())
    session.flush()


def somebody(account: str, **claims: object) -> Pass:
    return replace(READER, **{"account": account, "contacts": (), **claims})


def test_who_is_meant(session: Session) -> None:
    named = key(session)
    assert decide(session, named) is None
    assert decide(session, named, somebody("STRANGER", contacts=(Contact("x@example.org", 1),))) == "not_available"
    assert decide(session, named, replace(READER, issuer="https://other.example")) == "not_available"
    assert decide(session, named, somebody("OWNER")) == "not_available"
    by_link = key(session, recipients=[])
    assert decide(session, by_link, somebody("ANYBODY")) is None
    assert decide(session, by_link, somebody("OWNER")) == "not_available", "trying the link out must not claim it"
    assert decide(session, by_link, somebody("ANYBODY", issuer="https://other.example")) == "not_available"
    assert decide(session, key(session, file_sha256=None)) == "not_available"
    assert policy.decide(session, None, READER, SECRET, "a").refusal == "not_available"


@pytest.mark.parametrize(
    ("columns", "second", "word"),
    [
        ({"not_after": NOW}, 0, None),
        ({"not_after": NOW}, 1, "expired"),
        ({"not_before": NOW}, -1, "not_yet"),
        ({"not_before": NOW}, 0, None),
        ({"not_before": NOW, "not_after": NOW + 1}, 1, None),
        ({"not_before": NOW, "not_after": NOW + 1}, 2, "expired"),
    ],
)
def test_the_first_and_the_last_second_count(
    session: Session, monkeypatch: pytest.MonkeyPatch, columns: dict[str, int], second: int, word: str | None
) -> None:
    found = key(session, **columns)
    monkeypatch.setattr(clock, "now", lambda: NOW + second)
    assert decide(session, found) == word


@pytest.mark.parametrize(
    ("asked", "declared", "word"),
    [
        ("", "", None),
        ("", "NZ", None),
        ("AU NZ", "NZ", None),
        ("AU", "NZ", "elsewhere"),
        ("AU", "", "elsewhere"),
        ("AU NZ", "U", "elsewhere"),
        ("AU NZ", "AU NZ", "elsewhere"),
    ],
)
def test_jurisdictions_as_declared(session: Session, asked: str, declared: str, word: str | None) -> None:
    assert decide(session, key(session, jurisdictions=asked), replace(READER, jurisdiction=declared)) == word


@pytest.mark.parametrize(("how", "word"), [("passkey", None), ("code", "passkey_needed"), ("oidc", "passkey_needed")])
def test_a_passkey_where_one_is_asked_for(session: Session, how: str, word: str | None) -> None:
    assert decide(session, key(session, passkey=True), replace(READER, signed_in_by=how)) == word


def test_limits_for_each_and_for_all(session: Session) -> None:
    each = key(session, most_each=2)
    used(session, READER=1, OTHER=5)
    assert decide(session, each) is None
    session.get_one(Use, (REPORT, "READER")).releases = 2
    assert decide(session, each) == "used_up"
    for most, word in ((6, "used_up"), (7, None)):
        for_all = key(session, most=most)
        used(session, READER=1, OTHER=5)
        assert decide(session, for_all) == word


def test_a_claim_takes_the_key_for_the_first_account(session: Session) -> None:
    found = key(session, recipients=[])
    first, other = somebody("FIRST"), somebody("OTHER")
    policy.claim(session, found, first, policy.decide(session, found, first, SECRET, "a"), "a")
    claimed = policy.find(session, REPORT)
    assert claimed and decide(session, claimed, first) is None
    assert decide(session, claimed, other) == "claimed"
    assert [(use.account, use.releases) for use in session.query(Use)] == [("FIRST", 1)]


def test_a_repeat_takes_no_opening_and_is_asked_all_else(session: Session) -> None:
    found = key(session, most_each=1)
    policy.claim(session, found, READER, policy.decide(session, found, READER, SECRET, "a"), "a")
    assert decide(session, found, repeat=True) is None
    assert decide(session, found, attempt="b") == "used_up"
    for change, word in (("jurisdictions", "AU"), ("not_after", NOW - 1), ("revoked_at", NOW)):
        setattr(found, change, word)
        assert decide(session, found, repeat=True) in ("elsewhere", "expired", "revoked")


# In the order in which they are found; each breaks the rule, and `_MENDED` undoes that.
FAULTS: dict[str, dict[str, object]] = {
    "not_available": {"file_sha256": None},
    "revoked": {"revoked_at": NOW - 5},
    "expired": {"not_after": NOW - 1},
    "not_yet": {"not_before": NOW + 1},
    "passkey_needed": {"passkey": True},
    "claimed": {"claimed_by": "OTHER"},
    "elsewhere": {"jurisdictions": "AU"},
    "used_up": {"most": 1},
}
_MENDED: dict[str, object] = {"file_sha256": "ab" * 32, "revoked_at": None, "not_after": NOW, "not_before": None}
_MENDED |= {"passkey": False, "claimed_by": None, "jurisdictions": "", "most": None}
Decide = Callable[[Session, Key], str | None]


def wrong(session: Session, how: Decide) -> list[tuple[str, ...]]:
    """Decide on all sets of faults, with consent and without; return those decided wrongly."""
    found, bad = key(session), []
    used(session, OTHER=1)
    for consent in (False, True):
        if consent:
            session.add(Consent(key_id=REPORT, account="READER", until=NOW, used_by=None))
        for count in range(len(FAULTS) + 1):
            for faults in combinations(FAULTS, count):
                columns = _MENDED | {name: value for fault in faults for name, value in FAULTS[fault].items()}
                for name, value in columns.items():
                    setattr(found, name, value)
                first = faults[0] if faults else None
                lifted = consent and first in ("claimed", "elsewhere", "used_up")
                if how(session, found) != (None if lifted else first):
                    bad.append(faults)
    return bad


def test_all_rules_together(session: Session) -> None:
    assert wrong(session, decide) == []


@pytest.mark.parametrize("rule", FAULTS)
def test_control_a_rule_that_is_forgotten_is_missed(session: Session, rule: str) -> None:
    def forgetful(session: Session, found: Key) -> str | None:
        for name in FAULTS[rule]:
            setattr(found, name, _MENDED[name])
        return decide(session, found)

    assert (rule,) in wrong(session, forgetful)


def test_every_refusal_has_a_sentence_of_its_own(session: Session) -> None:
    beside = {"look_only", "sign_in_needed", "sign_in_other"}  # which release.py decides
    assert set(SENTENCES) == set(FAULTS) - {"not_available"} | beside
    found = key(session, not_before=NOW)
    for word in SENTENCES:
        problem = refused(found, word)
        assert (problem.status, problem.error) == (403, word)
        assert "{" not in problem.message
    assert "15 January 2027, 08:00 UTC" in refused(found, "not_yet").message
    assert refused(None, "revoked").status == refused(found, "not_available").status == 404
