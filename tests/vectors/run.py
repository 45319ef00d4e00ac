"""Runs all vectors and all mutations against one runtime's reader: in CPython, in Node, in Chromium."""

import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from sealed import archive, report
from sealed.errors import SealedError

from . import read
from .bad_xml import GOOD
from .good import good_reports
from .large import directories, plaintexts
from .mutations import ANYWHERE, header, mutations
from .zips import zipped

# Opens (file, server share, link): the SHA-256 of every photo by its name. Raises SealedError.
Open = Callable[[bytes, bytes, str | None], Awaitable[dict[str, str]]]
SMALL = 3000  # bytes of file or plaintext: what mutations are made of
FILES, PLAINTEXTS, TEXTS = 7000, 2000, 1000


async def verdict(opening: Awaitable[Any]) -> tuple[str, Any]:
    """Return `good` and the result, or the error's name; an error that is not ours has a name nobody expects."""
    try:
        return "good", await opening
    except SealedError as error:
        return type(error).__name__, {}
    except Exception as error:
        return f"not ours: {type(error).__name__}", {}


async def surprises(open_: Open, text: str) -> list[str]:
    """Return a line for every vector whose verdict or photos are not those that container.json tells."""
    found = []
    for vector in read(text):
        got, shown = await verdict(open_(vector["file"], vector["server_share"], vector["link"]))
        photos = {name: digest for name, digest in vector["entries"].items() if name.startswith("photos/")}
        if (got, shown) != (vector["verdict"], photos):
            found.append(f"{vector['name']}: {got}, not {vector['verdict']}")
    return found


async def large_surprises() -> list[str]:
    """Return a line for every large plaintext and every directory whose verdict is another one."""
    found = []
    for name, expected, plain in plaintexts():
        if (got := (await verdict(_plain(plain)))[0]) != expected:
            found.append(f"{name}: {got}, not {expected}")
    for name, expected, end, start in directories():
        if (got := (await verdict(_directory(end, start)))[0]) != expected:
            found.append(f"{name}: {got}, not {expected}")
    return found


async def damaged(open_: Open, text: str) -> dict[str, Any]:
    """Return, for three families of mutations, how often each verdict came, and a hash over all of it in order."""
    vectors = [row for row in read(text) if row["verdict"] == "good"]
    small = [row for row in vectors if len(row["file"]) < SMALL or row["name"] == "three chunks"]
    plains = [plain for plain in map(zipped, good_reports().values()) if len(plain) < SMALL]

    async def file(number: int, data: bytes) -> Any:
        return await open_(data, small[number]["server_share"], small[number]["link"])

    async def plain(_number: int, data: bytes) -> Any:
        return await _plain(data)

    async def details(_number: int, data: bytes) -> Any:
        # Another text may be as good; then it must be one that we would write, and read as the same.
        found = report.read(data, ["photos/001.jpg"])
        assert report.read(report.write(found), ["photos/001.jpg"]) == found
        return repr(found)

    files = [row["file"] for row in small]
    return {
        "files": await _tally(file, mutations("files", files, (*ANYWHERE, header, header), FILES)),
        "plaintexts": await _tally(plain, mutations("plaintexts", plains, ANYWHERE, PLAINTEXTS)),
        "texts": await _tally(details, mutations("texts", [GOOD], ANYWHERE, TEXTS)),
    }


async def _tally(
    open_: Callable[[int, bytes], Awaitable[Any]], made: Iterable[tuple[int, bytes]]
) -> dict[str, dict[str, int] | str]:
    counts: Counter[str] = Counter()
    digest = hashlib.sha256()
    for number, data in made:
        got, shown = await verdict(open_(number, data))
        counts[got] += 1
        digest.update(hashlib.sha256(data).digest() + json.dumps([got, shown]).encode())
    return {"counts": dict(sorted(counts.items())), "sha256": digest.hexdigest()}


async def _directory(end: bytes, start: int) -> Sequence[archive.Entry]:
    assert archive.directory_start(end[-64:], start + len(end)) == start
    return archive.read_directory(end, start)


async def _plain(data: bytes) -> str:
    """Read a plaintext; return its details as Python writes them."""
    start = archive.directory_start(data[-64:], len(data))
    entries = archive.read_directory(data[start:], start)
    contents = {entry.name: entry.read(data[entry.start : entry.end]) for entry in entries}
    return repr(report.read(contents["report.xml"], [name for name in contents if name.startswith("photos/")]))
