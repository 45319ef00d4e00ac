"""The command `safelight`: for those who send, for those who receive, and for those who run a server."""

import signal
import sys

import click

from sealed.errors import SealedError

from ..assets import EngineMissing
from ..config import SettingsError
from ..sender.client import ClientError
from . import audit, backup, keys, log, operator, organisation, policy, recipient, recovery, sender
from .terminal import plain


class Group(click.Group):
    """Tells what went wrong in one sentence, without a stack trace, and leaves with the promised exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; exit with 1 where it could not be done, with 130 where it was interrupted."""
        for number in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal: what is half done goes away too
            if signal.getsignal(number) == signal.SIG_DFL:  # and not what `nohup` has set
                signal.signal(number, signal.default_int_handler)
        try:
            return super().invoke(ctx)
        except (SealedError, ClientError, SettingsError, EngineMissing) as error:
            message = str(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            message = ": ".join(filter(None, (error.filename, error.strerror or str(error)))) + "."
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nStopped.", err=True)
            sys.exit(130)
        click.secho("\n".join(plain(line) for line in message.splitlines()), fg="red", err=True)
        sys.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="safelight")
def main() -> None:
    """Clinical photos, sealed on your own device, opened by the person they were sent to.

    \b
    To send:          safelight send wound.jpg --to +61491570006 --patient "MRN 0042"
    To follow it up:  safelight activity   safelight policy REPORT   safelight revoke REPORT
    To open:          safelight open LINK
    To run a server:  safelight serve      safelight invite "Dr Ada Lovelace" ada@example.org

    Each command explains itself: safelight send --help

    \b
    Exit codes:  0 done   1 refused, or it could not be done (the reason is on standard error)
                 2 wrong usage   3 not signed in, and no terminal to ask   130 stopped (Ctrl-C)
    """


for command in (
    *sender.COMMANDS,
    *policy.COMMANDS,
    *recipient.COMMANDS,
    *operator.COMMANDS,
    *organisation.COMMANDS,
    *audit.COMMANDS,
    *recovery.COMMANDS,
    *backup.COMMANDS,
    *keys.COMMANDS,
    *log.COMMANDS,
):
    main.add_command(command)
