"""Languages that nobody speaks: every sentence is marked, so that a text that no catalogue has is found."""

import re
from collections.abc import Callable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.conftest import ROOT

POT = ROOT / "viewer" / "locale" / "safelight.pot"
# Before and behind a sentence: characters without a width, which Playwright leaves out where it looks for words.
BEGIN, END = "\u200b", "\u00ad"
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "àçéíñôšüýÀÇÉÍÑÔŠÜÝ")
_KEPT = re.compile(r"(\{\w+\}|%\(\w+\)s|<[^>]*>)")  # placeholders and markup


def marked(sentence: str) -> str:
    """The sentence as it is, between marks that nobody sees."""
    return f"{BEGIN}{sentence}{END}"


def lengthened(sentence: str) -> str:
    """The sentence with accents, a third longer, between brackets."""
    parts = _KEPT.split(sentence)
    text = "".join(part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts))
    return f"⟦{text}{' ñé' * (len(sentence) // 10 + 1)}⟧"


def write(folder: Path, language: str, told: Callable[[str], str]) -> Path:
    """Write the catalogue of a language into which `told` translates; return its file."""
    with POT.open("rb") as file:
        template = read_po(file)
    made = Catalog(locale=language)
    for message in template:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            many = (*map(told, forms), *[told(forms[-1])] * (made.num_plurals - 2))
            string = many[: made.num_plurals] if isinstance(message.id, tuple) else told(forms[0])
            made.add(message.id, string, message.locations)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{language}.po"
    with path.open("wb") as out:
        write_po(out, made)
    return path
