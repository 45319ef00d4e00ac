"""The command for auditors: what the log has about their organisation's reports, and a file that others can prove."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from sealed.entries import Audited

from ..sender import auditing
from ..sender.files import new_file
from . import reports
from .policy import When
from .terminal import plain, portal_option, signed_in


@click.command("audit")
@click.option("--since", type=When(), help="Only from then on, on your own clock, such as 2026-11-30.")
@click.option(
    "--export", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write it into this file, with proofs."
)
@click.option("--key-server", default="", metavar="URL", help="Whose log, if not that of the portal's usual one.")
@portal_option
def audit_command(since: int | None, output: Path | None, key_server: str, portal: str) -> None:
    """Read the log about your organisation's reports, newest first.

    \b
    safelight audit --since 2026-11-01
    safelight audit --export november.ndjson --since 2026-11-01

    For auditors and administrators. Each entry is proved before it is shown. The file holds every
    entry with its proof: safelight log verify FILE --key KEY, anywhere. That you have read is in
    the log, too, for everybody who may read it; and no photo comes within your reach.
    """
    client = signed_in(portal)
    told = client.ask("GET", "/api/organisation/audit")
    logs = {log["key_server"]: log for log in told["logs"]}
    log = logs.get(key_server) if key_server else told["logs"][0]
    if log is None:
        raise click.UsageError(f"This portal works with no such key server. It knows {', '.join(logs)}.")
    found = auditing.read(client, told["organisation"]["id"], log, since or 0)
    if output is not None:
        click.echo(f"{_export(found, output)} entries in {output}. To prove it anywhere:", err=True)
        click.echo(f"safelight log verify {output} --key {log['log_key']}")
        return
    for one in found:
        click.echo(_line(one.said, told["people"] if one.said["issuer"] == told["issuer"] else []))
    for other in logs.keys() - {log["key_server"]}:
        click.echo(f"Another key server's log: --key-server {other}", err=True)


def _export(found: Iterable[Audited], output: Path) -> int:
    with new_file(output) as file:
        count = sum(1 for one in found if file.write(one.line() + b"\n"))
        if not count:
            raise click.ClickException("There is nothing to export.")
    return count


def _line(said: dict[str, Any], people: reports.People) -> str:
    """Return an entry as a line for a person; who is none of the organisation's people has only an account here."""
    who = reports.name(said["account"], people, said["account"])
    reason = f" ({said['reason'].replace('_', ' ')})" if said["reason"] else ""
    what = f"{said['action']} {said['outcome']}{reason}"
    return plain(f"no. {said['number']:<5} {said['recorded']}  {said['key']}  {what}, by {who}")


COMMANDS = (audit_command,)
