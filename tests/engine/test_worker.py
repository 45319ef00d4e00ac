"""The worker's calls: what goes in comes back, and nothing of an error does."""

import json

from playwright.sync_api import Page


def test_a_door_answers(echo_page: Page) -> None:
    answer = echo_page.evaluate("call('echo', {text: 'é', list: [1, {two: null}], yes: true})")
    assert answer == {
        "call": 7,
        "progress": [{"step": "echo"}],
        "answer": {"text": "é", "list": [1, {"two": None}], "yes": True},
    }


def test_bytes_come_back_whole(echo_page: Page) -> None:
    """The same buffer twice in one answer must not trip the transfer."""
    same = echo_page.evaluate("""async () => {
      const bytes = Uint8Array.from({length: 70000}, (_, n) => n % 251);
      const {answer} = await call('echo', {first: bytes, again: bytes.subarray(251), buffer: bytes.buffer});
      const right = (view) => view.every((value, n) => value === n % 251) && view.length;
      return [answer.first, answer.again, new Uint8Array(answer.buffer)].map(right);
    }""")
    assert same == [70000, 69749, 70000]


def test_a_python_error_says_nothing(echo_page: Page) -> None:
    """Neither to the page nor to the console, and printing reaches neither."""
    said: list[str] = []
    echo_page.on("console", lambda message: said.append(message.text))
    echo_page.on("pageerror", lambda error: said.append(str(error)))
    echo_page.evaluate("call('echo', {patient: 'Jane'})")
    answer = echo_page.evaluate("call('no such door', {patient: 'Jane'})")["answer"]
    assert answer["error"]["kind"] == "Unexpected"
    assert "Jane" not in json.dumps(answer)
    assert "LookupError" not in json.dumps(answer)
    assert said == []
    echo_page.evaluate("console.log('heard')")  # control: the listener hears
    assert said == ["heard"]


def test_a_failed_call_does_not_end_the_worker(echo_page: Page) -> None:
    echo_page.evaluate("call('no such door', {})")
    assert echo_page.evaluate("call('echo', {n: 2})")["answer"] == {"n": 2}
