"""A portal with two hospitals, whose providers are of these tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.oidc.lying import Provider, providing
from tests.portal.hospital.visits import Browser, Portal, hospitals
from viewer import create_app
from viewer.config import Settings
from viewer.portal import messages


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A hospital's provider."""
    with providing() as running:
        yield running


@pytest.fixture
def other() -> Iterator[Provider]:
    """Another hospital's."""
    with providing() as running:
        running.person = {"email": "who@general.example", "email_verified": True}
        yield running


@pytest.fixture
def letters() -> list[tuple[str, str]]:
    """Messages that were sent: to whom, and their text."""
    return []


@pytest.fixture
def portal(
    app: Flask,
    settings: Settings,
    provider: Provider,
    other: Provider,
    letters: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Portal:
    """The portal; `app` has made its databases."""
    told = replace(settings, hospitals=hospitals(provider, other))
    monkeypatch.setattr(messages, "send", lambda settings, contact, subject, text: letters.append((contact, text)))
    return Portal(create_app(told), told, provider, other)


@pytest.fixture
def browser(portal: Portal) -> Browser:
    """Somebody's browser."""
    return portal.browser()
