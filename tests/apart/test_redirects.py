"""No answer of ours is a redirect: a browser would take a link's secret part along, to wherever it leads."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from flask import Flask, redirect
from werkzeug.test import TestResponse

from tests.inprocess import REPORT
from viewer import assets, gate

MADE = {"openseadragon.js", "qr.js", "tus.js"}  # by `make pages`


def forms(path: str) -> Iterator[str]:
    """An address, and others that a server might think to be the same."""
    yield from (
        path,
        path.rstrip("/"),
        f"{path}/",
        f"{path}//",
        f"/{path}",
        f"//evil.example{path}",
        f"{path}/.",
        f"{path}/..",
    )
    yield from (f"{path}%2F", f"{path}%2e%2e/", path.replace("/", "//"), f"{path};x", f"{path}?next=//evil.example")
    yield from (f"/\\evil.example{path}", f"{path}/%0d%0aLocation:%20//evil.example")


def answers(app: Flask) -> Iterator[TestResponse]:
    """The answers of all routes and of static files, by http and https, under our name and another one."""
    rules = {re.sub("<[^>]*>", REPORT, rule.rule) for rule in app.url_map.iter_rules()}
    static = ["/static", "/static/engine", next(iter(app.wsgi_app.files))]  # type: ignore[attr-defined]
    for form in sorted({form for rule in (*rules, *static) for form in forms(rule)}):
        path, _, query = form.partition("?")
        asked = {"PATH_INFO": unquote(path), "QUERY_STRING": query}  # the test client would take //name for a host
        for base, method in (
            ("http://localhost", "GET"),
            ("http://evil.example", "GET"),
            ("https://localhost", "POST"),
        ):
            yield app.test_client().open("/", base_url=base, method=method, environ_overrides=asked, buffered=True)


def led_elsewhere(app: Flask) -> list[str]:
    """The addresses that answer by a redirect."""
    return [
        answer.request.path
        for answer in answers(app)
        if 300 <= answer.status_code < 400 or {"Location", "Refresh", "Content-Location"} & set(answer.headers.keys())
    ]


def test_nothing_leads_elsewhere(app: Flask) -> None:
    assert led_elsewhere(app) == []
    assert app.test_client().get("/").status_code == 200, "control: something was there"


def test_control_the_frameworks_own_redirects_are_found(app: Flask) -> None:
    app.url_map.merge_slashes = True
    for rule in app.url_map.iter_rules():
        rule.merge_slashes = True
    assert "/api//account" in led_elsewhere(app)


def test_control_a_views_redirect_is_found(app: Flask) -> None:
    app.add_url_rule("/old", view_func=gate.public(lambda: redirect("/new")), endpoint="old")
    app.add_url_rule("/folder/", view_func=gate.public(lambda: "here"), endpoint="folder")
    assert {"/old", "/folder"} <= set(led_elsewhere(app))


def test_our_own_requests_follow_none() -> None:
    """Each call of fetch says so; the engine's own files come from beside it, and are pinned by their hashes.

    What is made of npm packages asks for nothing: OpenSeadragon could, for tiles by address, and gets pictures instead.
    """
    ours = [path for path in assets.STATIC.glob("*.js") if path.name not in MADE]
    sources = [*ours, *(assets.STATIC.parent / "wasm" / "browser").glob("*.py")]
    told = {path.name: path.read_text() for path in sources}
    calls = {name: len(re.findall(r"(?<![.\w])fetch\((?!$)", source)) for name, source in told.items()}
    refusals = {name: len(re.findall(r"\"?redirect\"?: \"error\"", source)) for name, source in told.items()}
    assert {name: count for name, count in calls.items() if count} == {"api.js": 1, "web.py": 2}
    assert {name: count for name, count in refusals.items() if count} == {"api.js": 1, "web.py": 2}
