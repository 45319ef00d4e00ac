"""Commands for those who send: send, seal, activity, revoke, delete, sign-out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..sender import Letter, Sent, deleting, recovery, send, sending
from ..sender.client import ClientError
from . import reports
from .policy import check_named, named, rules
from .terminal import Progress, client_of, plain, portal_option, signed_in

F = TypeVar("F", bound=Callable[..., Any])


def _letter(command: F) -> F:
    """Give a command the photos, and all that a sender says about them."""
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    for add in (
        portal_option,
        click.option(
            "--key-server",
            default="",
            metavar="URL",
            help="The key server that keeps the key, if not the portal's usual one: such as your institution's own.",
        ),
        click.option(
            "--recovery-key-changed", is_flag=True, help="An administrator has told you of a new recovery key."
        ),
        click.option("--notes", default="", help="What else there is to say."),
        click.option("--question", default="", help="What you want to know."),
        click.option("--patient", required=True, help="The patient's ID. Only the recipients see it."),
        rules,
        click.argument("photos", nargs=-1, required=True, type=path),
    ):
        command = add(command)
    return command


@click.command("send")
@_letter
def send_command(photos: tuple[Path, ...], portal: str, **letter: Any) -> None:
    """Seal PHOTOS here, upload them, and print the link to hand on.

    \b
    safelight send wound.jpg --to registrar@example.org --patient "MRN 0042"

    Metadata (place, camera, times) is removed first; the pictures themselves stay as they are.
    What leaves this machine is encrypted: no server can see the photos or read about the patient.
    Until it has been uploaded, the sealed report lies in the temporary folder (TMPDIR).

    Only the people named by --to can open it, once they have proved that address by a code.
    Hand the link on by SMS, WhatsApp or any other way: without that address it opens nothing.
    Where several are named, each has a link, printed with whom it is for. Any of them opens the
    photos; their own lets them sign in without typing their address.

    It opens for 7 days and can be looked at, not saved, unless your organisation has it otherwise, or
    you say so: --days, --download. Our own pages and programs keep to --no-download. Others need not,
    and a photo of the screen cannot be prevented by anybody. With --mark it shows who made it: their
    name and the time stand over the photos, on our own pages.

    With --country they must say that they work there, which nobody checks. With --passkey they must
    sign in with one, so on the page: this program signs in with a code.

    With --first nobody is named: whoever signs in and opens the link first has it, for good, and you
    see who that was. Others can ask you (safelight consent). Use it only where you do not know who
    will answer: the link alone is all that such photos hang on until then.
    """
    said, client = _read(letter), signed_in(portal)
    with Progress() as progress:
        sent = send(client, list(photos), said, progress)
    _tell_more(sent)
    click.echo(f"Sent, {sent.length:,} bytes. The link, to hand on:", err=True)
    _tell_links(sent)
    click.echo(f"Who opens them, and who asks to: {client.portal}/sent/{sent.report}", err=True)


@click.command("seal")
@_letter
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The sealed file to write."
)
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
def seal_command(photos: tuple[Path, ...], portal: str, output: Path, force: bool, **letter: Any) -> None:
    """Seal PHOTOS into a file to hand over, and print its link.

    \b
    safelight seal wound.jpg --to registrar@example.org --patient "MRN 0042" -o wound.sealed

    Like `safelight send`, but the sealed file stays here: attach it to an e-mail, or carry it.
    Nothing of it is uploaded; the key server keeps its share of the key, and the file's checksum.
    The file is there whole or not at all. Whoever opens it may save the photos, unless you say
    --no-download: then safelight open does not open it, and the portal's page shows it only.

    Send the link another way than the file. The people named by --to need both, and sign in: on the
    portal's page /open, or by safelight open wound.sealed
    """
    if output.exists() and not force:
        raise click.ClickException(f"{output} is there already. Choose another name, or replace it with --force.")
    said, client = _read(letter | {"download": letter["download"] is not False}), signed_in(portal)
    with Progress() as progress:
        sent = sending.seal(client, list(photos), said, output, progress)
    _tell_more(sent)
    click.echo(f"Sealed into {output}, {sent.length:,} bytes. It opens on {client.portal}/open.", err=True)
    click.echo("The link, to go another way than the file:", err=True)
    _tell_links(sent)


@click.command("activity")
@click.argument("report", required=False)
@portal_option
def activity_command(report: str | None, portal: str) -> None:
    """Show who opened your reports, when, and who was refused.

    \b
    safelight activity                               all of them, the newest first
    safelight activity 0123456789ABCDEFGHJKMNPQRS    only this one, by its id or its link

    "Opened" means that the key was released. "Seen" means that the browser or program of whom it was
    released to says that it had a photo to show; whether somebody looked, nobody can know. "Saved"
    says that program too, of files it has left there.
    """
    client = signed_in(portal)
    wanted = [reports.own(client, report)] if report else client.ask("GET", "/api/reports")["reports"]
    if not wanted:
        raise click.ClickException("You have sent nothing yet.")
    you = {"account": (client.account() or {}).get("id", ""), "name": "you"}
    failed = None
    for found in wanted:
        click.secho(f"{found['id']}  sent {found['sent']}", bold=True)
        try:
            entries = reports.ask(client, "GET", found, "log", "log:read")["entries"]
        except ClientError as error:  # of one key server; the others are asked all the same
            click.echo("  not known")
            failed, entries = error, []
        for entry in entries:
            click.echo(f"  {line(entry, [*found['people'], you])}")
    if failed:
        raise failed


@click.command("revoke")
@click.argument("report")
@portal_option
def revoke_command(report: str, portal: str) -> None:
    """Withdraw REPORT: nobody can open it from now on.

    \b
    safelight revoke 0123456789ABCDEFGHJKMNPQRS

    REPORT is its id, or its link. What was opened before may have been seen and kept;
    `safelight activity` shows by whom. It cannot be undone: send the photos again.
    """
    client = signed_in(portal)
    answer = reports.ask(client, "POST", reports.own(client, report), "revoke", "policy:write")
    click.echo(f"Withdrawn since {answer['revoked']}. What was opened before may have been seen.")


@click.command("delete")
@click.argument("report")
@click.confirmation_option(prompt="Nobody can ever open it again, you neither. Delete it everywhere?")
@portal_option
def delete_command(report: str, portal: str) -> None:
    """Delete REPORT everywhere: nobody can ever open it again, you neither.

    \b
    safelight delete 0123456789ABCDEFGHJKMNPQRS

    REPORT is its id, or its link. The key server destroys its share of the key, the file host the
    sealed file, the portal forgets whom it was for. What stays is the log of what happened. What
    was opened before may have been seen and kept; whoever has the sealed file keeps ciphertext that
    nobody can open. Where it breaks off, run it again: until it says "Deleted", not all of it is.
    """
    client = signed_in(portal)
    since = deleting.delete(client, reports.own(client, report))
    click.echo(f"Deleted everywhere since {since}. What was opened before may have been seen.")


@click.command("sign-out")
@portal_option
def sign_out_command(portal: str) -> None:
    """End this machine's session at the portal.

    The next command that needs one asks for your e-mail or mobile number and a code again.
    """
    client = client_of(portal)
    if client.account() is None:
        raise click.ClickException("Nobody is signed in here.")
    client.sign_out()
    click.echo("Signed out.")


def line(entry: dict[str, Any], people: reports.People) -> str:
    """Return a log entry as a line for a person; `people` are the report's recipients that have accounts."""
    return f"no. {entry['number']:<5} {entry['recorded']}  {told(entry, people)}"


def told(entry: dict[str, Any], people: reports.People) -> str:
    """Return in words what an entry of the log says."""
    who, to = reports.name(entry["account"], people), entry["details"].get("to", "")
    words = {
        ("create", "granted"): "sealed",
        ("register", "granted"): "file registered",
        ("policy", "granted"): "policy changed by you",
        ("ask", "granted"): f"{who} asks to open it",
        ("ask", "denied"): f"{who} asked in vain ({_reason(entry)})",
        ("policy", "denied"): f"policy not changed ({_reason(entry)})",
        ("consent", "denied"): f"no opening allowed ({_reason(entry)})",
        ("consent", "granted"): f"one more opening allowed to {reports.name(to, people)}",
        ("revoke", "granted"): "withdrawn by you",
        ("delete", "granted"): "deleted by you, everywhere",
        ("release", "granted"): f"opened by {who}",
        ("recover", "granted"): f"opened by {who} with your organisation's recovery key",
        ("recover", "denied"): f"not opened by {who} with the recovery key ({_reason(entry)})",
        ("acknowledge", "granted"): f"seen by {who}",
        ("save", "granted"): f"saved by {who}",
        ("release", "denied"): f"refused to {who} ({_reason(entry)})",
    }
    return words.get((entry["action"], entry["outcome"]), f"{entry['action']} {entry['outcome']}")


def _reason(entry: dict[str, Any]) -> str:
    return str(entry.get("reason", "")).replace("_", " ")


def _read(letter: dict[str, Any]) -> Letter:
    """Return what was typed, less the flag that only says that nobody is named."""
    check_named(letter["to"], letter.pop("first"), must=True)
    return Letter(**letter | {"countries": tuple(named(letter["countries"]))})


def _tell_links(sent: Sent) -> None:
    """Print the link alone, or one a line with whom it is for behind it."""
    for line in [f"{link}  {contact}" for contact, link in sent.links.items()] or [sent.link]:
        click.echo(line)


def _tell_more(sent: Sent) -> None:
    for name, removed in sent.removed.items():
        click.echo(f"{plain(name)}: removed {', '.join(removed) or 'nothing, it was clean'}", err=True)
    if sent.recovery_key:
        click.echo(f"Your organisation can open it by its recovery key, {recovery.mark(sent.recovery_key)}.", err=True)


COMMANDS = (send_command, seal_command, activity_command, revoke_command, delete_command, sign_out_command)
