"""The world of the matrix, once for all files of tests here."""

from collections.abc import Iterator

import pytest

from tests.authorisation.beginning import everybody
from tests.authorisation.world import World


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with everybody(tmp_path_factory.mktemp("world") / "data") as made:
        yield made
