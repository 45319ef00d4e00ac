"""The answer that holds a share: sealed to the asker's own key, with the proof that the log has the entry."""

import base64
from dataclasses import dataclass, field

from sealed import base64url
from sealed.released import Request

from .. import clock, hpke
from ..problems import Problem
from . import log
from .log import Receipt
from .models import Entry, Key
from .server import KeyServer

REPEAT = 600  # seconds in which the same request gets the same answer


@dataclass(frozen=True)
class Asked:
    """A request for a share: what for, its Idempotency-Key, the HPKE key (65 bytes) to seal to, the log's size then.

    `log_size` is that of the checkpoint which the asker remembers, `witnessed_size` of the one that a witness has;
    0 where there is none.
    """

    action: str
    request_id: str
    hpke_key: bytes = field(repr=False)
    log_size: int
    witnessed_size: int = 0

    def check(self, entry: Entry) -> None:
        """Raise Problem 422 unless an entry is about this very request, made within the last REPEAT seconds.

        Another HPKE key would get an answer that it did not ask for.
        """
        is_this = (entry.action, entry.hpke_key) == (self.action, self.hpke_key)
        if not is_this or clock.now() - entry.recorded_at > REPEAT:
            raise Problem(422, "used_before", "This request was made before. Try again.")


@dataclass(frozen=True)
class Sealed:
    """A share that only the asker can open, its entry's receipt, and the proof since what a witness has seen."""

    share: bytes = field(repr=False)
    receipt: Receipt
    witnessed: list[bytes]

    def told(self) -> dict[str, object]:
        """Return it as JSON."""
        return {
            "sealed_share": base64url.encode(self.share),
            "entry": self.receipt.entry.decode(),
            "receipt": self.receipt.text,
            "consistency": _written(self.receipt.consistency),
            "witnessed_consistency": _written(self.witnessed),
        }


def sealed(here: KeyServer, key: Key, entry: Entry, asked: Asked) -> Sealed:
    """Unwrap a share and seal it. To be called after the log's COMMIT only.

    Raises Problem 400 for what is no HPKE key, and vault.Locked.
    """
    with here.database.read() as session:
        receipt = here.log.receipt(session, entry, asked.log_size)
        since = log.seen_since(session, asked.witnessed_size) if asked.witnessed_size else None
    info = Request(asked.action, here.url, key.id, asked.request_id).info(receipt.entry)
    share = hpke.seal(here.vault.unwrap(key.wrapped_share, key.id), asked.hpke_key, info)
    return Sealed(share, receipt, since[1] if since else [])


def _written(proof: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in proof]


def check_key(hpke_key: bytes) -> None:
    """Raise Problem 400 for what no share can be sealed to, before anything is logged."""
    try:
        hpke.point(hpke_key)
    except ValueError:
        raise Problem(400, "bad_request", "The request needs an HPKE key, a point of P-256.") from None
