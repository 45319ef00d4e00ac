"""Commands for those who send: send, seal, log, revoke, sign-out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..sender import sending
from ..sender.sending import Letter, Sent, send
from .terminal import Progress, client_of, plain, portal_option, signed_in

F = TypeVar("F", bound=Callable[..., Any])


def _letter(command: F) -> F:
    """Give a command the photos, and all that a sender says about them."""
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    days = click.IntRange(1, 90)
    for add in (
        portal_option,
        click.option("--days", default=7, show_default=True, type=days, help="For how many days it opens."),
        click.option("--notes", default="", help="What else there is to say."),
        click.option("--question", default="", help="What you want to know."),
        click.option("--patient", required=True, help="The patient's ID. Only the recipients see it."),
        click.option("--to", multiple=True, required=True, help="A recipient's e-mail or mobile. May be repeated."),
        click.argument("photos", nargs=-1, required=True, type=path),
    ):
        command = add(command)
    return command


@click.command("send")
@_letter
def send_command(photos: tuple[Path, ...], portal: str, **letter: Any) -> None:
    """Seal PHOTOS on this machine, upload them, and print the link to hand on.

    \b
    safelight send wound.jpg --to registrar@example.org --patient "MRN 0042"

    Metadata (place, camera, times) is removed first; the pictures themselves stay as they are.
    What leaves this machine is encrypted: no server can see the photos or read about the patient.
    Until it has been uploaded, the sealed report lies in the temporary folder (TMPDIR).

    Only the people named by --to can open it, once they have proved that address by a code.
    Hand the link on by SMS, WhatsApp or any other way: without that address it opens nothing.
    """
    with Progress() as progress:
        sent = send(signed_in(portal), list(photos), Letter(**letter), progress)
    _tell_removed(sent)
    click.echo(f"Sent, {sent.length:,} bytes. The link, for the people you named:", err=True)
    click.echo(sent.link)


@click.command("seal")
@_letter
@click.option(
    "--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The sealed file to write."
)
@click.option("--force", is_flag=True, help="Replace the output file if there is one.")
def seal_command(photos: tuple[Path, ...], portal: str, output: Path, force: bool, **letter: Any) -> None:
    """Seal PHOTOS into a file to hand over yourself, and print the link that belongs to it.

    \b
    safelight seal wound.jpg --to registrar@example.org --patient "MRN 0042" -o wound.sealed

    Like `safelight send`, but the sealed file stays here: attach it to an e-mail, or carry it.
    Nothing of it is uploaded; the key server keeps its share of the key, and the file's checksum.
    The file is there whole or not at all.

    Send the link another way than the file. The people named by --to need both, and sign in:
    safelight open wound.sealed
    """
    if output.exists() and not force:
        raise click.ClickException(f"{output} is there already. Choose another name, or replace it with --force.")
    with Progress() as progress:
        sent = sending.seal(signed_in(portal), list(photos), Letter(**letter), output, progress)
    _tell_removed(sent)
    click.echo(f"Sealed into {output}, {sent.length:,} bytes. The link, to go another way than the file:", err=True)
    click.echo(sent.link)


@click.command("log")
@click.argument("report", required=False)
@portal_option
def log_command(report: str | None, portal: str) -> None:
    """Show who opened your reports, when, and who was refused.

    \b
    safelight log                               all of them, the newest first
    safelight log 0123456789ABCDEFGHJKMNPQRS    only this one, by its id or its link

    "Opened" means that the key was released; whether somebody looked, nobody can know.
    """
    client = signed_in(portal)
    reports = client.ask("GET", "/api/reports")["reports"]
    wanted = [found for found in reports if report is None or found["id"] == _id(report)]
    if not wanted:
        raise click.ClickException("There is no such report of yours." if report else "You have sent nothing yet.")
    for found in wanted:
        click.secho(f"{found['id']}  sent {found['sent']}", bold=True)
        url = f"{found['key_server']}/v1/keys/{found['id']}/log"
        for entry in client.with_pass("GET", url, found["id"], "log:read")["entries"]:
            click.echo(f"  {line(entry, found['people'])}")


@click.command("revoke")
@click.argument("report")
@portal_option
def revoke_command(report: str, portal: str) -> None:
    """Withdraw REPORT (its id, or its link): nobody can open it from now on.

    \b
    safelight revoke 0123456789ABCDEFGHJKMNPQRS

    What was opened before may have been seen and kept; `safelight log` shows by whom.
    """
    client = signed_in(portal)
    found = next((r for r in client.ask("GET", "/api/reports")["reports"] if r["id"] == _id(report)), None)
    if found is None:
        raise click.ClickException("There is no such report of yours. `safelight log` lists them.")
    url = f"{found['key_server']}/v1/keys/{found['id']}/revoke"
    answer = client.with_pass("POST", url, found["id"], "policy:write")
    click.echo(f"Withdrawn since {answer['revoked']}. What was opened before may have been seen.")


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


def line(entry: dict[str, Any], people: list[dict[str, str]]) -> str:
    """Return a log entry as a line for a person; `people` are the report's recipients that have accounts."""
    return f"no. {entry['number']:<5} {entry['recorded']}  {told(entry, people)}"


def told(entry: dict[str, Any], people: list[dict[str, str]]) -> str:
    """Return in words what an entry of the log says."""
    names = {person["account"]: person["name"] or person["contact"] for person in people}
    who = names.get(entry["account"], "somebody it was not sent to")
    words = {
        ("create", "granted"): "sealed",
        ("register", "granted"): "file registered",
        ("revoke", "granted"): "withdrawn by you",
        ("release", "granted"): f"opened by {who}",
        ("release", "denied"): f"refused to {who} ({entry.get('reason', '').replace('_', ' ')})",
    }
    return words.get((entry["action"], entry["outcome"]), f"{entry['action']} {entry['outcome']}")


def _id(report: str) -> str:
    """Return the id that was typed, or that stands in the link that was typed."""
    return report.partition("#")[0].rstrip("/").rpartition("/")[2]


def _tell_removed(sent: Sent) -> None:
    for name, removed in sent.removed.items():
        click.echo(f"{plain(name)}: removed {', '.join(removed) or 'nothing, it was clean'}", err=True)


COMMANDS = (send_command, seal_command, log_command, revoke_command, sign_out_command)
