"""A log entry's shape: FHIR R4 AuditEvent in the manner of IHE BALP, and back; no input or output, no database.

Sources: https://hl7.org/fhir/R4/auditevent.html and its value sets; IHE ITI BALP 1.1
(https://profiles.ihe.net/ITI/BALP), profile PrivacyDisclosure.Source for a release; DICOM PS3.15 A.5.3 and PS3.16
CID 400 and 403 for the DCM codes.

No entry claims a BALP profile (`meta.profile`): those want a Patient, and a key server knows of none. The codes
`rest` and `restful-interaction` are not used: they mean operations that FHIR defines, and ours are our own.

Who did it is the issuer's name and its account, in the clear and for good. An account is a random id: it means a
person only to the issuer, who can break that tie by deleting the person there. It stays because limits, the owner's
view and a disclosure's accounting must still tell one person's entries from another's when all else is erased.

Whatever else could point at a person (address, browser, contact, country) is only committed to: erasable.py.
FHIR's `network.address` is for an address, so no hash stands in for one: the element says `masked`, and the hash is
a detail of the request. Text from outside is written by one rule, `erasable.plain`; an entry over LARGEST is refused.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, count
from typing import Any, NamedTuple

from sealed import canonical
from sealed.header import parse_time

from .. import clock
from .erasable import plain

LARGEST = 8192  # bytes of an entry; a usual one has about 2,200, the longest that we make about 4,500

Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """What one log entry says.

    `number` counts the log's leaves from 0; `recorded` is in seconds since 1970. `action` is one of ACTIONS,
    `outcome` is `granted` or `denied`, `reason` a fixed word. `issuer` and `key_server` are base URLs; `software`
    names the server's program and version. `request_id` is the Idempotency-Key; `file_sha256` 64 hex digits,
    `file_length` bytes. `details` holds an action's own values. `erasable` holds digests (32 bytes) by name;
    a network address is called `address`.
    """

    number: int
    recorded: int
    action: str
    outcome: str
    key_id: str
    issuer: str
    account: str
    signed_in_by: str
    key_server: str
    software: str
    reason: str | None = None
    request_id: str | None = None
    file_sha256: str | None = None
    file_length: int | None = None
    policy_version: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    erasable: Mapping[str, bytes] = field(default_factory=dict)


class _Kind(NamedTuple):
    action: str  # C, R, U, D, E
    type: Json
    subtype: Json | None = None


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_LIFECYCLE = _HL7 + "iso-21089-lifecycle"
_ACTION = "urn:safelight:action"
_URI = "urn:ietf:rfc:3986"  # the system of an identifier that is a URI itself
_REQUEST = _coding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId")
_OTHER, _SYSTEM_OBJECT = (_coding(_HL7 + "audit-entity-type", code) for code in ("4", "2"))
_REPORT = _coding(_HL7 + "object-role", "3")
_SECURITY_SERVER = _coding(_HL7 + "security-source-type", "6")
_SOURCE, _DESTINATION = ({"coding": [_coding(_DCM, code)]} for code in ("110153", "110152"))
_MASKED = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}

# Security Alert: Object Security Attributes Changed; DICOM wants E for it, whatever is made or changed.
_RULES = _Kind("E", _coding(_DCM, "110113"), _coding(_DCM, "110135"))
# Security Alert: Use of Restricted Function, which DICOM means for attempts.
_ASKED = _Kind("E", _coding(_DCM, "110113"), _coding(_DCM, "110132"))
ACTIONS = {
    "create": _RULES,
    "register": _Kind("U", _coding(_LIFECYCLE, "encrypt")),
    "release": _Kind("R", _coding(_DCM, "110106"), _coding(_LIFECYCLE, "disclose")),  # Export
    "recover": _Kind("R", _coding(_DCM, "110106"), _coding(_LIFECYCLE, "disclose")),
    "acknowledge": _Kind("R", _coding(_LIFECYCLE, "access")),
    "save": _Kind("R", _coding(_LIFECYCLE, "extract")),
    "audit": _Kind("R", _coding(_DCM, "110101")),  # Audit Log Used
    "policy": _RULES,
    "ask": _ASKED,
    "consent": _RULES,
    "revoke": _RULES,
    "delete": _Kind("D", _coding(_LIFECYCLE, "destroy")),
    "restart": _Kind("E", _coding(_LIFECYCLE, "restore")),  # of the log itself: LOG.md section 9
}
# 4, not 8: R4's text has 8 for the unexpected, like HTTP's 500; a denial is the policy at work, like HTTP's 400s.
_OUTCOMES = {"granted": "0", "denied": "4"}
_KEY_DETAILS = {"file_sha256": str, "file_length": int, "policy_version": int}
_REQUEST_DETAILS = ("signed_in_by", "software")
_TEXTS = ("key_id", "issuer", "account", "key_server", "reason", "request_id", *_KEY_DETAILS, *_REQUEST_DETAILS)


def encode(event: Event) -> bytes:
    """Return the entry's own bytes, one line of canonical JSON.

    Raises ValueError for an unknown action or outcome, for empty text, for a detail named like a field, for more than
    LARGEST bytes. Everybody who waits for the writer's place waits for this: so entries of one form share the work.
    """
    texts = _texts(event)
    form = _form(event.action, event.outcome, *(tuple(part) for part in texts))
    data = form.fill(chain.from_iterable(part.values() for part in texts))
    if len(data) > LARGEST:
        raise ValueError(f"an entry has at most {LARGEST} bytes, not {len(data)}")
    return data


class _Texts(NamedTuple):
    """What an entry says, as text by name."""

    fields: Mapping[str, str]
    details: Mapping[str, str]
    erasable: Mapping[str, str]


def _texts(event: Event) -> _Texts:
    fields = {"number": str(event.number), "recorded": clock.text(event.recorded)}
    for name in _TEXTS:
        value = getattr(event, name)
        if value is not None:
            fields[name] = _text(str(value))
    return _Texts(
        fields,
        {name: _text(value) for name, value in event.details.items()},
        {name: base64.b64encode(digest).decode() for name, digest in event.erasable.items()},
    )


@lru_cache(256)
def _form(action: str, outcome: str, *named: tuple[str, ...]) -> canonical.Form:
    """Return what entries have in common of which texts of these names are known."""
    number = count()
    holes = ({name: canonical.hole(next(number)) for name in names} for names in named)
    return canonical.Form(_entry(action, outcome, _Texts(*holes)))


def _entry(action: str, outcome: str, texts: _Texts) -> Json:
    """Return an entry as FHIR's JSON. Raises ValueError as `encode` does."""
    said, details = texts.fields, texts.details
    if action not in ACTIONS or outcome not in _OUTCOMES or _KEY_DETAILS.keys() & details.keys():
        raise ValueError("no such action, outcome or detail")
    kind = ACTIONS[action]
    server = {"identifier": {"system": _URI, "value": said["key_server"]}}
    entry = {
        "resourceType": "AuditEvent",
        "id": said["number"],
        "type": kind.type,
        "subtype": [subtype for subtype in (kind.subtype, _coding(_ACTION, action)) if subtype],
        "action": kind.action,
        "recorded": said["recorded"],
        "outcome": _OUTCOMES[outcome],
        "agent": _agents(action in ("release", "recover"), texts, server),
        "source": {"observer": server, "type": [_SECURITY_SERVER]},
        "entity": [_key(texts), _request(texts)],
    }
    if "reason" in said:
        entry["outcomeDesc"] = said["reason"]
    return entry


def _agents(released: bool, texts: _Texts, server: Json) -> list[Json]:
    """Return the person and the key server; from which to which it went, DICOM's roles say."""
    said = texts.fields
    person: Json = {
        "type": _DESTINATION if released else _SOURCE,
        "who": {"identifier": {"system": said["issuer"], "value": said["account"]}},
        "requestor": True,
    }
    if "address" in texts.erasable:
        person["network"] = {"extension": [_MASKED]}
    network = {"address": said["key_server"], "type": "5"}  # a URI
    return [
        person,
        {"type": _SOURCE if released else _DESTINATION, "who": server, "requestor": False, "network": network},
    ]


def _key(texts: _Texts) -> Json:
    """Return the entity that it was about: the key, with its file and policy as they were then."""
    said = texts.fields
    entity: Json = {
        "type": _SYSTEM_OBJECT,
        "role": _REPORT,
        "what": {"identifier": {"system": said["key_server"], "value": said["key_id"]}},
    }
    if details := {name: said[name] for name in _KEY_DETAILS if name in said} | dict(texts.details):
        entity["detail"] = [_detail(name, value) for name, value in details.items()]
    return entity


def _request(texts: _Texts) -> Json:
    """Return the entity of the request itself: its id, and how and from where it came."""
    said = texts.fields
    entity: Json = {"type": _OTHER, "detail": [_detail(name, said[name]) for name in _REQUEST_DETAILS]}
    if "request_id" in said:
        entity |= {"type": _REQUEST, "what": {"identifier": {"value": said["request_id"]}}}
    for name, digest in texts.erasable.items():
        entity["detail"].append({"type": _text(name), "valueBase64Binary": digest})
    return entity


def _detail(name: str, value: str) -> Json:
    return {"type": _text(name), "valueString": value}


def read(entry: Any) -> Event:
    """Return what an entry says, the reverse of `build`; its text stays as `plain` wrote it, safe to show.

    Raises ValueError where something is missing or has another form.
    """
    try:
        return _read(entry)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError("this is no entry of a key server's log") from error


def _read(entry: Json) -> Event:
    person, (key, request) = entry["agent"][0]["who"]["identifier"], entry["entity"]
    details = {detail["type"]: detail["valueString"] for detail in key.get("detail", [])}
    known = {name: kind(details.pop(name)) for name, kind in _KEY_DETAILS.items() if name in details}
    how = {detail["type"]: detail["valueString"] for detail in request["detail"] if "valueString" in detail}
    hidden = {d["type"]: d["valueBase64Binary"] for d in request["detail"] if "valueBase64Binary" in d}
    return Event(
        number=int(entry["id"]),
        recorded=int(parse_time(entry["recorded"]).timestamp()),
        action=entry["subtype"][-1]["code"],
        outcome={code: outcome for outcome, code in _OUTCOMES.items()}[entry["outcome"]],
        key_id=key["what"]["identifier"]["value"],
        issuer=person["system"],
        account=person["value"],
        key_server=entry["source"]["observer"]["identifier"]["value"],
        reason=entry.get("outcomeDesc"),
        request_id=request["what"]["identifier"]["value"] if "what" in request else None,
        **known,
        **how,
        details=details,
        erasable={name: base64.b64decode(digest, validate=True) for name, digest in hidden.items()},
    )


def _text(text: str) -> str:
    if not text:
        raise ValueError("an entry has no place for empty text")
    return plain(text)
