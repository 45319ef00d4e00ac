"""Keys from before policies had limits keep theirs, and their openings count."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from tests.databases import elsewhere
from viewer.config import Settings
from viewer.database import Database
from viewer.keyserver.models import Key, Use
from viewer.keyserver.policy_form import told

_ENTRY = "INSERT INTO entry VALUES (:number, 1, 'K', 'I', :account, :action, :outcome, NULL, '')"


def test_a_key_of_the_first_version(settings: Settings, tmp_path: Path) -> None:
    database = Database(elsewhere(settings, tmp_path / "first"), "keyserver")
    command.upgrade(database._config(), "0001")
    acts = [
        ("A", "release", "granted"),
        ("A", "release", "granted"),
        ("B", "release", "denied"),
        ("O", "create", "granted"),
    ]
    with database.write() as session:
        session.execute(text("INSERT INTO key VALUES ('K', 'I', 'O', '', 1, 60, NULL, NULL, NULL)"))
        session.execute(text("INSERT INTO recipient VALUES ('K', 'hidden')"))
        for number, (account, action, outcome) in enumerate(acts):
            values = {"number": number, "account": account, "action": action, "outcome": outcome}
            session.execute(text(_ENTRY), values)
    database.migrate()
    with database.read() as session:
        key = session.get_one(Key, "K")
        nothing = {"not_before": None, "most_each": None, "most": None, "passkey": False, "jurisdictions": []}
        nothing |= {"download": False, "mark": False}
        assert told(key) == nothing | {"not_after": "1970-01-01T00:01:00Z"}
        assert (key.policy_version, key.claimed_by, len(key.recipients)) == (1, None, 1)
        assert [(use.account, use.releases) for use in session.query(Use)] == [("A", 2)]
