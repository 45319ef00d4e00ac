"""What must hold before a released share is used; whatever else a key server answers is refused by our one error."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from sealed import canonical, notes, receipts
from sealed.errors import BadProof
from sealed.released import LARGEST, RELEASE, Request, logged_file, size_of
from tests.sealed.logs import KEY, Tree, receipt, verify

REQUEST = Request(RELEASE, "https://keys.example.org", "0123456789ABCDEFGHJKMNPQRS", "r" * 24)
FILE = "ab" * 32
BEFORE = [b'{"number":0}', b'{"number":1}', b'{"number":2}']
Answer = dict[str, Any]


def entry(**changes: Any) -> Answer:
    """What our log says of the release, as far as it is looked at."""
    key = {"what": {"identifier": {"value": REQUEST.key_id}}, "detail": [{"type": "file_sha256", "valueString": FILE}]}
    request = {"what": {"identifier": {"value": REQUEST.request_id}}}
    subtypes = [{"code": "disclose"}, {"code": "release"}]
    return {"outcome": "0", "subtype": subtypes, "entity": [key, request]} | changes


def answer(said: bytes, before: list[bytes] = BEFORE, since: int = 3) -> Answer:
    """What a key server answers whose log held `before`."""
    tree = Tree([*before, said])
    proof = [base64.b64encode(one).decode() for one in tree.consistency(since)]
    return {"entry": said.decode(), "receipt": receipt(tree, len(before)), "consistency": proof}


def remembered(entries: list[bytes] = BEFORE) -> str:
    """The checkpoint of a log of these entries."""
    tree = Tree(entries)
    return receipts.read(receipt(tree, 0)).note.write()


GOOD = answer(canonical.dumps(entry()))


def test_a_good_answer_is_proved() -> None:
    proved = REQUEST.check(GOOD, KEY, remembered())
    verify(proved.public_key, proved.signature, proved.message)
    assert (proved.number, proved.checkpoint.size) == (3, 4)
    assert logged_file(GOOD["entry"]) == FILE
    assert REQUEST.check(GOOD | {"consistency": []}, KEY, None), "nothing is remembered: the log begins"


@pytest.mark.parametrize(
    "said",
    [
        entry(outcome="4"),
        entry(subtype=[{"code": "disclose"}, {"code": "create"}]),
        entry(subtype=[]),
        entry(entity=[entry()["entity"][1], entry()["entity"][0]]),
        entry(entity=[]),
        entry(entity="no list"),
        {},
        [],
        "text",
        None,
    ],
)
def test_an_entry_about_something_else_is_refused(said: Any) -> None:
    with pytest.raises(BadProof, match="something else"):
        REQUEST.check(answer(canonical.dumps(said)), KEY, remembered())


@pytest.mark.parametrize(
    "said",
    [
        b"[" * (LARGEST // 2) + b"]" * (LARGEST // 2),
        b'{"a":' * 1000 + b"1" + b"}" * 1000,
        canonical.dumps(entry(more="x" * LARGEST)),
        b" " + canonical.dumps(entry()),
        b'{"outcome":"0","outcome":"0"}',
    ],
    ids=["deep list", "deep object", "long", "space in front", "twice"],
)
def test_an_entry_of_another_form_is_refused(said: bytes) -> None:
    """A deep one would end the browser's Python: no more than our error comes of it."""
    with pytest.raises(BadProof, match="something else"):
        REQUEST.check(answer(said), KEY, remembered())


CHANGES: dict[str, Callable[[Answer], Answer]] = {
    "no entry": lambda good: {name: value for name, value in good.items() if name != "entry"},
    "no receipt": lambda good: {name: value for name, value in good.items() if name != "receipt"},
    "no proof": lambda good: {name: value for name, value in good.items() if name != "consistency"},
    "an empty proof": lambda good: good | {"consistency": []},
    "a longer proof": lambda good: good | {"consistency": [*good["consistency"], good["consistency"][0]]},
    "a proof of other things": lambda good: good | {"consistency": ["", 7, None]},
    "another entry's receipt": lambda good: good | {"receipt": receipt(Tree([*BEFORE, b"other"]), 3)},
    "an earlier receipt": lambda good: good | {"receipt": receipt(Tree(BEFORE), 2)},
    "no text": lambda good: good | {"entry": 7, "receipt": 7},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_answer_is_refused(change: Callable[[Answer], Answer]) -> None:
    with pytest.raises(BadProof):
        REQUEST.check(change(GOOD), KEY, remembered())


def test_a_log_that_was_rewritten_or_rolled_back_is_refused() -> None:
    said = canonical.dumps(entry())
    rewritten = answer(said, [BEFORE[0], b'{"number":"other"}', BEFORE[2]])
    rolled_back = answer(said, BEFORE[:1], since=0)
    for bad in (rewritten, rolled_back):
        assert REQUEST.check(bad | {"consistency": []}, KEY, None), "control: sound to whoever has seen nothing before"
        with pytest.raises(BadProof, match="still holds"):
            REQUEST.check(bad, KEY, remembered())


def test_another_log_s_key_and_a_damaged_memory() -> None:
    other = notes.VerifierKey("other.example/log/1", KEY.public_key)
    with pytest.raises(BadProof, match="another log"):
        REQUEST.check(GOOD, other, None)
    assert (size_of(remembered(), KEY), size_of(remembered(), other), size_of("damaged", KEY)) == (3, 0, 0)


def test_a_share_is_tied_to_request_and_entry() -> None:
    said = GOOD["entry"].encode()
    others = [
        Request("create", REQUEST.key_server, REQUEST.key_id, REQUEST.request_id).info(said),
        Request(RELEASE, "https://other.example", REQUEST.key_id, REQUEST.request_id).info(said),
        Request(RELEASE, REQUEST.key_server, "1" * 26, REQUEST.request_id).info(said),
        Request(RELEASE, REQUEST.key_server, REQUEST.key_id, "s" * 24).info(said),
        REQUEST.info(said + b" "),
    ]
    assert len({REQUEST.info(said), *others}) == 6
