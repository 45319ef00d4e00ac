"""Everything on one machine, to try out: servers, a sample report, and a phone that receives it."""

import click


def run() -> None:
    """Run the demo until Ctrl-C. Raises click.ClickException where it cannot."""
    try:
        from .start import start
    except ModuleNotFoundError as error:
        if error.name != "aiosmtpd":
            raise
        raise click.ClickException("The demo's inbox needs one more package: pip install aiosmtpd") from None
    start()
