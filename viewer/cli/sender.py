"""Commands for those who send: send, log, revoke, sign-out."""

import sys
from pathlib import Path
from typing import Any

import click

from ..sender.client import Client
from ..sender.sending import Letter, Sent, send

portal_option = click.option(
    "--portal",
    envvar="SAFELIGHT_PORTAL_URL",
    required=True,
    help="The portal's address, such as https://photos.example.org. Also from SAFELIGHT_PORTAL_URL.",
)


def signed_in(portal: str) -> Client:
    """Return a client that is signed in, asking for contact and code where it is not."""
    client = Client(portal.rstrip("/"), Path(click.get_app_dir("safelight")))
    if client.account() is None:
        contact = click.prompt("Your e-mail or mobile number", err=True)
        client.sign_in(contact, lambda to: str(click.prompt(f"The six-digit code sent to {to}", err=True)))
    return client


@click.command("send")
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "to", multiple=True, required=True, help="The recipient's e-mail or mobile. May be repeated.")
@click.option("--patient", required=True, help="The patient's ID.")
@click.option("--question", default="", help="What you want to know.")
@click.option("--notes", default="", help="What else there is to say.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="For how many days it opens.")
@portal_option
def send_command(
    photos: tuple[Path, ...], to: tuple[str, ...], patient: str, question: str, notes: str, days: int, portal: str
) -> None:
    """Send PHOTOS (JPEG): metadata removed, sealed on this machine, uploaded. Prints the link.

    Only the people named by --to can open it, once they have proved their address by a code.
    Hand the link on by SMS, WhatsApp or any other way: without that address it opens nothing.
    """
    letter = Letter(to, patient, question, notes, days)
    sent = send(signed_in(portal), list(photos), letter, _tell)
    click.echo(err=True)
    _tell_sent(sent)
    click.echo(sent.link)


@click.command("log")
@click.argument("report", required=False)
@portal_option
def log_command(report: str | None, portal: str) -> None:
    """Show who opened your reports, when, and who was refused. REPORT: only this one."""
    client = signed_in(portal)
    reports = client.ask("GET", "/api/reports")["reports"]
    wanted = [found for found in reports if report in (None, found["id"])]
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
    """Withdraw REPORT (its id, or its link): nobody can open it from now on."""
    client = signed_in(portal)
    found_id = report.partition("#")[0].rpartition("/")[2]
    found = next((r for r in client.ask("GET", "/api/reports")["reports"] if r["id"] == found_id), None)
    if found is None:
        raise click.ClickException("There is no such report of yours. `safelight log` lists them.")
    answer = client.with_pass("POST", f"{found['key_server']}/v1/keys/{found_id}/revoke", found_id, "policy:write")
    click.echo(f"Withdrawn since {answer['revoked']}. What was opened before may have been seen.")


@click.command("sign-out")
@portal_option
def sign_out_command(portal: str) -> None:
    """End this machine's session."""
    signed_in(portal).sign_out()
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
        ("register", "granted"): "uploaded",
        ("revoke", "granted"): "withdrawn by you",
        ("release", "granted"): f"opened by {who}",
        ("release", "denied"): f"refused to {who} ({entry.get('reason', '').replace('_', ' ')})",
    }
    return words.get((entry["action"], entry["outcome"]), f"{entry['action']} {entry['outcome']}")


def _tell(step: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{step} … {100 * done // total if total else 0:3} %   ", nl=False, err=True)


def _tell_sent(sent: Sent) -> None:
    for name, removed in sent.removed.items():
        click.echo(f"{name}: removed {', '.join(removed) or 'nothing, it was clean'}", err=True)
    click.echo(f"Sealed, {sent.length:,} bytes. The link, for the people you named:", err=True)


COMMANDS = (send_command, log_command, revoke_command, sign_out_command)
