"""The engine's doors, called as the page calls them."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_START = """async (folder) => {
  const { Engine } = await import(`${folder}engine.js`);
  const unsent = await import(`${folder}unsent.js`);
  window.engine = new Engine();
  window.told = [];
  window.deliver = async (account, sealed) => {
    const call = (door, args) => window.engine.call(door, args);
    try {
      const stop = new AbortController().signal;
      await unsent.deliver(account, sealed, call, (progress) => window.told.push(progress), stop);
      return {};
    } catch (problem) {
      return { error: { kind: problem.kind, text: problem.message } };
    }
  };
  window.unsent = unsent.unsent;
  window.discard = unsent.discard;
  const text = (data) => new Uint8Array(data).toBase64();
  const given = (value) => value && value.$bytes !== undefined ? Uint8Array.fromBase64(value.$bytes) : value;
  const told = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? { $bytes: text(value) } : value;
  window.ask = async (door, args) => {
    const read = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, given(value)]));
    try {
      const answer = await window.engine.call(door, read);
      return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, told(value)]));
    } catch (problem) {
      return { error: { kind: problem.kind, text: problem.message } };
    }
  };
}"""


_FILES = """async () => {
  const found = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) found.push(name);
  return found;
}"""


class Refused(Exception):
    """What a door says in place of an answer."""


@dataclass
class Desk:
    """A page of the portal with the engine running: `ask` calls a door; bytes go in and come out as bytes."""

    page: Page

    def ask(self, door: str, **args: Any) -> dict[str, Any]:
        given = {name: _given(value) for name, value in args.items()}
        answer = self.page.evaluate("([door, args]) => window.ask(door, args)", [door, given])
        if "error" in answer:
            raise Refused(answer["error"])
        return {name: _told(value) for name, value in answer.items()}

    def deliver(self, account: str, sealed: dict[str, Any]) -> None:
        """Upload and register what is sealed, as static/unsent.js does."""
        answer = self.page.evaluate("([account, sealed]) => window.deliver(account, sealed)", [account, sealed])
        if "error" in answer:
            raise Refused(answer["error"])

    def unsent(self, account: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate("(account) => window.unsent(account)", account)
        return found

    def files(self) -> list[str]:
        """The names of the files in the browser's private storage."""
        found: list[str] = self.page.evaluate(_FILES)
        return found

    def keep(self, script: str, data: bytes) -> None:
        """Give a script of one's own some bytes."""
        self.page.evaluate(script, base64.b64encode(data).decode())

    def account(self) -> dict[str, Any]:
        told: dict[str, Any] = self.page.evaluate("async () => (await fetch('/api/account')).json()")
        return dict(told["account"])


def _given(value: Any) -> Any:
    return {"$bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _told(value: Any) -> Any:
    return base64.b64decode(value["$bytes"]) if isinstance(value, dict) and "$bytes" in value else value


def begin(page: Page) -> Desk:
    """Start an engine of one's own on a page of the portal."""
    found = re.search(r"/static/[0-9a-f]{16}/", page.content())
    assert found
    page.evaluate(_START, found[0])
    return Desk(page)
