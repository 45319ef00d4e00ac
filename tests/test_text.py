"""Languages: English stands in the code, others in catalogues; each reader is answered in their own."""

import gettext
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask, render_template, render_template_string
from flask.testing import FlaskClient

from browser import text as in_browser
from tests import languages
from tests.conftest import RECIPIENT, ROOT
from tests.inprocess import SAME_ORIGIN
from viewer import create_app, text
from viewer.config import Settings, SettingsError
from viewer.portal import messages

ESPERANTO, HEBREW = {"Accept-Language": "eo,en;q=0.5"}, {"Accept-Language": "he-IL,he"}
LINK = "/r/0123456789ABCDEFGHJKMNPQRS"
NAMES = ("Safelight", "WhatsApp", "portal.example.org")
SIGN_IN = (
    {"state": "asking", "program": "yes", "portal": "portal.example.org"},
    {"state": "asking", "portal": "portal.example.org"},
    {"state": "going", "address": "https://idp.example.org"},
    {"state": "back", "address": "https://portal.example.org"},
    {"state": "back", "code": "123"},
    {"state": "over"},
    {"state": "refused"},
    {"state": "failed", "sentence": "⟦The sign-in cannot be reached right now.⟧"},
)
NO_PAGES = ("/api/", "/v1/", "/.well-known/", "/sign-in/", "/manifest")
PLACES = re.compile(r"\{\w+\}|%\(\w+\)s|<[^>]*>")
RULES = {  # as GNU gettext gives them
    "French": "(n > 1)",
    "Polish": "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)",
    "Slovenian": "(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3)",
    "Arabic": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
}
COUNTS = [*range(0, 250), 1000, 1001, 1002, 1011, 10_111, 1_000_000]
IN_PAGE = """
globalThis.document = { documentElement: { lang: "x" }, getElementById: () => ({ textContent: process.argv[2] }) };
Object.defineProperty(globalThis, "navigator", { value: { language: "x" }, configurable: true });
Number.prototype.toLocaleString = function () { return String(this); };
const { _, ngettext } = await import(process.argv[1]);
console.log(JSON.stringify([JSON.parse(process.argv[3]).map((count) => ngettext("one", "many", count)),
  _("Sent {when} {other}", { when: "{other}", other: "<b>" })]));
"""


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogues of two languages, which are used meanwhile."""
    languages.write(tmp_path, "eo", languages.lengthened)
    languages.write(tmp_path, "he", languages.lengthened)
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    text.languages.cache_clear()
    yield tmp_path
    text.languages.cache_clear()


@pytest.fixture
def client(catalogues: Path, app: Flask) -> FlaskClient:
    return app.test_client()


def lost(catalogue: Catalog) -> list[str]:
    """Sentences whose translation has other placeholders or other markup."""
    found = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not message.fuzzy and all(forms):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            found += [
                one for one in forms if sorted(PLACES.findall(one)) not in [sorted(PLACES.findall(i)) for i in ids]
            ]
    return found


class Outside(HTMLParser):
    """What a page says outside of all sentences, in its texts and in attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth, self.found, self.inert = 0, [], False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inert = tag in ("script", "code")
        said = {"alt", "title", "aria-label", "placeholder"}
        if ("property", "og:description") in attrs:
            said.add("content")
        for name, value in attrs:
            if name in said and value and not re.fullmatch("⟦.*⟧", value):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.inert = False

    def handle_data(self, data: str) -> None:
        for part in re.split("([⟦⟧])", "" if self.inert else data):
            self.depth += {"⟦": 1, "⟧": -1}.get(part, 0)
            if not self.depth and re.search("[A-Za-z]{2}", part) and part.strip() not in NAMES:
                self.found.append(part.strip())


def test_all_sentences_are_collected(tmp_path: Path) -> None:
    """`make texts` has been run since a sentence was changed."""
    now = tmp_path / "now.pot"
    subprocess.run(["make", "--silent", "--old-file=.venv/.done", "texts", f"POT={now}"], cwd=ROOT, check=True)
    assert now.read_text() == languages.POT.read_text()


def test_nothing_that_is_filled_in_is_lost(catalogues: Path) -> None:
    for path in [*(ROOT / "viewer" / "locale").glob("*.po"), *catalogues.glob("*.po")]:
        with path.open("rb") as file:
            assert lost(read_po(file)) == [], path.name


def test_control_what_is_lost_is_found() -> None:
    broken = Catalog(locale="eo")
    broken.add("Sent {when}", "Sendita {kiam}")
    broken.add("You belong to <b></b>", "Vi apartenas")
    broken.add(("{count} day", "{count} days"), ("unu tago", "{count} tagoj"))
    broken.add("Saved as {name}.", "Konservita kiel {name}.")
    assert lost(broken) == ["Sendita {kiam}", "Vi apartenas", "unu tago"]


def test_who_asks_is_answered_in_their_language(client: FlaskClient) -> None:
    title = "Clinical photos, for the person they were sent to"
    told = languages.lengthened(title)
    english, ours, hebrew = (client.get("/", headers=asked) for asked in ({}, ESPERANTO, HEBREW))
    assert '<html lang="en" dir="ltr">' in english.text and title in english.text
    assert '<html lang="eo" dir="ltr">' in ours.text and told in ours.text and title not in ours.text
    assert '<html lang="he" dir="rtl">' in hebrew.text and told in hebrew.text
    assert {"Accept-Language"} <= set(english.vary) & set(ours.vary)
    assert client.get("/", headers={"Accept-Language": "tlh, en;q=0.1"}).data == english.data


def test_english_costs_nothing_and_others_bring_what_scripts_say(client: FlaskClient) -> None:
    assert "application/json" not in client.get(LINK).text
    page = client.get(LINK, headers=ESPERANTO).text
    begin = '<script type="application/json" id="sentences">'
    said = json.loads(page.partition(begin)[2].partition("</script>")[0])
    assert said["sentences"]["The photos are withdrawn."] == [languages.lengthened("The photos are withdrawn.")]
    assert "You belong to" not in json.dumps(said), "what templates say is on the page itself"
    assert page.index(begin) < page.index('<script type="module"'), "scripts read it as they begin"


def test_no_page_says_anything_that_no_catalogue_has(app: Flask, client: FlaskClient) -> None:
    """Those of signed-in people too: what they show later lies in the page from the start."""
    pages = [rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(NO_PAGES)]
    assert len(pages) >= 6
    for page in [*pages, "/nothing"]:
        answer = client.get(re.sub("<.*?>", "x", page), headers=ESPERANTO)
        assert answer.mimetype == "text/html" and (Outside(answer.text).found, page) == ([], page)


@pytest.mark.parametrize("more", SIGN_IN)
def test_nor_does_a_key_servers_own_sign_in(catalogues: Path, app: Flask, more: dict[str, str]) -> None:
    with app.test_request_context(headers=ESPERANTO):
        assert Outside(render_template("sign_in.html", place="⟦St Elsewhere⟧", **more)).found == []


def test_control_what_no_catalogue_has_is_found(catalogues: Path, app: Flask) -> None:
    page = "<h1>{{ _('Got a link?') }} Unmarked</h1><img alt='Picture'><p>{% trans %}You <b>began{% endtrans %}</b></p>"
    with app.test_request_context(headers=ESPERANTO):
        assert Outside(render_template_string(page)).found == ["Unmarked", "alt=Picture", "You", "began"]


def test_every_link_is_the_same_page_in_every_language(client: FlaskClient) -> None:
    for asked in ({}, ESPERANTO, HEBREW):
        assert len({client.get(path, headers=asked).data for path in (LINK, "/r/unknown", "/r/%23x")}) == 1


def test_what_goes_wrong_is_told_in_their_language(client: FlaskClient) -> None:
    for path in ("/api/reports", "/v1/blobs/0123456789ABCDEFGHJKMNPQRS", "/nothing"):
        answers = [client.get(path, headers=asked).text for asked in ({}, ESPERANTO)]
        assert "⟦" not in answers[0]
        assert "⟦" in answers[1] or "\\u27e6" in answers[1], path
    typed = client.post("/api/codes", json={"contact": "nobody"}, headers=ESPERANTO | SAME_ORIGIN)
    assert typed.json == {
        "error": "bad_contact",
        "message": languages.lengthened(
            "Type your e-mail address, or your mobile number with its country, such as +61 412 345 678."
        ),
    }


def test_a_code_comes_in_the_language_of_who_asks(
    client: FlaskClient, app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(messages, "send", lambda settings, *letter: sent.append(letter))
    client.post("/api/codes", json={"contact": RECIPIENT}, headers=ESPERANTO | SAME_ORIGIN)
    assert sent[0][1] == languages.lengthened("Your Safelight code")
    assert re.search(r"Thé çôdé: \d{6}\n", sent[0][2])
    with app.test_request_context(headers=ESPERANTO):
        messages.send_code(settings, "+61491570006", "123456")
    assert sent[1][2].startswith("⟦123456") and sent[1][2].endswith("\n\n@localhost #123456"), (
        "phones read the last line"
    )


def test_messages_to_others_come_in_the_installations_language(
    catalogues: Path, app: Flask, settings: Settings
) -> None:
    ours = replace(settings, language="he")
    with app.test_request_context(headers=ESPERANTO):
        assert text.language().code == "eo"
        with text.speaking(ours.language):
            assert text.language().code == "he"
        assert text.language().code == "eo"
    assert text.language().code == "en", "what nobody asks for is English"
    here = create_app(ours).test_client()
    assert 'lang="he"' in here.get("/", headers={"Accept-Language": "tlh"}).text
    assert 'lang="en"' in here.get("/", headers={"Accept-Language": "en-AU"}).text


def test_a_language_that_is_not_there_is_no_setting(catalogues: Path, settings: Settings) -> None:
    with pytest.raises(SettingsError, match="There is: en, eo, he"):
        create_app(replace(settings, language="tlh"))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_pages_and_their_python_choose_plurals_as_gettext_does(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plural = gettext.c2py(rule)
    path = languages.write(tmp_path, "eo", str)
    forms = sorted({plural(count) for count in range(200)})
    header = f"nplurals={len(forms)}; plural={rule};"
    made = re.sub(r"nplurals=[^\\]*", lambda _: header, path.read_text())
    said = "".join(f'msgstr[{form}] "form {form}"\n' for form in forms)
    path.write_text(f'{made}\n#: static/text.js\nmsgid "one"\nmsgid_plural "many"\n{said}')
    page = text._read(path).page
    expected = [f"form {plural(count)}" for count in COUNTS]
    monkeypatch.setattr(in_browser, "_catalogue", dict(page))
    assert [in_browser.ngettext("one", "many", count) for count in COUNTS] == expected
    script = [str(ROOT / "static" / "text.js"), json.dumps(page), json.dumps(COUNTS)]
    run = [os.environ.get("NODE", "node"), "--input-type=module", "--eval", IN_PAGE, *script]
    answer = json.loads(subprocess.run(run, capture_output=True, check=True, text=True).stdout)
    assert answer == [expected, "Sent {other} <b>"]
