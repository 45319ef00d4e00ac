"""What the browser has sealed is uploaded, opens for its recipient, and leaves nothing on the device."""

import io
import os
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Route

from sealed import report
from tests.browser.send.desk import Desk, begin
from tests.browser.send.test_doors import LETTER, PHOTOS, asked
from tests.conftest import RECIPIENT, Installation
from viewer.sender.opening import Opened, open_link, read_link

CONSENT = report.Consent(**LETTER["consent"])


def prepared(desk: Desk, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Seal; return the account, and what static/send.js hands on."""
    account = desk.account()["id"]
    sealed = desk.ask("seal", **asked(desk, file=f"{account}.out", **changes))
    said = {"patient": "MRN 0042", "sender": "Ada", "sent": "2026-11-22T09:00:00Z", "begun": False}
    return account, sealed | said | {"file": f"{account}.out"}


def opened(installation: Installation, tmp_path: Path, link: str) -> Opened:
    found = read_link(link)
    assert found
    client = installation.client(RECIPIENT, tmp_path)
    return open_link(client, found, lambda: None, tmp_path / "open", lambda *_: None)


def test_it_opens_for_its_recipient(desk: Desk, installation: Installation, tmp_path: Path) -> None:
    account, sealed = prepared(desk, letter=LETTER | {"to": [RECIPIENT]})
    desk.deliver(account, sealed)
    found = opened(installation, tmp_path, sealed["link"])
    assert (found.details.patient, found.details.site, found.details.consent) == ("MRN 0042", LETTER["site"], CONSENT)
    photos = sorted((found.folder / "photos").iterdir())
    assert len(photos) == len(PHOTOS)


def test_nothing_sealed_stays_once_it_is_confirmed(desk: Desk) -> None:
    account, sealed = prepared(desk)
    assert desk.files() == [f"{account}.out"], "control"
    desk.deliver(account, sealed)
    assert desk.files() == [] and desk.unsent(account) == []


def noise(mebibytes: int) -> bytes:
    """A photo that cannot be made smaller, about as large as wanted."""
    side = int((mebibytes * 1024**2 / 1.5) ** 0.5)
    written = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(written, "JPEG", quality=95)
    return written.getvalue()


# Whatever is sent beyond a number of pieces is lost, as where the network goes.
_CUT = """(after) => {
  const { open, send, setRequestHeader } = XMLHttpRequest.prototype;
  window.offsets = [];
  window.after = after;
  XMLHttpRequest.prototype.open = function (method, ...rest) {
    this.offset = method === "HEAD" ? undefined : 0;
    return open.call(this, method, ...rest);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    if (name === "Upload-Offset") this.offset = Number(value);
    return setRequestHeader.call(this, name, value);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (window.offsets.length >= window.after) return setTimeout(() => this.onerror(new ProgressEvent("error")));
    if (this.offset !== undefined) window.offsets.push(this.offset);
    return send.call(this, body);
  };
}"""
_BEGIN = "([account, sealed]) => { window.going = window.deliver(account, sealed); }"
_WAITS = "() => window.told.some(({ waiting }) => waiting)"


def stopped(desk: Desk, account: str, sealed: dict[str, Any], after: int) -> None:
    """Upload until the network goes."""
    desk.page.evaluate(_CUT, after)
    desk.page.evaluate(_BEGIN, [account, sealed])
    for _ in range(200):
        if desk.page.evaluate(_WAITS):
            return
        desk.page.wait_for_timeout(100)
    raise AssertionError("it does not notice")


def test_after_a_reload_an_upload_goes_on(desk: Desk, installation: Installation, tmp_path: Path) -> None:
    number = desk.ask("add_photo", data=noise(24))["photo"]
    account, sealed = prepared(desk, letter=LETTER | {"to": [RECIPIENT]}, numbers=[number])
    stopped(desk, account, sealed, 2)
    before = desk.page.evaluate("() => window.offsets")
    desk.page.reload()
    desk = begin(desk.page)
    [waiting] = desk.unsent(account)
    assert waiting["report"] == sealed["report"] and waiting["link"] == sealed["link"]
    desk.page.evaluate(_CUT, 99)
    desk.deliver(account, waiting)
    assert before == [0, 8 * 1024**2]
    assert desk.page.evaluate("() => window.offsets") == [16 * 1024**2], "nothing that had come is sent again"
    assert opened(installation, tmp_path, sealed["link"]).details.patient == "MRN 0042"


def test_without_a_network_it_waits_and_goes_on_by_itself(desk: Desk) -> None:
    number = desk.ask("add_photo", data=noise(12))["photo"]
    account, sealed = prepared(desk, numbers=[number])
    stopped(desk, account, sealed, 1)
    desk.page.evaluate("() => { window.after = 99; }")
    assert desk.page.evaluate("() => window.going") == {}
    assert desk.files() == []


def test_a_file_host_that_cannot_say_how_far_it_is_is_asked_again(desk: Desk) -> None:
    """And nothing that has come is sent again, as tus-js-client would by itself."""
    number = desk.ask("add_photo", data=noise(12))["photo"]
    account, sealed = prepared(desk, numbers=[number])
    stopped(desk, account, sealed, 1)
    asked_for: list[str] = []

    def busy(route: Route) -> None:
        asked_for.append(route.request.method)
        if asked_for == ["HEAD"]:
            return route.fulfill(status=503)
        route.continue_()

    desk.page.route("**/upload", busy)
    desk.page.evaluate("() => { window.after = 99; }")
    assert desk.page.evaluate("() => window.going") == {}
    assert asked_for[:2] == ["HEAD", "HEAD"], "control: it was asked, and asked again"
    assert desk.page.evaluate("() => window.offsets") == [0, 8 * 1024**2]


def test_what_is_thrown_away_is_erased(desk: Desk) -> None:
    account, sealed = prepared(desk)
    stopped(desk, account, sealed, 0)
    desk.page.reload()
    desk = begin(desk.page)
    [waiting] = desk.unsent(account)
    assert desk.files() == [waiting["file"]]
    desk.page.evaluate("([account, waiting]) => window.discard(account, waiting)", [account, waiting])
    assert desk.files() == [] and desk.unsent(account) == []


def test_a_file_that_nothing_speaks_of_is_erased(desk: Desk) -> None:
    account, _sealed = prepared(desk)
    desk.ask("seal", **asked(desk, file="somebody-else.out"))
    assert sorted(desk.files()) == sorted([f"{account}.out", "somebody-else.out"])
    assert desk.unsent(account) == []
    assert desk.files() == ["somebody-else.out"]
