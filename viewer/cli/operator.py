"""Commands for those who run a server: serve, migrate, invite, demo.

What only a server needs is imported when it is used: senders have no database, and 20 MB more for photos.
"""

import os
import sys
from pathlib import Path

import click

from .. import create_app, logs
from ..config import Settings

_ROOT = Path(__file__).parents[2]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, help="The port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes; each has eight threads.")
def serve_command(host: str, port: int, workers: int) -> None:
    """Run the roles that the environment names, under gunicorn. Put a TLS proxy in front.

    \b
    safelight serve --port 8080

    Settings are SAFELIGHT_… in the environment; the README lists them. A start without
    any names all that are missing. Databases are brought to this version's schema first.
    What people send is stored as it arrives, encrypted, in the folder SAFELIGHT_DATA.
    """
    from ..database import NotMigrated

    settings = Settings.from_environment()
    migrate(settings)
    try:
        create_app(settings)  # what is missing is told here, in a sentence, not by every worker
    except NotMigrated as error:
        raise click.ClickException(str(error)) from None
    if {"portal", "keyserver"} <= set(settings.roles):
        click.echo(
            "Portal and key server run in one process: whoever breaks into it gets what both hold. "
            "Fine for one clinic; the full separation needs two machines.",
            err=True,
        )
    os.execv(sys.executable, gunicorn(host, port, workers))  # noqa: S606 - no shell, nothing from outside


def gunicorn(host: str, port: int, workers: int) -> list[str]:
    """Return the command that runs the server itself."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(_ROOT), "--bind", f"{host}:{port}"]
    # Threads: a worker that asks its own portal for public keys must still be able to answer.
    command += ["--worker-class", "gthread", "--threads", "8", "--workers", str(workers)]
    return [*command, "--no-control-socket", "--logger-class", "viewer.logs.QuietLogger"]


@click.command("migrate")
def migrate_command() -> None:
    """Make the databases, or bring them to this version's schema.

    \b
    safelight migrate

    `safelight serve` does it by itself; this is for servers that are started another way.
    Nothing that is stored is lost. Back the folder SAFELIGHT_DATA up before a new version.
    """
    migrate(Settings.from_environment())


def migrate(settings: Settings) -> None:
    """Bring every role's database to this code's schema."""
    from ..database import Database

    for role in settings.roles:
        Database(settings, role).migrate()


@click.command("invite")
@click.argument("name")
@click.argument("contact")
def invite_command(name: str, contact: str) -> None:
    """Let NAME send, signing in with CONTACT (e-mail or mobile). Runs where the portal runs.

    \b
    safelight invite "Dr Ada Lovelace" ada@example.org

    Recipients see NAME above what was sent to them. Both are kept in the portal's database.
    Who only receives needs no invitation.
    """
    from ..database import Database
    from ..portal import invitations

    settings = Settings.from_environment()
    invitations.invite(Database(settings, "portal"), settings, name, contact)
    click.echo(f"{name} may send now, after signing in.")


@click.command("demo")
def demo_command() -> None:
    """Run everything on this machine, with a sample report and an inbox, to try it out.

    \b
    safelight demo

    Nothing leaves this machine: messages arrive in an inbox on a page here. Ctrl-C ends it.
    """
    from ..demo import run

    logs.configure()
    run()


COMMANDS = (serve_command, migrate_command, invite_command, demo_command)
