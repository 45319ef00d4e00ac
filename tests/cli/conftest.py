"""The sender's and the recipient's shells."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.conftest import RECIPIENT, SENDER, Installation


def shell_of(contact: str, installation: Installation, people: Path, home: Path) -> Shell:
    installation.client(contact, people, invited=contact == SENDER)
    (home / "safelight").symlink_to(people / contact)
    return Shell(installation, home)


@pytest.fixture(scope="session")
def shell(installation: Installation, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The sender's."""
    return shell_of(SENDER, installation, people, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def reader(installation: Installation, people: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The recipient's."""
    return shell_of(RECIPIENT, installation, people, tmp_path_factory.mktemp("home"))
