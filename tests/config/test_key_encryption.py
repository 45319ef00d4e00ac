"""The key-encryption keys: three ways for them to come, and none of them repeated where it is a bad one."""

import shlex
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.config.test_settings import GOOD
from viewer import environment
from viewer.config import Settings, SettingsError

Way = Callable[[str, Path], dict[str, str]]
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
