"""report.xml: what the photos are about (FORMAT.md section 5). Made and read here, nowhere else."""

import re
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass

from .archive import PIXEL_LIMIT
from .errors import N_, BadReport
from .header import is_time

NAMESPACE = "urn:safelight:report:1"
_SHAPE = {
    "report": {"created"},
    "patient": {"id"},
    "sender": {"name"},
    "question": set(),
    "notes": set(),
    "site": {"name"},
    "consent": {"by", "how"},
    "photo": {"file", "width", "height"},
}  # elements and their attributes
_OPTIONAL = {"photo": "taken", "consent": "signature"}  # attributes that are not there where they are empty
_ALWAYS, _SOMETIMES = ("patient", "sender", "question", "notes"), ("site", "consent")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_REFUSED = N_("The details of this report cannot be read. Ask the sender to send it again.")
_TEXT_LIMIT = 10_000  # characters; more belongs into a letter
_NAME_LIMIT = 200
_GIVEN_BY, _GIVEN_HOW = ("patient", "guardian", "other"), ("spoken", "written", "signed")
_SIGNATURE_LIMIT = 50_000  # characters; a finger's signature has about two thousand
_POINT = r"(?:1000|[1-9][0-9]{0,2}|0),(?:1000|[1-9][0-9]{0,2}|0)"
_SIGNATURE = re.compile(rf"{_POINT}(?:[ ;]{_POINT})*", re.ASCII)


@dataclass(frozen=True)
class Photo:
    """A photo of a report: its entry's name; width and height in pixels, as stored.

    `taken` is when, by the camera's own clock ("2026-11-21T09:12:30", of no time zone), or empty.
    """

    name: str
    width: int
    height: int
    taken: str = ""


@dataclass(frozen=True)
class Consent:
    """Who has consented to the photos (`by`: patient, guardian or other), and how: spoken, written or signed.

    `signature` is there where it was signed on the screen: strokes parted by semicolons, each of them points "x,y"
    parted by blanks, in thousandths of an area that is two and a half times as wide as high.
    """

    by: str
    how: str
    signature: str = ""

    def __post_init__(self) -> None:
        fits = len(self.signature) <= _SIGNATURE_LIMIT and _SIGNATURE.fullmatch(self.signature)
        signed = bool(fits) if self.how == "signed" else not self.signature
        if self.by not in _GIVEN_BY or self.how not in _GIVEN_HOW or not signed:
            raise BadReport("The consent is not whole. Say who gave it and how, or leave it out.")


@dataclass(frozen=True)
class Details:
    """What a sender says about the photos. `created` is RFC 3339, UTC, whole seconds; `site` is where on the body."""

    created: str
    patient: str
    sender: str
    question: str
    notes: str
    photos: tuple[Photo, ...]
    site: str = ""
    consent: Consent | None = None

    def __post_init__(self) -> None:
        if not self.patient.strip():
            raise BadReport("The patient ID is missing.")
        for label, text, limit in (
            ("patient ID", self.patient, _NAME_LIMIT),
            ("sender's name", self.sender, _NAME_LIMIT),
            ("question", self.question, _TEXT_LIMIT),
            ("notes", self.notes, _TEXT_LIMIT),
            ("body site", self.site, _NAME_LIMIT),
        ):
            if len(text) > limit:
                raise BadReport(f"The {label} is longer than {limit} characters.")
            if not _writable(text):
                raise BadReport(f"The {label} holds a character that cannot be kept, such as a control character.")
        if not is_time(self.created) or not self.photos:
            raise BadReport(_REFUSED)
        if any(not 0 < photo.width * photo.height <= PIXEL_LIMIT for photo in self.photos):
            raise BadReport("A photo has no size, or more than 200 million pixels.")
        if not all(photo.taken == "" or is_time(f"{photo.taken}Z") for photo in self.photos):
            raise BadReport(_REFUSED)


def _writable(text: str) -> bool:
    """Tell whether XML 1.0 (section 2.2) can hold `text` and give it back unchanged."""
    return not re.search(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)


def write(details: Details) -> bytes:
    """Return `details` as report.xml."""
    root = ET.Element("report", {"xmlns": NAMESPACE, "created": details.created})
    ET.SubElement(root, "patient", {"id": details.patient})
    ET.SubElement(root, "sender", {"name": details.sender})
    ET.SubElement(root, "question").text = details.question
    ET.SubElement(root, "notes").text = details.notes
    if details.site:
        ET.SubElement(root, "site", {"name": details.site})
    if details.consent:
        ET.SubElement(root, "consent", {name: text for name, text in asdict(details.consent).items() if text})
    for photo in details.photos:
        size = {"width": str(photo.width), "height": str(photo.height)}
        taken = {"taken": photo.taken} if photo.taken else {}
        ET.SubElement(root, "photo", {"file": photo.name} | size | taken)
    ET.indent(root)
    return _DECLARATION + ET.tostring(root, encoding="unicode").encode() + b"\n"


def read(data: bytes, photos: list[str]) -> Details:
    """Read report.xml, given the names of the photos that came with it.

    Raises BadReport for anything but the one shape, or where it lists other photos.
    """
    # A document type is the door to entities that grow without bound or point elsewhere.
    if not data.startswith(_DECLARATION) or b"<!" in data or data.count(b"<?") != 1:
        raise BadReport(_REFUSED)
    try:
        parser = ET.XMLParser(target=_Shallow())  # noqa: S314 - authenticated, and no document type
        root = ET.fromstring(data.decode(), parser)  # noqa: S314
        details = _details(root)
    except (ET.ParseError, ValueError, KeyError):
        raise BadReport(_REFUSED) from None
    if [photo.name for photo in details.photos] != photos:
        raise BadReport(_REFUSED)
    return details


class _Shallow(ET.TreeBuilder):
    """Builds the root and what lies in it; raises ValueError for anything deeper.

    A deep tree would end the browser's Python, whose stack is small.
    """

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        if self._depth > 2:
            raise ValueError("too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def _check_shape(root: ET.Element) -> None:
    """Raise ValueError for attributes that are missing or unknown, and for text where none is shown."""
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        shown = name in ("question", "notes")
        stray = (element.tail or "") + ("" if shown else element.text or "")
        optional = _OPTIONAL.get(name, "")
        allowed = {optional} if element.get(optional) else set()
        if set(element.keys()) - allowed != _SHAPE.get(name) or stray.strip(" \t\r\n"):
            raise ValueError("another shape")


def _pixels(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise ValueError("no number of pixels")
    return int(text)


def _details(root: ET.Element) -> Details:
    _check_shape(root)
    tags = [element.tag for element in root]
    there = [name for name in _SOMETIMES if _tag(name) in tags]
    before = [_tag(name) for name in (*_ALWAYS, *there)]
    if root.tag != _tag("report") or tags[: len(before)] != before or set(tags[len(before) :]) != {_tag("photo")}:
        raise BadReport(_REFUSED)
    patient, sender, question, notes = root[:4]
    site, consent = (root.find(_tag(name)) for name in _SOMETIMES)
    if site is not None and not site.attrib["name"]:
        raise BadReport(_REFUSED)
    return Details(
        root.attrib["created"],
        patient.attrib["id"],
        sender.attrib["name"],
        question.text or "",
        notes.text or "",
        tuple(map(_photo, root[len(before) :])),
        "" if site is None else site.attrib["name"],
        None if consent is None else Consent(**consent.attrib),
    )


def _photo(element: ET.Element) -> Photo:
    told = element.attrib
    return Photo(told["file"], _pixels(told["width"]), _pixels(told["height"]), told.get("taken", ""))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
