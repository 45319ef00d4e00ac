"""Commands for a key server's log: log key, log export, log verify, log witness, log erase; more in witness.py."""

from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click
import requests

from sealed import merkle, notes
from sealed.errors import BadProof

from .. import log_excerpt, log_file
from ..config import Settings
from ..sender.client import PATIENCE, offline
from ..sender.files import new_file
from . import witness
from .operator import own


@click.group("log")
def log_group() -> None:
    """Hand out, keep and prove the log of a key server.

    \b
    Where the key server runs:  key   export   erase   restart
    Where the file host runs:   witness-key
    Anywhere:                   verify   witness
    """


@log_group.command("key")
def key_command() -> None:
    """Print the public key by which this key server signs its log.

    \b
    safelight log key

    Hand it to whoever is to prove the log: portals and witnesses elsewhere are told it too.
    """
    from .. import log_key

    settings = Settings.from_environment()
    if not settings.keyserver_secret:
        raise click.ClickException("There is no key server here: SAFELIGHT_ROLES does not name it.")
    click.echo(log_key.known(settings).text())


@log_group.command("export")
@click.argument("output", type=click.File("wb"), default="-")
def export_command(output: BinaryIO) -> None:
    """Write the whole log into a file, or to standard output.

    \b
    safelight log export log.ndjson

    It holds all entries and checkpoints. It names accounts by their ids, and no contact.
    """
    from ..keyserver import log

    _, database = own("keyserver")
    with database.read() as session:
        for line in log.everything(session):
            output.write(line + b"\n")


@log_group.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option("--key", "key", required=True, help="The log's public key, as `safelight log key` prints it.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    help="A checkpoint that was kept, or a witness's address, such as https://files.example.org/v1/witness "
    "(again for more).",
)
def verify_command(file: BinaryIO, key: str, witnesses: tuple[str, ...]) -> None:
    """Prove an exported log, offline; or an auditor's excerpt of one.

    \b
    safelight log verify log.ndjson --key KEY
    safelight log verify log.ndjson --key KEY --witness kept
    safelight log verify excerpt.ndjson --key KEY

    Proves that nothing was changed, left out or added; and nothing cut off of what the
    witnesses have seen. Exits with 1 where it was, and says what. Of an excerpt (safelight audit
    --export) it proves each entry, and not that none was left out.
    """
    known = notes.read_key(key)
    first = next(file, b"")
    lines = chain([first] * bool(first), file)
    if log_excerpt.is_one(first):
        if witnesses:
            raise click.UsageError("An excerpt is proved by its own receipts. --witness is for a whole log.")
        excerpt = log_excerpt.verify(lines, known)
        click.echo(f"{excerpt.entries} entries, no. {excerpt.newest} to no. {excerpt.oldest}: each is in the log.")
        return
    witnessed = [note for place in witnesses for note in witness.seen_at(place, known)]
    found = log_file.verify(lines, known, witnessed)
    click.echo(f"{found.entries} entries under {found.checkpoints} checkpoints: all in their places, all signed.")
    for restart in found.restarts:
        click.echo(witness.told(restart))


@log_group.command("witness")
@click.argument("key_server")
@click.argument("file", type=Path)
@click.option("--key", "key", required=True, help="The log's public key, as `safelight log key` prints it.")
def witness_command(key_server: str, file: Path, key: str) -> None:
    """Keep a key server's newest checkpoint in FILE, now and then.

    \b
    safelight log witness https://keys.example.org kept --key KEY

    Run it again and again, such as once a day. Each time the server must prove that its log still
    begins with the checkpoint kept before. Where it cannot, somebody has rewritten the log: exits
    with 1, and keeps the old checkpoint.
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
    with new_file(file) as newest:
        newest.write(note.encode())
    click.echo(f"{now.size} entries, {now.size - size} more than before. Kept in {file}.")


@log_group.command("erase")
@click.argument("account")
def erase_command(account: str) -> None:
    """Erase network addresses and browsers' names kept of ACCOUNT.

    \b
    safelight log erase 0123456789ABCDEFGHJKMNPQRS

    ACCOUNT is an account's id, as the entries name it. The entries themselves stay, and every
    receipt and export is proved as before. Copies in backups are yours to erase.
    """
    from ..keyserver.erase import erase

    _, database = own("keyserver")
    click.echo(f"{erase(database, account)} values erased. No entry was touched: every proof holds as before.")
    if database.dialect.traces:
        click.echo(database.dialect.traces)
    if not database.dialect.wipe():
        raise click.ClickException(
            "They are out of the database, but another program reads it just now: until that ends, traces are left "
            "in its files. Run this again."
        )


for command in witness.COMMANDS:
    log_group.add_command(command)
COMMANDS = (log_group,)
