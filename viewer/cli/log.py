"""Commands for a key server's log: log key, log export, log verify, log witness, log erase."""

from pathlib import Path
from typing import BinaryIO

import click
import requests

from sealed import merkle, notes
from sealed.errors import BadProof

from .. import log_file
from ..config import Settings
from ..sender.client import PATIENCE, offline


@click.group("log")
def log_group() -> None:
    """Show, hand out and prove the log of a key server."""


@log_group.command("key")
def key_command() -> None:
    """Print the public key by which this key server signs its log. Portals and witnesses are told it."""
    from .. import log_key

    click.echo(log_key.known(Settings.from_environment()).text())


@log_group.command("export")
@click.argument("output", type=click.File("wb"), default="-")
def export_command(output: BinaryIO) -> None:
    """Write the whole log, entries and checkpoints, into a file (default: to standard output)."""
    from ..database import Database
    from ..keyserver import log

    settings = Settings.from_environment()
    with Database(settings, "keyserver").read() as session:
        for line in log.everything(session):
            output.write(line + b"\n")


@log_group.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option("--key", "key", required=True, help="The log's public key, as `safelight log key` prints it.")
@click.option("--witness", "kept", multiple=True, type=Path, help="A checkpoint that was kept (again for more).")
def verify_command(file: BinaryIO, key: str, kept: tuple[Path, ...]) -> None:
    """Prove an exported log offline: nothing changed, left out, added or cut off. Exits 1 where it was."""
    witnessed = [path.read_text(errors="surrogateescape") for path in kept]
    found = log_file.verify(file, notes.read_key(key), witnessed)
    click.echo(f"{found.entries} entries under {found.checkpoints} checkpoints: all in their places, all signed.")


@log_group.command("witness")
@click.argument("key_server")
@click.argument("file", type=Path)
@click.option("--key", "key", required=True, help="The log's public key, as `safelight log key` prints it.")
def witness_command(key_server: str, file: Path, key: str) -> None:
    """Keep a key server's newest checkpoint in FILE; run it again and again, such as once a day.

    Each time the server must prove that its log still begins with the checkpoint kept before. Exits 1, and keeps
    the old one, where it cannot: then somebody has rewritten the log.
    """
    known = notes.read_key(key)
    before = file.read_text(errors="surrogateescape") if file.exists() else None
    was = log_file.check_signature(notes.read_note(before), known) if before else None
    size, root = (was.size, was.root) if was else (0, merkle.EMPTY)
    try:
        answer = requests.get(f"{key_server}/v1/log/checkpoint", {"since": str(size)}, timeout=PATIENCE).json()
        note, proof = answer["checkpoint"], [notes.read_hash(one) for one in answer["consistency"]]
    except (requests.RequestException, KeyError, TypeError):
        raise offline() from None
    if note is None and was is None:
        click.echo("The log has no entry yet.")
        return
    now = log_file.check_signature(notes.read_note(note), known)
    if now.origin != known.name:
        raise BadProof("This checkpoint comes from another log.")
    merkle.check_consistency(size, root, now.size, now.root, proof)
    file.write_text(note)
    click.echo(f"{now.size} entries, {now.size - size} more than before. Kept in {file}.")


@log_group.command("erase")
@click.argument("account")
def erase_command(account: str) -> None:
    """Erase what the log keeps beside the entries of ACCOUNT (an account's id): network addresses, browsers' names.

    The entries themselves stay, and every receipt and export is proved as before. Copies in backups are yours to erase.
    """
    from ..database import Database
    from ..keyserver.erase import erase

    database = Database(Settings.from_environment(), "keyserver")
    click.echo(f"{erase(database, account)} values erased. No entry was touched: every proof holds as before.")
    if not database.wipe():
        raise click.ClickException(
            "They are out of the database, but another program reads it just now: until that ends, traces are left "
            "in its files. Run this again."
        )


COMMANDS = (log_group,)
