"""The answer that holds a share: sealed to the asker's own key, with the proof that the log has the entry."""

import base64
from dataclasses import dataclass, field

from sealed.released import Request

from .. import hpke
from ..problems import Problem
from .log import Receipt
from .models import Entry, Key
from .server import KeyServer


@dataclass(frozen=True)
class Asked:
    """A request for a share: what for, its Idempotency-Key, the HPKE key (65 bytes) to seal to, the log's size then.

    `log_size` is that of the checkpoint which the asker remembers, 0 where there is none.
    """

    action: str
    request_id: str
    hpke_key: bytes = field(repr=False)
    log_size: int

    def is_that_of(self, entry: Entry) -> bool:
        """Tell whether an entry is about this very request: another key would get an answer that it did not ask for."""
        return (entry.action, entry.hpke_key) == (self.action, self.hpke_key)


@dataclass(frozen=True)
class Sealed:
    """A share that only the asker can open, and its entry's receipt."""

    share: bytes = field(repr=False)
    receipt: Receipt

    def told(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "sealed_share": base64.urlsafe_b64encode(self.share).decode().rstrip("="),
            "entry": self.receipt.entry.decode(),
            "receipt": self.receipt.text,
            "consistency": [base64.b64encode(one).decode() for one in self.receipt.consistency],
        }


def sealed(here: KeyServer, key: Key, entry: Entry, asked: Asked) -> Sealed:
    """Unwrap a share and seal it. To be called after the log's COMMIT only.

    Raises Problem 400 for what is no HPKE key, and vault.Locked.
    """
    with here.database.read() as session:
        receipt = here.log.receipt(session, entry, asked.log_size)
    info = Request(asked.action, here.url, key.id, asked.request_id).info(receipt.entry)
    return Sealed(hpke.seal(here.vault.unwrap(key.wrapped_share, key.id), asked.hpke_key, info), receipt)


def check_key(hpke_key: bytes) -> None:
    """Raise Problem 400 for what no share can be sealed to, before anything is logged."""
    try:
        hpke.seal(b"", hpke_key, b"")
    except ValueError:
        raise Problem(400, "bad_request", "The request needs an HPKE key, a point of P-256.") from None
