"""Commands for those who receive: open, inspect."""

from pathlib import Path
from typing import IO

import click

from sealed import cobblestone

from ..sender import opening, sealing
from ..sender.client import Client, ClientError
from ..sender.opening import Link, Opened
from .terminal import Progress, has_person, plain, signed_in

_BY_ASKING = {"claimed", "elsewhere", "used_up"}  # the refusals that the sender's consent lifts


@click.command("open")
@click.argument("link_or_file")
@click.option("--link", "link_text", help="For a file: the link that belongs to it, or what stands behind its #.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The folder to make.  [default: the report's id]")
@click.option(
    "--portal",
    envvar="SAFELIGHT_PORTAL_URL",
    help="Where to sign in, if no link says so. Also from SAFELIGHT_PORTAL_URL.",
)
@click.option("--ask", is_flag=True, help="Open nothing: ask the sender to let you open it once.")
def open_command(link_or_file: str, link_text: str | None, output: Path | None, portal: str | None, ask: bool) -> None:
    """Open what was sent to you, into a new folder.

    \b
    safelight open 'https://photos.example.org/r/0123456789ABCDEFGHJKMNPQRS#…'
    safelight open wound.sealed

    You sign in with the e-mail or mobile number it was sent to, and a code. The key server notes
    that you opened it, and the sender can see that. Then photos and report.xml are decrypted on
    this machine. THEY LIE THERE UNENCRYPTED, readable for you alone: delete them after use.
    If anything goes wrong, nothing is left.

    Where the sender lets the photos be looked at only, nothing is opened, and no opening is used up:
    open the link in a browser.

    Shells keep what you type. Leave the link's end (from # on) out, or --link, and you are asked for it.

    Where it was opened by somebody else first, or as often as the sender allows, ask with --ask. Once
    the sender has said yes, you can open it one time, within 24 hours.
    """
    link = None if Path(link_or_file).is_file() else opening.read_link(link_or_file)
    belonging = opening.read_link(link_text or "")
    known = link or belonging
    if link is None and not Path(link_or_file).is_file():
        raise click.BadParameter("There is no such file, and it is no link.", param_hint="LINK_OR_FILE")
    if link is not None and link_text is not None:
        raise click.BadOptionUsage("--link", "--link is for a file. A link has its end already.")
    if known is None and portal is None:
        raise click.MissingParameter("Where to sign in?", param_type="option", param_hint="--portal")
    client = signed_in(known.portal if known else portal or "")
    if ask:
        opening.ask_sender(client, link.report if link else _report_in(Path(link_or_file)))
        click.echo("The sender has been asked. Once they have said yes, run the same command without --ask.")
        return
    try:
        opened = _open(client, link or Path(link_or_file), link_text, output)
    except ClientError as error:
        if error.error not in _BY_ASKING:
            raise
        raise ClientError(error.error, f"{error} To ask from here, run the same command with --ask.") from None
    tell_opened(opened)


@click.command("inspect")
@click.argument("file", type=click.File("rb"))
def inspect_command(file: IO[bytes]) -> None:
    """Show what a sealed FILE says of itself in the clear.

    \b
    safelight inspect wound.sealed

    It asks no server, and needs no key. Nothing about the patient stands there. Anyone could have
    written it: whether the file is the one that was sent shows only when it is opened. Exit code 1
    where it cannot be opened by anyone.
    """
    front = sealing.front(file)
    body = file.seek(0, 2) - front.length
    header = front.header
    for name, value in (
        ("format", "sealed report, version 1"),
        ("sealed", header.created),
        ("key id", header.key_id),
        ("key server", header.key_server),
        ("link", "none" if header.link_check is None else "needed"),
        ("size", f"{front.length + body:,} bytes"),
    ):
        click.echo(f"{name:<11} {value}")
    chunks = cobblestone.chunk_count(body)
    click.echo(f"{'content':<11} {cobblestone.plain_length(body):,} bytes in {chunks:,} chunks")
    click.echo("Complete by its length. Whether it is what was sent shows when it is opened.")


def _open(client: Client, what: Link | Path, link_text: str | None, output: Path | None) -> Opened:
    with Progress() as progress:
        if isinstance(what, Link):
            return opening.open_link(client, what, _ask_link, output, progress)
        with what.open("rb") as file:
            return opening.open_file(client, file, link_text, _ask_link, output, progress)


def _report_in(path: Path) -> str:
    with path.open("rb") as file:
        return sealing.front(file).header.key_id


def _ask_link() -> str | None:
    if not has_person():
        return None
    return str(click.prompt("The link (it is not shown)", err=True, hide_input=True))


def tell_opened(opened: Opened) -> None:
    """Print what an opened report says, and where its files lie."""
    details = opened.details
    for name in ("patient", "sender", "question", "notes"):
        click.echo(f"{name:<9} {plain(getattr(details, name), 10)}")
    click.echo(f"{'sealed':<9} {details.created}")
    for file in opened.names:
        click.echo(opened.folder / file)


COMMANDS = (open_command, inspect_command)
