"""What is wrong with an answer, in one place each; all else of it is right. By group: what finds it."""

import json
from collections.abc import Callable
from typing import Any

import cbor2

from tests.portal.passkeys.authenticator import AT, BE, BS, ED, RSA, UP, UV, Authenticator, Bend, Ed25519, text

Groups = dict[str, dict[str, Bend]]
DEEP = 3000


def put(name: str, value: Any) -> Callable[[Any], Any]:
    return lambda said: said | {name: value}


def without(name: str) -> Callable[[Any], Any]:
    return lambda said: {key: value for key, value in said.items() if key != name}


def to(value: Any) -> Callable[[Any], Any]:
    return lambda said: value


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda data: bytes(byte ^ (1 if index == at % len(data) else 0) for index, byte in enumerate(data))


def changed(name: str, change: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda said: said | {name: change(said[name])}


# Not what they say, but how they write it: 256 is as good as 100 in base64, to those who do not look.
SLOPPY: dict[str, Callable[[str], Any]] = {
    "padded": lambda said: said + "=",
    "with a line's end": lambda said: said + "\n",
    "with a sign that is none": lambda said: said[:4] + "!" + said[4:],
    "with a space before": lambda said: " " + said,
}
NONE_AT_ALL: dict[str, Callable[[str], Any]] = {
    "empty": to(""),
    "a number": to(7),
    "null": to(None),
    "a list": to([7]),
    "cut off": lambda said: said[:-2],
    "far too long": to("A" * 100_000),
}


def _client(kind: str, other: str) -> Groups:
    """About the client's data, which both ceremonies have; `kind` is this one's, `other` the other's."""
    origins = {
        "another site": "https://evil.example",
        "a name that begins as ours": "http://localhost.evil.example",
        "another scheme": "https://localhost",
        "another port": "http://localhost:81",
        "with a slash": "http://localhost/",
        "in capitals": "HTTP://LOCALHOST",
        "null": "null",
        "empty": "",
        "of an app": "android:apk-key-hash:AAAA",
        "a list with ours": ["http://localhost"],
    }
    return {
        "origin": {name: {"client": put("origin", value)} for name, value in origins.items()},
        "frame": {
            "in another site's frame": {"client": put("crossOrigin", True)},
            "perhaps in a frame": {"client": put("crossOrigin", "no")},
            "below another site": {"client": put("topOrigin", "https://evil.example")},
        },
        "type": {
            "of the other ceremony": {"client": put("type", other)},
            "of a payment": {"client": put("type", "payment.get")},
            "in capitals": {"client": put("type", kind.upper())},
        },
        "site": {
            "another": {"site": to("evil.example")},
            "the one above": {"site": to("")},
            "in capitals": {"site": to("LOCALHOST")},
            "the origin": {"site": to("http://localhost")},
        },
        "client's form": {
            "no bytes": {"client bytes": to(b"")},
            "no JSON": {"client bytes": to(b"\xa2\x61\x61\x01")},
            "cut off": {"client bytes": lambda said: said[:-1]},
            "more behind it": {"client bytes": lambda said: said + b"{}"},
            "a list": {"client bytes": to(b"[]")},
            "a text": {"client bytes": to(b'"webauthn.get"')},
            "null": {"client bytes": to(b"null")},
            "UTF-16": {"client bytes": lambda said: said.decode().encode("utf-16")},
            "a mark of byte order": {"client bytes": lambda said: b"\xef\xbb\xbf" + said},
            "no UTF-8": {"client bytes": lambda said: said.replace(b"localhost", b"localhos\xff")},
            "too deep": {"client bytes": to(b"[" * DEEP)},
            "too large": {"client": put("more", "A" * 4096)},
            "without type": {"client": without("type")},
            "without challenge": {"client": without("challenge")},
            "without origin": {"client": without("origin")},
            "challenge a number": {"client": put("challenge", 7)},
            "challenge empty": {"client": put("challenge", "")},
            "challenge padded": {"client": changed("challenge", SLOPPY["padded"])},
            "challenge far too long": {"client": put("challenge", "A" * 1000)},
        },
    }


def _answer(*parts: str) -> Groups:
    """About the answer's JSON, which both ceremonies have."""
    whole: dict[str, Callable[[Any], Any]] = {
        "null": to(None),
        "a list": to([]),
        "a text": to("yes"),
        "empty": to({}),
        "without id": without("id"),
        "without rawId": without("rawId"),
        "another rawId": put("rawId", "AAAA"),
        "without type": without("type"),
        "a password": put("type", "password"),
        "type a list": put("type", ["public-key"]),
        "without response": without("response"),
        "response a list": put("response", []),
        "response null": put("response", None),
        "id far too long": lambda said: said | {"id": "A" * 100_000, "rawId": "A" * 100_000},
        "id padded": lambda said: said | {"id": said["id"] + "=", "rawId": said["id"] + "="},
        "id a number": lambda said: said | {"id": 7, "rawId": 7},
    }
    found: Groups = {"answer's form": {name: {"answer": bend} for name, bend in whole.items()}, "sloppy": {}}
    for part in parts:
        found["sloppy"] |= {f"{part} {name}": {"response": changed(part, how)} for name, how in SLOPPY.items()}
        forms = {f"{part} {name}": {"response": changed(part, how)} for name, how in NONE_AT_ALL.items()}
        found["answer's form"] |= forms | {f"without {part}": {"response": without(part)}}
    return found


def _flags(more: int) -> Groups:
    return {
        "presence": {"nobody there": {"flags": to(UV | more)}},
        "verification": {"nobody verified": {"flags": to(UP | more)}},
        "flags": {
            "neither": {"flags": to(more)},
            "backed up, and cannot be": {"flags": to(UP | UV | BS | more)},
            "extensions said, none there": {"flags": to(UP | UV | ED | more)},
        },
    }


def _map(value: Any) -> bytes:
    return cbor2.dumps(value)


def _twice(said: bytes) -> bytes:
    """A map that says its first name twice."""
    return bytes([said[0] + 1]) + _map("fmt") + _map("none") + said[1:]


_P384 = {1: 2, 3: -7, -1: 2, -2: b"\x01" * 48, -3: b"\x02" * 48}
ADDING: Groups = {
    **_client("webauthn.create", "webauthn.get"),
    **_answer("clientDataJSON", "attestationObject"),
    **_flags(AT),
    "object's end": {"more behind it": {"object bytes": lambda said: said + b"\x00"}},
    "key": {
        "of an algorithm not asked for": {"key": put(3, -36)},
        "of SHA-1": {"key": to(RSA().cose | {3: -65535})},
        "RSA of 1024 bits": {"key": to(RSA(1024).cose)},
        "RSA said to be ES256": {"key": to(RSA().cose | {3: -7})},
        "Ed25519 said to be ES256": {"key": to(Ed25519().cose | {3: -7})},
        "of another curve": {"key": to(_P384)},
    },
    "key's form": {
        "not on its curve": {"key": put(-3, b"\x01" * 32)},
        "a coordinate empty": {"key": put(-2, b"")},
        "a coordinate a text": {"key": put(-2, "one")},
        "without algorithm": {"key": without(3)},  # type: ignore[arg-type]
        "without kind": {"key": without(1)},  # type: ignore[arg-type]
        "symmetric": {"key": put(1, 4)},
        "a list": {"key": to([2, -7])},
        "Ed25519 cut off": {"key": to(Ed25519().cose | {-2: b"\x01" * 31})},
        "no CBOR": {"key bytes": to(b"\xff")},
        "cut off": {"key bytes": lambda said: said[:-1]},
        "more behind it": {"key bytes": lambda said: said + b"\x00"},
        "bare point": {"key bytes": to(b"\x04" + b"\x01" * 64)},
    },
    "object's form": {
        "no CBOR": {"object bytes": to(b"\xff")},
        "a list": {"object bytes": to(_map([1, 2]))},
        "cut off": {"object bytes": lambda said: said[:-1]},
        "too deep": {"object bytes": to(b"\x81" * DEEP + b"\x00")},
        "a length that is a lie": {"object bytes": to(b"\x5b" + b"\xff" * 8)},
        "a name twice": {"object bytes": _twice},
        "without fmt": {"object": without("fmt")},
        "without authData": {"object": without("authData")},
        "authData a text": {"object": put("authData", "data")},
        "fmt a number": {"object": put("fmt", 7)},
        "fmt unknown": {"object": put("fmt", "own")},
        "of a phone's maker": {"object": put("fmt", "android-safetynet")},
        "of U2F": {"object": put("fmt", "fido-u2f")},
        "none, and yet one": {"object": put("attStmt", {"sig": b"s", "alg": -7})},
        "signed by itself, wrongly": {
            "object": lambda said: said | {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"s"}}
        },
    },
    "data's form": {
        "none": {"data": to(b"")},
        "one byte short": {"data": lambda said: said[:36]},
        "no passkey in it": {"flags": to(UP | UV)},
        "passkey cut off": {"attested": lambda said: said[:20]},
        "a length that is a lie": {"attested": lambda said: said[:16] + b"\xff\xff" + said[18:]},
        "more behind it": {"data": lambda said: said + b"\x00"},
        "no id": {"attested id": to(b"")},
    },
    "id": {"another than the answer's": {"attested id": flipped(0)}},
}
SIGNING: Groups = {
    **_client("webauthn.get", "webauthn.create"),
    **_answer("clientDataJSON", "authenticatorData", "signature", "userHandle"),
    **_flags(0),
    "signature": {
        "first bit": {"signature": flipped(8)},
        "last bit": {"signature": flipped(-1)},
        "another key's": {"signature": to(Authenticator().key.sign(b"data"))},
        "more behind it": {"signature": lambda said: said + b"\x00"},
        "client's data changed after it": {"client after": lambda said: said[:-1] + b', "more": 1}'},
        "data changed after it": {"data after": lambda said: said[:-1] + bytes([said[-1] ^ 0x40])},
        "flags changed after it": {"data after": lambda said: said[:32] + bytes([said[32] | BE]) + said[33:]},
    },
    "user handle": {
        "of nobody": {"user handle": to(b"0" * 26)},
        "cut off": {"user handle": lambda said: said[:-1]},
        "their contact": {"user handle": to(b"ada@example.org")},
    },
    "passkey": {"unknown": {"answer": lambda said: said | {"id": text(b"7" * 32), "rawId": text(b"7" * 32)}}},
    "counter": {
        "as it was": {"count": lambda count: count - 1},
        "gone back": {"count": lambda count: count - 2},
        "lost": {"count": to(0)},
    },
    "data's form": {
        "none": {"data": to(b"")},
        "one byte short": {"data": lambda said: said[:36]},
        "more behind it": {"data": lambda said: said + b"\x00"},
        "a passkey said, none there": {"flags": to(UP | UV | AT)},
    },
}
NOT_JSON = [b"", b"{", b"[]", b"null", b'"credential"', b"\xff\xfe", json.dumps({"credential": "A" * 300_000}).encode()]


def listed(groups: Groups) -> list[tuple[str, Bend]]:
    """Every case, with its name."""
    return [(f"{group}: {name}", bend) for group, cases in groups.items() for name, bend in cases.items()]
