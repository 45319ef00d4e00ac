"""A refusal that leads to a key server's own sign-in is a step of every opening there, and no news for the sender."""

import pytest

from viewer.portal import notices


@pytest.mark.parametrize(
    ("reason", "outcome", "kind"),
    [("sign_in_needed", "denied", None), ("sign_in_other", "denied", "denied"), (None, "granted", "asked")],
)
def test_what_senders_are_told_of(reason: str | None, outcome: str, kind: str | None) -> None:
    assert notices._kind({"action": "ask", "outcome": outcome, "reason": reason}) == kind
