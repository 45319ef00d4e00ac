"""An excerpt of a log: some of its entries, each proved offline by the receipt beside it (LOG.md section 10)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sealed import canonical, entries, merkle, receipts
from sealed.errors import BadProof
from sealed.notes import VerifierKey
from sealed.receipts import RECEIPT_LIMIT
from sealed.released import LARGEST

from . import log_file

_LONGEST = 2 * (RECEIPT_LIMIT + LARGEST)  # bytes of a line: quotes and line ends of both texts are escaped


@dataclass(frozen=True)
class Excerpt:
    """How many entries have been proved, and the numbers of the newest and the oldest of them."""

    entries: int
    newest: int
    oldest: int


def is_one(line: bytes) -> bool:
    """Tell whether a file that begins with this line means to be an excerpt."""
    return line.startswith(b'{"entry":')


def verify(lines: Iterable[bytes], key: VerifierKey) -> Excerpt:
    """Prove each entry by its receipt. Raises BadProof, naming the line.

    That no entry is missing, no excerpt can prove: the log does not say of an entry whose it is.
    """
    numbers: list[int] = []
    for count, line in enumerate(lines, 1):
        try:
            numbers.append(_number(line.rstrip(b"\n"), key))
            if numbers[-2:-1] and numbers[-1] >= numbers[-2]:
                raise BadProof("the entries are not in their order: newest first, each once.")
        except BadProof as error:
            raise BadProof(f"Line {count}: {error}") from None
    return Excerpt(len(numbers), numbers[0], numbers[-1])


def _number(line: bytes, key: VerifierKey) -> int:
    """Return the number of the entry that a line proves. Raises BadProof."""
    try:
        said = canonical.loads(line[:_LONGEST])
        entry, receipt = str(said["entry"]).encode(), receipts.read(said["receipt"])
    except (LookupError, TypeError, ValueError):
        raise BadProof("this was changed: it is no entry with its receipt.") from None
    checkpoint = log_file.read_signed(receipt.note.write(), key)
    merkle.check_inclusion(merkle.leaf_hash(entry), receipt.number, checkpoint.size, receipt.path, checkpoint.root)
    if entries.read(entry)["number"] != receipt.number:
        raise BadProof("this entry says that it is another one.")
    return receipt.number
