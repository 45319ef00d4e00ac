"""Cosignatures and requests for them: what the specifications show, a real log's witnesses, and hostile text."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature

from sealed import cosignatures, notes
from sealed.cosignatures import AddCheckpoint
from sealed.errors import BadProof
from sealed.notes import COSIGNATURE, Note, VerifierKey
from tests.sealed.logs import KEY, SECRET, Tree, sign, verify
from tests.sealed.test_notes import BEHIND_THE_SOFA

# https://c2sp.org/tlog-cosignature, the example at its head, and the message it shows.
WITNESS_LINE = (
    "\u2014 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
MESSAGE = (
    b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
    b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
)
# https://c2sp.org/tlog-witness, "add-checkpoint": the example of a request's body, without its second signature.
OLD_AND_PROOF = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

"""
REQUEST = OLD_AND_PROOF + BEHIND_THE_SOFA
# A checkpoint of Google's test log arche2025h1, as its witness remora.n621.de cosigned it in May 2026.
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
ARCHE = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u2014 arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""  # noqa: E501
WITNESS = VerifierKey("witness.example/w1", KEY.public_key, COSIGNATURE)
TEXT = notes.Checkpoint("keys.example.org/log/1", 5, bytes(32)).text()


def cosigned(seconds: int, text: str = TEXT) -> Note:
    line = cosignatures.cosignature(WITNESS, seconds, SECRET.sign(cosignatures.message(seconds, text)))
    return notes.read_note(Note(TEXT, (sign(TEXT), line)).write())


def test_the_specification_s_example_is_this_message() -> None:
    note = notes.read_note(BEHIND_THE_SOFA + WITNESS_LINE)
    line = note.signatures[1]
    assert cosignatures.message(int.from_bytes(line.signature[:8], "big"), note.text) == MESSAGE


def test_a_real_witness_has_cosigned_a_real_checkpoint() -> None:
    key, note = notes.read_key(REMORA, COSIGNATURE), notes.read_note(ARCHE)
    verify(*cosignatures.cosigned_by(note, key))
    other = notes.read_note(ARCHE.replace("1432088532", "1432088533"))
    with pytest.raises(InvalidSignature):  # control: of this checkpoint, and of no other
        verify(*cosignatures.cosigned_by(other, key))
    assert key.text() == REMORA


def test_the_specification_s_example_request() -> None:
    request = cosignatures.read(REQUEST)
    assert (request.old, len(request.proof), request.note.write()) == (20852014, 4, BEHIND_THE_SOFA)
    assert request.write() == REQUEST
    assert cosignatures.read(REQUEST + WITNESS_LINE).note.signatures[1].name == "witness.example.com/w1"
    first = AddCheckpoint(0, (), request.note)
    assert cosignatures.read(first.write()) == first and first.write().startswith("old 0\n\nexample.com/")


def test_what_a_witness_signs_comes_back() -> None:
    verify(*cosignatures.cosigned_by(cosigned(1_795_000_000), WITNESS))
    with pytest.raises(BadProof):
        cosignatures.cosigned_by(cosigned(7), VerifierKey("witness.example/w2", KEY.public_key, COSIGNATURE))
    with pytest.raises(BadProof):  # the same public key as a log's is another key
        cosignatures.cosigned_by(cosigned(7), VerifierKey("witness.example/w1", KEY.public_key))
    for seconds in (0, 1 << 63):
        with pytest.raises(BadProof, match="not cosigned"):
            cosignatures.cosigned_by(cosigned(seconds), WITNESS)
    with pytest.raises(InvalidSignature):
        verify(*cosignatures.cosigned_by(cosigned(7, TEXT.replace("5", "6")), WITNESS))


def test_a_log_s_key_is_no_witness_s_and_the_other_way() -> None:
    with pytest.raises(BadProof, match="of a witness"):
        notes.read_key(KEY.text(), COSIGNATURE)
    with pytest.raises(BadProof, match="of a log"):
        notes.read_key(REMORA)
    assert base64.b64decode(REMORA.split("+", 2)[2])[:1] == COSIGNATURE


GOOD = AddCheckpoint(3, tuple(Tree([bytes([n]) for n in range(5)]).consistency(3)), cosigned(7)).write()
LINES = len(cosignatures.read(GOOD).proof)
HOSTILE = {
    "empty": "",
    "no old size": GOOD.removeprefix("old 3\n"),
    "no space": GOOD.replace("old 3", "old3"),
    "a leading zero": GOOD.replace("old 3", "old 03"),
    "a sign": GOOD.replace("old 3", "old +3"),
    "a size beyond 10**18": GOOD.replace("old 3", f"old {10**18}"),
    "carriage returns": GOOD.replace("\n", "\r\n"),
    "no empty line": GOOD.replace("\n\n", "\n", 1),
    "a hash of 31 bytes": GOOD.replace("old 3\n", f"old 3\n{notes.write_base64(bytes(31))}\n"),
    "base64 of another alphabet": GOOD.replace("old 3\n", f"old 3\n{'_' * 43}=\n"),
    "64 lines of proof": GOOD.replace("old 3\n", "old 3\n" + f"{notes.write_base64(bytes(32))}\n" * (64 - LINES)),
    "more behind": GOOD + "more\n",
    "no last newline": GOOD[:-1],
    "no UTF-8": GOOD.replace("keys", "k\udcffeys"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_another_text_is_no_request(text: str) -> None:
    assert cosignatures.read(GOOD).write() == GOOD
    with pytest.raises(BadProof):
        cosignatures.read(text)


def test_63_lines_are_not_too_many() -> None:
    more = GOOD.replace("old 3\n", "old 3\n" + f"{notes.write_base64(bytes(32))}\n" * (63 - LINES))
    assert len(cosignatures.read(more).proof) == 63
