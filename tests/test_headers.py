"""Security headers: on every answer of every kind."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

REQUIRED = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Robots-Tag",
}
ASKED = [
    ("GET", "/", 200),
    ("GET", "/r/0123456789ABCDEFGHJKMNPQRS", 200),
    ("HEAD", "/", 200),
    ("GET", "/nothing", 404),
    ("GET", "/api/nothing", 404),
    ("POST", "/", 405),
    ("POST", "/api/codes", 403),
    ("GET", "/api/reports", 401),
    ("GET", "/v1/blobs/0123456789ABCDEFGHJKMNPQRS", 401),
    ("GET", "style.css", 200),
    ("GET", "report.js", 200),
    ("GET", "/static/../wsgi.py", 404),
    ("GET", "/broken", 500),
]


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
def test_headers_are_on_every_answer(app: Flask, method: str, path: str, status: int) -> None:
    def broken() -> str:
        raise RuntimeError("patient Müllerin, MRN 42")

    broken.access = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/broken", view_func=broken)
    with app.app_context():
        path = path if path.startswith("/") else app.jinja_env.globals["asset"](path)  # type: ignore[operator]
    answer = app.test_client().open(path, method=method, buffered=True)
    assert answer.status_code == status
    assert REQUIRED - set(answer.headers.keys()) == set()
    assert b"llerin" not in answer.data, "an error's own words may hold a patient's name"


def test_the_policy_lets_in_nothing_more_than_needed(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "require-trusted-types-for 'script'" in policy
    open_doors = ("unsafe-inline", "'unsafe-eval'", "http", "*", "data:")
    assert not [rule for rule in policy if any(door in rule for door in open_doors)]


def test_one_page_alone_may_use_the_camera(client: FlaskClient) -> None:
    paths = [path for method, path, status in ASKED if method == "GET" and path.startswith("/")]
    assert {client.get(path).headers["Permissions-Policy"] for path in paths} == {
        "camera=(), geolocation=(), microphone=()"
    }
    assert client.get("/send").headers["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=()"


def test_the_page_can_be_installed(client: FlaskClient) -> None:
    assert "manifest-src 'self'" in client.get("/send").headers["Content-Security-Policy"].split("; ")
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/send").text
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = answer.json
    assert told and (told["start_url"], told["display"]) == ("/send", "standalone")
    for icon in told["icons"]:
        picture = client.get(icon["src"], buffered=True)
        width, height = (int.from_bytes(picture.data[at : at + 4]) for at in (16, 20))  # PNG, section 11.2.1
        assert f"{width}x{height}" == icon["sizes"] and picture.mimetype == icon["type"]
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    assert all(client.get(one["url"]).status_code == 200 for one in told["shortcuts"])


def test_pages_are_not_kept_and_the_engine_is(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    page = client.get("/r/x").text
    engine = page.partition('data-engine="')[2].partition('"')[0]
    answer = client.get(engine + "pyodide.asm.wasm", headers={"Accept-Encoding": "br"}, buffered=True)
    assert "immutable" in answer.headers["Cache-Control"]
    script = page.partition('src="/static/')[2].partition('"')[0]
    assert "immutable" in client.get(f"/static/{script}", buffered=True).headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "application/wasm"
    assert answer.headers["Content-Encoding"] == "br"
    assert REQUIRED - set(answer.headers.keys()) == set()


def test_every_link_is_the_same_page_and_changes_nothing(client: FlaskClient) -> None:
    paths = ["/r/0123456789ABCDEFGHJKMNPQRS", "/r/unknown", "/r/a/b", "/r/%23x", "/r/'\"<script>"]
    bots = ["WhatsApp/2.23", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0 (iPhone)"]
    answers = {client.get(path, headers={"User-Agent": bot}).data for path in paths for bot in bots}
    assert len(answers) == 1
    assert "Set-Cookie" not in client.get(paths[0]).headers
