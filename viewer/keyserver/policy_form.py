"""A policy's one JSON form, read strictly: what is not understood is refused, by name."""

from dataclasses import dataclass
from typing import Any

from sealed.header import is_time, parse_time
from sealed.released import ALLOWED, WANTED

from .. import clock, contacts
from ..problems import Problem
from ..text import N_, _
from .models import Key, Recipient

LONGEST = 90 * 86_400  # seconds that a key may be open at most, from its last change
MOST_RECIPIENTS = 20
MOST_RELEASES = 1000
_MEMBERS = (
    "recipients",
    "not_before",
    "not_after",
    "most_each",
    "most",
    "passkey",
    "jurisdictions",
    "download",
    "mark",
)


@dataclass(frozen=True)
class Policy:
    """Who may open it, when, how often, from where, save what they see, and see it under their own name.

    Times are seconds since 1970.

    `recipients` are contacts in their one form; none: the first account to open it claims it; None: as they were.
    """

    recipients: tuple[str, ...] | None
    not_before: int | None
    not_after: int
    most_each: int | None
    most: int | None
    passkey: bool
    jurisdictions: tuple[str, ...]
    download: bool
    mark: bool

    def put_on(self, key: Key, secret: bytes) -> None:
        """Make this the policy of a locked key. Whoever has claimed it keeps it, unless somebody is named now."""
        for name in ("not_before", "not_after", "most_each", "most", "passkey", "download", "mark"):
            setattr(key, name, getattr(self, name))
        key.jurisdictions = " ".join(self.jurisdictions)
        if self.recipients is None:
            return
        named = {contacts.pseudonym(secret, contact) for contact in self.recipients}
        stay = [recipient for recipient in key.recipients if recipient.contact in named]
        new = sorted(named - {recipient.contact for recipient in stay})
        key.recipients = stay + [Recipient(contact=contact) for contact in new]
        if named:
            key.claimed_by = None


def read(body: dict[str, Any], must_name: bool) -> Policy:
    """Return the policy in a request's body. Raises Problem 400 with a sentence for the first fault.

    `must_name`: `recipients` may not be left out, as it may where they stay as they were.
    """
    unknown = sorted(set(body) - set(_MEMBERS))
    if unknown:
        raise _bad(
            _(
                "A policy has no member {name}. It may have {members}.",
                name=repr(unknown[0][:40]),
                members=", ".join(_MEMBERS),
            )
        )
    if "recipients" not in body and must_name:
        raise _bad(N_("A policy needs recipients: a list of contacts, empty where the first account is to claim it."))
    not_before, not_after = _time(body, "not_before"), _time(body, "not_after")
    if not_after is None:
        raise _bad(N_("A policy needs not_after: its end, such as 2026-11-30T08:00:00Z."))
    if not clock.now() < not_after <= clock.now() + LONGEST:
        raise _bad(N_("The end must lie ahead, and within 90 days."))
    if not_before is not None and not_before >= not_after:
        raise _bad(N_("The beginning must lie before the end."))
    return Policy(
        _recipients(body["recipients"]) if "recipients" in body else None,
        not_before,
        not_after,
        _count(body, "most_each"),
        _count(body, "most"),
        _yes(body, "passkey"),
        _jurisdictions(body.get("jurisdictions")),
        _yes(body, "download"),
        _yes(body, "mark"),
    )


def told(key: Key) -> dict[str, Any]:
    """Return a key's policy in its JSON form, without the recipients: only their pseudonyms are kept here."""
    return {
        "not_before": None if key.not_before is None else clock.text(key.not_before),
        "not_after": clock.text(key.not_after),
        "most_each": key.most_each,
        "most": key.most,
        "passkey": key.passkey,
        "jurisdictions": key.jurisdictions.split(),
        "download": key.download,
        "mark": key.mark,
    }


def for_reader(key: Key, by_consent: bool) -> dict[str, str]:
    """Return what the entry of a release says of the policy, so that its reader is told no other than what was logged.

    An opening `by_consent` is one beyond what the policy allows: how long and often it opens is not said with it.
    """
    rules = {"download": ALLOWED if key.download else None, "mark": WANTED if key.mark else None}
    if not by_consent:
        rules |= {name: told(key)[name] for name in ("not_after", "most_each", "most")}
    return {name: str(rule) for name, rule in rules.items() if rule}


def _bad(sentence: str) -> Problem:
    return Problem(400, "bad_policy", sentence)


def _time(body: dict[str, Any], name: str) -> int | None:
    text = body.get(name)
    if text is None:
        return None
    if not isinstance(text, str) or not is_time(text):
        raise _bad(_("{name} must be a time in UTC, such as 2026-11-30T08:00:00Z.", name=name))
    return int(parse_time(text).timestamp())


def _count(body: dict[str, Any], name: str) -> int | None:
    count = body.get(name)
    if count is None:
        return None
    if type(count) is not int or not 0 < count <= MOST_RELEASES:  # True is an int too
        raise _bad(_("{name} must be a number from 1 to {most}, or null for no limit.", name=name, most=MOST_RELEASES))
    return count


def _yes(body: dict[str, Any], name: str) -> bool:
    yes = body.get(name)
    if yes is not None and not isinstance(yes, bool):
        raise _bad(_("{name} must be true or false.", name=name))
    return bool(yes)


def _recipients(named: Any) -> tuple[str, ...]:
    if not isinstance(named, list) or len(named) > MOST_RECIPIENTS or not all(isinstance(one, str) for one in named):
        raise _bad(
            _("recipients must be a list of at most {most} e-mail addresses and mobile numbers.", most=MOST_RECIPIENTS)
        )
    try:
        return tuple(sorted({contacts.canonical(one) for one in named}))
    except contacts.BadContact as error:
        raise _bad(_("A recipient cannot be reached. {why}", why=_(str(error)))) from None


def _jurisdictions(codes: Any) -> tuple[str, ...]:
    if codes is None:
        return ()
    if not isinstance(codes, list) or len(codes) > len(contacts.COUNTRIES):
        raise _bad(N_("jurisdictions must be a list of countries, empty for any."))
    for code in codes:
        # A mistyped one (UK for GB) would lock everybody out.
        if not isinstance(code, str) or code not in contacts.COUNTRIES:
            sentence = N_("jurisdictions: {code} is no country's code in ISO 3166, such as AU or GB.")
            raise _bad(_(sentence, code=repr(str(code)[:40])))
    return tuple(sorted(set(codes)))
