"""Rebuilds what a disk may hold after a power cut, from a trace of a server's system calls (strace(1))."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512  # bytes: what a disk writes whole or not at all
# Every string in hex (-xx), every file by its name (-y), to the end (-s); signals are of no interest.
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1000000", "-e", "signal=none")
CALLS = "trace=pwrite64,ftruncate,fsync,fdatasync,unlink,sendto"
_LINE = re.compile(r'(\d+) +(?:<\.\.\. )?(\w+)(?:\((?:\d+<([^>]*)>)?(?:, )?(?:"([^"]*)")?| resumed>)')
_LAST_NUMBER = re.compile(r"(\d+)(?:\)\s*=.*| <unfinished \.\.\.>)")


@dataclass(frozen=True)
class Call:
    """The beginning of a system call, or (`ended`) its end; `file` is a name without its folder."""

    thread: int
    name: str
    file: str = ""
    data: bytes = field(default=b"", repr=False)
    number: int = 0
    ended: bool = False


def calls(trace: Path) -> Iterator[Call]:
    """Read a trace: where strace saw both ends of a call at once, the end follows its beginning."""
    with trace.open() as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue  # how a thread ended
            thread, name, file, data = int(found[1]), found[2], _text(found[3]), _bytes(found[4])
            if "resumed>" not in line:
                number = _LAST_NUMBER.search(line)
                name_of_file = _text(found[4]) if name == "unlink" else file
                yield Call(thread, name, name_of_file.rpartition("/")[2], data, int(number[1]) if number else 0)
            if "<unfinished" not in line:
                yield Call(thread, name, ended=True)


def _bytes(hexed: str | None) -> bytes:
    return bytes.fromhex((hexed or "").replace("\\x", ""))


def _text(hexed: str | None) -> str:
    return _bytes(hexed).decode()


@dataclass
class File:
    """What of a file is safe, and what has been asked for since its last sync, in order."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Call] = field(default_factory=list)


class Disk:
    """The files of one database, as the calls so far have left them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._files: dict[str, File] = {}
        self._syncs: dict[int, tuple[str, int]] = {}

    def see(self, call: Call) -> None:
        """Go on by one call. A sync makes safe, at its end, what had been written at its beginning."""
        if call.ended:
            name, count = self._syncs.pop(call.thread, ("", 0))
            if name in self._files:
                self._sync(self._files[name], count)
        elif call.file not in self._names:
            return
        elif call.name == "unlink":
            self._files.pop(call.file, None)
        elif call.name in ("fsync", "fdatasync"):
            self._syncs[call.thread] = (call.file, len(self._file(call.file).since))
        elif call.name in ("pwrite64", "ftruncate"):
            self._file(call.file).since.append(call)

    def after_cut(self, chance: float, dice: random.Random) -> dict[str, bytes]:
        """What the files hold when the power goes now and each unsafe sector is written with this chance."""
        found = {}
        for name, file in self._files.items():
            content = bytearray(file.safe)
            for call in file.since:
                _apply(content, call, lambda: dice.random() < chance)
            found[name] = bytes(content)
        return found

    def _file(self, name: str) -> File:
        return self._files.setdefault(name, File())

    def _sync(self, file: File, count: int) -> None:
        for call in file.since[:count]:
            _apply(file.safe, call, lambda: True)
        # Another thread may have synced some of them meanwhile: they are the first, and so is what it left.
        del file.since[:count]


def _apply(content: bytearray, call: Call, written: Callable[[], bool]) -> None:
    if call.name == "ftruncate":
        if written():
            content[:] = content[: call.number].ljust(call.number, b"\0")
        return
    start, end = call.number, call.number + len(call.data)
    for sector in range(start - start % SECTOR, end, SECTOR):
        if written():
            low, high = max(sector, start), min(sector + SECTOR, end)
            content.extend(bytes(max(0, high - len(content))))
            content[low:high] = call.data[low - start : high - start]
