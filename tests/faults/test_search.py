"""The search of the canary test finds every form of a needle, wherever it lies."""

import base64
import os

import pytest

from tests.faults.search import Needle, Search, forms

SECRET = bytes.fromhex("00ff0affffffff") + b"\"'%\\" + os.urandom(21)  # no two of its forms are the same
TEXT = b"Q7ZK2M9XW4TB8VC1NR5JH3DG"
NAMES = {
    *("raw", "hex", "HEX", "Crockford", "crockford", "JSON", "percent", "repr"),
    *(f"{name}, phase {phase}" for name in ("base64", "base64url") for phase in range(3)),
}


@pytest.mark.parametrize(("form", "name"), forms(SECRET).items(), ids=forms(SECRET).values())
def test_each_form_is_found_wherever_it_begins(form: bytes, name: str) -> None:
    search = Search([Needle("secret", SECRET), Needle("text", TEXT)])
    assert search.find(form) == {("secret", name)}, "with nothing around it"
    for shift in range(16):
        noise = os.urandom(4096 + shift)
        assert search.find(noise) == set()
        assert search.find(noise + form + noise) == {("secret", name)}
        for codec in ("utf-16-le", "utf-16-be"):
            wide = form.decode("latin-1").encode(codec)
            assert search.find(noise + wide + noise) == {("secret", f"{name}, UTF-16")}


def test_all_forms_are_known_and_text_has_one_that_is_its_own_escape() -> None:
    assert set(forms(SECRET).values()) == NAMES
    assert set(forms(TEXT).values()) == NAMES - {"JSON", "percent", "repr"} - {
        f"base64url, phase {phase}" for phase in range(3)
    }


def test_base64_of_a_longer_text_holds_one_of_the_phases() -> None:
    search = Search([Needle("secret", SECRET)])
    for before in range(3):
        for after in range(3):
            text = base64.b64encode(os.urandom(before) + SECRET + os.urandom(after))
            assert ("secret", f"base64, phase {before}") in search.find(text)


@pytest.mark.parametrize("changed", [0, 15, 31])
def test_a_needle_with_another_byte_is_not_found(changed: int) -> None:
    other = bytearray(SECRET)
    other[changed] ^= 1
    assert Search([Needle("secret", SECRET)]).find(bytes(other)) == set()


def test_too_short_a_needle_is_refused() -> None:
    with pytest.raises(ValueError, match="14 bytes"):
        Search([Needle("mark", bytes(14))])
