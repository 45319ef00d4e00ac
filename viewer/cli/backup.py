"""The command that copies what a server keeps."""

from pathlib import Path

import click

from ..config import Settings


@click.command("backup")
@click.argument("folder", type=Path)
def backup_command(folder: Path) -> None:
    """Copy databases and sealed reports into FOLDER, while the server runs.

    \b
    safelight backup /backup/safelight

    Runs where the server runs, with its settings. Again into the same FOLDER, it copies the databases
    anew, and of the sealed reports those that are new; those that were removed go. On the same disk a
    sealed report only gets a second name: bring FOLDER to another machine. A database in PostgreSQL is
    not in it (pg_dump is for that), and neither are secrets: without the key-encryption key, no report
    can be opened.
    """
    from ..backup import BackupFailed, backup

    settings = Settings.from_environment()
    try:
        roles, files = backup(settings, folder)
    except BackupFailed as failed:
        raise click.ClickException(str(failed)) from None
    for role in (role for role in settings.roles if role not in roles):
        click.echo(f"The {role}'s database is in PostgreSQL: back it up by pg_dump.", err=True)
    click.echo(f"In {folder}: databases of {', '.join(roles) or 'no role'}; {files} sealed reports more than before.")


COMMANDS = (backup_command,)
