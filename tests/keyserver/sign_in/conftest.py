"""A key server that demands a sign-in at a provider of these tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SENDER
from tests.inprocess import Bearer, ProvingClient
from tests.keyserver.steps import create
from tests.oidc.lying import Provider, providing
from viewer import create_app
from viewer.config import Settings


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The institution's provider."""
    with providing() as running:
        yield running


@pytest.fixture
def demanding(app: Flask, settings: Settings, provider: Provider) -> Flask:
    """The application, its key server with a sign-in of its own; `app` lets it believe the passes of these tests."""
    made = create_app(replace(settings, keyserver_sign_in=provider.settings))
    made.test_client_class = ProvingClient
    return made


@pytest.fixture
def own(demanding: Flask) -> FlaskClient:
    """A browser at that key server."""
    return demanding.test_client()


@pytest.fixture
def owner(owner: Bearer) -> Bearer:
    """The sender, whose contact the pass names that makes a key."""
    owner.contact = SENDER
    return owner


@pytest.fixture
def share(own: FlaskClient, owner: Bearer) -> bytes:
    """The share of a key for the recipient."""
    return create(own, owner)
