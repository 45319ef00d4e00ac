"""What the portal holds about a person: all of it is in their export, and all but the account's id can be erased."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Boolean, Integer, LargeBinary, Table, func, insert, select, text

from sealed import receipts
from tests.databases import stored
from tests.inprocess import REPORT, Bearer
from tests.keyserver.steps import ask, create, outcome
from tests.portal.conftest import ADA, STRANGER, Answer, Person, Portal
from viewer import clock, log_file, log_key
from viewer.keyserver import log
from viewer.passes import LIFETIME, SKEW
from viewer.portal import erasing, holdings
from viewer.portal.models import Account, Base, Contact, OrganisationEvent
from viewer.portal.telling import Teller

AGENT, ADDRESS = "Browser of a person", "203.0.113.78"
# Column names by which a table could know a person, with a foreign key or without.
POINTS = {"account", "account_id", "sender_id", "contact", "by", "about", "report_id", "key"}


@pytest.fixture
def ada(portal: Portal, ward: str, boss: Person) -> Person:
    """Somebody of whom every table of the portal has something."""
    found = portal.member(ADA, ward, boss)
    fill(portal, found)
    return found


def fill(portal: Portal, person: Person) -> None:
    """Put a row about somebody into each table that has none."""
    with portal.database.write() as session:
        contact = session.get_one(Contact, person.contact)
        named = {"contact": contact.value, "account": person.id, "by": person.id, "about": person.id}
        for table in Base.metadata.sorted_tables:
            row = {column.name: value(session, table, column, person, named) for column in table.columns}
            if table.name in ("account", "contact", "organisation", "member", "organisation_event"):
                continue
            if table.name == "limit_count":
                row |= {"key": f"codes {contact.pseudonym}", "window": 2**40}
            if table.name == "recipient":
                row["contact"] = contact.pseudonym
            session.execute(insert(table), row)


def value(session: Any, table: Table, column: Any, person: Person, named: dict[str, str]) -> Any:
    """What a column can hold: somebody's own where it refers to anything."""
    for foreign in column.foreign_keys:
        held = foreign.column.table
        if held.name in ("account", "contact"):
            return person.id if held.name == "account" else person.contact
        return session.scalar(select(foreign.column).where(holdings.owned(held, person.id))) or session.scalar(
            select(foreign.column)
        )
    if column.name in named:
        return named[column.name]
    kinds = ((Boolean, False), (Integer, 7), (LargeBinary, f"bytes of {table.name}".encode()))
    return next((value for kind, value in kinds if isinstance(column.type, kind)), f"{table.name} {column.name}")


def exported(person: Person) -> dict[str, Any]:
    answer = person.ask("GET", "/api/account/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="safelight-account-')
    found: dict[str, Any] = json.loads(answer.data)
    return found


def left_out(person: Person) -> set[str]:
    """Which tables an export has nothing of, of those that could know a person."""
    could = {table.name for table in Base.metadata.sorted_tables if POINTS & set(table.columns.keys())}
    held = exported(person)["held"]
    return {name for name in could if not held.get(name, {}).get("rows")}


def test_every_table_that_knows_a_person_is_in_the_export(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert left_out(ada) == set()
    assert {"account", "contact", "session", "passkey", "report", "code", "letter"} <= set(exported(ada)["held"])
    for name in ("passkey", "letter", "member"):
        with monkeypatch.context() as patched:
            tables = [table for table in Base.metadata.sorted_tables if table.name != name]
            patched.setattr(holdings, "_tables", lambda tables=tables: tables)
            assert left_out(ada) == {name}, "control: one that is left out is found"


def test_it_is_only_ones_own_and_nothing_that_signs_in(portal: Portal, ada: Person) -> None:
    stranger = Person(portal, STRANGER)
    told = json.dumps(exported(ada))
    assert ADA in told and STRANGER not in told and stranger.id not in told
    assert ADA not in json.dumps(exported(stranger)), "and the other way round"
    with portal.database.read() as session:
        hashes = [bytes(one[0]) for one in session.execute(text("SELECT token_hash FROM session"))]
    assert hashes and not any(one.hex() in told for one in hashes) and "token_hash" not in told
    assert all(table["about"] for table in exported(ada)["held"].values()), "what each is for, in words"


def test_erased_but_for_the_id(portal: Portal, ada: Person) -> None:
    with portal.database.read() as session:
        session.scalars(select(OrganisationEvent)).all()
    assert ada.ask("POST", "/api/account/erasure").status_code == 204
    assert ada.account is None
    assert held(portal, ada.id) == {"account", "telling"}
    with portal.database.read() as session:
        left = session.get_one(Account, ada.id)
        assert (left.name, left.jurisdiction, left.may_send) == ("", "", False) and left.disabled_at
        last = session.scalars(select(OrganisationEvent).order_by(OrganisationEvent.number.desc())).first()
        assert last and (last.action, last.about) == ("erased", ada.id), "administrators see it"
        [letter] = session.execute(text("SELECT contact, text FROM letter")).all()
        assert letter[0] == ADA and letter[1].startswith("Your Safelight account has been erased.")
    again = Person(portal, ADA)
    assert again.id != ada.id, "who signs in again begins anew"


def held(portal: Portal, account: str) -> set[str]:
    """Which tables refer to an account by foreign keys."""
    with portal.database.read() as session:
        counts = {
            table.name: session.scalar(select(func.count()).select_from(table).where(holdings.owned(table, account)))
            for table in Base.metadata.sorted_tables
        }
    return {name for name, count in counts.items() if count}


def test_control_what_is_not_erased_is_found(portal: Portal, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_STAYS", erasing._STAYS | {"passkey", "session"})
    assert ada.ask("POST", "/api/account/erasure").status_code == 204
    assert held(portal, ada.id) == {"account", "telling", "passkey", "session"}


@pytest.mark.sqlite
def test_no_trace_of_it_is_left_in_the_files(portal: Portal, ada: Person) -> None:
    assert b"passkey name" in stored(portal.settings, "portal"), "control"
    ada.ask("POST", "/api/account/erasure")
    with portal.database.write() as session:
        session.execute(text("DELETE FROM letter"))
    assert portal.database.dialect.wipe()
    files = stored(portal.settings, "portal")
    assert b"passkey name" not in files and ADA.encode() not in files


def test_the_last_administrator_stays(boss: Person) -> None:
    refused = boss.ask("POST", "/api/account/erasure")
    assert (refused.status_code, refused.get_json()["error"]) == (409, "last_administrator")
    assert boss.account is not None


@pytest.fixture
def opened(client: FlaskClient, portal: Portal, net: dict[str, Answer]) -> Iterator[tuple[Person, Bearer, Any]]:
    """Somebody who has sent a report, and has opened it, from ADDRESS; with what the key server answered."""
    person = Person(portal, ADA)
    passes = Bearer(portal.app.extensions["safelight.passes"], person.id, ADA)
    create(client, passes, recipients=[ADA])
    client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    answer = ask(client, passes)
    assert outcome(answer) == "granted"
    yield person, passes, answer.get_json()


def test_servers_refuse_withdraw_and_erase_and_every_proof_holds(
    app: Flask, client: FlaskClient, portal: Portal, opened: tuple[Person, Bearer, Any], teller: Teller
) -> None:
    person, passes, answer = opened
    assert AGENT.encode() in stored(portal.settings, "keyserver"), "control"
    before = everything(app)
    assert person.ask("POST", "/api/account/erasure").status_code == 204
    teller.step()
    assert AGENT.encode() not in erasable(app)
    assert ask(client, passes, "s" * 24).status_code == 404, "a pass that is out already"
    url, get = f"/v1/blobs/{REPORT}", passes.headers("blob:get")
    assert client.get(url, headers=get).status_code == 404
    assert entries(app)[-2:] == [("revoke", "granted", None), ("release", "denied", "disabled")]
    assert AGENT.encode() in erasable(app), "the refusal notes from where; so it is told once more"
    with portal.database.write() as session:
        again = "UPDATE telling SET due_at = 0 WHERE due_at > :soon"
        session.execute(text(again), {"soon": clock.now() + LIFETIME + SKEW})
    teller.step()
    assert erasable(app) == b""
    lines = everything(app)
    assert lines[: len(before)] == before, "no entry is touched"
    assert log_file.verify(lines, app.extensions["safelight.keyserver"].log.key).entries == len(entries(app))
    assert receipts.check(answer["receipt"], answer["entry"].encode(), log_key.known(portal.settings))


def test_what_others_did_stays(
    app: Flask, client: FlaskClient, portal: Portal, opened: tuple[Person, Bearer, Any], reader: Bearer, teller: Teller
) -> None:
    ask(client, reader, "t" * 24)
    opened[0].ask("POST", "/api/account/erasure")
    teller.step()
    assert AGENT.encode() in erasable(app), "another person's"
    assert outcome(ask(client, reader, "u" * 24)) == "not_available", "and the photos are withdrawn"


def test_no_other_portal_erases_our_people(app: Flask, client: FlaskClient, opened: tuple[Person, Bearer, Any]) -> None:
    from viewer.portal.passes import PassIssuer

    person, _, _ = opened
    other = Bearer(PassIssuer("https://next-door.example", bytes(32)), "https://next-door.example")
    path, change = f"/v1/accounts/{person.id}/erasure", {"disabled": True, "number": 1}
    assert client.put(path, json=change, headers=other.headers("accounts:write", "")).status_code == 401
    ours = Bearer(app.extensions["safelight.passes"], "http://localhost").headers("accounts:write", "")
    enabled = client.put(path, json=change | {"disabled": False}, headers=ours)
    assert enabled.status_code == 400 and AGENT.encode() in erasable(app)


def everything(app: Flask) -> list[bytes]:
    with app.extensions["safelight.keyserver"].database.read() as session:
        return list(log.everything(session))


def entries(app: Flask) -> list[tuple[str, str, str | None]]:
    with app.extensions["safelight.keyserver"].database.read() as session:
        return [(one["action"], one["outcome"], one["reason"]) for one in log.entries(session, REPORT)]


def erasable(app: Flask) -> bytes:
    """All values that the log only commits to."""
    with app.extensions["safelight.keyserver"].database.read() as session:
        return "".join(row[0] for row in session.execute(text("SELECT value FROM erasable"))).encode()
