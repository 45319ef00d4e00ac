"""The writer's place: one at a time, in all processes, and nobody waits for ever."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from viewer.turn import Place

HOLD = """
import sys
from viewer.turn import Place
place = Place(sys.argv[1])
place.take(5)
print("mine", flush=True)
input()
"""


def take(path: Path, seconds: float = 5) -> Place:
    place = Place(path)
    place.take(seconds)
    return place


def taken_by_another(path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "mine\n"
    return process


def counted(path: Path, place: Callable[[Path], object]) -> int:
    """Return how many of 8 threads were inside at once, at the most."""
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(25):
            held = place(path)
            with lock:
                inside += 1
                most = max(most, inside)
            threading.Event().wait(0.001)
            with lock:
                inside -= 1
            if isinstance(held, Place):
                held.__exit__()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return most


def test_one_at_a_time(tmp_path: Path) -> None:
    assert counted(tmp_path / "line", take) == 1
    assert counted(tmp_path / "line", lambda path: None) > 1, "control: without the place"


def test_whoever_was_stopped_is_not_waited_for_and_the_place_is_free_again(tmp_path: Path) -> None:
    path, files = tmp_path / "line", open_files()
    holder = taken_by_another(path)
    os.kill(holder.pid, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        take(path, 0.05)
    holder.kill()
    holder.communicate()
    with take(path):  # the one that has given up lets go when its turn has come
        pass
    for _ in range(500):
        if open_files() == files:
            break
        threading.Event().wait(0.01)
    assert open_files() == files, "no file stays open"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
