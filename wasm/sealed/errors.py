"""What can go wrong with a sealed report, each with a sentence for a person.

`str(error)` is always fit to be shown: it names the thing and the way out, and
holds no key, no link and no patient's data.
"""


def N_(sentence: str) -> str:
    """Mark a sentence that people are told in their own language: whoever shows it looks it up (gettext)."""
    return sentence


class SealedError(Exception):
    """Base of every error this package raises on purpose."""


class NotSealed(SealedError):
    """The bytes are not a sealed report in the one form FORMAT.md allows."""


class WrongKeyOrDamaged(SealedError):
    """The key does not belong to this file, or to this answer of the key server; or it was changed or cut."""


class BadLink(SealedError):
    """The link share in a link cannot be used; the leaves say why."""


class LinkCutOff(BadLink):
    """The link share is shorter than it was when it was made, or not there."""


class LinkMistyped(BadLink):
    """The link share has its full length but not the characters it was made of."""


class LinkNotForFile(BadLink):
    """A sound link share that belongs to another file, or to a file that has none."""


class BadReport(SealedError):
    """What was sealed is authentic but not a report of the one allowed shape."""


class PhotoRefused(SealedError):
    """A photo that cannot be cleaned without guessing; the sentence names the reason."""


class BadProof(SealedError):
    """A receipt, a checkpoint or a proof of the log is not of its one form, or does not prove what it should."""
