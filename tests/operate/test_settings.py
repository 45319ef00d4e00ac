"""Settings of operation: what makes no sense is told at the start, and a port that is taken too."""

import os
import socket
from dataclasses import replace

import pytest

from tests.config.test_settings import GOOD
from viewer import metrics_port
from viewer.config import Settings, SettingsError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS", "9108"),
        ("METRICS", "127.0.0.1:0"),
        ("METRICS", "127.0.0.1:65536"),
        ("METRICS", "everywhere"),
        ("LOG_FORMAT", "xml"),
        ("MESSAGES_PER_DAY", "0"),
        ("MESSAGES_PER_DAY", "many"),
        ("BYTES_PER_SENDER_PER_DAY", "-1"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"SAFELIGHT_{name}"):
        Settings.from_environment(GOOD | {f"SAFELIGHT_{name}": value})


def test_what_is_said_counts_and_else_the_default() -> None:
    told = {"METRICS": "127.0.0.1:9108", "LOG_FORMAT": "json", "MESSAGES_PER_DAY": "7", "BYTES_PER_SENDER_PER_DAY": "8"}
    found = Settings.from_environment(GOOD | {f"SAFELIGHT_{name}": value for name, value in told.items()})
    assert (found.metrics, found.log_format) == (("127.0.0.1", 9108), "json")
    assert (found.messages_per_day, found.bytes_per_sender_per_day) == (7, 8)
    default = Settings.from_environment(GOOD)
    assert (default.metrics, default.log_format) == (None, "text")
    assert (default.messages_per_day, default.bytes_per_sender_per_day) == (5_000, 20_000_000_000)


def test_another_server_s_counts_are_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metrics_port.FOLDER, "")  # so that what is set here goes away again
    monkeypatch.delenv(metrics_port.FOLDER)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        asked = replace(settings, metrics=("127.0.0.1", other.getsockname()[1]))
        folder = settings.data / f"metrics-{asked.metrics[1]}"  # type: ignore[index]
        folder.mkdir(parents=True)
        (folder / "counter_7.db").touch()
        with pytest.raises(SettingsError, match="SAFELIGHT_METRICS: nobody can listen there"):
            metrics_port.prepare(asked)
        assert list(folder.iterdir())
    assert metrics_port.prepare(settings) == [] and metrics_port.FOLDER not in os.environ
    assert metrics_port.prepare(asked)[0] == "--config"
    assert list(folder.iterdir()) == [], "control: once it is free, one begins anew"
