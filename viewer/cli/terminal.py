"""The person at the terminal: asked, told how far it is, and signed in."""

import sys
from pathlib import Path
from typing import Any

import click

from ..sender.client import Client

_BAR = 24  # characters

portal_option = click.option(
    "--portal",
    envvar="SAFELIGHT_PORTAL_URL",
    required=True,
    help="The portal's address, such as https://photos.example.org. Also from SAFELIGHT_PORTAL_URL.",
)


class NotSignedIn(click.ClickException):
    """Somebody has to sign in, and there is no terminal to ask at."""

    exit_code = 3


def has_person() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


def client_of(portal: str) -> Client:
    """Return the client of whoever uses this machine's account, signed in or not."""
    return Client(portal.rstrip("/"), Path(click.get_app_dir("safelight")))


def signed_in(portal: str) -> Client:
    """Return a client that is signed in, asking for contact and code where it is not. Raises NotSignedIn."""
    client = client_of(portal)
    if has_person():
        client.ask_own_sign_in = _own_sign_in
    if client.account() is None:
        if not has_person():
            raise NotSignedIn(
                f"You are not signed in at {client.portal}, and there is no terminal to ask for your code. "
                "Run this once in a terminal; you stay signed in."
            )
        contact = click.prompt(f"Your e-mail or mobile number, to sign in at {client.portal}", err=True)
        client.sign_in(contact, lambda to: str(click.prompt(f"The code sent to {to}", err=True)))
    return client


def _own_sign_in(address: str, name: str) -> str:
    click.echo(f"The key server wants you to sign in at {plain(name)}, too. Open in your browser:\n{address}", err=True)
    return str(click.prompt("The code that the page shows in the end", err=True))


def plain(text: str, indent: int = 0) -> str:
    """Return text from elsewhere so that it cannot steer a terminal; further lines are indented."""
    lines = ("".join(c if c.isprintable() else "\ufffd" for c in line) for line in text.splitlines())
    return f"\n{' ' * indent}".join(lines)


class Progress:
    """Draws on a terminal how far a step has come; elsewhere nothing. A context: the line ends with it."""

    def __init__(self) -> None:
        self._shown = ""

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: Any) -> None:
        self._end_line()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` bytes are through `step`."""
        if not sys.stderr.isatty():
            return
        part = done / total if total else 1.0
        bar = f"{'#' * int(part * _BAR):<{_BAR}}"
        line = f"{step:<17} [{bar}] {int(100 * part):3} % of {total / 1e6:,.1f} MB"
        if not self._shown.startswith(step):
            self._end_line()
        if line != self._shown:
            click.echo(f"\r{line}", nl=False, err=True)
        self._shown = line

    def _end_line(self) -> None:
        if self._shown:
            click.echo(err=True)
        self._shown = ""
