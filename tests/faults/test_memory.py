"""What a process holds is found by its number alone."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from subprocess import PIPE

import pytest

from tests.faults import memory

MARK = os.urandom(32)
HOLDER = "import sys; held = bytes.fromhex(sys.stdin.readline()); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def holder() -> Iterator[subprocess.Popen[str]]:
    """A process that holds MARK in its memory, and was told it in hex."""
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin and process.stdout
        print(MARK.hex(), file=process.stdin, flush=True)
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_memory_of_another_process_is_read(holder: subprocess.Popen[str]) -> None:
    assert any(MARK in data for data in memory.held(holder.pid))
    assert not any(MARK[::-1] in data for data in memory.held(holder.pid))


def test_children_are_known(holder: subprocess.Popen[str]) -> None:
    assert memory.processes(holder.pid) == [holder.pid]
    assert {os.getpid(), holder.pid} <= set(memory.processes(os.getpid()))
    holder.communicate()
    assert memory.processes(holder.pid) == []


def test_files_without_a_name_are_read() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(MARK)
        file.flush()
        assert MARK in memory.nameless(os.getpid())
    assert MARK not in memory.nameless(os.getpid())
