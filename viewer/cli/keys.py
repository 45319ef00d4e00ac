"""Commands for the keys under which a key server's shares lie wrapped: keys list, keys rotate.

What only a server needs is imported when it is used.
"""

import sys
from typing import TYPE_CHECKING

import click

from .operator import own

if TYPE_CHECKING:
    from collections import Counter

    from ..database import Database
    from ..keyserver.vault import Vault

_MOST_TOLD = 20  # ids of keys in one message


@click.group("keys")
def keys_group() -> None:
    """See and change the keys that wrap the key server's shares.

    \b
    safelight keys list       which are in use, and for how many shares
    safelight keys rotate     wrap everything under the first of SAFELIGHT_KEYSERVER_KEK

    Runs where the key server runs. To change the key: put a new one in front of the old one,
    restart the server, run `safelight keys rotate`, take the old one away, and restart. Releases go
    on meanwhile. No command shows a key: each is known by 16 digits that tell nothing about it.
    """


@keys_group.command("list")
def list_command() -> None:
    """Show which key-encryption keys are in use, for how many shares.

    \b
    safelight keys list

    Changes nothing. A key with no share under it may be taken away, once no backup
    of the database is left from when it was in use.
    """
    from ..keyserver import rotation

    database, vault = _key_server()
    _show(rotation.in_use(database), vault)


@keys_group.command("rotate")
def rotate_command() -> None:
    """Wrap every share under the first of the given keys.

    \b
    safelight keys rotate

    That is the first in SAFELIGHT_KEYSERVER_KEK. All keys that are in use must be among them, and
    the running server must know the first one already: put it in front and restart the server
    before. Releases go on meanwhile. Interrupted, run it again: what is done stays done.
    """
    from sqlalchemy.exc import DBAPIError

    from ..keyserver import rotation

    database, vault = _key_server()
    try:
        counts = rotation.in_use(database)
        unknown = [kek for kek in counts if kek is not None and kek not in vault.kek_ids]
        if unknown:
            raise click.ClickException(
                f"Shares are wrapped under {', '.join(unknown)}, which is not among the given keys. "
                "Nothing was changed. Add it behind the first one, and run this again."
            )
        if set(counts) <= {vault.kek_ids[0]}:
            click.echo(f"Nothing to do: all {counts.total():,} shares are under {vault.kek_ids[0]}.")
            return
        with click.progressbar(length=counts.total(), label="Wrapping", file=sys.stderr) as bar:
            found = rotation.rotate(database, vault, bar.update)
        click.echo(f"Wrapped {found.done:,} shares anew.")
        _show(rotation.in_use(database), vault)
    except DBAPIError:
        raise click.ClickException("The database cannot be written. What is done stays done: run it again.") from None
    if found.locked:
        raise click.ClickException(_locked(found.locked))


def _key_server() -> tuple["Database", "Vault"]:
    from ..keyserver.vault import Vault

    settings, database = own("keyserver")
    return database, Vault(settings.keyserver_keks)


def _show(counts: "Counter[str | None]", vault: "Vault") -> None:
    first = vault.kek_ids[0]
    for kek in dict.fromkeys((*vault.kek_ids, *counts)):
        if kek is None:
            told = "wrapped by version 0.1, which noted no key"
        elif kek == first:
            told = "wraps what is new"
        elif kek in vault.kek_ids:
            told = "unwraps" if counts[kek] else "not in use"
        else:
            told = "NOT AMONG THE GIVEN KEYS: these cannot be released"
        click.echo(f"{kek or '-':<16}  {counts[kek]:>9,} shares  {told}")


def _locked(key_ids: tuple[str, ...]) -> str:
    told = ", ".join(key_ids[:_MOST_TOLD]) + (" and more" if len(key_ids) > _MOST_TOLD else "")
    return (
        f"{len(key_ids):,} shares stay as they were, because none of the given keys opens them: {told}. "
        "Either they were changed in the database, or the key that wrapped them is missing."
    )


COMMANDS = (keys_group,)
