"""A portal for many tests in a row: what is refused leaves nothing behind, so that each finds it as it was."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests import inprocess
from tests.portal.conftest import Person, Portal
from tests.portal.passkeys.authenticator import Authenticator
from tests.portal.passkeys.steps import add
from viewer import create_app
from viewer.database import Database
from viewer.portal import messages

_numbers = count()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal; it is without its key server and file host, which know nothing of passkeys."""
    settings = inprocess.settings(tmp_path_factory.mktemp("portal") / "data")
    for role in settings.roles:
        Database(settings, role).migrate()
    app = create_app(settings)
    made = Portal(app, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "send_code", lambda settings, to, code: made.codes.__setitem__(to, code))
        patch.setattr(messages, "send", lambda settings, *letter: made.sent.append(letter))
        yield made


@pytest.fixture(scope="module")
def ada(there: Portal) -> Person:
    """Somebody who is signed in."""
    return Person(there, "ada@example.org")


@pytest.fixture(scope="module")
def hers(ada: Person) -> Authenticator:
    """Her passkey. Its counter has counted for a while."""
    made = Authenticator(count=7)
    assert add(ada, made).status_code == 201
    return made


@pytest.fixture
def another(there: Portal) -> Person:
    """Somebody else, whom no other test knows: what is done with them is done."""
    return Person(there, f"another.{next(_numbers)}@example.org")
