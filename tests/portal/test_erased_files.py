"""Who erases their account leaves no sealed file behind, whole or not; whatever breaks off in between is made good."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from tests.databases import elsewhere
from tests.filehost.steps import add, begin, fetch, store
from tests.inprocess import PORTAL, Bearer
from tests.portal.conftest import ADA, BOSS, Answer, Person, Portal
from tests.portal.test_leavers import down, turn
from viewer import leavers
from viewer.config import Settings
from viewer.database import Database
from viewer.filehost import erase
from viewer.filehost.models import Blob, Upload
from viewer.filehost.server import FileHost
from viewer.filehost.storage import FolderStorage
from viewer.portal.models import Account, Telling
from viewer.portal.passes import PassIssuer
from viewer.portal.telling import Teller

WHOLE, SECOND, HALF, FORGOTTEN, OTHERS = (str(number) * 26 for number in range(1, 6))


@pytest.fixture
def here(app: Flask) -> FileHost:
    found: FileHost = app.extensions["safelight.filehost"]
    return found


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.data / "blobs"


@pytest.fixture
def ada(portal: Portal) -> Person:
    return Person(portal, ADA)


@pytest.fixture
def passes(portal: Portal, ada: Person) -> Bearer:
    return Bearer(portal.app.extensions["safelight.passes"], ada.id)


@pytest.fixture
def others(portal: Portal) -> Bearer:
    return Bearer(portal.app.extensions["safelight.passes"], Person(portal, BOSS).id)


@pytest.fixture(autouse=True)
def stored(client: FlaskClient, here: FileHost, passes: Bearer, others: Bearer, folder: Path) -> None:
    """Two whole reports of Ada's, one half up, one whose upload is over its time; and one of somebody else's."""
    for report in (WHOLE, SECOND):
        assert store(client, passes, b"sealed", report).status_code == 201
    for report in (HALF, FORGOTTEN):
        assert begin(client, passes, 6, b"sea", report).status_code == 201
    assert store(client, others, b"sealed", OTHERS).status_code == 201
    with here.database.write() as session:
        session.get_one(Upload, FORGOTTEN).until = 1
    assert left(here, folder) == {WHOLE, SECOND, HALF, FORGOTTEN, OTHERS}, "control"


def left(here: FileHost, folder: Path) -> set[str]:
    """Reports of which there is anything: a file, or a row."""
    with here.database.read() as session:
        ids = {*session.scalars(select(Blob.id)), *session.scalars(select(Upload.id))}
    return ids | {path.stem for path in folder.iterdir()}


def heard(portal: Portal) -> bool:
    """Whether the portal has nothing more to tell the file host."""
    with portal.database.read() as session:
        told = session.scalars(select(Telling).where(Telling.door.like("% blobs/erasure"))).all()
    return [one.due_at for one in told] == [None]


def again(portal: Portal, teller: Teller) -> None:
    turn(portal)
    teller.step()


def test_nothing_is_left_but_what_is_somebody_elses(
    client: FlaskClient, portal: Portal, ada: Person, others: Bearer, here: FileHost, folder: Path, teller: Teller
) -> None:
    assert ada.ask("POST", "/api/account/erasure").status_code == 204
    teller.step()
    assert left(here, folder) == {OTHERS} and heard(portal)
    assert fetch(client, others, OTHERS).data == b"sealed"
    again(portal, teller)
    assert left(here, folder) == {OTHERS}, "told twice, it is as told once"


def test_control_a_portal_that_only_disables_leaves_all_of_it(
    ada: Person, here: FileHost, folder: Path, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.portal.telling.erasures", lambda settings: [])
    ada.ask("POST", "/api/account/erasure")
    teller.step()
    assert left(here, folder) == {WHOLE, SECOND, HALF, FORGOTTEN, OTHERS}


def test_a_file_host_that_is_down_hears_it_later(
    portal: Portal, ada: Person, here: FileHost, folder: Path, teller: Teller, net: dict[str, Answer]
) -> None:
    net["/blobs/erasure"] = down
    ada.ask("POST", "/api/account/erasure")
    teller.step()
    assert not heard(portal) and WHOLE in left(here, folder)
    del net["/blobs/erasure"]
    again(portal, teller)
    assert heard(portal) and left(here, folder) == {OTHERS}


class Killed(BaseException):
    """The process is no more."""


def killed_after(count: int, before: bool) -> Callable[[FolderStorage, str], None]:
    """Return a way to remove files after so many of which the process is killed: `before` the last, or behind it."""
    remove, done = FolderStorage.remove, list[str]()

    def remove_some(self: FolderStorage, report: str) -> None:
        done.append(report)
        if before and len(done) == count:
            raise Killed
        remove(self, report)
        if len(done) == count:
            raise Killed

    return remove_some


@pytest.fixture
def dying(net: dict[str, Answer], app: Flask) -> Iterator[None]:
    """What a portal hears of a process that is killed: nothing."""

    def ask(path: str, body: bytes, headers: dict[str, str]) -> Any:
        try:
            app.test_client().put(path, data=body, headers=headers)
        except Killed:
            return down()
        raise AssertionError("it should have been killed")

    net["/blobs/erasure"] = ask
    yield


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_killed_in_between_it_goes_on_where_it_was(
    client: FlaskClient, portal: Portal, ada: Person, passes: Bearer, here: FileHost, folder: Path, teller: Teller,
    net: dict[str, Answer], dying: None, monkeypatch: pytest.MonkeyPatch, count: int, before: bool,
) -> None:  # fmt: skip
    ada.ask("POST", "/api/account/erasure")
    with monkeypatch.context() as patched:
        patched.setattr(FolderStorage, "remove", killed_after(count, before))
        teller.step()
    assert not heard(portal) and len(left(here, folder)) > 1
    refused = store(client, passes, b"sealed", "6" * 26), add(client, passes, 3, b"led", HALF)
    assert [one.status_code for one in refused] == [404, 404], "nothing comes while it is to be told again"
    del net["/blobs/erasure"]
    again(portal, teller)
    assert heard(portal) and left(here, folder) == {OTHERS}


def test_control_rows_before_files_leave_a_file_for_ever(
    portal: Portal, ada: Person, here: FileHost, folder: Path, teller: Teller, net: dict[str, Answer], dying: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def row_first(here: FileHost, kind: Any, issuer: str, account: str) -> bool:
        with here.database.write() as session:
            found = session.scalar(select(kind).where(kind.account == account))
            if found:
                session.delete(found)
        if found:
            here.storage.remove(found.id)
        return found is not None

    monkeypatch.setattr(erase, "_delete_one", row_first)
    ada.ask("POST", "/api/account/erasure")
    with monkeypatch.context() as patched:
        patched.setattr(FolderStorage, "remove", killed_after(1, before=True))
        teller.step()
    del net["/blobs/erasure"]
    again(portal, teller)
    assert heard(portal) and len(left(here, folder)) == 2


def test_an_answer_that_was_lost_is_asked_for_again(
    app: Flask, portal: Portal, ada: Person, here: FileHost, folder: Path, teller: Teller, net: dict[str, Answer]
) -> None:
    def lost(path: str, body: bytes, headers: dict[str, str]) -> Any:
        assert app.test_client().put(path, data=body, headers=headers).status_code == 200
        return down()

    net["/blobs/erasure"] = lost
    ada.ask("POST", "/api/account/erasure")
    teller.step()
    assert left(here, folder) == {OTHERS} and not heard(portal)
    del net["/blobs/erasure"]
    again(portal, teller)
    assert heard(portal)


def test_what_is_brought_by_a_pass_from_before_is_not_kept(
    client: FlaskClient, ada: Person, passes: Bearer, here: FileHost, folder: Path, teller: Teller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ada.ask("POST", "/api/account/erasure")
    teller.step()
    assert store(client, passes, b"sealed", WHOLE).status_code == 404
    assert left(here, folder) == {OTHERS}
    monkeypatch.setattr(leavers, "is_one", lambda *_: False)
    assert store(client, passes, b"sealed", WHOLE).status_code == 201, "control: it is the refusal that keeps it out"


def test_only_the_portal_itself_and_only_of_its_own_people(
    client: FlaskClient, here: FileHost, ada: Person, passes: Bearer, folder: Path
) -> None:
    path, change = f"/v1/accounts/{ada.id}/blobs/erasure", {"disabled": True, "number": 1}
    next_door = "https://next-door.example"
    theirs = Bearer(PassIssuer(next_door, bytes(32)), next_door)
    assert client.put(path, json=change, headers=theirs.headers("accounts:write", "")).status_code == 401
    assert client.put(path, json=change, headers=passes.headers("blob:delete", "")).status_code == 401
    ours = Bearer(passes.issuer, PORTAL)
    enabled = client.put(path, json=change | {"disabled": False}, headers=ours.headers("accounts:write", ""))
    assert enabled.status_code == 400 and WHOLE in left(here, folder)
    with here.database.write() as session:
        session.get_one(Blob, WHOLE).issuer = next_door
    assert client.put(path, json=change, headers=ours.headers("accounts:write", "")).status_code == 200
    assert left(here, folder) == {WHOLE, OTHERS}, "the same number of another portal's is another person"


def test_who_was_erased_before_there_was_that_is_told_of_too(settings: Settings, tmp_path: Path) -> None:
    database = Database(elsewhere(settings, tmp_path / "old"), "portal")
    config = database._config()
    command.upgrade(config, "0013")
    doors = {"erased": ["keys", "blobs", "erasure", "erasure again"], "left": ["keys", "blobs"]}
    with database.write() as session:
        for account, kinds in doors.items():
            row = {"id": account, "name": "", "may_send": False, "created_at": 1, "jurisdiction": ""}
            session.execute(insert(Account), row | {"disabled_at": 1})
            for kind in kinds:
                told = {"account_id": account, "door": f"{PORTAL} {kind}", "number": 7, "disabled": True, "tries": 0}
                session.execute(insert(Telling), told | {"due_at": None})
    command.upgrade(config, "0014")
    with database.read() as session:
        due = session.execute(text("SELECT account_id, door, number FROM telling WHERE due_at IS NOT NULL")).all()
    assert [tuple(one) for one in due] == [("erased", f"{PORTAL} blobs/erasure", 7)]
