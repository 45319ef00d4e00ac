"""Settings of roles, alone and together: what each needs, and the other servers that it is told of."""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.config.test_settings import GOOD
from viewer import log_key, witness_key
from viewer.cli import main
from viewer.config import Settings, SettingsError

LOG = "keys.example.org/log/1+fb4192fd+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"  # a public witness's own
URL = "https://remora.n621.de"


def test_witnesses_are_pairs_and_by_default_the_own_file_host() -> None:
    [own] = witness_key.witnesses(Settings.from_environment(GOOD))
    assert own.url == "https://photos.example.org/v1/witness" and own.key.name == own.url.partition("://")[2]
    for text in (f"{URL} {WITNESS}", f"{URL},{WITNESS}\n"):
        settings = Settings.from_environment(
            GOOD | {"SAFELIGHT_KEYSERVER_WITNESSES": text * 2 if "\n" in text else text}
        )
        found = witness_key.witnesses(settings)
        assert {(one.url, one.key.text()) for one in found} == {(URL, WITNESS)}
    assert witness_key.witnesses(Settings.from_environment(GOOD | {"SAFELIGHT_KEYSERVER_WITNESSES": ""})) == ()
    apart = Settings.from_environment(GOOD | {"SAFELIGHT_ROLES": "keyserver"})
    assert witness_key.witnesses(apart) == (), "another's file host has another's secret"


def test_the_logs_to_witness_are_named_or_the_own_one() -> None:
    settings = Settings.from_environment(GOOD | {"SAFELIGHT_KEYSERVER_LOG": "12"})
    assert [key.name for key in witness_key.witnessed(settings)] == ["photos.example.org/log/12"]
    named = Settings.from_environment(GOOD | {"SAFELIGHT_FILEHOST_LOGS": LOG})
    assert [key.text() for key in witness_key.witnessed(named)] == [LOG]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEYSERVER_WITNESSES", URL),
        ("KEYSERVER_WITNESSES", f"{WITNESS} {URL}"),
        ("KEYSERVER_WITNESSES", f"{URL} {LOG}"),
        ("KEYSERVER_WITNESSES", f"http://elsewhere.example {WITNESS}"),
        ("FILEHOST_LOGS", WITNESS),
        ("FILEHOST_LOGS", f"{LOG} nonsense"),
        ("FILEHOST_SECRET", "short"),
        *(("KEYSERVER_LOG", value) for value in ("0", "1000000", "-1", "one", "\u0661", "")),
    ],
)
def test_settings_of_witnesses_and_of_the_log_are_checked(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"SAFELIGHT_{name}"):
        Settings.from_environment(GOOD | {f"SAFELIGHT_{name}": value})


KEYS = f"https://keys.example.org {LOG}"
HOSPITAL = "https://hospital.example/keys"
# What each role needs where it runs alone, and nothing else.
NEEDS = {
    "portal": {
        "DATA": "data",
        "PORTAL_URL": "https://photos.example.org",
        "PORTAL_SECRET": "ab" * 32,
        "KEYSERVERS": KEYS,
        "FILEHOST_URL": "https://files.example.org",
        "MAIL": "mailto://x",
    },
    "keyserver": {
        "DATA": "data",
        "KEYSERVER_URL": "https://keys.example.org",
        "KEYSERVER_SECRET": "cd" * 32,
        "KEYSERVER_KEK": "ef" * 32,
        "ISSUERS": "https://photos.example.org",
    },
    "filehost": {
        "DATA": "data",
        "FILEHOST_URL": "https://files.example.org",
        "FILEHOST_SECRET": "0a" * 32,
        "ISSUERS": "https://photos.example.org",
    },
}


def told(role: str, *without: str) -> dict[str, str]:
    own = {f"SAFELIGHT_{name}": value for name, value in NEEDS[role].items() if name not in without}
    return own | {"SAFELIGHT_ROLES": role}


@pytest.mark.parametrize("role", NEEDS)
def test_each_role_alone_asks_for_exactly_what_it_needs(role: str) -> None:
    assert Settings.from_environment(told(role)).roles == (role,)
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"SAFELIGHT_ROLES": role})
    named = [line.split()[0].rstrip(":") for line in str(refused.value).splitlines()]
    assert sorted(named) == sorted(f"SAFELIGHT_{name}" for name in NEEDS[role])
    for name in NEEDS[role]:
        with pytest.raises(SettingsError) as refused:
            Settings.from_environment(told(role, name))
        assert [line.split()[0] for line in str(refused.value).splitlines()] == [f"SAFELIGHT_{name}"]


@pytest.mark.parametrize("role", NEEDS)
def test_a_role_alone_holds_nothing_of_the_others(role: str) -> None:
    settings = Settings.from_environment(GOOD | {"SAFELIGHT_KEYSERVERS": KEYS} | told(role))
    secrets = {"portal": settings.portal_secret, "keyserver": settings.keyserver_secret}
    secrets["filehost"] = settings.filehost_secret
    assert [name for name, secret in secrets.items() if secret] == [role]
    assert bool(settings.keyserver_keks) == (role == "keyserver")


def test_the_first_key_server_is_the_default_and_the_own_one_comes_first() -> None:
    several = {"SAFELIGHT_KEYSERVERS": f"{KEYS}\n{HOSPITAL},{LOG}"}
    apart = Settings.from_environment(told("portal") | several)
    assert list(log_key.servers(apart)) == ["https://keys.example.org", HOSPITAL]
    assert log_key.known(apart).text() == LOG
    together = Settings.from_environment(GOOD | several)
    assert list(log_key.servers(together)) == ["https://photos.example.org", "https://keys.example.org", HOSPITAL]
    assert log_key.known(together).name == "photos.example.org/log/1"
    with_own = GOOD | {"SAFELIGHT_KEYSERVER_URL": "https://keys.example.org", "SAFELIGHT_KEYSERVERS": KEYS}
    own = log_key.servers(Settings.from_environment(with_own))
    assert len(own) == 1 and own["https://keys.example.org"].text() != LOG, "its own key it knows best"


@pytest.mark.parametrize(
    ("role", "name", "value"),
    [
        ("portal", "KEYSERVERS", "https://keys.example.org"),
        ("portal", "KEYSERVERS", f"{LOG} https://keys.example.org"),
        ("portal", "KEYSERVERS", f"https://keys.example.org/ {LOG}"),
        ("portal", "KEYSERVERS", f"https://keys.example.org {WITNESS}"),
        ("keyserver", "ISSUERS", "https://photos.example.org/"),
        ("filehost", "ISSUERS", "https://photos.example.org *"),
        ("keyserver", "ISSUERS", "null"),
    ],
)
def test_lists_of_other_servers_are_checked(role: str, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"SAFELIGHT_{name}"):
        Settings.from_environment(told(role) | {f"SAFELIGHT_{name}": value})


@pytest.mark.parametrize(
    ("roles", "needed"),
    [(["keyserver"], NEEDS["keyserver"]), (["filehost", "keyserver"], NEEDS["filehost"] | NEEDS["keyserver"])],
)
def test_serve_runs_the_roles_that_it_is_told(
    roles: list[str], needed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of what the environment says; and so every process of the server reads it."""
    (tmp_path / "roles").write_text("portal")
    for name in (*GOOD, *(f"SAFELIGHT_{name}" for own in NEEDS.values() for name in own)):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"ROLES": "portal", "ROLES_FILE": str(tmp_path / "roles")}.items():
        monkeypatch.setenv(f"SAFELIGHT_{name}", value)
    options = [word for role in roles for word in ("--role", role)]
    refused = CliRunner().invoke(main, ["serve", *options])
    assert refused.exit_code == 1
    assert set(re.findall("SAFELIGHT_([A-Z_]+)", refused.stderr)) == set(needed)
    assert os.environ["SAFELIGHT_ROLES"] == ",".join(roles)
    assert CliRunner().invoke(main, ["serve", "--role", "kitchen"]).exit_code == 2
