"""Codes cannot be guessed, however long somebody tries; and by trying nobody is shut out."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import inprocess
from tests.databases import rows, stored
from tests.portal.conftest import ADA, BOSS, Portal
from tests.portal.stranger import Stranger, other
from viewer import clock
from viewer.config import Settings
from viewer.portal import code_limits, codes, limits

NOBODY = "nobody@example.org"
FAR, NEAR = "+447400123456", "+61491570156"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation that sends mail, SMS in its own country, and two SMS a day to all others."""
    return replace(inprocess.settings(tmp_path / "data"), sms="json://127.0.0.1:1/{to}", sms_abroad_per_day=2)


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    then = clock.now() + seconds
    monkeypatch.setattr(clock, "now", lambda: then)


def test_the_more_wrong_tries_the_longer_the_code_and_nobody_is_shut_out(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        Stranger(portal).guess(ADA, codes.TRIES)
    owner, (attempt, code) = Stranger(portal), Stranger(portal).code(ADA)
    assert len(code) == 8 and owner.try_code(attempt, code) == 200
    assert len(Stranger(portal).code(BOSS)[1]) == 6, "another contact's is as it was"
    later(monkeypatch, 3600)
    for _ in range(6):
        Stranger(portal).guess(ADA, codes.TRIES)
    later(monkeypatch, 3600)
    for _ in range(6):
        Stranger(portal).guess(ADA, codes.TRIES)
    later(monkeypatch, limits.DAY)
    for _ in range(4):
        Stranger(portal).guess(ADA, codes.TRIES)
    attempt, code = owner.code(ADA)
    assert len(code) == 10 and owner.try_code(attempt, code) == 200
    later(monkeypatch, codes.YEAR)
    assert len(Stranger(portal).code(ADA)[1]) == 6


def test_who_mistypes_and_then_does_not_has_guessed_nothing(portal: Portal) -> None:
    for _ in range(5):
        attempt, code = Stranger(portal).code(ADA)
        wrong = [Stranger(portal).try_code(attempt, other(code)) for _ in range(codes.TRIES - 1)]
        assert (wrong, Stranger(portal).try_code(attempt, code)) == ([403] * 4, 200)
    assert len(Stranger(portal).code(ADA)[1]) == 6


def test_who_guesses_at_many_contacts_makes_all_codes_longer_for_the_day(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        Stranger(portal, f"203.0.113.{number}").guess(f"somebody{number}@example.org", codes.TRIES)
    assert len(Stranger(portal).code(ADA)[1]) == 8
    later(monkeypatch, limits.DAY)
    assert len(Stranger(portal).code(ADA)[1]) == 6


def test_an_attempt_that_nobody_made_counts_for_nothing(portal: Portal) -> None:
    for number in range(120):
        assert Stranger(portal).try_code(f"made-up-{number}", "000000") == 403
    assert len(Stranger(portal).code(ADA)[1]) == 6


def lengths(portal: Portal) -> set[int]:
    """How long codes are for a contact with an account, and for one without, after as many wrong tries."""
    for contact in (ADA, NOBODY):
        for _ in range(4):
            Stranger(portal, "203.0.113.2").guess(contact, codes.TRIES)
    Stranger(portal).sign_in(ADA)
    return {int(Stranger(portal).ask("POST", "/api/codes", {"contact": c}).get_json()["digits"]) for c in (ADA, NOBODY)}


def test_the_length_does_not_tell_who_has_an_account(portal: Portal) -> None:
    assert lengths(portal) == {8}


def test_control_a_portal_that_forgives_at_a_sign_in_tells_it(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    give_back = limits.give_back
    monkeypatch.setattr(limits, "give_back", lambda session, key, uses, seconds: give_back(session, key, 20, seconds))
    assert lengths(portal) == {6, 8}


def use_up(portal: Portal, contact: str) -> None:
    """As a stranger, ask for all the codes that a contact may be sent."""
    while Stranger(portal, "203.0.113.3").ask("POST", "/api/codes", {"contact": contact}).status_code == 200:
        continue


def test_where_one_has_signed_in_before_no_stranger_uses_up_ones_codes(portal: Portal) -> None:
    known, elsewhere = Stranger(portal).sign_in(ADA), Stranger(portal).sign_in(BOSS)
    use_up(portal, ADA)
    assert known.sign_in(ADA), "also signed out: what is kept is no sign-in"
    assert known.ask("DELETE", "/api/sessions/current").status_code == 204
    assert known.sign_in(ADA)
    for one in (Stranger(portal), elsewhere):
        assert one.ask("POST", "/api/codes", {"contact": ADA}).status_code == 429, "control"


def test_it_has_a_cap_of_its_own_and_is_not_made_up(portal: Portal) -> None:
    known = Stranger(portal).sign_in(ADA)
    asked = [known.ask("POST", "/api/codes", {"contact": ADA}).status_code for _ in range(7)]
    assert asked == [200] * code_limits.PER_CONTACT[0] + [429]
    use_up(portal, ADA)
    cookie = known.client.get_cookie("safelight-known")
    assert cookie and cookie.http_only and cookie.same_site == "Strict" and ADA not in cookie.decoded_value
    for value in ("a.b", "", "a", ".", cookie.value.replace(".", "x."), cookie.value[:-1], cookie.value + "é"):
        forger = Stranger(portal)
        forger.client.set_cookie("safelight-known", value)
        assert forger.ask("POST", "/api/codes", {"contact": ADA}).status_code == 429, value


def test_a_code_is_good_for_its_own_attempt_only(portal: Portal) -> None:
    one = Stranger(portal)
    first, second = one.code(ADA), one.code(ADA)
    others, nobodys = one.code(BOSS), one.code(NOBODY)
    mixed = [(first[0], second[1]), (second[0], first[1]), (others[0], first[1]), (nobodys[0], second[1])]
    tried = [(attempt, code) for attempt, code in mixed if (attempt, code) not in (first, second, others, nobodys)]
    assert len(tried) >= 3 and {one.try_code(*pair) for pair in tried} == {403}
    assert one.try_code(*first) == 200, "a newer one ends no older one: strangers could end it by asking"
    assert one.try_code(*second) == 200, "control"


def test_it_is_over_after_ten_minutes(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    in_time, late = Stranger(portal).code(ADA), Stranger(portal).code(ADA)
    begun = clock.now()
    monkeypatch.setattr(clock, "now", lambda: begun + 600)
    assert Stranger(portal).try_code(*in_time) == 200, "control"
    monkeypatch.setattr(clock, "now", lambda: begun + 602)
    assert Stranger(portal).try_code(*late) == 403


def typed_as(code: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in code)


@pytest.mark.parametrize("how", ["spaced", "dashed", "bidi", "٠", "۰", "०", "０", "𝟎"])  # noqa: RUF001
def test_digits_of_every_keyboard_are_digits(portal: Portal, how: str) -> None:
    attempt, code = Stranger(portal).code(ADA)
    forms = {"spaced": f" {code[:3]} {code[3:]}\n", "dashed": f"{code[:3]}-{code[3:]}", "bidi": f"\u202b{code}\u202c"}
    assert Stranger(portal).try_code(attempt, forms.get(how) or typed_as(code, how)) == 200


@pytest.mark.parametrize("zero", ["⓪", "⁰"], ids=["circled", "superscript"])
def test_what_only_looks_like_a_digit_is_none(portal: Portal, monkeypatch: pytest.MonkeyPatch, zero: str) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda most: 0)
    attempt, code = Stranger(portal).code(ADA)
    assert Stranger(portal).try_code(attempt, zero * len(code)) == 403
    assert Stranger(portal).try_code(attempt, "0" * len(code)) == 200, "control"


def is_kept(portal: Portal) -> tuple[bool, bool]:
    """Tell whether a code, and whether its attempt's name, can be read in the database. Ten digits are in it once."""
    attempt, code = Stranger(portal).code(ADA)
    kept = stored(portal.settings, "portal")
    return code.encode() in kept, attempt.encode() in kept


def test_no_code_can_be_read_in_the_database(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "LENGTHS", {0: 10})
    assert is_kept(portal) == (False, True), "the second as a control: this is where codes are"


def test_control_a_code_that_is_kept_is_found(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "LENGTHS", {0: 10})
    monkeypatch.setattr(codes, "_hmac", lambda secret, attempt, code: code.encode())
    monkeypatch.setattr("tests.portal.test_guessing.stored", lambda *_: plain(portal))
    assert is_kept(portal) == (True, True)


def plain(portal: Portal) -> bytes:
    """What a database holds, its bytes not written as hexadecimal digits."""
    from viewer.portal.models import Code

    with portal.database.read() as session:
        return b"".join(one.attempt.encode() + bytes(one.hmac) for one in session.query(Code))


def test_sms_to_other_countries_are_few(portal: Portal) -> None:
    one = Stranger(portal)
    asked = [one.ask("POST", "/api/codes", {"contact": contact}) for contact in (FAR, FAR, FAR, NEAR, ADA)]
    assert [answer.status_code for answer in asked] == [200, 200, 429, 200, 200]
    assert "Use your e-mail address" in asked[2].get_json()["message"]


def test_one_address_gets_so_many_codes_and_tries(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_limits, "PER_ADDRESS", (3, 3600))
    monkeypatch.setattr(code_limits, "TRIES_PER_ADDRESS", (3, 3600))
    asked = [Stranger(portal).ask("POST", "/api/codes", {"contact": f"n{n}@example.org"}) for n in range(4)]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]
    attempt, code = Stranger(portal, "203.0.113.9").code(ADA)
    wrong = [Stranger(portal).try_code(attempt, other(code)) for _ in range(3)]
    assert (wrong, Stranger(portal).try_code(attempt, code)) == ([403] * 3, 403), (
        "right, but from an address that tries"
    )
    assert Stranger(portal, "203.0.113.9").try_code(attempt, code) == 200, "control"


def counts(portal: Portal) -> set[str]:
    """What is counted in the database at all, by the beginnings of its keys."""
    return {key.rpartition(" ")[0] for (key,) in rows(portal.settings, "portal", "SELECT key FROM limit_count")}


def test_strangers_leave_nothing_behind_for_good(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        Stranger(portal, f"203.0.113.{number}").guess(f"n{number}@example.org", 1)
        Stranger(portal).ask("POST", "/api/codes", {"report": f"{number}" * 26, "hint": "n"})
    assert counts(portal) >= {"codes", "codes by", "codes address", "tries address", "wrong"}
    later(monkeypatch, codes.YEAR)
    Stranger(portal).try_code("a", "0")
    assert counts(portal) == {"tries address", "wrong", "wrong about"}, "those of this one try"
