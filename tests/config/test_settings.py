"""Settings: every problem at once, no default for a secret, secrets from files too."""

import dataclasses
from pathlib import Path

import pytest

from viewer.config import Settings, SettingsError
from viewer.portal import messages

GOOD = {
    "SAFELIGHT_DATA": "data",
    "SAFELIGHT_PORTAL_URL": "https://photos.example.org",
    "SAFELIGHT_MAIL": "mailto://x",
    "SAFELIGHT_PORTAL_SECRET": "ab" * 32,
    "SAFELIGHT_KEYSERVER_SECRET": "cd" * 32,
    "SAFELIGHT_KEYSERVER_KEK": "ef" * 32,
    "SAFELIGHT_FILEHOST_SECRET": "0a" * 32,
}


def test_good_settings_and_what_follows_from_them() -> None:
    settings = Settings.from_environment(GOOD)
    assert settings.keyserver_url == settings.filehost_url == settings.issuers[0] == "https://photos.example.org"
    assert settings.roles == ("portal", "keyserver", "filehost")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLES", "portal,kitchen"),
        ("PORTAL_URL", "https://photos.example.org/"),
        ("PORTAL_URL", "http://photos.example.org"),
        ("PORTAL_SECRET", "short"),
        ("PORTAL_SECRET", "zz" * 32),
        ("KEYSERVER_KEK", ""),
        ("PROXIES", "all"),
        ("MAIL", ""),
        ("DATA", ""),
    ],
)
def test_each_problem_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"SAFELIGHT_{name}") as refused:
        Settings.from_environment(GOOD | {f"SAFELIGHT_{name}": value})
    assert not value or "ZZ" not in value.upper() or value not in str(refused.value), "a secret is not repeated"


def test_all_problems_come_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({})
    assert len(str(refused.value).splitlines()) >= 6


def test_secrets_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("12" * 32 + "\n")
    without = {name: value for name, value in GOOD.items() if name != "SAFELIGHT_PORTAL_SECRET"}
    settings = Settings.from_environment(without | {"SAFELIGHT_PORTAL_SECRET_FILE": str(file)})
    assert settings.portal_secret == bytes.fromhex("12" * 32)
    with pytest.raises(SettingsError, match="PORTAL_SECRET_FILE cannot be read"):
        Settings.from_environment(without | {"SAFELIGHT_PORTAL_SECRET_FILE": str(tmp_path / "none")})
    file.write_bytes(b"\xff" * 32)
    with pytest.raises(SettingsError, match="PORTAL_SECRET_FILE names a file that is not text"):
        Settings.from_environment(without | {"SAFELIGHT_PORTAL_SECRET_FILE": str(file)})


def test_secrets_are_not_printed() -> None:
    assert "ab" * 32 not in repr(Settings.from_environment(GOOD)) and "\\xab" not in repr(
        Settings.from_environment(GOOD)
    )


def test_a_role_alone_needs_its_own_secrets_only() -> None:
    others = ("PORTAL_SECRET", "KEYSERVER_SECRET", "KEYSERVER_KEK")
    alone = {name: value for name, value in GOOD.items() if not name.endswith(others)}
    settings = Settings.from_environment(alone | {"SAFELIGHT_ROLES": "filehost", "SAFELIGHT_MAIL": ""})
    assert settings.roles == ("filehost",)


@pytest.mark.parametrize("mail", ["smpt://{to}", "mailto://localhost", "nonsense"])
def test_a_gateway_that_is_none_is_told_at_the_start(settings: Settings, mail: str) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_MAIL"):
        messages.check(dataclasses.replace(settings, mail=mail))
    messages.check(settings)
