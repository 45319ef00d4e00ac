"""Base64url has one form for each sequence of bytes."""

import base64

import pytest

from sealed import base64url

BYTES = (b"", b"\0", b"\xff\xfe", bytes(range(256)), b"\xfb\xef\xbe" * 11)


@pytest.mark.parametrize("data", BYTES, ids=len)
def test_bytes_come_back(data: bytes) -> None:
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    assert not set(text) & set("+/=")


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QR", "Q", "QQ\n", " QQ", "Q+", "Q/", "QQ!", "Q.Q", "ÄÄ", "QUI=", "QUJ", None, 7, b"QQ"],
    ids=repr,
)
def test_another_form_is_refused(text: object) -> None:
    with pytest.raises(ValueError):
        base64url.decode(text)


def test_control_the_standard_library_reads_several_texts_alike() -> None:
    assert base64.urlsafe_b64decode("QQ==") == base64.urlsafe_b64decode("QR==") == base64.urlsafe_b64decode("Q!Q==")
