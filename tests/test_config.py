"""Settings: every problem at once, no default for a secret, secrets from files too."""

import dataclasses
import os
import re
import shlex
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from viewer import environment, log_key, witness_key
from viewer.cli import main
from viewer.config import Settings, SettingsError
from viewer.portal import messages

Way = Callable[[str, Path], dict[str, str]]
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


A, B = "a1" * 32, "b2" * 32


def command(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def by_value(value: str, tmp_path: Path) -> dict[str, str]:
    return {"SAFELIGHT_KEYSERVER_KEK": value}


def by_file(value: str, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "kek").write_text(value)
    return {"SAFELIGHT_KEYSERVER_KEK_FILE": str(tmp_path / "kek")}


def by_command(value: str, tmp_path: Path) -> dict[str, str]:
    return {"SAFELIGHT_KEYSERVER_KEK_COMMAND": command(f"print({value!r})")}


def without_kek() -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if "KEK" not in name}


@pytest.mark.parametrize("value", [A, f"{A},{B}", f"{A}\n{B}\n", f" {A} , {B} "])
@pytest.mark.parametrize("way", [by_value, by_file, by_command])
def test_key_encryption_keys_come_three_ways_one_or_several(way: Way, value: str, tmp_path: Path) -> None:
    settings = Settings.from_environment(without_kek() | way(value, tmp_path))
    assert settings.keyserver_keks == tuple(bytes.fromhex(one) for one in (A, B) if one in value)
    assert repr(settings.keyserver_keks[0]) not in repr(settings) and A not in repr(settings)


@pytest.mark.parametrize("value", ["", ",", f"{A},", A[:-1], A[:-2], A + B, f"{A},{'zz' * 32}", "\xff" * 64])
@pytest.mark.parametrize("way", [by_value, by_file, by_command])
def test_a_bad_key_encryption_key_is_told_and_not_repeated(way: Way, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_KEYSERVER_KEK") as refused:
        Settings.from_environment(without_kek() | way(value, tmp_path))
    told = "".join(traceback.format_exception(refused.value))
    assert not [text for text in ("a1a1", "b2b2", "zzzz", "-c") if text in told]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (command(f"import sys; print('{A}'); sys.exit('{B}')"), "ended with exit code 1"),
        (command(f"import sys; print('{A}', file=sys.stderr)"), "printed nothing"),
        (command(f"import time; print('{A}', flush=True); time.sleep(60)"), "did not end within"),
        ("/nowhere/kms a1a1", "could not be started: No such file"),
        ("kms 'a1a1", "a quotation mark is not closed"),
    ],
)
def test_a_command_that_fails_is_told_and_nothing_it_said(
    given: str, problem: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "_COMMAND_SECONDS", 0.5 if "time.sleep" in given else 20)
    with pytest.raises(SettingsError, match=problem) as refused:
        Settings.from_environment({"SAFELIGHT_KEYSERVER_KEK_COMMAND": given})
    assert len(str(refused.value).splitlines()) >= 6, "with all other problems"
    told = "".join(traceback.format_exception(refused.value)) + "".join(capfd.readouterr())
    assert "a1a1" not in told and "b2b2" not in told


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(SettingsError, match="must be 64 hex digits"):
        Settings.from_environment(
            GOOD | {"SAFELIGHT_KEYSERVER_KEK": "", "SAFELIGHT_KEYSERVER_KEK_COMMAND": f"echo $(touch {made})"}
        )
    assert not made.exists()


def test_two_ways_at_once_are_refused(tmp_path: Path) -> None:
    for other in (by_value, by_file):
        with pytest.raises(SettingsError, match="only one may be set"):
            Settings.from_environment(without_kek() | other(A, tmp_path) | by_command(B, tmp_path))


def test_a_role_without_shares_runs_no_command(tmp_path: Path) -> None:
    given = {"SAFELIGHT_KEYSERVER_KEK_COMMAND": f"touch {tmp_path / 'made'}", "SAFELIGHT_ROLES": "filehost"}
    assert Settings.from_environment(without_kek() | given).keyserver_keks == ()
    assert not (tmp_path / "made").exists()


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
