"""Passes go to the key servers on the portal's list, each for one of them, whatever else a file or a request says."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

from sealed import sending as steps
from sealed.base32 import encode_id
from sealed.errors import NotSealed
from sealed.header import Header
from tests.apart.four import KEY_SERVERS, OWN, PUBLIC, Four
from tests.browser.steps import open_photos, see_photos
from tests.conftest import RECIPIENT, free_port
from tests.faults.recorder import Recorder
from viewer.sender.client import Client, ClientError
from viewer.sender.opening import open_link, read_link
from viewer.sender.sending import Sent

Letter = Callable[..., Sent]
OTHER = {PUBLIC: OWN, OWN: PUBLIC}


def asks(client: Client, signed_for: str, sent_to: str, report: str, scope: str = "log:read") -> int:
    """Ask one key server with a pass and a proof for another one's address; return the answer's status."""
    path = f"/v1/keys/{report}/log" if scope == "log:read" else f"/v1/keys/{report}/requests"
    method = "GET" if scope == "log:read" else "POST"
    headers = client.authorization(method, signed_for + path, report, scope)
    return requests.request(method, sent_to + path, headers=headers, timeout=30).status_code


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_a_pass_is_for_one_key_server(apart: Four, sender: Client, reader: Client, letter: Letter, name: str) -> None:
    sent, here, other = letter(name), apart.roles[name].url, apart.roles[OTHER[name]].url
    assert asks(sender, here, other, sent.report) == 401
    assert asks(reader, here, other, sent.report, "key:release") == 401
    assert asks(sender, here, here, sent.report) == 200, "control"
    assert asks(reader, here, here, sent.report, "key:release") == 409, "control: let in, and there is no need to ask"


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_senders_get_passes_for_a_reports_own_key_server_only(
    apart: Four, sender: Client, letter: Letter, name: str
) -> None:
    sent, other = letter(name), apart.roles[OTHER[name]].url
    for scope in ("key:create", "policy:write", "log:read"):
        with pytest.raises(ClientError, match="no photos"):
            sender.authorization("GET", f"{other}/v1/keys", sent.report, scope)
    assert sender.authorization("GET", f"{apart.roles[name].url}/v1/keys", sent.report, "log:read"), "control"


def test_others_get_no_pass_and_no_report(apart: Four, sender: Client, reader: Client, letter: Letter) -> None:
    third, sent = f"http://127.0.0.1:{free_port()}", letter(PUBLIC)
    for address in (third, f"{apart.roles[OWN].url}/", apart.portal.url, apart.roles["filehost"].url, "x"):
        for who, scope, report in (
            (reader, "key:release", sent.report),
            (reader, "key:release", encode_id(bytes(16))),
            (sender, "log:read", sent.report),
        ):
            with pytest.raises(ClientError, match="no such key server") as refused:
                who.authorization("GET", f"{address}/v1/keys", report, scope)
            assert refused.value.error == "unknown_key_server"
    with pytest.raises(ClientError, match="no such key server"):
        sender.ask("POST", "/api/reports", {"recipients": [RECIPIENT], "key_server": third})
    wrote = [data for place, data in apart.roles["portal"].got_and_wrote() if place != "requests"]
    assert wrote and not any(third.encode() in data for data in wrote)


def test_without_a_name_it_is_the_first(apart: Four, sender: Client, reader: Client) -> None:
    begun = sender.ask("POST", "/api/reports", {"recipients": [RECIPIENT]})
    assert begun["key_server"] == apart.roles[PUBLIC].url
    assert apart.roles[PUBLIC].url.partition("//")[2] in begun["log_key"]


def test_who_may_not_is_told_the_same_for_either_and_for_none(apart: Four, letter: Letter, tmp_path: Path) -> None:
    stranger = apart.portal.client("stranger@example.org", tmp_path)
    ids = [letter(name).report for name in KEY_SERVERS] + [encode_id(secrets.token_bytes(16))]
    told = [stranger.ask("GET", f"/api/reports/{one}") for one in ids]
    assert told[0] == told[1] == told[2] and told[0]["sender"] is None


def test_who_comes_by_a_link_that_names_nobody_is_told_its_key_server(
    apart: Four, sender: Client, reader: Client
) -> None:
    for name in KEY_SERVERS:
        url = apart.roles[name].url
        report = sender.ask("POST", "/api/reports", {"recipients": [], "key_server": url})["id"]
        told = reader.ask("GET", f"/api/reports/{report}")
        assert (told["sender"], told["key_server"]) == (None, url)
        assert told["log_key"].startswith(url.partition("//")[2])


@pytest.fixture
def third() -> Any:
    """A server that is on no list: all that it is sent is kept."""
    made = Recorder(free_port())
    yield made
    made.stop()


@pytest.mark.parametrize("name", KEY_SERVERS)
def test_a_file_that_names_a_third_key_server_gets_no_pass(
    apart: Four, reader: Client, letter: Letter, third: Recorder, chromium: Browser, readers_cookies: Any,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str,
) -> None:  # fmt: skip
    hostile = f"http://127.0.0.1:{third.port}"
    with monkeypatch.context() as patched:
        patched.setattr(steps, "Header", lambda created, key, _, check: Header(created, key, hostile, check))
        sent = letter(name)
    link = read_link(sent.link)
    assert link
    with pytest.raises(NotSealed, match="another portal"):
        open_link(reader, link, lambda: None, tmp_path / "opened", lambda *_: None)
    context = chromium.new_context(storage_state=readers_cookies)
    page: Page = context.new_page()
    page.goto(sent.link)
    open_photos(page)
    page.locator('[data-kind="NotSealed"]').wait_for(timeout=60_000)
    assert third.kept() == b"" and hostile.encode() not in apart.roles["portal"].recorder.kept()
    requests_of = apart.roles[name].recorder.kept()
    assert f"/v1/keys/{sent.report}/release".encode() not in requests_of, "nothing was used up"
    page.goto(letter(name).link)
    open_photos(page)
    see_photos(page)  # control: it is the file's header that was refused
    context.close()
