"""Sealing in the browser: photos are cleaned, sealed into the device's private storage, uploaded, and open again."""

import hashlib
import io
from typing import Any

import pytest

from sealed.strip import strip_photo
from tests.browser.send.desk import Desk, Refused
from tests.conftest import ROOT
from viewer.sender import sealing

PHOTOS = sorted((ROOT / "viewer/demo/photos").glob("*.jpg"))
LETTER: dict[str, Any] = {
    "to": [], "patient": "MRN 0042", "question": "Excise?", "notes": "", "site": "left forearm, front",
    "consent": {"by": "patient", "how": "signed", "signature": "10,20 30,40;500,1000"}, "days": None, "begin": None,
    "openings": None, "each": None, "download": True, "mark": None, "passkey": None, "countries": [],
}  # fmt: skip


def asked(desk: Desk, **changes: Any) -> dict[str, Any]:
    numbers = [desk.ask("add_photo", data=path.read_bytes())["photo"] for path in PHOTOS]
    told = {"letter": LETTER, "numbers": numbers, "account": desk.account(), "remembered": {}}
    return told | {"known_recovery_key": "", "file": "out"} | changes


def sealed_bytes(desk: Desk, name: str) -> bytes:
    """The private file of a page, as its own scripts can read it."""
    text = desk.page.evaluate(
        """async (name) => {
          const folder = await navigator.storage.getDirectory();
          const file = await (await folder.getFileHandle(name)).getFile();
          return Array.from(new Uint8Array(await file.arrayBuffer()));
        }""",
        name,
    )
    return bytes(text)


def test_a_photo_is_cleaned_as_the_command_line_does(desk: Desk) -> None:
    for path in PHOTOS:
        added = desk.ask("add_photo", data=path.read_bytes())
        clean = strip_photo(path.read_bytes())
        assert (added["width"], added["height"]) == (clean.width, clean.height)
        assert added["removed"] == list(clean.removed) and added["taken"] == clean.taken
        assert desk.ask("see_photo", photo=added["photo"])["data"] == clean.data
        assert added["thumb"].startswith(b"\xff\xd8\xff")


def test_what_is_no_photo_is_refused(desk: Desk) -> None:
    whole = PHOTOS[0].read_bytes()
    for data in (b"%PDF-1.7", whole[: len(whole) // 2], b""):
        with pytest.raises(Refused) as refused:
            desk.ask("add_photo", data=data)
        assert refused.value.args[0]["kind"] == "PhotoRefused"


def test_a_photo_that_is_dropped_is_gone(desk: Desk) -> None:
    number = desk.ask("add_photo", data=PHOTOS[0].read_bytes())["photo"]
    desk.ask("see_photo", photo=number)
    desk.ask("drop_photo", photo=number)
    with pytest.raises(Refused):
        desk.ask("see_photo", photo=number)


def test_what_the_browser_has_sealed_opens(desk: Desk) -> None:
    """By `cryptography`'s own cipher, with the share as the log's server gave it out."""
    sealed = desk.ask("seal", **asked(desk))
    data = sealed_bytes(desk, "out")
    assert (len(data), hashlib.sha256(data).hexdigest()) == (sealed["length"], sealed["sha256"])
    header = sealing.front(io.BytesIO(data)).header
    assert (header.key_id, header.key_server) == (sealed["report"], sealed["key_server"])
    assert b"MRN 0042" not in data


def test_a_full_device_says_so_and_it_goes_on_with_room(desk: Desk) -> None:
    devtools, origin = desk.page.context.new_cdp_session(desk.page), desk.page.evaluate("location.origin")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 100_000})
    wanted = asked(desk)
    with pytest.raises(Refused) as refused:
        desk.ask("seal", **wanted)
    assert refused.value.args[0]["kind"] == "no_room"
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    begun = desk.page.evaluate("async () => (await (await fetch('/api/reports')).json()).reports[0].id")
    sealed = desk.ask("seal", **wanted)
    assert sealed["report"] == begun, "the same report goes on"
    assert len(sealed_bytes(desk, "out")) == sealed["length"]
