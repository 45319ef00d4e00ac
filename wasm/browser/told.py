"""What a key server says of a report, in its sender's words."""

from typing import Any

from sealed.errors import N_

from .text import _, ngettext

NOBODY = N_("somebody unknown")
_REASONS = {
    "not_available": N_("You did not send them to this person."),
    "disabled": N_("Their account had been disabled."),
    "revoked": N_("You had withdrawn or deleted them."),
    "expired": N_("The time for opening them was over."),
    "not_yet": N_("It was too early."),
    "passkey_needed": N_("They had signed in without a passkey."),
    "sign_in_needed": N_("They had not signed in at the key server itself."),
    "sign_in_other": N_("They had signed in at the key server as somebody else."),
    "claimed": N_("Somebody else had opened the link first."),
    "elsewhere": N_("You allow certain countries only, and theirs is none of them."),
    "used_up": N_("They had been opened as often as you allow."),
    "look_only": N_("They wanted to save them, and you let them be looked at only."),
}
# Each browser's own word comes before those that it says for compatibility.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("python-requests/", N_("a program")),
)  # fmt: skip
_DEVICES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def state(standing: dict[str, Any], now: str) -> dict[str, str]:
    """Return how a report stands: a word for the page's colours, and words for people. `now` is RFC 3339 in UTC."""
    opened = standing["opened"]
    often = times(opened)
    if standing.get("deleted"):  # a key server of an earlier version does not say it
        words = _("Deleted. Opened {times} before.", times=often) if opened else _("Deleted. Not opened before.")
        return {"kind": "deleted", "words": words}
    if standing["revoked"]:
        words = _("Withdrawn. Opened {times} before.", times=often) if opened else _("Withdrawn. Not opened before.")
        return {"kind": "withdrawn", "words": words}
    if standing["policy"]["not_after"] < now:  # one form, so that the order of texts is that of times
        return {"kind": "over", "words": _("Over. Opened {times}.", times=often) if opened else _("Over. Not opened.")}
    if opened:
        return {"kind": "opened", "words": _("Opened {times}.", times=often)}
    return {"kind": "new", "words": _("Not opened yet.")}


def times(count: int) -> str:
    """Return how often, in words."""
    return _("twice") if count == 2 else ngettext("once", "{count} times", count)


def entry(found: dict[str, Any], names: dict[str, str], issuer: str) -> dict[str, Any]:
    """Return an entry of the log as the page shows it; `names` has those accounts of `issuer` that the portal knows."""
    who = names.get(found["account"], _(NOBODY)) if found["issuer"] == issuer else _(NOBODY)
    kind, title = _happened(found, who, names)
    observed = found["observed"]
    return {
        "number": found["number"],
        "recorded": found["recorded"],
        "kind": kind,
        "title": title,
        "reason": _(_REASONS.get(found["reason"], "")) if found["reason"] else "",
        "declared": observed.get("jurisdiction", ""),
        "address": observed.get("address", ""),
        "browser": browser(observed.get("user_agent", "")),
        "said": said(found),
    }


def said(found: dict[str, Any]) -> dict[str, Any]:
    """Return what of a listed entry must stand in the log's own one."""
    return {name: found[name] for name in ("number", "recorded", "action", "outcome", "issuer", "account", "reason")}


def browser(user_agent: str) -> str:
    """Return browser and device in words; empty where nothing is known of them, or not any more."""
    unknown = _("an unknown browser") if user_agent else ""
    name = next((_(word) for mark, word in _BROWSERS if mark in user_agent), unknown)
    device = next((word for mark, word in _DEVICES if mark in user_agent), "")
    return _("{browser} on {device}", browser=name, device=device) if device else name


def who(standing: dict[str, Any], names: dict[str, str]) -> str:
    """Return whom a report opens for."""
    if standing["named"]:
        return ngettext("the person you named", "the {count} people you named", standing["named"])
    claimed = standing["claimed_by"]
    if not claimed:
        return _("whoever opens the link first")
    return _("{who}, who opened the link first", who=names.get(claimed, _(NOBODY)))


# By action and outcome: a word for the page's colours, and what happened; {first} is {who} where a sentence begins.
_HAPPENED = {
    ("create", "granted"): ("own", N_("You began to send the photos")),
    ("register", "granted"): ("own", N_("You sent the photos")),
    ("policy", "granted"): ("own", N_("You changed who can open them, when or how often, or save them")),
    ("ask", "granted"): ("ask", N_("{first} asked you to let them open the photos")),
    ("ask", "denied"): ("denied", N_("{first} asked to open the photos, in vain")),
    ("policy", "denied"): ("denied", N_("{first} tried to change who can open them, in vain")),
    ("consent", "denied"): ("denied", N_("{first} tried to let somebody open them, in vain")),
    ("consent", "granted"): ("own", N_("You let {to} open them once")),
    ("revoke", "granted"): ("own", N_("You withdrew the photos")),
    ("delete", "granted"): ("own", N_("You deleted the photos everywhere")),
    ("release", "granted"): ("opened", N_("Opened by {who}")),
    ("recover", "granted"): ("opened", N_("Opened by {who} with the recovery key of your organisation")),
    ("recover", "denied"): ("denied", N_("{first} tried the recovery key of your organisation, in vain")),
    ("acknowledge", "granted"): ("opened", N_("The photos reached the screen of {who}")),
    ("save", "granted"): ("opened", N_("Saved by {who}")),
    ("release", "denied"): ("denied", N_("{first} was refused")),
}


def _happened(found: dict[str, Any], who: str, names: dict[str, str]) -> tuple[str, str]:
    to = names.get(found["details"].get("to", ""), _(NOBODY))
    first = who[:1].upper() + who[1:] if who in (_("you"), _(NOBODY)) else who  # a person's own name stays as it is
    happened = found["action"], found["outcome"]
    kind, words = _HAPPENED.get(happened, ("own", N_("{action}, {outcome}, by {who}")))
    return kind, _(words, who=who, first=first, to=to, action=happened[0], outcome=happened[1])
