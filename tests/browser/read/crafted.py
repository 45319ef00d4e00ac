"""Reports that no program of ours would send: any plaintext, sealed and registered as the real ones are."""

import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from sealed import base32, keys
from sealed import sending as steps
from sealed.header import Header
from tests.vectors.zips import CREATED, Entry, zipped
from viewer import clock
from viewer.sender import sealing, sending
from viewer.sender.client import Client
from viewer.sender.sending import Letter, Sent

_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<report xmlns="urn:safelight:report:1" created="{CREATED}"><patient id={{patient}}/><sender name={{sender}}/>'
    "<question>{question}</question><notes>{notes}</notes>{photos}</report>"
)


@dataclass(frozen=True)
class Said:
    """What a crafted report says of itself; the size in pixels is that of each of its photos."""

    size: tuple[int, int]
    patient: str = "MRN 13"
    sender: str = "Dr Ada Lovelace"
    question: str = ""
    notes: str = ""

    def entry(self, names: Sequence[str]) -> Entry:
        photo = '<photo file={} width="{}" height="{}"/>'
        listed = "".join(photo.format(quoteattr(name), *self.size) for name in names)
        texts = {"question": escape(self.question), "notes": escape(self.notes), "photos": listed}
        return "report.xml", _XML.format(
            patient=quoteattr(self.patient), sender=quoteattr(self.sender), **texts
        ).encode()


def plaintext(said: Said, *files: Entry, **lies: object) -> bytes:
    """The archive of some files and what is said of them; `lies` are those of tests/vectors/zips.py."""
    photos = [name for name, _ in files if name.startswith("photos/")]
    return zipped(sorted([*files, said.entry(photos)]), **lies)


def send(client: Client, letter: Letter, plain: bytes, keep: int | None = None) -> Sent:
    """Send a plaintext as a report; of the sealed file only the first bytes, where `keep` says how many."""
    begun = client.ask("POST", "/api/reports", letter.asked(), secrets.token_urlsafe(24))
    account = client.account()
    assert account
    share = secrets.token_bytes(base32.LINK_SHARE_LENGTH)
    header = Header(clock.text(clock.now()), begun["id"], begun["key_server"], keys.link_check(share))
    policy = letter.decided(account).policy(begun["recipients"], clock.now())
    server_share = sending.create_key(client, steps.CreateKey(begun, policy))
    link = f"{client.portal}/r/{begun['id']}#{base32.link_text(share)}"
    with tempfile.TemporaryFile() as file:
        sealing.write(file, sealing.seal(header, server_share, share, [plain]))
        file.truncate(keep)
        sealed = steps.Sealed(
            begun["id"], begun["key_server"], begun["file_host"], *sealing.digest(file), link, {}, policy["not_after"]
        )
        sending.deliver(client, sealed, file, lambda step, done, total: None)
    sending.register(client, sealed)
    return Sent(begun["id"], link, {}, sealed.length)
