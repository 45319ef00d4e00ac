"""What a key server says of a report, in its sender's words."""

from typing import Any

NOBODY = "somebody unknown"
_REASONS = {
    "not_available": "You did not send them to this person.",
    "disabled": "Their account had been disabled.",
    "revoked": "You had withdrawn them.",
    "expired": "The time for opening them was over.",
    "not_yet": "It was too early.",
    "passkey_needed": "They had signed in without a passkey.",
    "sign_in_needed": "They had not signed in at the key server itself.",
    "sign_in_other": "They had signed in at the key server as somebody else.",
    "claimed": "Somebody else had opened the link first.",
    "elsewhere": "You allow certain countries only, and theirs is none of them.",
    "used_up": "They had been opened as often as you allow.",
    "look_only": "They wanted to save them, and you let them be looked at only.",
}
# Each browser's own word comes before those that it says for compatibility.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("python-requests/", "a program"),
)  # fmt: skip
_DEVICES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def state(standing: dict[str, Any], now: str) -> dict[str, str]:
    """Return how a report stands: a word for the page's colours, and words for people. `now` is RFC 3339 in UTC."""
    opened = f"Opened {times(standing['opened'])}" if standing["opened"] else "Not opened"
    if standing["revoked"]:
        return {"kind": "withdrawn", "words": f"Withdrawn. {opened} before."}
    if standing["policy"]["not_after"] < now:  # one form, so that the order of texts is that of times
        return {"kind": "over", "words": f"Over. {opened}."}
    if standing["opened"]:
        return {"kind": "opened", "words": f"{opened}."}
    return {"kind": "new", "words": "Not opened yet."}


def times(count: int) -> str:
    """Return how often, in words."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def entry(found: dict[str, Any], names: dict[str, str], issuer: str) -> dict[str, Any]:
    """Return an entry of the log as the page shows it; `names` has those accounts of `issuer` that the portal knows."""
    who = names.get(found["account"], NOBODY) if found["issuer"] == issuer else NOBODY
    kind, title = _happened(found, who, names)
    observed = found["observed"]
    return {
        "number": found["number"],
        "recorded": found["recorded"],
        "kind": kind,
        "title": title,
        "reason": _REASONS.get(found["reason"], "") if found["reason"] else "",
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
    name = next((word for mark, word in _BROWSERS if mark in user_agent), "an unknown browser" if user_agent else "")
    device = next((word for mark, word in _DEVICES if mark in user_agent), "")
    return f"{name} on {device}" if device else name


def who(standing: dict[str, Any], names: dict[str, str]) -> str:
    """Return whom a report opens for."""
    if standing["named"]:
        return "the person you named" if standing["named"] == 1 else f"the {standing['named']} people you named"
    claimed = standing["claimed_by"]
    return f"{names.get(claimed, NOBODY)}, who opened the link first" if claimed else "whoever opens the link first"


def _happened(found: dict[str, Any], who: str, names: dict[str, str]) -> tuple[str, str]:
    to = names.get(found["details"].get("to", ""), NOBODY)
    first = who.capitalize() if who in ("you", NOBODY) else who  # a person's own name stays as it is
    words = {
        ("create", "granted"): ("own", "You began to send the photos"),
        ("register", "granted"): ("own", "You sent the photos"),
        ("policy", "granted"): ("own", "You changed who can open them, when or how often, or save them"),
        ("ask", "granted"): ("ask", f"{first} asked you to let them open the photos"),
        ("ask", "denied"): ("denied", f"{first} asked to open the photos, in vain"),
        ("policy", "denied"): ("denied", f"{first} tried to change who can open them, in vain"),
        ("consent", "denied"): ("denied", f"{first} tried to let somebody open them, in vain"),
        ("consent", "granted"): ("own", f"You let {to} open them once"),
        ("revoke", "granted"): ("own", "You withdrew the photos"),
        ("release", "granted"): ("opened", f"Opened by {who}"),
        ("recover", "granted"): ("opened", f"Opened by {who} with the recovery key of your organisation"),
        ("recover", "denied"): ("denied", f"{first} tried the recovery key of your organisation, in vain"),
        ("acknowledge", "granted"): ("opened", f"The photos reached the screen of {who}"),
        ("save", "granted"): ("opened", f"Saved by {who}"),
        ("release", "denied"): ("denied", f"{first} was refused"),
    }
    other = ("own", f"{found['action']}, {found['outcome']}, by {who}")
    return words.get((found["action"], found["outcome"]), other)
