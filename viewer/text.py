"""What people read, in their own language: sentences are written in English, and looked up where they are told.

A language is a file, locale/<language>.po; README.md says how one comes about. Placeholders are named: "Sent {when}".
"""

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request

from sealed.errors import N_ as N_

from .config import Settings, SettingsError

FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
# Where the sentences stand that pages look up by themselves: in scripts, and in the browser's Python.
_IN_PAGES = ("static/", "wasm/")
# How gettext's rules choose a plural shows in 0 … 199; what is greater counts as its last two digits do.
_COUNTED = 200


@dataclass(frozen=True)
class Language:
    """A language (BCP 47), its direction (ltr or rtl), its sentences by the English ones, and which of them when.

    `page` is what pages look up by themselves, for static/text.js; empty for English.
    """

    code: str = SOURCE
    direction: str = "ltr"
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = lambda count: int(count != 1)
    page: Mapping[str, Any] = field(default_factory=dict)


_ENGLISH = Language()
_speaking: ContextVar[Language | None] = ContextVar("speaking", default=None)


def register(app: Flask, settings: Settings) -> None:
    """Let `app` answer in each reader's language. Raises SettingsError where the installation's own is not here."""
    if settings.language not in languages():
        there = ", ".join(sorted(languages()))
        raise SettingsError(f"SAFELIGHT_LANGUAGE names a language that is not here. There is: {there}.")
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(_, ngettext, newstyle=False)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language)

    @app.after_request
    def after(response: Response) -> Response:
        if response.mimetype in ("text/html", "application/json"):
            response.vary.add("Accept-Language")
        return response


@cache
def languages() -> dict[str, Language]:
    """Return the languages there are, by their codes."""
    found = {path.stem.replace("_", "-"): _read(path) for path in sorted(FOLDER.glob("*.po"))}
    return {SOURCE: _ENGLISH} | found


def language() -> Language:
    """Return the language to speak now: what `speaking` says, what whoever asks reads, or the installation's own."""
    told = _speaking.get()
    if told or not has_request_context():
        return told or _ENGLISH
    if "language" not in g:
        # Most preferred by whoever asks; the installation's own where none of theirs is here, or they name none.
        best = request.accept_languages.best_match(languages())
        g.language = languages()[best or _own()]
    chosen: Language = g.language
    return chosen


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language in what is said meanwhile, such as a message to somebody else than who asks."""
    before = _speaking.set(languages()[code])
    try:
        yield
    finally:
        _speaking.reset(before)


def _(sentence: str, /, **values: object) -> str:
    """Return a sentence as it is told now, `values` in their places."""
    told = language().sentences.get(sentence, (sentence,))[0]
    return told.format(**values) if values else told


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return that one of two sentences which fits a number; it is {count} in it."""
    now = language()
    forms = now.sentences.get(one, (one, many))
    return forms[min(now.plural(count), len(forms) - 1)].format(count=count, **values)


def date(at: datetime, skeleton: str = "") -> str:
    """Return a day in words; `skeleton` says with which of its parts, such as MMMMd (Unicode's Locale Data, UTS 35)."""
    from babel.dates import format_date, format_skeleton

    now = language().code
    locale = "en_GB" if now == SOURCE else now.replace("-", "_")
    return str(format_skeleton(skeleton, at, locale=locale) if skeleton else format_date(at, "long", locale=locale))


def _own() -> str:
    settings: Settings = current_app.extensions["safelight"]
    return settings.language


def _read(path: Path) -> Language:
    """Read a catalogue. What is not translated, or marked as not sure (fuzzy), stays English."""
    from babel import Locale
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem, abort_invalid=True)
    sentences, told = {}, {}
    for message in catalogue:
        forms = _all(message.string)
        if not message.id or message.fuzzy or not all(forms):
            continue
        one = _all(message.id)[0]
        sentences[one] = forms
        if any(place.startswith(_IN_PAGES) for place, line in message.locations):
            told[one] = forms
    plural = gettext.c2py(catalogue.plural_expr)
    page = {"plural": "".join(str(plural(count)) for count in range(_COUNTED)), "sentences": told}
    direction = Locale.parse(path.stem).text_direction
    return Language(catalogue.locale_identifier.replace("_", "-"), direction, sentences, plural, page)


def _all(told: Any) -> tuple[str, ...]:
    """Return the forms of a sentence that has several, or its only one."""
    return tuple(told) if isinstance(told, (tuple, list)) else (told or "",)
