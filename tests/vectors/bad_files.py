"""Files damaged, spliced or sealed in another way (FORMAT.md sections 1 and 4); imports nothing of ours."""

import base64
import struct

from cryptography.hazmat.primitives.hashes import SHA256

from .seal import CHUNK, FRONT, LINK, SERVER, Vector, edited, file_key, header, link_check, link_text, sealed, vector
from .zips import report, zipped

BASE, OTHER = "three chunks", "plaintext of exactly two chunks"
SEALED = CHUNK + 16
START = 12 + len(header())  # of the salt
FIRST = START + FRONT  # of the first chunk
LENGTH = FIRST + len(zipped(report(20_000, 13_000))) + 3 * 16
DAMAGED = "WrongKeyOrDamaged"


def cuts() -> list[Vector]:
    """The file cut off at, before and behind every border."""
    none = (0, 1, 7, 8, 11, 12, 13, START // 2, START - 1, START, START + 1, START + 23, START + 24, FIRST - 1, FIRST)
    chunks = (FIRST + 16, FIRST + SEALED, FIRST + SEALED + 16, FIRST + 2 * SEALED, FIRST + 2 * SEALED + 16, LENGTH)
    some = [at + by for at in chunks for by in (-1, 0, 1) if at + by < LENGTH]
    places = [(at, "NotSealed") for at in (*none, FIRST + 1)]
    places += [(at, DAMAGED if at >= FIRST + 16 else "NotSealed") for at in some]
    return [edited(f"cut at {at}", verdict, BASE, (at, LENGTH - at, b"")) for at, verdict in places]


def one_bit(raw: bytes) -> list[Vector]:
    """One bad bit in every region of the file."""
    head = {
        "magic": (0, "NotSealed"),
        "version": (7, "NotSealed"),
        "header length's first byte": (8, "NotSealed"),
        "header length's last byte": (11, "NotSealed"),
        "header's first byte": (12, "NotSealed"),
        "header's last byte": (START - 1, "NotSealed"),
        "field created": (raw.index(b"2026-") + 3, DAMAGED),
        "field key_id": (raw.index(b"key_id") + 15, DAMAGED),
        "field key_server": (raw.index(b"keys."), DAMAGED),
        "field link_check": (raw.index(b"link_check") + 13, "LinkNotForFile"),
    }
    rest = {
        "salt's first byte": START,
        "salt's last byte": START + 23,
        "commitment's first byte": START + 24,
        "commitment's last byte": FIRST - 1,
        "first chunk": FIRST,
        "first chunk's tag": FIRST + SEALED - 1,
        "second chunk": FIRST + SEALED,
        "second chunk's tag": FIRST + 2 * SEALED - 16,
        "last chunk": FIRST + 2 * SEALED,
        "last tag": LENGTH - 16,
        "last byte": LENGTH - 1,
    }
    places = head | {name: (at, DAMAGED) for name, at in rest.items()}
    return [
        edited(f"one bit in the {name}", verdict, BASE, (at, 1, bytes([raw[at] ^ 1])))
        for name, (at, verdict) in places.items()
    ]


def chunk(number: int, base: str = BASE) -> tuple[str, int, int]:
    return base, FIRST + number * SEALED, SEALED


def moved() -> list[Vector]:
    """Parts of one file or of two put together in another way."""
    second, last = FIRST + SEALED, FIRST + 2 * SEALED
    moves = {
        "first two chunks swapped": [(FIRST, SEALED, chunk(1)), (second, SEALED, chunk(0))],
        "first chunk twice": [(FIRST, 0, chunk(0))],
        "first chunk in the second one's place": [(second, SEALED, chunk(0))],
        "first chunk left out": [(FIRST, SEALED, b"")],
        "second chunk left out": [(second, SEALED, b"")],
        "last chunk first": [(last, LENGTH - last, b""), (FIRST, 0, (BASE, last, LENGTH - last))],
        "last chunk twice": [(LENGTH, 0, (BASE, last, LENGTH - last))],
        "salt of another file": [(START, 24, (OTHER, START, 24))],
        "commitment of another file": [(START + 24, 32, (OTHER, START + 24, 32))],
        "salt and commitment of another file": [(START, FRONT, (OTHER, START, FRONT))],
        "first chunk of another file": [(FIRST, SEALED, chunk(0, OTHER))],
        "second chunk of another file": [(second, SEALED, chunk(1, OTHER))],
        "last chunk of another file": [(last, LENGTH - last, (OTHER, last, 16))],
        "header of another file": [(0, START, ("a key server on this machine", 0, START + 11))],
        "a byte behind the end": [(LENGTH, 0, b"\0")],
        "16 bytes behind the end": [(LENGTH, 0, bytes(16))],
        "the whole file behind the end": [(LENGTH, 0, (BASE, 0, LENGTH))],
        "a byte before the salt": [(START, 0, b"\0")],
        "a byte between commitment and chunks": [(FIRST, 0, b"\0")],
        "a byte between two chunks": [(second, 0, b"\0")],
        "chunks of zeros": [(FIRST, LENGTH - FIRST, bytes(48))],
    }
    vectors = [edited(name, DAMAGED, BASE, *edits) for name, edits in moves.items()]
    # What is left is a whole report in full chunks: only the rule of the short last chunk says no.
    return [*vectors, edited("the empty last chunk left out", DAMAGED, OTHER, (FIRST + 2 * SEALED, 16, b""))]


def fronts() -> list[Vector]:
    """Magic and header length that are not those of the format."""
    zeros = struct.pack("<I", START - 12)
    edits = {
        "magic of version 2": (7, 1, b"2"),
        "magic in lower case": (0, 8, b"safelit1"),
        "a byte before the magic": (0, 0, b"\0"),
        "header length zero": (8, 4, bytes(4)),
        "header length one too small": (8, 4, struct.pack(">I", START - 13)),
        "header length 4097": (8, 4, struct.pack(">I", 4097)),
        "header length of 4 GB": (8, 4, b"\xff" * 4),
        "header length the other way round": (8, 4, zeros),
        "a ZIP in the clear": (0, 12, b"PK\3\4" + bytes(8)),
    }
    vectors = [edited(name, "NotSealed", BASE, edit) for name, edit in edits.items()]
    past_the_end = edited("header length beyond the end", "NotSealed", "one small photo", (8, 4, b"\0\0\x0f\xff"))
    return [*vectors, past_the_end]


def sealed_otherwise() -> list[Vector]:
    """Files that are sound by another rule than FORMAT.md's, or under another key."""
    plain, long = zipped(report(40)), zipped(report(20_000))
    context = b"SAFELIT1" + struct.pack(">I", len(header())) + header()
    other_check = header(link_check=link_check(bytes(20)))
    end = len(long)
    ways = {
        "keys derived by SHA-256": sealed(plain, hash_function=SHA256()),
        "another label in the derivation": sealed(plain, info=b"c2sp.org/chunked-encryption@v2+AEAD_AES_256_GCM\0"),
        "the context not bound": sealed(plain, bound=b""),
        "the header alone bound": sealed(plain, bound=header()),
        "the magic of version 2 bound": sealed(plain, bound=context.replace(b"T1", b"T2", 1)),
        "AES-128": sealed(plain, key_length=16),
        "chunks counted from one": sealed(long, first=1),
        "chunks counted at the other end": sealed(long, order="little"),
        "associated data": sealed(plain, associated=b"SAFELIT1"),
        "chunks of 8 KiB": sealed(long, cuts=[0, 8192, 16_384, end]),
        "chunks of 32 KiB": sealed(long, cuts=[0, end]),
        "an empty chunk in front": sealed(long, cuts=[0, 0, CHUNK, end]),
        "an empty chunk too many": sealed(long, cuts=[0, CHUNK, end, end]),
        "no server share": sealed(plain, key=file_key(LINK, b"")),
        "the shares in the other order": sealed(plain, key=file_key(SERVER, LINK)),
        "the link share alone": sealed(plain, key=file_key(None, LINK)),
        "the server share alone, link or no link": sealed(plain, link=None),
    }
    vectors = [vector(f"sealed with {name}", DAMAGED, file) for name, file in ways.items()]
    downgraded = sealed(plain, header(link_check=None))
    return [
        *vectors,
        vector("sealed as version 2", "NotSealed", sealed(plain, magic=b"SAFELIT2")),
        vector("downgraded to no link share", DAMAGED, downgraded, link=None),
        vector("downgraded to no link share, opened with it", "LinkNotForFile", downgraded),
        vector(
            "a link share that only the header knows", DAMAGED, sealed(plain, other_check), link=link_text(bytes(20))
        ),
        edited("other server share", DAMAGED, BASE, server_share=bytes(32).hex()),
        edited("one bit in the server share", DAMAGED, BASE, server_share=(SERVER[:-1] + b"\x1e").hex()),
    ]


def bad_files(good: list[Vector]) -> list[Vector]:
    raw = base64.b64decode(next(row["file"] for row in good if row["name"] == BASE))
    assert len(raw) == LENGTH
    return [*cuts(), *one_bit(raw), *moved(), *fronts(), *sealed_otherwise()]
