"""Contacts, e-mail addresses and mobile numbers, in their one form; every role uses this one."""

import hashlib
import hmac

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sealed.errors import N_

# In some countries, the USA among them, a number does not tell whether it is mobile.
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)

# ISO 3166-1 alpha-2, of all countries that have telephones; the three that are taken out are no codes of ISO's.
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA", "XK"}


class BadContact(Exception):
    """What was typed is neither; the text says what to type instead."""


def canonical(typed: str, region: str = "") -> str:
    """Return an e-mail address in lower case, or a mobile number as E.164 (`+61412345678`).

    `region` (ISO 3166) says whose national numbers may be typed without `+`; empty: nobody's.
    Raises BadContact.
    """
    text = typed.strip()
    if "@" in text:
        try:
            found = validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            raise BadContact(N_("That is not an e-mail address. It looks like name@example.org.")) from None
        # RFC 5321 lets the part before @ differ by case; no provider in use does.
        return (found.ascii_email or found.normalized).lower()
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or phonenumbers.number_type(number) not in _MOBILE:
        raise BadContact(
            N_("Type your e-mail address, or your mobile number with its country, such as +61 412 345 678.")
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(contact: str) -> bool:
    """Tell whether a canonical contact is a mobile number."""
    return contact.startswith("+")


def country(contact: str) -> str:
    """Return the country of a canonical mobile number (ISO 3166), such as AU; empty where none is known."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(contact)) or ""


def masked(contact: str) -> str:
    """Return a canonical contact with its middle hidden, for its own owner to recognise."""
    if is_mobile(contact):
        return f"•••{contact[-3:]}"
    name, _, domain = contact.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def pseudonym(secret: bytes, contact: str) -> str:
    """Return 64 hex digits that stand for a contact in a database.

    HMAC-SHA256 under a role's own secret: a stolen database tells no contacts, and
    one role's pseudonyms mean nothing to another.
    """
    return hmac.digest(secret, b"safelight v1 contact\0" + contact.encode(), "sha256").hex()


def derive(secret: bytes, purpose: str) -> bytes:
    """Return a role's key (32 bytes) for one purpose, from the role's one secret."""
    return hmac.digest(secret, b"safelight v1 purpose\0" + purpose.encode(), hashlib.sha256)
