"""Log entries are FHIR R4, say everything that they are asked to say, and stay data whatever strangers put in."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sealed import canonical
from tests.conftest import ROOT
from tests.fhir.judge import complaints, schema_complaints
from viewer.keyserver import audit_event, erasable
from viewer.keyserver.audit_event import ACTIONS, LARGEST, Event, encode, read

DIGESTS = {name: hashlib.sha256(name.encode()).digest() for name in ("address", "country", "user_agent")}
LEAST = Event(
    number=0,
    recorded=1_795_000_000,
    action="release",
    outcome="granted",
    key_id="0123456789ABCDEFGHJKMNPQRS",
    issuer="https://portal.example.org",
    account="7ZWQF2M0K9T4X1B8",
    signed_in_by="code",
    key_server="https://keys.example.org",
    software="Safelight 0.1.0",
)
FULL = replace(
    LEAST,
    number=41,
    request_id="3f0d5c1e-8a52-4f0e-9f7b-0d6a2f1c9e44",
    file_sha256="ab" * 32,
    file_length=12_345_678,
    policy_version=3,
    details={"not_after": "2026-12-01T00:00:00Z"},
    erasable=DIGESTS,
)
NASTY = {
    "line end": "A\r\n42 release granted",
    "terminal": "A\x1b[2J\x1b]0;title\x07",
    "right to left": "A\u202egpj.exe",
    "zero": "A\x00B",
    "other spaces": "A\u00a0\u2028\u2029\u0085B",
    "lone surrogates": "A\ud800\udfff",
    "quotes": 'A","outcome":"0',
    "backslashes": "A\\u{a}\\n",
    "markup": "<script>alert(1)</script>",
    "the place of another text": canonical.hole(0),
}
FIELDS = ["account", "key_id", "signed_in_by", "request_id", "reason", "software"]


@pytest.mark.parametrize("outcome", ["granted", "denied"])
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("event", [LEAST, FULL], ids=["least", "full"])
def test_every_action_is_r4_and_is_read_back(event: Event, action: str, outcome: str) -> None:
    event = replace(event, action=action, outcome=outcome, reason="revoked" if outcome == "denied" else None)
    entry = canonical.loads(encode(event))
    assert complaints(entry) == []
    assert read(entry) == event


def test_a_release_is_written_like_this_for_good() -> None:
    published = (ROOT / "tests" / "fhir" / "release.json").read_bytes()
    assert encode(FULL) == canonical.dumps(json.loads(published)), "entries in logs have this form: add another one"


def wrong(path: str, value: Any) -> Callable[[Any], None]:
    """A change of one entry: a value put at a path, or what is there taken away."""

    def change(entry: Any) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            entry = entry[step]
        if value is None:
            del entry[last]
        else:
            entry[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("action", "X"),
        ("outcome", "7"),
        ("agent.1.network.type", "9"),
        ("recorded", "2026-11-18 11:06:40"),
        ("recorded", "2026-13-18T11:06:40Z"),
        ("patient", "somebody"),
        ("agent.0.ip", "203.0.113.7"),
        ("agent", None),
        ("type", None),
        ("source.observer", None),
        ("agent.0.who.identifier.value", ""),
        ("id", "41/42"),
        ("entity.1.detail.2.valueBase64Binary", "not base64!"),
        ("resourceType", "Patient"),
    ],
)
def test_control_the_schema_refuses(path: str, value: Any) -> None:
    entry = canonical.loads(encode(FULL))
    wrong(path, value)(entry)
    assert schema_complaints(entry)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("recorded", None),
        ("agent.0.requestor", None),
        ("agent", []),
        ("entity.0.detail", []),
        ("entity.0.detail.0.valueBase64Binary", "AAAA"),
        ("type.code", "110199"),
        ("action", "E"),
        ("subtype.0.system", "http://example.org"),
        ("source.type.0.code", "10"),
        ("entity.0.role.code", "99"),
        ("entity.0.what", None),
        ("agent.0.type.coding.0.code", "110153"),
        ("agent.1.who.identifier.value", "https://elsewhere.example.org"),
        ("agent.1.requestor", True),
        ("type.code", "110113"),
    ],
)
def test_control_what_the_schema_lets_through_is_refused_beside_it(path: str, value: Any) -> None:
    entry = canonical.loads(encode(FULL))
    wrong(path, value)(entry)
    assert schema_complaints(entry) == [] != complaints(entry)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("field", FIELDS)
def test_text_from_outside_stays_data(field: str, text: str) -> None:
    line = encode(replace(FULL, **{field: text}))
    assert line.decode().isprintable(), "one line, and nothing that a terminal or a page would obey"
    entry = canonical.loads(line)
    assert complaints(entry) == []
    assert read(entry) == replace(FULL, **{field: erasable.plain(text)})


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_details_and_names_of_them_stay_data(text: str) -> None:
    event = replace(FULL, details={text: text}, erasable={text: bytes(32)})
    entry = canonical.loads(encode(event))
    written = erasable.plain(text)
    assert complaints(entry) == []
    assert read(entry) == replace(FULL, details={written: written}, erasable={written: bytes(32)})


def test_control_without_the_rule_text_from_outside_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_event, "plain", lambda text: text)
    assert not encode(replace(FULL, account=NASTY["right to left"])).decode().isprintable()
    with pytest.raises(UnicodeEncodeError):
        encode(replace(FULL, account=NASTY["lone surrogates"]))


def test_different_texts_are_written_differently() -> None:
    texts = [*NASTY.values(), *map(erasable.plain, NASTY.values()), "\n", "\\n", "\\u{a}", "\\\\u{a}", "A"]
    assert len({erasable.plain(text) for text in set(texts)}) == len(set(texts))
    assert erasable.plain("Zoë O'Brien +61 412 345 678 東京") == "Zoë O'Brien +61 412 345 678 東京"


def test_a_policy_with_everything_in_it_has_room() -> None:
    url = "https://" + "a" * 192
    rules = {"jurisdictions": " ".join(["AU"] * 249), "not_before": "2026-12-01T00:00:00Z", "passkey": "needed"}
    hidden = DIGESTS | {"jurisdiction": bytes(32), "contact": bytes(32)}
    long = replace(FULL, issuer=url, key_server=url, account="A" * 64, details=rules, erasable=hidden)
    assert len(encode(FULL)) < 2_500 and len(encode(long)) < 4_500 < LARGEST


@pytest.mark.parametrize("field", FIELDS)
def test_an_entry_that_gets_too_large_is_refused(field: str) -> None:
    for text in ("A" * 10_000_000, "\n" * LARGEST):
        with pytest.raises(ValueError, match=f"at most {LARGEST} bytes"):
            encode(replace(FULL, **{field: text}))


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "look"},
        {"outcome": "perhaps"},
        {"account": ""},
        {"details": {"file_length": "0"}},
        {"details": {"not_after": ""}},
    ],
)
def test_what_an_entry_cannot_say_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such|no place"):
        encode(replace(FULL, **changed))


@pytest.mark.parametrize(
    "path", ["id", "recorded", "outcome", "agent", "subtype", "entity.1", "entity.1.detail", "source.observer"]
)
def test_what_is_no_entry_is_not_read(path: str) -> None:
    entry = canonical.loads(encode(FULL))
    wrong(path, None)(entry)
    for bad in (entry, [], None, "entry"):
        with pytest.raises(ValueError, match="no entry"):
            read(bad)


def test_a_value_is_committed_to_and_not_told() -> None:
    address = erasable.commit("203.0.113.7")
    assert address.digest == hashlib.sha256(address.salt + b"203.0.113.7").digest() and len(address.salt) == 32
    assert erasable.check(address.digest, address.salt, address.value)
    assert b"203.0.113.7" not in encode(replace(FULL, erasable={"address": address.digest}))


def test_only_the_value_under_its_salt_matches() -> None:
    salt, value, digest = erasable.commit("AU")
    other = erasable.commit("AU")
    assert (other.salt, other.digest) != (salt, digest), "one person's entries are not tied together by a country"
    assert not erasable.check(digest, other.salt, value)
    assert not erasable.check(digest, salt, "NZ")
    assert not erasable.check(digest, salt, "A\ud800")
    assert not erasable.check(hashlib.sha256(salt[:31] + b"!AU").digest(), salt[:31], "!AU"), "a salt has 32 bytes"


@pytest.mark.parametrize("text", [*NASTY.values(), "\n" * 10_000_000, "Mozilla/5.0 " * 1_000_000])
def test_a_value_from_outside_is_kept_printable_and_cut(text: str) -> None:
    salt, value, digest = erasable.commit(text)
    assert value == erasable.plain(text[: erasable.LONGEST]) and value.isprintable()
    assert erasable.check(digest, salt, value)


def test_the_address_is_said_to_be_masked_and_never_stood_in_for() -> None:
    known, unknown = (canonical.loads(encode(event))["agent"][0] for event in (FULL, LEAST))
    assert known["network"]["extension"][0]["valueCode"] == "masked" and "address" not in known["network"]
    assert "network" not in unknown
