"""How hospitals are told: one TOML table each, all problems at once, and no domain that two may vouch for."""

from pathlib import Path

import pytest

from tests.config.test_roles import KEYS
from tests.config.test_settings import GOOD
from tests.keyserver.sign_in.test_settings import SIGN_IN
from viewer.config import Settings, SettingsError

TOLD = """
[st-elsewhere]
name = "St Elsewhere"
issuer = "https://login.st-elsewhere.example/Tenant-7/v2.0"
client = "safelight"
secret = "hush"
domains = ["St-Elsewhere.example", "bücher.example"]

[general]
name = "General"
issuer = "https://login.general.example"
client = "7"
domains = ["general.example"]
"""


def read(text: str, **more: str) -> Settings:
    return Settings.from_environment(GOOD | {"SAFELIGHT_PORTAL_HOSPITALS": text} | more)


def test_hospitals_and_what_they_vouch_for(tmp_path: Path) -> None:
    first, second = read(TOLD).hospitals
    assert (first.key, first.sign_in.name, first.sign_in.secret) == ("st-elsewhere", "St Elsewhere", "hush")
    assert first.domains == ("st-elsewhere.example", "xn--bcher-kva.example"), "as they stand in addresses"
    assert (second.sign_in.secret, second.domains) == ("", ("general.example",))
    assert "hush" not in repr(first)
    (tmp_path / "hospitals").write_text(TOLD)
    assert (
        len(
            Settings.from_environment(GOOD | {"SAFELIGHT_PORTAL_HOSPITALS_FILE": str(tmp_path / "hospitals")}).hospitals
        )
        == 2
    )
    assert Settings.from_environment(GOOD | SIGN_IN).hospitals == ()
    assert read("[", SAFELIGHT_ROLES="keyserver", SAFELIGHT_KEYSERVER_URL="https://k.example").hospitals == ()
    assert KEYS


@pytest.mark.parametrize(("old", "new", "said"), [
    (TOLD, "[st-elsewhere", "is not TOML"),
    (TOLD, 'name = "St Elsewhere"', "must be a table"),
    ("[general]", "[General]", "small letters"),
    ('name = "General"\n', "", r"\[general\]: name is missing"),
    ('issuer = "https://login.general.example"\n', "", r"\[general\]: issuer is missing"),
    ('client = "7"\n', "client = 7\n", r"\[general\]: client is missing, or no text"),
    ('domains = ["general.example"]', "", r"\[general\]: domains must be a list"),
    ('domains = ["general.example"]', "domains = []", r"\[general\]: domains must be a list"),
    ('domains = ["general.example"]', 'domains = "general.example"', r"\[general\]: domains must be a list"),
    ('["general.example"]', '["*"]', r"\[general\]: domains must be a list"),
    ('["general.example"]', '["x@general.example"]', r"\[general\]: domains must be a list"),
    ('["general.example"]', '["ST-ELSEWHERE.example"]', "names one domain twice"),
    ("https://login.general.example", "https://login.st-elsewhere.example/Tenant-7/v2.0", "names one issuer twice"),
    ("https://login.general.example", "http://login.general.example", r"\[general\]: issuer must be https://"),
    ('client = "7"', 'client = "7"\ntrust = "all"', r"\[general\]: there is more than name"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_quotes_nothing(old: str, new: str, said: str) -> None:
    assert old in TOLD
    with pytest.raises(SettingsError, match=f"SAFELIGHT_PORTAL_HOSPITALS .*{said}") as refused:
        read(TOLD.replace(old, new))
    assert "hush" not in str(refused.value) and "login." not in str(refused.value)
