"""Commands about a log's witnesses, and for a log that one of them has found cut off: log witness-key, log restart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from sealed import notes
from sealed.errors import BadProof
from sealed.notes import VerifierKey

from ..config import Settings
from ..log_file import Restart
from ..sender.witness import newest
from .operator import own

_PLACE = "https://files.example.org/v1/witness"


@click.command("witness-key")
def witness_key_command() -> None:
    """Print where and by which key this file host witnesses logs.

    \b
    safelight log witness-key

    A key server is told both by SAFELIGHT_KEYSERVER_WITNESSES; this file host is told the key
    server's log (safelight log key) by SAFELIGHT_FILEHOST_LOGS. In one installation both know already.
    """
    from .. import witness_key

    settings = Settings.from_environment()
    if not settings.filehost_secret:
        raise click.ClickException("There is no file host here: SAFELIGHT_ROLES does not name it.")
    found = witness_key.own(settings)
    click.echo(f"{found.url} {found.key.text()}")


@click.command("restart")
@click.argument("last")
def restart_command(last: str) -> None:
    """Let the log go on after a restore from a backup.

    \b
    safelight log restart https://files.example.org/v1/witness
    safelight log restart checkpoint.txt

    LAST is the last checkpoint known from before: a witness's address, or a file that somebody has
    kept. Before, set SAFELIGHT_KEYSERVER_LOG to the next number; afterwards, start the server with
    it, and give out the new key (safelight log key) to portals and witnesses elsewhere. The log
    gets an entry that says what it had before, for everybody to see.
    """
    from ..keyserver import log
    from ..keyserver.log import Log
    from ..keyserver.restart import restart

    settings, database = own("keyserver")
    new = Log(settings.keyserver_url, settings.keyserver_secret, settings.keyserver_log)
    with database.read() as session:
        before = log.newest(session)
    earlier = replace(new.key, name=before.origin) if before else _earlier(new.key)
    done = restart(database, new, notes.read_note(next(seen_at(last, earlier))))
    click.echo(f"{told(done)}\nIt goes on as {new.key.name}. Start the server now, and give out its new key:")
    click.echo(new.key.text())


def told(restart: Restart) -> str:
    """Return a sentence about a restore."""
    lost = f"at least {restart.lost} of them lost" if restart.lost else "none of them lost that is known of"
    return f"{restart.before.origin} had {restart.before.size} entries; restored were {restart.kept}, {lost}."


def seen_at(place: str, key: VerifierKey) -> Iterator[str]:
    """Yield the notes that somebody has of a log: one from a file, or a witness's, of earlier origins too.

    Raises BadProof where the witness has none, ClientError, OSError.
    """
    if not place.startswith(("https://", "http://")):
        yield Path(place).read_text(errors="surrogateescape")
        return
    note = newest(place, key.name)
    if note is None:
        raise BadProof(f"This witness has seen nothing of {key.name}. A witness's address looks like {_PLACE}.")
    while note is not None:
        yield note
        key = _earlier(key)
        note = newest(place, key.name)


def _earlier(key: VerifierKey) -> VerifierKey:
    """Return the key under the origin before; there is none of the number 0."""
    url, _, number = key.name.rpartition("/")
    return replace(key, name=f"{url}/{int(number) - 1 if number.isdecimal() else 0}")


COMMANDS = (witness_key_command, restart_command)
