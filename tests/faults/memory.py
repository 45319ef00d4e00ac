"""Reads the memory of a running process (Linux: /proc, see proc_pid_maps(5) and proc_pid_mem(5))."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

_KERNELS = ("[vvar", "[vdso", "[vsyscall")


def processes(pid: int) -> list[int]:
    """A process and all that descend from it; nothing of what has ended meanwhile."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid, *(found for child in children for found in processes(int(child)))]


def held(pid: int) -> Iterator[bytes]:
    """Each mapping that a process can read, without the zeros around it.

    What is mapped from a file and cannot be written to is left out: it is the program's own code.
    """
    maps = Path(f"/proc/{pid}/maps")
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for mapping in maps.read_text().splitlines():
            span, may, _offset, _device, inode, *name = mapping.split(maxsplit=5)
            code = inode != "0" and "w" not in may
            if may[0] != "r" or code or (name and name[0].startswith(_KERNELS)):
                continue
            start, end = (int(address, 16) for address in span.split("-"))
            memory.seek(start)
            data = b""
            with contextlib.suppress(OSError):
                data = memory.read(end - start)
            if len(data) != end - start and mapping in maps.read_text():
                raise OSError(f"memory of process {pid} is there and cannot be read: {mapping}")
            yield data.strip(b"\0")


def nameless(pid: int) -> Iterator[bytes]:
    """Each file that a process has open and that has no name any more, as temporary files do."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            if str(descriptor.readlink()).endswith(" (deleted)"):
                yield descriptor.read_bytes()
