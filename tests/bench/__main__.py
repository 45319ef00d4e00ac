"""Measures all figures and prints them; ends with 1 where a target is missed.

They are written to build/bench.json, and drawn in build/figures.svg. With --publish, the README's table
(between its two marks) and its plot are renewed as well.
"""

import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import ROOT

from . import (
    decryption,
    first_of_ten,
    first_photo,
    first_visit,
    group_commit,
    looking,
    many_entries,
    place,
    ready_in_time,
    sealing,
    sending_photos,
    strangers,
    throughput,
)
from .figure import Figure
from .plot import draw

_MARKED = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.S)


def measure(folder: Path) -> list[Figure]:
    """Return all figures; what they need lies in `folder` meanwhile."""
    with place.installation(folder) as running:
        sent = place.send_photo(running, folder)
        _say("opening a report, and a bare page that does the same …")
        with place.profile(folder) as context:
            figures = first_photo.measure(context, running, sent)
        with place.browser() as chromium:
            _say("the first visit, on a slow line …")
            figures += first_visit.measure(chromium, running, sent)
            figures += ready_in_time.measure(chromium, running, sent)
            _say("the first of ten photos, on a slow line …")
            figures += first_of_ten.measure(chromium, folder)
            _say("large photos, and many …")
            figures += looking.measure(chromium, running, folder)
            _say("sending a photo from the page, and twenty …")
            figures += sending_photos.measure(chromium, running, folder)
            _say("decryption in the browser, ours and others' …")
            figures += decryption.measure(chromium, folder)
        _say("sealing and sending 500 MB …")
        figures += sealing.measure(running, folder)
    _say("what strangers can tell by the time of an answer …")
    figures += strangers.measure(folder / "strangers")
    _say("releases a second …")
    figures += throughput.measure(folder / "throughput")
    figures += group_commit.measure(folder / "commits")
    _say("releases with a million entries in the log …")
    return figures + many_entries.measure(folder / "entries")


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table that can be read as it is."""
    rows = [("what", "figure", "target", "kept")]
    rows += [
        (figure.name, f"{figure.value:.2f} {figure.unit}", figure.target, "yes" if figure.holds else "NO")
        for figure in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    padded = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"| {' | '.join(row)} |\n" for row in padded)


def publish(figures: Sequence[Figure]) -> None:
    """Put table and plot into the README."""
    readme = ROOT / "README.md"
    readme.write_text(_MARKED.sub(lambda _: table(figures), readme.read_text()))
    (ROOT / "viewer" / "demo" / "pictures" / "figures.svg").write_text(draw(figures))


def main() -> int:
    """Measure; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    (ROOT / "build").mkdir(exist_ok=True)
    told = [figure.told() for figure in figures]
    (ROOT / "build" / "bench.json").write_text(f"{json.dumps(told, indent=2)}\n")
    (ROOT / "build" / "figures.svg").write_text(draw(figures))
    print(table(figures))
    for figure in figures:
        if figure.note:
            print(f"{figure.name}: {figure.note}")
    if "--publish" in sys.argv[1:]:
        publish(figures)
    missed = [figure.name for figure in figures if not figure.holds]
    if missed:
        print(f"\nMissed: {', '.join(missed)}.")
    return 1 if missed else 0


def _say(what: str) -> None:
    print(f"Measuring {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
