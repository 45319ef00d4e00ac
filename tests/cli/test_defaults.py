"""What a sender says nothing of is as their organisation has it."""

from typing import Any

import pytest

from sealed.letter import Letter

OF_THEIRS = {"organisation": {"defaults": {"days": 30, "download": True}}}


@pytest.mark.parametrize(
    ("account", "days", "download", "expected"),
    [
        (OF_THEIRS, None, None, (30, True)),
        (OF_THEIRS, 2, False, (2, False)),
        ({"organisation": None}, None, None, (7, False)),
        ({}, None, None, (7, False)),
        ({}, 2, True, (2, True)),
    ],
)
def test_defaults(account: dict[str, Any], days: int | None, download: bool | None, expected: object) -> None:
    letter = Letter((), "MRN 1", "", "", days, download=download).decided(account)
    assert (letter.days, letter.download) == expected
