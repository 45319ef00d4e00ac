"""Makes the engine's two archives of compiled modules; runs inside Pyodide.

pyodide-build compiles for the interpreter it runs on, so it has to run on the very
one the viewer uses. SOURCE_DATE_EPOCH, set by compile.mjs, fixes every date.
"""

import _imp
import json
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pyodide_build._py_compile import _py_compile_archive

from engine.stdlib import check_ours, module_name, needed

# The engine's folder is named after its content; a wheel needs some version.
WHEEL = "safelight-0"


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    """A zip of these files, stored: brotli packs stored bytes better than deflated ones."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])


def read_library(path: Path) -> dict[str, bytes]:
    """The standard library's sources, but for what is frozen into the interpreter."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py")]
        return {name: archive.read(name) for name in names if not _imp.is_frozen(module_name(name))}


def read_ours(folder: Path) -> dict[str, bytes]:
    """Our packages' sources by their path in the wheel."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def with_metadata(ours: dict[str, bytes]) -> dict[str, bytes]:
    """Our sources with the three files that make the zip a wheel.

    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    info = f"{WHEEL}.dist-info"
    files = ours | {
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: safelight\nVersion: 0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: safelight\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = []
    for name in sorted(files):
        digest = urlsafe_b64encode(sha256(files[name]).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(files[name])}\n")
    lines.append(f"{info}/RECORD,,\n")
    return files | {f"{info}/RECORD": "".join(lines).encode()}


def compiled(path: Path) -> Path:
    """The same archive with compiled modules in place of the sources."""
    result: Path | None = _py_compile_archive(path, verbose=False, compression_level=0)
    if result is None:
        raise ValueError(f"pyodide-build found nothing to compile in {path.name}.")
    return result


def make(work: Path, booted: Iterable[str]) -> list[str]:
    """Write both archives into `work`; returns their paths.

    `work` holds python_stdlib.zip as Pyodide ships it and the folders engine and packages.
    `booted` names the modules that a bare start of Pyodide loads.
    """
    lists = json.loads((work / "engine" / "stdlib.json").read_text())
    keep, leave_out = ({name for group in lists[key] for name in group["modules"]} for key in ("keep", "leave_out"))
    library = read_library(work / "python_stdlib.zip")
    ours = read_ours(work / "packages")
    check_ours(ours, leave_out)
    pyodides = {module_name(path) for path in library if "pyodide" in path.split("/")[0]}
    paths = needed(library | ours, {*booted, *pyodides, *keep, *map(module_name, ours)}, leave_out)

    small = work / "small" / "python_stdlib.zip"
    small.parent.mkdir()
    write_zip(small, {path: library[path] for path in paths if path in library})
    wheel = work / f"{WHEEL}-py3-none-any.whl"
    write_zip(wheel, with_metadata(ours))
    return [str(compiled(small)), str(compiled(wheel))]
