"""Contacts: one form for each, whoever types it."""

import os

import pytest

from viewer import contacts


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        (" Ada.Lovelace@Example.ORG ", "ada.lovelace@example.org"),
        ("ada@müller.example", "ada@xn--mller-kva.example"),
        ("0491 570 006", "+61491570006"),
        ("+61 491-570-006", "+61491570006"),
        ("(0491) 570 006", "+61491570006"),
        ("+64 21 123 4567", "+64211234567"),
    ],
)
def test_one_form(typed: str, canonical: str) -> None:
    assert contacts.canonical(typed, "AU") == canonical
    assert contacts.canonical(canonical) == canonical, "the one form needs no region and stays as it is"


NONE = ["", " ", "ada", "@", "ada@localhost", "a b@example.org", "12", "+0", "0491570006", "+61 2 9999 9999"]


@pytest.mark.parametrize("typed", NONE)
def test_what_is_none_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(contacts.BadContact, match=r"example|\+61"):
        contacts.canonical(typed)


def test_masked_tells_the_owner_and_nobody_else() -> None:
    assert contacts.masked("+61491570006") == "•••006"
    assert contacts.masked("ada@example.org") == "a•••@example.org"


def test_pseudonyms_of_one_role_mean_nothing_to_another() -> None:
    one, other = os.urandom(32), os.urandom(32)
    assert contacts.pseudonym(one, "a@example.org") == contacts.pseudonym(one, "a@example.org")
    assert contacts.pseudonym(one, "a@example.org") != contacts.pseudonym(other, "a@example.org")
    assert contacts.derive(one, "cookie") != contacts.derive(one, "code")
