"""Migrations with data in every table, step by step from the first schema on: nothing is lost, and all goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Boolean, Connection, Integer, LargeBinary, MetaData, Table, insert, select

from tests import inprocess
from tests.conftest import RECIPIENT, SENDER
from tests.databases import elsewhere
from tests.inprocess import PORTAL, REPORT, SAME_ORIGIN, Bearer
from tests.keyserver.steps import ask, released
from viewer import clock, contacts, create_app, log_file
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver import audit_event, log
from viewer.keyserver.log import Log
from viewer.keyserver.vault import Vault
from viewer.portal import messages

SHARE, SEALED = bytes(range(32)), b"SAFELIT1 and more"
Rows = dict[str, list[dict[str, Any]]]  # by table


@pytest.fixture
def settings(settings: Settings, tmp_path: Any) -> Settings:
    """Settings of databases that are empty."""
    return elsewhere(settings, tmp_path / "old")


def first(settings: Settings) -> dict[str, Rows]:
    """Rows of the first schema, by role: people, a report that was sent and opened once, its file."""
    now, secret = clock.now(), contacts.pseudonym
    people = [("OTHER", "other@example.org", False), ("OWNER", SENDER, True), ("READER", RECIPIENT, False)]
    begun = {"id": REPORT, "key_server": PORTAL, "file_host": PORTAL, "sender_id": "OWNER", "created_at": now}
    code = {"attempt": "a", "contact": "c", "hmac": b"h", "expires_at": 1, "tries": 0, "used_at": 1}
    session = {"token_hash": b"t", "account_id": "OTHER", "contact": "c", "created_at": 1, "seen_at": 1, "ended_at": 2}
    portal: Rows = {
        "account": [
            {"id": i, "name": f"Dr {i}", "may_send": may, "created_at": 1, "disabled_at": None} for i, _, may in people
        ],
        "contact": [
            {"value": c, "pseudonym": secret(settings.portal_secret, c), "account_id": i, "verified_at": 1}
            for i, c, _ in people
        ],
        "code": [code],
        "limit_count": [{"key": "k", "window": 1, "count": 1}],
        "report": [begun],
        "session": [session],
        "recipient": [{"report_id": REPORT, "contact": secret(settings.portal_secret, RECIPIENT)}],
    }  # fmt: skip
    wrapped = Vault(settings.keyserver_keks).wrap(SHARE, REPORT)
    key = {"id": REPORT, "issuer": PORTAL, "account": "OWNER", "wrapped_share": wrapped, "created_at": now}
    key |= {"not_after": now + 86_400, "revoked_at": None, "file_sha256": "ab" * 32, "file_length": len(SEALED)}
    keyserver: Rows = {
        "key": [key],
        "recipient": [{"key_id": REPORT, "contact": secret(settings.keyserver_secret, RECIPIENT)}],
        "entry": [entry(1, "create", "OWNER"), entry(2, "release", "READER")],
    }
    blob = {"id": REPORT, "length": len(SEALED), "sha256": "ab" * 32, "issuer": PORTAL, "account": "OWNER"}
    return {"portal": portal, "keyserver": keyserver, "filehost": {"blob": [blob | {"created_at": now}]}}


def entry(number: int, action: str, account: str) -> dict[str, Any]:
    """An entry as the first schema numbered them: from 1."""
    said = audit_event.Event(
        number - 1, clock.now(), action, "granted", REPORT, PORTAL, account, "e-mail", PORTAL, "S 0"
    )
    row = {"number": number, "recorded_at": clock.now(), "key_id": REPORT, "issuer": PORTAL, "account": account}
    return row | {"action": action, "outcome": "granted", "idempotency_key": "x", "body": audit_event.encode(said)}


def revisions(database: Database) -> Iterator[str]:
    """The role's schemas, first to last."""
    found = [one.revision for one in ScriptDirectory.from_config(database._config()).walk_revisions()]
    return reversed(found)


def reflected(connection: Connection) -> list[Table]:
    """The tables that there are, what others refer to first."""
    known = MetaData()
    known.reflect(connection)
    return [table for table in known.sorted_tables if table.name != "alembic_version"]


def held(connection: Connection) -> Rows:
    return {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in reflected(connection)
    }


def fill(connection: Connection, rows: Rows) -> None:
    """Put a row into each table that is empty: one of `rows`, or whatever its columns can hold."""
    for table in reflected(connection):
        if connection.execute(select(table)).first() is None:
            for row in rows.get(table.name) or [anything(connection, table)]:
                connection.execute(insert(table), row)


def anything(connection: Connection, table: Table) -> dict[str, Any]:
    """A row that refers, where it must, to the first of what is there."""
    row: dict[str, Any] = {}
    for column in table.columns:
        for foreign in column.foreign_keys:
            row[column.name] = connection.scalar(select(foreign.column).order_by(foreign.column))
        if column.name not in row:
            kinds = ((Boolean, False), (Integer, 7), (LargeBinary, b"filled"))
            row[column.name] = next((value for kind, value in kinds if isinstance(column.type, kind)), "filled")
    return row


def missing(before: Rows, after: Rows, renumbered: bool) -> list[str]:
    """What was there and is not there any more, or with other values."""
    found = []
    for name, rows in before.items():
        for row in rows:
            kept = {column: value for column, value in row.items() if not (renumbered and column == "number")}
            if not any(kept.items() <= other.items() for other in after.get(name, [])):
                found.append(f"{name}: {row}")
    return found


def migrated(settings: Settings, role: str) -> Database:
    """A database that went through every schema, with a row in each table of each of them."""
    database, rows = Database(settings, role), first(settings)[role]
    before: Rows = {}
    for revision in revisions(database):
        command.upgrade(database._config(), revision)
        with database.write() as session:
            connection = session.connection()
            assert MigrationContext.configure(connection).get_current_revision() == revision
            assert missing(before, held(connection), (role, revision) == ("keyserver", "0003")) == []
            if role == "keyserver" and revision >= "0003":
                Log(PORTAL, settings.keyserver_secret).close(session)  # the tree is grown, not filled
            fill(connection, rows)
            before = held(connection)
            assert all(before.values()), "a row in each table"
    return database


@pytest.fixture
def old(settings: Settings) -> Flask:
    """The application on databases that began as the first schema."""
    for role in settings.roles:
        migrated(settings, role).check()
    blobs = settings.data / "blobs"
    blobs.mkdir()
    (blobs / f"{REPORT}.sealed").write_bytes(SEALED)
    app = create_app(settings)
    app.test_client_class = inprocess.ProvingClient
    return app


def test_what_was_sent_under_the_first_schema_is_opened_and_the_log_proves_it(
    old: Flask, settings: Settings, owner: Bearer, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, codes = old.test_client(), list[str]()
    monkeypatch.setattr(messages, "send_code", lambda settings, contact, code: codes.append(code))
    asked = client.post("/api/codes", json={"contact": RECIPIENT}, headers=SAME_ORIGIN)
    signed_in = {"attempt": asked.get_json()["attempt"], "code": codes[0]}
    account = client.post("/api/sessions", json=signed_in, headers=SAME_ORIGIN).get_json()["account"]
    assert account["id"] == "READER"
    assert client.get(f"/api/reports/{REPORT}").get_json()["sender"] == "Dr OWNER"
    assert released(ask(client, reader)) == SHARE
    with client.get(f"/v1/blobs/{REPORT}", headers=reader.headers("blob:get")) as file:
        assert file.data == SEALED
    entries = client.get(f"/v1/keys/{REPORT}/log", headers=owner.headers("log:read")).get_json()["entries"]
    assert len(entries) == 3
    here = old.extensions["safelight.keyserver"]
    with here.database.read() as session:
        assert log_file.verify(list(log.everything(session)), here.log.key).entries == 3


def test_control_what_a_migration_loses_or_changes_is_found(settings: Settings) -> None:
    database = migrated(settings, "filehost")
    with database.write() as session:
        before = held(session.connection())
        session.connection().exec_driver_sql("UPDATE blob SET length = length + 1")
        changed = held(session.connection())
        session.connection().exec_driver_sql("DELETE FROM blob")
        lost = held(session.connection())
    assert missing(before, before, False) == []
    assert [one.partition(":")[0] for one in missing(before, changed, False)] == ["blob"]
    assert [one.partition(":")[0] for one in missing(before, lost, False)] == ["blob"]
