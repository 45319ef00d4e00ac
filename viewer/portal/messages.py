"""Messages to people, through whatever gateway Apprise speaks to."""

import logging
from urllib.parse import quote, urlsplit

import apprise

from .. import contacts
from ..config import Settings, SettingsError
from ..text import _

_log = logging.getLogger("safelight")


class NotSent(Exception):
    """The gateway did not take the message."""


def check(settings: Settings) -> None:
    """Raise SettingsError where the gateways' addresses make no sense.

    Called at the start: there Apprise may also take its second to load all it knows.
    """
    for name, url, contact in (("MAIL", settings.mail, "a@example.org"), ("SMS", settings.sms, "+61491570006")):
        if url and not _gateway(url, contact):
            raise SettingsError(f"SAFELIGHT_{name} is no address that Apprise knows; {{to}} is for the recipient.")


def send_code(settings: Settings, contact: str, code: str, adds: bool = False) -> None:
    """Send a code to a contact by its own way, to sign in, or one that `adds` it to an account. Raises NotSent.

    An SMS ends in the line that lets phones fill in the code, on our own page only
    (origin-bound one-time codes, https://wicg.github.io/sms-one-time-codes/).
    The code stands neither in a mail's subject nor in its first line: previews show those.
    """
    if contacts.is_mobile(contact):
        host = urlsplit(settings.portal_url).hostname
        words = _("{code} is your Safelight code. Tell it to nobody: we never ask for it.", code=code)
        text = f"{words}\n\n@{host} #{code}"
    else:
        text = _(
            "Somebody, most likely you, asked to sign in to Safelight with this address.\n\n"
            "The code: {code}\n\nIt works once, within ten minutes. Tell it to nobody: we never ask for it. "
            "If it was not you, do nothing.",
            code=code,
        )
        if adds:
            text = _(
                "Somebody, most likely you, wants to add this address to their Safelight account. Then they sign in "
                "by it, and open what was sent to it.\n\n"
                "The code: {code}\n\nIt works once, within ten minutes. Tell it to nobody: we never ask for it. "
                "If it was not you, do nothing.",
                code=code,
            )
    send(settings, contact, _("Your Safelight code"), text)


def can_reach(settings: Settings, contact: str) -> bool:
    """Tell whether this installation has a way to a contact."""
    return bool(settings.sms if contacts.is_mobile(contact) else settings.mail)


def send(settings: Settings, contact: str, subject: str, text: str) -> None:
    """Send a message to a contact by its own way; an SMS has no subject. Raises NotSent."""
    if contacts.is_mobile(contact):
        _send(settings.sms, contact, "", text)
    else:
        _send(settings.mail, contact, subject, text)


def _send(url: str, contact: str, subject: str, text: str) -> None:
    gateway = _gateway(url, contact)
    if gateway is None or not gateway.notify(body=text, title=subject, body_format=apprise.NotifyFormat.TEXT):
        _log.error("a gateway did not take a message")
        raise NotSent


def _gateway(url: str, contact: str) -> apprise.Apprise | None:
    gateway = apprise.Apprise()
    return gateway if "{to}" in url and gateway.add(url.replace("{to}", quote(contact, safe=""))) else None
