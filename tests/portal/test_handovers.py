"""A link's way from phone to computer: for one account, for two minutes, once; and the portal learns nothing of it."""

from typing import Any

import pytest
from sqlalchemy import select

from sealed import base64url, handover
from tests.databases import stored
from tests.portal.conftest import ADA, STRANGER, Person, Portal
from viewer import clock, hpke
from viewer.portal import handovers
from viewer.portal.person_models import Handover

REPORT, LINK_SHARE = "0123456789ABCDEFGHJKMNPQRS", bytes(range(20))
COMPUTER, PHONE = (
    "Mozilla/5.0 (Windows NT 10.0) Chrome/156 Safari/537",
    "Mozilla/5.0 (iPhone) Version/18.5 Safari/604.1",
)


class Device(Person):
    """One browser of somebody, who may have more."""

    def __init__(self, portal: Portal, contact: str, agent: str = COMPUTER) -> None:
        self.agent = agent
        super().__init__(portal, contact)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": self.agent}
        return self._client.open(path, method=method, json=body, headers=headers)

    def begin(self) -> str:
        answer = self.ask("POST", "/api/handovers")
        assert answer.status_code == 201 and answer.get_json()["seconds"] == handovers.LIFETIME
        return str(answer.get_json()["handover"])

    def seen(self, name: str) -> Any:
        """Which computer waits, or the refusal's word."""
        told = self.ask("GET", f"/api/handovers/{name}").get_json()
        return told.get("computer", told.get("error"))

    def leave(self, name: str, sealed: bytes = bytes(handover.SEALED)) -> str:
        return word(self.ask("PUT", f"/api/handovers/{name}", {"sealed": base64url.encode(sealed)}))

    def take(self, name: str) -> Any:
        """What has come (None: nothing yet), or the refusal's word."""
        told = self.ask("POST", f"/api/handovers/{name}/taking").get_json()
        return told["error"] if "error" in told else told["sealed"]


def held(portal: Portal) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(Handover.id)))


def word(answer: Any) -> str:
    return "done" if answer.status_code == 204 else str(answer.get_json()["error"])


@pytest.fixture
def computer(portal: Portal) -> Device:
    return Device(portal, ADA)


@pytest.fixture
def phone(portal: Portal) -> Device:
    return Device(portal, ADA, PHONE)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets time go on."""
    now = clock.now

    def go(seconds: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: now() + seconds)

    return go


def test_what_the_phone_seals_the_computer_opens_once(portal: Portal, computer: Device, phone: Device) -> None:
    pair, name = hpke.KeyPair.generate(), computer.begin()
    assert computer.take(name) is None
    assert phone.seen(name) == "Chrome on Windows"
    sealed = hpke.seal(handover.pack(REPORT, LINK_SHARE), pair.public, handover.info(name))
    assert phone.leave(name, sealed) == "done"
    assert phone.leave(name, bytes(handover.SEALED)) == "handover_over", "nobody puts something else in its place"
    lies_there = stored(portal.settings, "portal")
    assert computer.take(name) == base64url.encode(sealed)
    assert handover.unpack(pair.open(sealed, handover.info(name))) == (REPORT, LINK_SHARE)
    assert computer.take(name) == "handover_over"
    assert REPORT.encode() not in lies_there and LINK_SHARE not in lies_there


@pytest.mark.parametrize("contact", [ADA, STRANGER])
def test_nobody_else_sees_it_answers_it_or_takes_it(portal: Portal, computer: Device, contact: str) -> None:
    """Another session of the same account, the phone's, may answer; and nobody but the computer's own may take."""
    other, name = Device(portal, contact), computer.begin()
    answers = other.seen(name), other.leave(name), other.take(name)
    over = "handover_over"
    assert answers == (("Chrome on Windows", "done", over) if contact == ADA else (over, over, over))


def test_it_is_over_after_two_minutes(portal: Portal, computer: Device, phone: Device, later: Any) -> None:
    name, left = computer.begin(), computer.begin()
    later(handovers.LIFETIME)
    assert phone.leave(left) == "done", "control: until then it is not"
    later(handovers.LIFETIME + 1)
    assert (phone.seen(name), phone.leave(name), computer.take(name), computer.take(left)) == ("handover_over",) * 4
    assert held(portal) == {name, left}
    fresh = Device(portal, STRANGER).begin()
    assert held(portal) == {fresh}, "the next one, of anybody, takes away what is over"


def test_signed_out_at_the_computer_nobody_takes_it(computer: Device, phone: Device) -> None:
    name = computer.begin()
    assert phone.leave(name) == "done"
    computer.ask("DELETE", "/api/sessions/current")
    computer.sign_in()
    assert computer.take(name) == "handover_over", "who sits there now may be somebody else"


@pytest.mark.parametrize("sealed", [b"", bytes(handover.SEALED - 1), bytes(handover.SEALED + 1)])
def test_only_what_can_be_one_is_taken(computer: Device, phone: Device, sealed: bytes) -> None:
    assert phone.leave(computer.begin(), sealed) == "bad_request"


def test_how_many_in_an_hour(computer: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handovers, "MOST", 2)
    assert [computer.ask("POST", "/api/handovers").status_code for _ in range(3)] == [201, 201, 429]


def test_its_person_sees_later_that_there_was_one(portal: Portal, computer: Device, phone: Device, later: Any) -> None:
    name, unused = computer.begin(), computer.begin()
    phone.leave(name)
    computer.take(name)
    [moved] = phone.ask("GET", "/api/received").get_json()["moved"]
    assert (moved["phone"], moved["computer"]) == ("Safari on iPhone", "Chrome on Windows")
    assert Device(portal, STRANGER).ask("GET", "/api/received").get_json()["moved"] == []
    later(handovers.KEPT + 1)
    phone.sign_in()
    phone.begin()
    assert phone.ask("GET", "/api/received").get_json()["moved"] == [] and unused


def test_the_mark_tells_one_code_from_another() -> None:
    keys = [hpke.KeyPair.generate().public for _ in range(8)]
    marks = {handover.mark(name, key) for key in keys for name in ("A", "B")}
    assert len(marks) > 12 and {len(mark) for mark in marks} == {4}, "of a million; two may fall together by chance"


def test_what_is_sealed_for_one_handover_opens_in_no_other() -> None:
    pair = hpke.KeyPair.generate()
    sealed = hpke.seal(handover.pack(REPORT, LINK_SHARE), pair.public, handover.info("A"))
    assert len(sealed) == handover.SEALED
    assert handover.unpack(pair.open(sealed, handover.info("A")))[0] == REPORT
    with pytest.raises(hpke.WrongKeyOrDamaged):
        pair.open(sealed, handover.info("B"))


@pytest.mark.parametrize(
    "packed", [b"", b"x" * handover.PACKED, b"\xff" * handover.PACKED, REPORT.encode() + bytes(21)]
)
def test_what_is_no_link_is_not_taken_for_one(packed: bytes) -> None:
    with pytest.raises(ValueError):
        handover.unpack(packed)
