"""Who may open a report: the options that say so, and the commands policy and consent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from sealed.header import parse_time
from sealed.letter import end

from .. import clock
from . import reports
from .terminal import plain, portal_option, signed_in

F = TypeVar("F", bound=Callable[..., Any])


class Limit(click.ParamType[int]):
    """A number of openings; `any` is 0."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that was typed."""
        if value == "any":
            return 0
        if not str(value).isdecimal() or not 0 < int(value) <= 1000:
            self.fail(f"{value!r} is not a number from 1 to 1000, or any.", param, ctx)
        return int(value)


class When(click.ParamType[int]):
    """A time on the sender's own clock, in seconds since 1970; `now` is 0."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the time that was typed."""
        if value == "now":
            return 0
        for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
            try:
                return int(datetime.strptime(str(value), form).timestamp())
            except ValueError:
                continue
        self.fail(f"{value!r} is not a time such as '2026-11-30 08:00'.", param, ctx)


class Country(click.ParamType[str]):
    """A country's code in ISO 3166; `any` is empty."""

    name = "country"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code that was typed."""
        from .. import contacts  # here: what it needs takes long to load

        code = "" if value == "any" else str(value).upper()
        if code and code not in contacts.COUNTRIES:
            self.fail(f"{value!r} is no country's code, such as AU or GB, nor any.", param, ctx)
        return code


def rules(command: F) -> F:
    """Give a command the options that say who may open a report, when and how."""
    for add in (
        click.option("--download/--no-download", default=None,
                     help="Whether they may save the photos, or only look at them."),
        click.option("--country", "countries", type=Country(), multiple=True,
                     help="Only for who says they work in it, such as AU; again for more, or any."),
        click.option("--passkey/--no-passkey", default=None,
                     help="Whether they must sign in with a passkey: a finger, face or screen lock."),
        click.option("--mark/--no-mark", default=None,
                     help="Whether they see their own name and the time over the photos."),
        click.option("--each", type=Limit(), help="How often each person can open it: a number, or any."),
        click.option("--openings", type=Limit(), help="How often it can be opened in all: a number, or any."),
        click.option("--days", type=click.IntRange(1, 90),
                     help="For how many days it opens, from now or from --from on."),
        click.option("--from", "begin", type=When(),
                     help="When it begins to open, on your own clock: now, or such as '2026-11-30 08:00'."),
        click.option("--first", is_flag=True, help="Name nobody: who opens the link first has it, others ask you."),
        click.option("--to", multiple=True, help="A recipient's e-mail or mobile; again for more."),
    ):  # fmt: skip
        command = add(command)
    return command


def named(countries: tuple[str, ...]) -> list[str]:
    """Return the countries that were typed, none where one of them was `any`."""
    return sorted(set(countries)) if all(countries) else []


def check_named(to: tuple[str, ...], first: bool, must: bool) -> None:
    """Raise UsageError where both --to and --first are given, or neither and one of them must be."""
    if first and to:
        raise click.UsageError("Either name people with --to, or let the --first one have it.")
    if must and not first and not to:
        raise click.UsageError("Say who may open it: name people with --to, or let the --first one have it.")


def moved(policy: dict[str, Any], begin: int | None, days: int | None) -> dict[str, Any]:
    """Return a policy with another beginning (0: at once), and an end so many days behind it, where there are any."""
    policy = dict(policy)
    if begin is not None:
        policy["not_before"] = clock.text(begin) if begin else None
    if days is not None:
        start = policy["not_before"] and int(parse_time(policy["not_before"]).timestamp())
        policy["not_after"] = clock.text(end(start, days, clock.now()))
    return policy


@click.command("policy")
@click.argument("report")
@rules
@portal_option
def policy_command(
    report: str,
    portal: str,
    to: tuple[str, ...],
    first: bool,
    begin: int | None,
    days: int | None,
    openings: int | None,
    each: int | None,
    download: bool | None,
    passkey: bool | None,
    countries: tuple[str, ...],
    mark: bool | None,
) -> None:
    """Show who may open REPORT, or change it from now on.

    \b
    safelight policy 0123456789ABCDEFGHJKMNPQRS                         show it
    safelight policy 0123456789ABCDEFGHJKMNPQRS --days 30               until 30 days from now
    safelight policy 0123456789ABCDEFGHJKMNPQRS --to ada@example.org    name others instead

    REPORT is its id, or its link. What you leave out stays as it is; --to names all who may open it
    from now on. Openings that have been count towards a limit. What was opened before may have been
    seen and kept. --no-download is kept by our own pages and programs, from the next opening on; what
    it means, safelight send --help says.
    """
    check_named(to, first, must=False)
    client = signed_in(portal)
    found = reports.own(client, report)
    asked = reports.ask(client, "GET", found, "policy", "log:read")["policy"]
    body = moved(asked, begin, days)
    body |= {name: limit or None for name, limit in (("most", openings), ("most_each", each)) if limit is not None}
    from_where = named(countries) if countries else None
    ways = {"download": download, "mark": mark, "passkey": passkey, "jurisdictions": from_where}
    body |= {name: way for name, way in ways.items() if way is not None}
    if to or first:
        body |= client.ask("PUT", f"/api/reports/{found['id']}/recipients", {"recipients": list(to)})
    if body != asked:
        reports.ask(client, "PUT", found, "policy", "policy:write", body)
    found = reports.own(client, report)
    for line in told(reports.ask(client, "GET", found, "policy", "log:read"), found["people"]):
        click.echo(line)


def told(standing: dict[str, Any], people: reports.People) -> list[str]:
    """Return in words who may open a report, and how often it was opened."""
    asked, count = standing["policy"], sum(one["number"] for one in standing["openings"])
    claimed = standing["claimed_by"] and reports.name(standing["claimed_by"], people, "somebody unknown")
    who = f"the {standing['named']} you named" if standing["named"] else "whoever opens the link first"
    limits = [f"{asked['most']} times in all"] * bool(asked["most"])
    limits += [f"{asked['most_each']} times each"] * bool(asked["most_each"])
    lines = {
        "opens for": plain(f"{claimed}, who was first" if claimed else who),
        "from": asked["not_before"] or "now",
        "until": _closed(standing) or asked["not_after"],
        "how often": f"{', '.join(limits) or 'any number of times'}; {count} so far",
        "saving": "allowed" if asked["download"] else "not allowed",
        "mark": "the reader's name and the time" if asked["mark"] else "",
        "only from": " ".join(asked["jurisdictions"]),
        "only with": "a passkey" if asked["passkey"] else "",
    }
    return [f"{name:<10} {line}" for name, line in lines.items() if line]


def _closed(standing: dict[str, Any]) -> str:
    """Return since when nobody can open it any more; empty where somebody can."""
    if standing.get("deleted"):  # a key server of an earlier version does not say it
        return f"deleted since {standing['deleted']}"
    return f"withdrawn since {standing['revoked']}" if standing["revoked"] else ""


@click.command("consent")
@click.argument("report")
@click.argument("person", required=False)
@portal_option
def consent_command(report: str, person: str | None, portal: str) -> None:
    """Let PERSON open REPORT once more, within 24 hours.

    \b
    safelight consent 0123456789ABCDEFGHJKMNPQRS                         show who has asked
    safelight consent 0123456789ABCDEFGHJKMNPQRS registrar@example.org   let them open it once

    REPORT is its id, or its link. People ask when the link was opened by somebody else first, or as
    often as you allow. PERSON is an e-mail address, a mobile number, or an account, as the list
    shows them.
    """
    client = signed_in(portal)
    found = reports.own(client, report)
    waiting = reports.ask(client, "GET", found, "requests", "log:read")["requests"]
    contacts = {one["account"]: one["contact"] for one in found["people"]}
    if person is None:
        for one in waiting:
            who = reports.name(one["account"], found["people"], "somebody unknown")
            click.echo(plain(f"{contacts.get(one['account'], one['account'])}  {who}, since {one['asked']}"))
        click.echo("" if waiting else "Nobody has asked.", nl=not waiting)
        return
    account = next(
        (one["account"] for one in waiting if person in (one["account"], contacts.get(one["account"]))), None
    )
    if account is None:
        raise click.ClickException("This person has not asked. Leave the name out to see who has.")
    answer = reports.ask(client, "POST", found, "consents", "policy:write", {"account": account})
    click.echo(f"They can open it once until {answer['until']}.")


COMMANDS = (policy_command, consent_command)
