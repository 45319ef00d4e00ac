"""The three roles in one process, under addresses of their own."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests import inprocess
from tests.proofs.asked import URLS
from viewer.config import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which no role's pass or proof is good at another one."""
    made = inprocess.settings(tmp_path / "data")
    return replace(made, keyserver_url=URLS["keyserver"], filehost_url=URLS["filehost"])
