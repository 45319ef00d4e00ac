"""Commands for the recovery key: organisation recovery-key, organisation set-recovery-key, recover."""

from pathlib import Path

import click

from sealed import base64url

from ..hpke import KeyPair
from ..sender import opening, recovery
from ..sender.client import Client
from ..sender.files import write
from ..sender.opening import Opened
from . import reports
from .organisation import organisation_group
from .recipient import tell_opened
from .terminal import Progress, portal_option, signed_in

_SHORTEST = 12  # characters of a passphrase: who finds the file can try as many as they like
_new_or_old = click.Path(dir_okay=False, path_type=Path)


@organisation_group.command("recovery-key")
@click.argument("file", type=_new_or_old)
def recovery_key_command(file: Path) -> None:
    """Make a recovery key, in the new FILE, and print its public half.

    \b
    safelight organisation recovery-key recovery.pem

    Runs on any machine, best on one without a network. What your senders send from then on can be
    opened by this file, its passphrase, and an administrator's sign-in, together; with one of them
    missing by nobody. Keep copies of the file offline, and the passphrase apart from it.
    """
    passphrase = str(click.prompt("A passphrase for it", hide_input=True, confirmation_prompt=True, err=True))
    if len(passphrase) < _SHORTEST:
        raise click.ClickException(f"A passphrase has {_SHORTEST} characters at least. Nothing was made.")
    pair = KeyPair.generate()
    write(file, pair.pem(passphrase))
    public_key = base64url.encode(pair.public)
    click.echo(f"Its private half is in {file}. Its mark is {recovery.mark(public_key)}. Its public half:", err=True)
    click.echo(public_key)


@organisation_group.command("set-recovery-key")
@click.argument("key", required=False)
@click.option("--none", is_flag=True, help="From now on there is none.")
@portal_option
def set_command(key: str | None, none: bool, portal: str) -> None:
    """Let your senders seal to KEY from now on, as an administrator.

    \b
    safelight organisation set-recovery-key KEY
    safelight organisation set-recovery-key --none

    KEY is what `safelight organisation recovery-key` printed. Programs that have seen another key
    before stop, and ask their users to make sure: tell your senders the new mark, yourself. What was
    sent before stays sealed to the key of then: keep its file.
    """
    if (key is None) != none:
        raise click.UsageError("Give a KEY, or --none.")
    signed_in(portal).ask("PUT", "/api/organisation/recovery-key", {"recovery_key": key})
    click.echo(f"Set. Its mark is {recovery.mark(key)}." if key else "There is no recovery key from now on.")


@click.command("recover")
@click.argument("report_or_file")
@click.option(
    "--key",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file that `safelight organisation recovery-key` made.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The folder to make.  [default: the report's id]")
@portal_option
def recover_command(report_or_file: str, file: Path, output: Path | None, portal: str) -> None:
    """Open a report of your organisation without its link, as an administrator.

    \b
    safelight recover 0123456789ABCDEFGHJKMNPQRS --key recovery.pem
    safelight recover wound.sealed --key recovery.pem

    Name it by its id (`safelight audit` lists them), or by the file that was handed over. It opens
    whomever it is for, and when its time is over; not when its sender has withdrawn it. The key
    server notes it first, and the sender is told at once that it was you. The photos then lie
    in the folder UNENCRYPTED: delete them after use.
    """  # fmt: skip
    client = signed_in(portal)
    passphrase = str(click.prompt("The passphrase of the recovery key", hide_input=True, err=True))
    try:
        pair = KeyPair.load(file.read_bytes(), passphrase)
    except ValueError:
        raise click.ClickException(f"The passphrase does not open {file}, or it is no recovery key.") from None
    with Progress() as progress:
        opened = _recover(client, report_or_file, pair, output, progress)
    tell_opened(opened)


def _recover(client: Client, named: str, pair: KeyPair, output: Path | None, progress: Progress) -> Opened:
    if Path(named).is_file():
        with Path(named).open("rb") as sealed:
            return opening.recover_file(client, sealed, pair, output, progress)
    name = reports.report_id(named)
    return opening.recover(client, name, pair, output or Path(name), progress)


COMMANDS = (recover_command,)
