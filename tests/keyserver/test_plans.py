"""However long the log is, a release reads a few rows of it: SQLite's own plan for each of its queries says so."""

import sqlite3
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, tuple_
from sqlalchemy.orm import Session

from tests.inprocess import REPORT, Bearer
from tests.keyserver import steps
from viewer.keyserver import log
from viewer.keyserver.models import Node
from viewer.portal.passes import PassIssuer

pytestmark = pytest.mark.sqlite


class Plans:
    """The plan of each query that a key server makes, by SQLite's EXPLAIN QUERY PLAN."""

    def __init__(self, app: Flask) -> None:
        engine = app.extensions["safelight.keyserver"].database.engine
        self.beside = sqlite3.connect(engine.url.database)
        self.lines: dict[str, str] = {}
        engine.dispose()  # the next connections are watched
        event.listen(engine, "connect", lambda connection, _: connection.set_trace_callback(self.note))

    def note(self, query: str) -> None:
        if query.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            self.lines[query] = "; ".join(row[3] for row in self.beside.execute(f"EXPLAIN QUERY PLAN {query}"))

    @property
    def scans(self) -> dict[str, str]:
        """The queries that read a whole table, or a whole index of it; the first of an order alone is no such one."""
        return {
            query: plan
            for query, plan in self.lines.items()
            if "SCAN" in plan and not ("USING" in plan and " LIMIT " in query)
        }

    @property
    def of_denials(self) -> list[str]:
        """The plans of those that count denials."""
        return [plan for query, plan in self.lines.items() if "count(*)" in query and "'denied'" in query]


@pytest.fixture
def stranger(issuer: PassIssuer) -> Bearer:
    return Bearer(issuer, "STRANGER", "stranger@example.org")


@pytest.fixture
def issuer(settings: Any) -> PassIssuer:
    return PassIssuer(settings.portal_url, settings.portal_secret)


def plans(app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, stranger: Bearer) -> Plans:
    """Release a key with limits several times, repeat a release, and refuse it to somebody else."""
    steps.create(client, owner, most_each=3, most=9)
    assert steps.ask(client, reader, "a" * 24).status_code == 200
    found = Plans(app)
    for key in ("a" * 24, "b" * 24):
        assert steps.ask(client, reader, key).status_code == 200
    assert steps.ask(client, stranger).status_code == 404
    return found


def test_no_query_reads_a_whole_table(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, stranger: Bearer
) -> None:
    found = plans(app, client, owner, reader, stranger)
    assert len(found.lines) > 15 and found.scans == {}
    assert [plan.partition(" INDEX ")[2] for plan in found.of_denials] == [
        "ix_entry_denied (issuer=? AND account=? AND recorded_at>?)"
    ]


def of_the_part(found: Plans) -> list[str]:
    """The plans of reading an organisation's part of the log."""
    return [plan for query, plan in found.lines.items() if "entry.organisation =" in query]


@pytest.mark.parametrize(("index", "reads"), [(True, "SEARCH entry USING INDEX ix_entry_organisation"), (False, "")])
def test_an_organisations_part_is_found_by_its_index(
    app: Flask, client: FlaskClient, owner: Bearer, index: bool, reads: str
) -> None:
    """Control: without the index, or with a query that it is not for, all entries are read."""
    owner.organisation = REPORT
    steps.create(client, owner)
    if not index:
        with app.extensions["safelight.keyserver"].database.write() as session:
            session.connection().exec_driver_sql("DROP INDEX ix_entry_organisation")
    found = Plans(app)
    answer = client.get(f"/v1/organisations/{REPORT}/log", headers=owner.headers("log:audit"))
    assert len(answer.json["entries"]) == 3
    [plan] = of_the_part(found)
    assert plan.startswith(reads) if index else "ix_entry_organisation" not in plan
    assert not index or found.scans == {}


def test_control_without_its_index_a_denial_reads_all_of_its_account(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, stranger: Bearer
) -> None:
    with app.extensions["safelight.keyserver"].database.write() as session:
        session.connection().exec_driver_sql("DROP INDEX ix_entry_denied")
    assert "ix_entry_denied" not in plans(app, client, owner, reader, stranger).of_denials[0]


def test_control_nodes_that_are_asked_for_as_a_list_take_the_whole_table(
    app: Flask, client: FlaskClient, owner: Bearer, reader: Bearer, stranger: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So `log._nodes` was written at first."""

    def nodes(session: Session, spans: Any) -> dict[tuple[int, int], bytes]:
        wanted = tuple_(Node.level, Node.index).in_(log.merkle.needed(spans))
        return {(node.level, node.index): node.hash for node in session.query(Node).where(wanted)}

    monkeypatch.setattr(log, "_nodes", nodes)
    found = plans(app, client, owner, reader, stranger).scans
    assert any("SCAN node" in plan for plan in found.values())
