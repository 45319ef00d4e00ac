"""Commands for organisations: organisation add, organisation list.

What only a server needs is imported when it is used.
"""

import click

from .operator import own


@click.group("organisation")
def organisation_group() -> None:
    """Let an institution look after its own senders: its administrators invite them, and disable leavers.

    \b
    safelight organisation add "St Vincent's" --administrator boss@example.org
    safelight organisation list

    These run where the portal runs, the two about the recovery key anywhere. All else administrators
    do on the portal's page /organisation.
    """


@organisation_group.command("add")
@click.argument("name")
@click.option("--administrator", "contact", required=True, help="Whose e-mail or mobile number; they sign in with it.")
def add_command(name: str, contact: str) -> None:
    """Make the organisation NAME, or give it one more administrator.

    \b
    safelight organisation add "St Vincent's" --administrator boss@example.org

    People in it see NAME, and so does whoever is invited. Its administrators may send, too. If none
    of them can sign in any more, add another one in the same way.
    """
    from .. import contacts
    from ..portal import invitations, organisations
    from ..problems import Problem

    settings, database = own("portal")
    named = " ".join(name.split())
    if not 0 < len(named) <= organisations.LONGEST or not named.isprintable():
        raise click.ClickException(f"An organisation has a name of at most {organisations.LONGEST} letters.")
    try:
        found = contacts.canonical(contact, settings.phone_region)
        with database.write() as session:
            organisations.add(session, named, invitations.account_of(session, settings, found))
    except contacts.BadContact as error:
        raise click.ClickException(str(error)) from None
    except Problem as problem:
        raise click.ClickException(problem.message) from None
    click.echo(f"{named} is looked after by {found}: {settings.portal_url}/organisation")


@organisation_group.command("list")
def list_command() -> None:
    """Show which organisations there are: id, name, people, administrators.

    \b
    safelight organisation list
    """
    from ..portal import organisations

    _, database = own("portal")
    with database.read() as session:
        for one in organisations.all_of_them(session):
            click.echo(f"{one.id}  {one.name}  {one.people} people, {one.administrators} of them administrators")


COMMANDS = (organisation_group,)
