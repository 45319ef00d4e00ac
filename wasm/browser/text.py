"""What people read, in the page's language: the page brings its catalogue, static/text.js; English needs none."""

from typing import Any

_catalogue: dict[str, Any] = {"plural": "", "sentences": {}}


def speak(catalogue: dict[str, Any]) -> None:
    """Use a catalogue from now on: `sentences`, the forms of each by the English one, and which form when, `plural`."""
    _catalogue.update(catalogue)


def _(sentence: str, /, **values: object) -> str:
    """Return a sentence as it is told, `values` in their places."""
    told = str(_catalogue["sentences"].get(sentence, (sentence,))[0])
    return told.format(**values) if values else told


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Return that one of two sentences which fits a number; it is {count} in it."""
    forms = _catalogue["sentences"].get(one)
    # How gettext's rules choose shows in 0 … 199; what is greater counts as its last two digits do.
    at = count if count < 200 else 100 + count % 100
    told = forms[int(_catalogue["plural"][at])] if forms else one if count == 1 else many
    return str(told).format(count=count, **values)
