"""Organisations at the command line: begun by whoever runs the portal; their defaults hold for what people send."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from sealed.header import parse_time
from tests.cli.conftest import shell_of
from tests.cli.shell import PHOTO, Shell
from tests.conftest import Installation
from viewer import clock
from viewer.cli import main
from viewer.database import Database
from viewer.portal.models import Organisation

BOSS, OTHER = "clinic.boss@example.org", "second.boss@example.org"


@pytest.fixture
def operator(installation: Installation) -> Shell:
    shell = Shell(installation, Path("/nowhere"))
    shell.environment |= installation.environment
    return shell


def add(operator: Shell, name: str, contact: str) -> Result:
    return CliRunner().invoke(main, ["organisation", "add", name, "--administrator", contact], env=operator.environment)


def test_it_is_begun_and_its_defaults_hold(
    installation: Installation, operator: Shell, people: Path, tmp_path: Path
) -> None:
    added = add(operator, "The Clinic", BOSS)
    assert added.output == f"The Clinic is looked after by {BOSS}: {installation.url}/organisation\n"
    boss = shell_of(BOSS, installation, people, tmp_path)
    with Database(installation.settings, "portal").write() as session:
        session.execute(update(Organisation).where(Organisation.name == "The Clinic").values(days=3))
    for days, more in ((3, ()), (5, ("--days", "5"))):
        link = boss.send(str(PHOTO), *more)
        assert link.exit_code == 0, link.output
        [until] = re.findall(r"until +(\S+)", boss.run("policy", link.stdout.strip()).output)
        assert round((parse_time(until).timestamp() - clock.now()) / 86_400) == days


def test_more_administrators_and_who_cannot_be_one(installation: Installation, operator: Shell) -> None:
    assert add(operator, "Ward 9", "nine@example.org").exit_code == 0
    assert add(operator, "Ward 9", OTHER).exit_code == 0
    assert add(operator, "Ward 9", OTHER).exit_code == 0, "once more changes nothing"
    refused = add(operator, "Ward 10", OTHER)
    assert refused.exit_code == 1 and "belongs to an organisation already" in refused.output
    assert "2 people, 2 of them administrators" in listed(operator, "Ward 9")
    assert listed(operator, "Ward 10") == "", "nothing is left of it"
    for name, contact, word in (("", "a@example.org", "a name of"), ("Ward 11", "nobody", "Type your e-mail")):
        refused = add(operator, name, contact)
        assert refused.exit_code == 1 and word in refused.output
    invited = CliRunner().invoke(main, ["invite", "Dr X", OTHER], env=operator.environment)
    assert invited.exit_code == 1 and "belongs to Ward 9, whose administrators decide" in invited.output


def listed(operator: Shell, name: str) -> str:
    lines = CliRunner().invoke(main, ["organisation", "list"], env=operator.environment).output.splitlines()
    return "".join(line for line in lines if f"  {name}  " in line)
