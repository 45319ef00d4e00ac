"""A sender's own reports, as they are named on the command line; and the people around them."""

from typing import Any

import click

from ..sender.client import Client

People = list[dict[str, str]]
"""Account, name and contact of those whom the portal knows around a report."""


def own(client: Client, report: str) -> dict[str, Any]:
    """Return what the portal knows of a report of the sender's, by its id or link. Raises ClickException."""
    reports: list[dict[str, Any]] = client.ask("GET", "/api/reports")["reports"]
    found = next((one for one in reports if one["id"] == report_id(report)), None)
    if found is None:
        raise click.ClickException("There is no such report of yours. `safelight activity` lists them.")
    return found


def ask(client: Client, method: str, report: dict[str, Any], what: str, scope: str, body: Any = None) -> Any:
    """Ask the key server about a report: `what` is a path below its key."""
    url = f"{report['key_server']}/v1/keys/{report['id']}/{what}"
    return client.with_pass(method, url, report["id"], scope, json=body)


def report_id(report: str) -> str:
    """Return the id that was typed, or that stands in the link that was typed."""
    return report.partition("#")[0].rstrip("/").rpartition("/")[2]


def name(account: str, people: People, otherwise: str = "somebody it was not sent to") -> str:
    """Return an account's name, or its contact where it has none."""
    known = {person["account"]: person["name"] or person["contact"] for person in people}
    return known.get(account, otherwise)
