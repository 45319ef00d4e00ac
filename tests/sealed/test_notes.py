"""Signed notes, checkpoints and verification keys: the specifications' own examples, and hostile text."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature

from sealed import notes
from sealed.errors import BadProof
from sealed.notes import Checkpoint, Note, Signature, VerifierKey
from tests.sealed.logs import KEY, ORIGIN, SECRET, sign, verify

# https://c2sp.org/signed-note, "Example".
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The same, at its head.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n\n"
    "\u2014 quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
# golang/mod, sumdb/note/note_test.go: two keys over one text.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
PETERS = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCHS = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
TWO = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
# https://c2sp.org/tlog-checkpoint, the example at its head.
BEHIND_THE_SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
ROOT = bytes(range(32))
TEXT = Checkpoint(ORIGIN, 130, ROOT).text()
GOOD = Note(TEXT, (sign(TEXT),)).write()
LINE = GOOD.partition("\n\n")[2]


def test_the_specification_s_example_note() -> None:
    key, note = notes.read_key(EXAMPLE_KEY), notes.read_note(EXAMPLE)
    assert (key.name, key.key_id.hex(), key.text()) == ("example.com/foo", "530d903a", EXAMPLE_KEY)
    assert (note.text, note.write()) == ("This is an example message.\n", EXAMPLE)
    verify(*note.signed_by(key))
    # Control: the verifier of these tests refuses another text.
    with pytest.raises(InvalidSignature):
        verify(*notes.read_note(EXAMPLE.replace("This", "That")).signed_by(key))


def test_a_text_may_have_empty_lines_and_needs_a_signature() -> None:
    note = notes.read_note(POEM)
    assert note.text.endswith("sole:\n\ned \u00e8 subito sera.\n")
    assert (note.signatures[0].name, note.write()) == ("quasimodo.example/salvatore", POEM)
    with pytest.raises(BadProof):
        notes.read_note(note.text + "\n")


def test_each_of_two_signers_is_found_and_strangers_are_kept() -> None:
    note = notes.read_note(f"{TWO}\n{PETERS}{ENOCHS}")
    for text in (PETER, ENOCH):
        verify(*note.signed_by(notes.read_key(text)))
    assert [by.name for by in note.signatures] == ["PeterNeumann", "EnochRoot"]
    assert note.write() == f"{TWO}\n{PETERS}{ENOCHS}"
    with pytest.raises(BadProof):
        note.signed_by(KEY)
    # Either name or key id alone is another key's: signed-note, "Signatures".
    for stranger in (VerifierKey("PeterNeumann", KEY.public_key), VerifierKey("EnochRoot", bytes(32))):
        with pytest.raises(BadProof):
            note.signed_by(stranger)


def test_the_specification_s_example_checkpoint() -> None:
    note = notes.read_note(BEHIND_THE_SOFA)
    checkpoint = notes.read_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == note.text


def test_what_we_sign_comes_back() -> None:
    witness = sign(TEXT, "witness.example/one")
    quantum = Signature("witness.example/two", b"\0\1\2\3", bytes(2420 + 8))
    note = notes.read_note(Note(TEXT, (sign(TEXT), witness, quantum)).write())
    assert note.signatures[1:] == (witness, quantum)
    assert notes.read_checkpoint(note.text) == Checkpoint(ORIGIN, 130, ROOT)
    assert note.signed_by(KEY) == (KEY.public_key, SECRET.sign(TEXT.encode()), TEXT.encode())
    verify(*note.signed_by(KEY))
    assert notes.read_key(KEY.text()) == KEY
    assert notes.read_checkpoint(f"{ORIGIN}\n0\n{notes.write_base64(ROOT)}\n").size == 0


def test_sixteen_large_signatures_are_read_and_no_more() -> None:
    strangers = tuple(Signature(f"witness.example/{n}", bytes(4), bytes(4900)) for n in range(notes.SIGNATURES_LIMIT))
    assert notes.read_note(Note(TEXT, (*strangers[1:], sign(TEXT))).write()).signed_by(KEY)
    with pytest.raises(BadProof):
        notes.read_note(Note(TEXT, (*strangers, sign(TEXT))).write())


def test_a_key_that_signed_twice_or_in_another_length_proves_nothing() -> None:
    once, short = sign(TEXT), Signature(ORIGIN, KEY.key_id, bytes(63))
    for signatures in ((once, once), (once, short), (short,)):
        note = notes.read_note(Note(TEXT, signatures).write())
        with pytest.raises(BadProof):
            note.signed_by(KEY)


def read(text: str) -> Checkpoint:
    note = notes.read_note(text)
    note.signed_by(KEY)
    return notes.read_checkpoint(note.text)


def careless(text: str) -> Checkpoint:
    """A reader as it is quickly written: the control of SECOND_FORMS."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert "\u2014" in text
    root = base64.b64decode(lines[2].replace("-", "+").replace("_", "/") + "==")
    return Checkpoint(lines[0], int(lines[1]), root)


SIGNED = LINE.strip().rpartition(" ")[2]
SECOND_FORMS = {
    "CR LF": GOOD.replace("\n", "\r\n"),
    "CR": GOOD.replace("\n", "\r"),
    "a line end of Unicode": GOOD.replace("130\n", "130\u2028"),
    "a control character behind the size": GOOD.replace("130", "130\x1f"),
    "zero before the size": GOOD.replace("\n130\n", "\n0130\n"),
    "plus before the size": GOOD.replace("\n130\n", "\n+130\n"),
    "underscore in the size": GOOD.replace("\n130\n", "\n1_30\n"),
    "digits of another script": GOOD.replace("\n130\n", "\n\u0661\u0663\u0660\n"),
    "space behind the size": GOOD.replace("\n130\n", "\n130 \n"),
    "space before the origin": " " + GOOD,
    "an extension line": GOOD.replace("\n\n", "\nmore\n\n"),
    "a blank line more": GOOD.replace("\n\n", "\n\n\n"),
    "a blank line in the text": GOOD.replace("\n130\n", "\n\n130\n"),
    "no blank line": GOOD.replace("\n\n", "\n"),
    "a blank line behind": GOOD + "\n",
    "no last newline": GOOD[:-1],
    "bits behind the root's last byte": GOOD.replace("Hh8=", "Hh9="),
    "a root without padding": GOOD.replace("Hh8=", "Hh8"),
    "a root with more padding": GOOD.replace("Hh8=", "Hh8=="),
    "white space in the root": GOOD.replace("Hh8=", "H h8="),
    "a signature without padding": GOOD.replace(SIGNED, SIGNED.rstrip("=")),
    "two spaces in a signature line": GOOD.replace("\u2014 ", "\u2014  "),
    "a tab in a signature line": GOOD.replace("\u2014 ", "\u2014\t"),
    "space behind a signature": GOOD[:-1] + " \n",
    "a third part in a signature line": GOOD[:-1] + " AAAA\n",
    "text behind the signatures": GOOD + "more\n",
    "text behind the last newline": GOOD + "more",
    "a signature of 100 kB": GOOD + f"\u2014 witness.example {notes.write_base64(bytes(100_000))}\n",
    "a signature of 4 bytes": GOOD + "\u2014 witness.example AAAAAA==\n",
    "a name with a plus": GOOD + f"\u2014 witness+example {SIGNED}\n",
    "a name with a space of Unicode": GOOD + f"\u2014 witness\u00a0example {SIGNED}\n",
    "no name": GOOD + f"\u2014  {SIGNED}\n",
    "a megabyte": GOOD + LINE * 8000,
}
NO_FORMS = {
    "nothing": "",
    "newlines": "\n" * 5,
    "doubled origin": f"{ORIGIN}\n{GOOD}",
    "NUL in the origin": GOOD.replace("keys", "k\0eys"),
    "no UTF-8": GOOD.encode().replace(b"keys", b"k\xffeys").decode(errors="surrogateescape"),
    "no UTF-8 in a name": GOOD + f"\u2014 witness\ud800 {SIGNED}\n",
    "no origin": GOOD.removeprefix(ORIGIN),
    "no size": GOOD.replace("\n130\n", "\n\n"),
    "a negative size": GOOD.replace("\n130\n", "\n-130\n"),
    "a size beyond 10**18": GOOD.replace("\n130\n", f"\n{10**18}\n"),
    "a size of 5,000 digits": GOOD.replace("\n130\n", "\n1" + "0" * 5000 + "\n"),
    "a size in another notation": GOOD.replace("\n130\n", "\n1e2\n"),
    "a root of 31 bytes": GOOD.replace(notes.write_base64(ROOT), notes.write_base64(ROOT[1:])),
    "a root of 33 bytes": GOOD.replace(notes.write_base64(ROOT), notes.write_base64(ROOT + b"\0")),
    "a root in another alphabet": GOOD.replace(notes.write_base64(ROOT), notes.write_base64(ROOT)[:-2] + "_="),
    "no signature": GOOD.partition("\n\n")[0] + "\n\n",
    "text only": TEXT,
    "signature only": LINE,
    "no dash": GOOD.replace("\u2014 ", ""),
    "a hyphen for the dash": GOOD.replace("\u2014 ", "- "),
    "a signature of no base64": GOOD.replace(SIGNED, "\u00e9" * 92),
    "an origin of a megabyte": GOOD.replace(ORIGIN, "a" * 2**20),
    "a long origin": GOOD.replace(ORIGIN, "a" * 257),
}


@pytest.mark.parametrize("text", [*SECOND_FORMS.values(), *NO_FORMS.values()], ids=[*SECOND_FORMS, *NO_FORMS])
def test_hostile_text_is_refused(text: str) -> None:
    assert read(GOOD) == Checkpoint(ORIGIN, 130, ROOT)
    with pytest.raises(BadProof):
        read(text)


@pytest.mark.parametrize("text", SECOND_FORMS.values(), ids=SECOND_FORMS)
def test_control_a_careless_reader_takes_the_second_forms_for_the_first(text: str) -> None:
    assert careless(text) == read(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "++",
        EXAMPLE_KEY + "\n",
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("foo", "fop"),
        EXAMPLE_KEY.replace("foo", "f oo"),
        EXAMPLE_KEY.replace("+Ae", "+Be"),
        EXAMPLE_KEY + "AAAA",
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY.replace("Aeky", "-eky"),
        "a" * 2**20 + EXAMPLE_KEY,
    ],
    ids=lambda _: "text",
)
def test_another_text_is_no_verification_key(text: object) -> None:
    with pytest.raises(BadProof):
        notes.read_key(text)


@pytest.mark.parametrize("text", [None, 7, b"AA==", "AA", "AA=", "AB==", "AA==\n", " AA==", "A-==", "\u0661\u0661=="])
def test_base64_has_one_form(text: object) -> None:
    assert notes.read_base64("AA==") == b"\0"
    for reader in (notes.read_base64, notes.read_hash, notes.read_note):
        with pytest.raises(BadProof):
            reader(text)


def test_a_hash_has_32_bytes() -> None:
    assert notes.read_hash(notes.write_base64(ROOT)) == ROOT
    for wrong in (b"", ROOT[1:], ROOT + b"\0"):
        with pytest.raises(BadProof):
            notes.read_hash(notes.write_base64(wrong))


def test_a_checkpoint_or_key_of_no_form_is_not_written() -> None:
    for name in ("", "a b", "a\nb", "a+b", "a\0", "a\ud800", "a" * 257):
        with pytest.raises(BadProof):
            Checkpoint(name, 1, ROOT)
        with pytest.raises(BadProof):
            VerifierKey(name, ROOT)
    for size, root in ((-1, ROOT), (10**18, ROOT), (1, ROOT[1:])):
        with pytest.raises(BadProof):
            Checkpoint("a", size, root)
    with pytest.raises(BadProof):
        VerifierKey("a", ROOT[1:])
