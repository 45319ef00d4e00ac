"""Commands for those who run a server: serve, migrate, invite, demo.

What only a server needs is imported when it is used: senders have no database, and 20 MB more for photos.
"""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import create_app, logs
from ..config import ROLES, Settings

if TYPE_CHECKING:
    from ..database import Database

_ROOT = Path(__file__).parents[2]
_GRACE = 120  # seconds for which a server that is told to stop goes on with what it has begun, such as an upload
_NAMES = {"portal": "portal", "keyserver": "key server", "filehost": "file host"}


def own(role: str) -> tuple[Settings, "Database"]:
    """Return the settings of this machine's server and a role's database, for a command that runs where the role does.

    Raises ClickException where the role is not here, or its database is not of this version's schema.
    """
    from sqlalchemy.exc import DBAPIError

    from ..database import Database, NotMigrated
    from ..dialect import NotDurable

    settings = Settings.from_environment()
    if role not in settings.roles:
        raise click.ClickException(f"There is no {_NAMES[role]} here: SAFELIGHT_ROLES does not name it.")
    database = Database(settings, role)
    try:
        database.check()
    except (NotMigrated, NotDurable) as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError:
        raise _unreachable(settings, role) from None
    return settings, database


def _unreachable(settings: Settings, role: str) -> click.ClickException:
    named = role in settings.databases
    place = f"that SAFELIGHT_{role.upper()}_DATABASE names" if named else f"in {settings.data}"
    return click.ClickException(f"The {_NAMES[role]}'s database {place} cannot be opened.")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8080, show_default=True, help="The port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes; each has eight threads.")
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, help="What to run, in place of SAFELIGHT_ROLES (again)."
)
def serve_command(host: str, port: int, workers: int, roles: tuple[str, ...]) -> None:
    """Run the server: portal, key server and file host, or some of the three.

    \b
    safelight serve --port 8080
    safelight serve --port 8080 --role keyserver

    Each role asks for its own settings only. Put a TLS proxy in front. Settings are
    SAFELIGHT_… in the environment; the README lists them. A start without any names all that are
    missing. Databases are brought to this version's schema first. What people send is stored as it
    arrives, encrypted, in the folder SAFELIGHT_DATA.
    """
    from .. import metrics_port
    from ..database import NotMigrated

    if roles:  # in the environment, where the server's processes read it again
        os.environ.pop("SAFELIGHT_ROLES_FILE", None)
        os.environ["SAFELIGHT_ROLES"] = ",".join(roles)
    settings = Settings.from_environment()
    migrate(settings)
    try:
        create_app(settings)  # what is missing is told here, in a sentence, not by every worker
    except NotMigrated as error:
        raise click.ClickException(str(error)) from None
    if {"portal", "keyserver"} <= set(settings.roles):
        logs.configure()
        logging.getLogger("safelight").warning(
            "Portal and key server run in one process: whoever breaks into it gets what both hold. "
            "Fine for one clinic; the full separation needs two machines."
        )
    command = gunicorn(host, port, workers) + metrics_port.prepare(settings)
    os.execv(sys.executable, command)  # noqa: S606 - no shell, nothing from outside


def gunicorn(host: str, port: int, workers: int) -> list[str]:
    """Return the command that runs the server itself."""
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--pythonpath", str(_ROOT), "--bind", f"{host}:{port}"]
    # Threads: a worker that asks its own portal for public keys must still be able to answer.
    command += ["--worker-class", "gthread", "--threads", "8", "--workers", str(workers)]
    command += ["--graceful-timeout", str(_GRACE)]
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
    """Bring every role's database to this code's schema. Raises ClickException where one cannot be used."""
    from sqlalchemy.exc import OperationalError

    from ..database import Database
    from ..dialect import NotDurable

    for role in settings.roles:
        try:
            Database(settings, role).migrate()
        except NotDurable as error:
            raise click.ClickException(str(error)) from None
        except OperationalError:
            raise _unreachable(settings, role) from None


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
    from ..portal import invitations
    from ..problems import Problem

    settings, database = own("portal")
    try:
        invitations.invite(database, settings, name, contact)
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    click.echo(f"{name} may send now, after signing in.")


@click.command("demo")
def demo_command() -> None:
    """Try it out: run everything on this machine.

    \b
    safelight demo

    It makes a sample report, and prints where to look. Nothing leaves this machine: messages
    arrive in an inbox on a page here. Ctrl-C ends it.
    """
    from ..demo import run

    logs.configure()
    run()


COMMANDS = (serve_command, migrate_command, invite_command, demo_command)
