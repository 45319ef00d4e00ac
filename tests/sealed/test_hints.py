"""Hints of links: the vectors, and that a message with its link still fits one SMS."""

import json
import subprocess
from typing import Any

import pytest

from sealed import base32, errors, hints
from tests.conftest import ROOT
from tests.engine.copied import NODE
from viewer import contacts

VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/hints.json").read_text())
SHARE = bytes.fromhex(VECTORS["share"])
# https://www.3gpp.org/DynaReport/23038.htm, section 6.2.1, less what counts as two.
GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿")
GSM_7 |= set("abcdefghijklmnopqrstuvwxyzäöñüà")
ONE_SMS = 160  # septets


@pytest.mark.parametrize("row", VECTORS["fragments"], ids=lambda row: row["fragment"][-12:])
def test_what_is_read_of_a_fragment(row: dict[str, str]) -> None:
    assert hints.split(row["fragment"])[1] == row["hint"]
    if row["verdict"] == "good":
        assert base32.read_link_text(row["fragment"]) == SHARE, "whatever the hint is"
    else:
        with pytest.raises(getattr(errors, row["verdict"])):
            base32.read_link_text(row["fragment"])


@pytest.mark.parametrize("row", VECTORS["contacts"], ids=lambda row: row["contact"])
def test_what_is_written_is_read_again(row: dict[str, str]) -> None:
    assert hints.hint(row["contact"]) == row["hint"]
    fragment = hints.with_hint(base32.link_text(SHARE), row["contact"])
    assert hints.split(fragment) == (base32.link_text(SHARE), row["hint"])
    assert (fragment == base32.link_text(SHARE)) is not bool(row["hint"]), "none is written where there is none"


def test_the_page_reads_the_same() -> None:
    """Before the engine is there, the page's own script reads the hint."""
    asked = json.dumps([row["fragment"] for row in VECTORS["fragments"]])
    source = (ROOT / "static/hint.js").read_text() + f"console.log(JSON.stringify({asked}.map(readHint)))"
    told = subprocess.run([NODE, "--input-type=module"], input=source.encode(), capture_output=True, check=True).stdout
    assert json.loads(told) == [row["hint"] for row in VECTORS["fragments"]]


@pytest.mark.parametrize("contact", ["+61 491 570 006", "registrar@example.org"])
def test_a_message_with_the_link_is_one_sms(contact: str) -> None:
    made = hints.with_hint(base32.link_text(SHARE), contacts.canonical(contact))
    link = f"https://photos.st-elsewhere.example.org/r/{base32.encode_id(bytes(16))}#{made}"
    text = f"Photos of the patient I rang you about:\n{link}"
    assert set(text) <= GSM_7 and len(text) <= ONE_SMS
    assert not set("•••678") <= GSM_7, "control"
