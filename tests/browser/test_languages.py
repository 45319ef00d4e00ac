"""Every page in each of its states in another language: nothing stays English, nothing is cut off."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import languages
from tests.browser import judged, texts
from tests.browser.accessible import test_people, test_recipients, test_senders
from tests.conftest import Installation, free_port, installed

LANGUAGE = "eo"
# The pages and states are those that axe-core judges.
WALKS = [
    walk
    for states in (test_recipients, test_senders, test_people)
    for name, walk in vars(states).items()
    if name.startswith("test_")
]


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that speaks a language in which every sentence is marked, and one that is read from the right."""
    folder = tmp_path_factory.mktemp("abroad")
    languages.write(folder / "locale", LANGUAGE, languages.marked)
    languages.write(folder / "locale", "he", languages.lengthened)
    begin = folder / "gunicorn.py"
    begin.write_text(
        f"import pathlib\nfrom viewer import text\ntext.FOLDER = pathlib.Path({str(folder / 'locale')!r})\n"
    )
    port = free_port()
    settings = {"GUNICORN_CMD_ARGS": f"--config {begin}"}
    with installed(folder, port, f"http://localhost:{port}", **settings) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with closing(chromium.new_context(locale=LANGUAGE)) as context:
        yield context.new_page()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__.removeprefix("test_"))
def test_every_state(
    walk: Callable[..., None],
    abroad: Installation,
    tmp_path: Path,
    page: Page,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def judge(at: Page) -> list[str]:
        seen.append(at.url)
        return texts.wrong(at)

    monkeypatch.setattr(judged, "wrong", judge)
    ours = {"installation": abroad, "people": tmp_path, "page": page}
    walk(**{name: ours.get(name) or request.getfixturevalue(name) for name in inspect.signature(walk).parameters})
    assert seen


def test_control_what_is_in_no_catalogue_is_found(abroad: Installation, page: Page) -> None:
    page.goto(abroad.url)
    assert texts.unmarked(page) == []
    page.evaluate("document.querySelector('h1').append('Unmarked words')")
    page.evaluate("document.querySelector('img').alt = 'Unmarked picture'")
    page.evaluate("document.title += ' in English'")
    assert texts.unmarked(page) == ["h1: Unmarked words", "title: Safelight in English", "img alt: Unmarked picture"]


def test_control_what_is_cut_off_is_found(abroad: Installation, page: Page) -> None:
    page.goto(abroad.url)
    assert texts.cut_off(page) == []
    page.evaluate(
        "document.querySelector('button.button').style = 'white-space: nowrap; overflow: hidden; width: 12rem'"
    )
    assert texts.cut_off(page) == ["ltr: cut off: button.button", "rtl: cut off: button.button"]


def test_from_right_to_left(abroad: Installation, chromium: Browser) -> None:
    with closing(chromium.new_context(locale="he")) as context:
        page = context.new_page()
        page.goto(abroad.url)
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["he", "rtl"]
        expect(page.get_by_label(languages.lengthened("Link from your message"))).to_be_visible()
        brand = page.locator(".brand img").bounding_box()
        assert brand and brand["x"] > page.viewport_size["width"] / 2  # type: ignore[index]
