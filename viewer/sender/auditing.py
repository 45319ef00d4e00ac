"""An organisation's part of a log, as its auditors read it from a program: each entry proved before it is shown."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sealed import entries, notes, receipts
from sealed.entries import Audited
from sealed.released import size_of

from .client import Client
from .shares import verify


def read(client: Client, organisation: str, log: dict[str, str], begin: int) -> Iterator[Audited]:
    """Yield what a key server's log has about an organisation's keys from a time on (seconds since 1970), newest first.

    `log` is what the portal says: `key_server` and `log_key`. The newest checkpoint is kept, as with a share.
    Raises BadProof, ClientError.
    """
    key = notes.read_key(log["log_key"])
    before: dict[str, int] = {}
    while True:
        kept = client.kept("logs").get(key.name)
        query = urlencode({"from": begin, "since": size_of(kept, key)} | before)
        url = f"{log['key_server']}/v1/organisations/{organisation}/log?{query}"
        answer: dict[str, Any] = client.with_pass("GET", url, organisation, "log:audit")
        page, proved = entries.read_page(answer, key, kept)
        if proved is None:
            return
        verify(proved)
        client.keep("logs", {key.name: receipts.read(page[0].receipt).note.write()})
        yield from page
        before = {"before": page[-1].said["number"]}
