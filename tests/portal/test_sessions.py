"""Sessions: seen by their person, ended singly and everywhere, over in time, and never where another page wants it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tests.inprocess import SAME_ORIGIN
from tests.portal.conftest import ADA, STRANGER, Person, Portal
from viewer import clock, gate
from viewer.gate import _SAFE
from viewer.portal import devices, sessions
from viewer.portal.models import Session

COOKIE = "safelight"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def ada(portal: Portal, later: Callable[[int], None]) -> Person:
    """Signed in on a clock that moves only as it is told."""
    return Person(portal, ADA)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Lets seconds go by."""
    now = clock.now()
    passed = [0]
    monkeypatch.setattr(clock, "now", lambda: now + passed[0])
    yield lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def cookie(person: Person) -> str:
    found = person._client.get_cookie(COOKIE)
    assert found is not None
    return found.value


def with_cookie(portal: Portal, value: str) -> Person:
    """A browser that has somebody's cookie."""
    made = Person.__new__(Person)
    made.portal, made.contact, made._client = portal, "", portal.app.test_client()
    made._client.set_cookie(COOKIE, value)
    return made


def listed(person: Person) -> list[dict[str, object]]:
    found: list[dict[str, object]] = person.ask("GET", "/api/account/sessions").get_json()["sessions"]
    return found


def test_they_are_listed_without_what_signs_in(portal: Portal, ada: Person) -> None:
    other, token = Person(portal, ADA), cookie(ada)
    Person(portal, STRANGER)
    found = listed(ada)
    assert [one["this"] for one in found] == [True, False]
    assert [one["signed_in_by"] for one in found] == ["code", "code"]
    assert set(found[0]) == {"id", "this", "device", "signed_in_by", "since", "used"}
    with portal.database.read() as session:
        hashes = [row[0] for row in session.execute(text("SELECT token_hash FROM session"))]
    answer = ada.ask("GET", "/api/account/sessions").data
    assert all(bytes(one).hex().encode() not in answer for one in hashes) and token.encode() not in answer
    assert listed(other)[0]["id"] == found[1]["id"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (CHROME, "Chrome on Android"),
        (CHROME.replace("Safari/", "EdgA/142 Safari/"), "Edge on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) CriOS/142 Safari/604.1", "Chrome on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari on Mac"),
        ("python-requests/2.32", "Command line"),
        ("", "Another device"),
        ("<script>", "Another device"),
    ],
)
def test_devices_in_words(app: Flask, said: str, words: str) -> None:
    with app.test_request_context():
        assert devices.device(said) == words


def test_one_is_ended_and_its_copied_cookie_with_it(portal: Portal, ada: Person) -> None:
    other = Person(portal, ADA)
    copy = with_cookie(portal, cookie(other))
    assert copy.account is not None, "control: the copy works"
    [name] = [one["id"] for one in listed(ada) if not one["this"]]
    assert ada.ask("DELETE", f"/api/account/sessions/{name}").status_code == 204
    assert other.account is None and copy.account is None
    assert ada.account is not None and len(listed(ada)) == 1


def test_nobody_ends_another_persons(portal: Portal, ada: Person) -> None:
    stranger = Person(portal, STRANGER)
    [name] = [one["id"] for one in listed(ada)]
    known = stranger.ask("DELETE", f"/api/account/sessions/{name}")
    unknown = stranger.ask("DELETE", f"/api/account/sessions/{'0' * 26}")
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) and known.status_code == 404
    assert ada.account is not None


def test_everywhere_else_and_everywhere(portal: Portal, ada: Person) -> None:
    others, stranger = [Person(portal, ADA) for _ in range(2)], Person(portal, STRANGER)
    copy = with_cookie(portal, cookie(ada))
    assert ada.ask("DELETE", "/api/account/sessions/others").status_code == 204
    assert [one.account for one in others] == [None, None] and ada.account is not None
    assert ada.ask("DELETE", "/api/account/sessions").status_code == 204
    assert ada.account is None and copy.account is None
    assert stranger.account is not None


def test_a_new_sign_in_is_a_new_session_and_the_old_one_dies(portal: Portal, ada: Person) -> None:
    before = cookie(ada)
    copy = with_cookie(portal, before)
    ada.sign_in()
    assert cookie(ada) != before and copy.account is None and ada.account is not None
    assert len(listed(ada)) == 1


def test_what_was_planted_before_the_sign_in_is_not_taken_up(portal: Portal, ada: Person) -> None:
    """A stranger signs in, and plants their cookie in the browser in which somebody else then signs in."""
    stranger = Person(portal, STRANGER)
    planted = cookie(stranger)
    victim = with_cookie(portal, planted)
    victim.contact = ADA
    victim.sign_in()
    assert victim.account["id"] == ada.id and cookie(victim) != planted
    assert with_cookie(portal, planted).account is None, "it is not theirs, nor anybody's any more"


@pytest.mark.parametrize("planted", ["nonsense", "", "eyJfdXNlcl9pZCI6ImEifQ.aQ.aa"])
def test_a_cookie_that_we_never_gave_signs_nobody_in(portal: Portal, planted: str) -> None:
    assert with_cookie(portal, planted).account is None


def test_idle_and_absolute_limits(portal: Portal, ada: Person, later: Callable[[int], None]) -> None:
    later(sessions.IDLE)
    assert ada.account is not None, "just within; and it is used now"
    later(sessions.IDLE + 1)
    assert ada.account is None
    ada.sign_in()
    for _ in range(sessions.ABSOLUTE // sessions.IDLE):
        later(sessions.IDLE)
        assert ada.account is not None
    later(1)
    assert ada.account is None, "however much it is used"


def test_fresh_for_a_quarter_of_an_hour(portal: Portal, ada: Person, later: Callable[[int], None]) -> None:
    later(sessions.FRESH)
    assert ada.ask("GET", "/api/account/export").status_code == 200
    later(1)
    refused = ada.ask("GET", "/api/account/export")
    assert (refused.status_code, refused.get_json()["error"]) == (403, "prove_again")
    before = cookie(ada)
    ada.sign_in()
    assert ada.ask("GET", "/api/account/export").status_code == 200
    assert with_cookie(portal, before).account is None, "proving again is a new session"


def test_what_has_been_dead_for_long_is_swept_but_the_last(
    portal: Portal, ada: Person, later: Callable[[int], None]
) -> None:
    Person(portal, STRANGER)
    later(1)
    Person(portal, ADA)
    later(sessions._KEPT + 1)
    Person(portal, "new@example.org")
    with portal.database.read() as session:
        assert session.query(Session).count() == 3, "one of each account: when they signed in last is still known"


def unsafe_routes(app: Flask) -> list[tuple[str, str]]:
    """Every route of the portal that changes something, as it is asked for."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("portal."):
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<{argument}>", "0" * 26)
            found += [(method, path) for method in sorted((rule.methods or set()) - _SAFE)]
    return found


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {},
]


def let_in(ada: Person) -> list[str]:
    """Which routes a page of another origin reaches in a browser that is signed in."""
    return [
        f"{method} {path}"
        for method, path in unsafe_routes(ada.portal.app)
        for headers in FOREIGN
        if ada._client.open(path, method=method, json={}, headers=headers).get_json(silent=True)
        != {"error": "cross_site", "message": "This request did not come from our own page. Reload the page."}
    ]


def test_no_page_of_another_origin_changes_anything(
    portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = unsafe_routes(portal.app)
    assert {"/api/codes", "/api/sessions", "/api/account/erasure"} <= {path for _, path in routes}
    assert let_in(ada) == []
    for method, path in routes:
        if method == "POST" and path in ("/api/codes", "/api/account/codes"):
            answer = ada._client.open(path, method=method, json={}, headers=SAME_ORIGIN)
            assert answer.get_json()["error"] != "cross_site", "control: our own page reaches them"
    monkeypatch.setattr(gate, "_from_our_own_page", lambda: True)
    assert {one.partition(" ")[2] for one in let_in(ada)} >= {"/api/codes", "/api/account/erasure"}, "control"
