"""A key server whose answers are not what they should be: they come changed to the page."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

Change = Callable[[dict[str, Any]], object]


def changed(page: Page, change: Change, what: str) -> None:
    """Let the answer to `what`, a glob of URLs, come changed."""

    def answer(route: Route) -> None:
        response = route.fetch()
        told = response.json()
        change(told)
        route.fulfill(response=response, body=json.dumps(told))

    page.route(what, answer)


def other_entry(told: dict[str, Any]) -> None:
    told["entry"] = told["entry"].replace('"requestor":true', '"requestor":false')


def other_signature(told: dict[str, Any]) -> None:
    end = len(told["receipt"]) - 20
    other = "A" if told["receipt"][end] != "A" else "B"
    told["receipt"] = told["receipt"][:end] + other + told["receipt"][end + 1 :]
