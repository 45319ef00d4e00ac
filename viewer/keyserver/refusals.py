"""What somebody is told to whom a key is not released: for each reason a sentence with the way on."""

from datetime import UTC, datetime

from ..problems import Problem, not_available
from ..text import N_, _, date
from .models import Key

# `not_available` is missing here: strangers get the answer that unknown ids get.
SENTENCES = {
    "revoked": N_("The sender has withdrawn these photos. Ask the sender if you still need them."),
    "expired": N_("The time for opening these photos is over. Ask the sender to send them again."),
    "not_yet": N_("These photos can be opened from {not_before} on. Come back then."),
    "sign_in_needed": N_(
        "The key server for these photos wants to know you by its own sign-in, too. Sign in there, then go on."
    ),
    "sign_in_other": N_(
        "The sign-in at the key server for these photos does not know you by the address they were sent "
        "to, or sent from. Sign in there as that person, or ask the sender to use the address that it knows."
    ),
    "passkey_needed": N_("The sender wants a passkey for these photos. Sign in with your passkey, then open them."),
    "claimed": N_(
        "Somebody has opened this link before you, and it is theirs now. If that was you, sign in with "
        "the address that you used then. If not, ask the sender."
    ),
    "elsewhere": N_(
        "The sender lets these photos be opened in certain countries only. Ask the sender to let you in once."
    ),
    "used_up": N_("These photos have been opened as often as the sender allows. Ask the sender for one more time."),
    "look_only": N_(
        "The sender lets these photos be looked at, but not saved. Open the link in a browser (a file: on the page "
        "/open there), or ask the sender to let them be saved."
    ),
}


def stopped() -> Problem:
    """Return the answer of a key server whose log was rolled back or rewritten."""
    return Problem(
        503,
        "stopped",
        "The key server gives out no keys until its log has been put right. Nothing was opened. "
        "Tell whoever runs it, and try again later.",
    )


def refused(key: Key | None, refusal: str | None) -> Problem:
    """Return the answer to a refusal, a word that policy.py has decided on."""
    if key is None or refusal not in SENTENCES:
        return not_available()
    not_before = datetime.fromtimestamp(key.not_before or 0, UTC)
    said = _("{day}, {time} UTC", day=date(not_before), time=f"{not_before:%H:%M}")
    return Problem(403, refusal, _(SENTENCES[refusal], not_before=said))
