"""The command `safelight`: for those who send, and for those who run a server."""

import sys

import click

from sealed.errors import SealedError

from ..assets import EngineMissing
from ..config import SettingsError
from ..database import NotMigrated
from ..sender.client import ClientError
from . import operator, sender


class Group(click.Group):
    """Tells what went wrong in one sentence, without a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; exit with 1 where it could not be done."""
        try:
            return super().invoke(ctx)
        except (SealedError, ClientError, SettingsError, NotMigrated, EngineMissing) as error:
            click.secho(str(error), fg="red", err=True)
            sys.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="safelight")
def main() -> None:
    """Clinical photos, sealed on your own device, opened by the person they were sent to.

    \b
    To send:          safelight send wound.jpg --to +61491570006 --patient "MRN 0042"
    To follow it up:  safelight log        safelight revoke REPORT
    To run a server:  safelight serve      safelight invite "Dr Ada Lovelace" ada@example.org
    """


for command in (*sender.COMMANDS, *operator.COMMANDS):
    main.add_command(command)
