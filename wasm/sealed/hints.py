"""What a link may say of whom it is for, so that they need not type their address (FORMAT.md section 6)."""

import re

# What stands behind was hung on by a message program, as behind a link without hint.
_FORM = re.compile(r"([0-9]{3}|[a-z0-9][a-z0-9.-]{2}[a-z0-9])[^0-9a-z]*", re.ASCII)
_BEFORE = "."


def hint(contact: str) -> str:
    """Return the hint of a canonical contact; empty where there is none for it.

    Of a mobile number the last three digits; of an e-mail address the domain's first three characters, and the first
    of what stands before the @.
    """
    name, at, domain = contact.rpartition("@")
    made = f"{domain[:3]}{name[:1]}" if at else contact[-3:]
    return made if _FORM.fullmatch(made) else ""


def with_hint(link_text: str, contact: str) -> str:
    """Return a link's fragment: its link share as text, and the hint of the contact that it goes to."""
    made = hint(contact)
    return f"{link_text}{_BEFORE}{made}" if made else link_text


def split(fragment: str) -> tuple[str, str]:
    """Return a fragment's link share as text, and its hint: empty where there is none, or what stands there is none."""
    text, _, rest = fragment.partition(_BEFORE)
    found = _FORM.fullmatch(rest.lower())
    return text, found[1] if found else ""
