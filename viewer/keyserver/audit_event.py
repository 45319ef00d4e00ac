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
    "restart": _Kind("E", _coding(_LIFECYCLE, "restore")),  # of the log itself: LOG.md section 9
}
# 4, not 8: R4's text has 8 for the unexpected, like HTTP's 500; a denial is the policy at work, like HTTP's 400s.
_OUTCOMES = {"granted": "0", "denied": "4"}
_KEY_DETAILS = {"file_sha256": str, "file_length": int, "policy_version": int}
_REQUEST_DETAILS = ("signed_in_by", "software")


def encode(event: Event) -> bytes:
    """Return the entry's own bytes, one line of canonical JSON; ValueError for more than LARGEST of them."""
    data = canonical.dumps(build(event))
    if len(data) > LARGEST:
        raise ValueError(f"an entry has at most {LARGEST} bytes, not {len(data)}")
    return data


def build(event: Event) -> Json:
    """Return the entry as FHIR's JSON, not to be changed: entries share parts.

    Raises ValueError for an unknown action or outcome, for empty text, for a detail named like a field.
    """
    if event.action not in ACTIONS or event.outcome not in _OUTCOMES or _KEY_DETAILS.keys() & event.details.keys():
        raise ValueError("no such action, outcome or detail")
    kind = ACTIONS[event.action]
    server = {"identifier": {"system": _URI, "value": _text(event.key_server)}}
    entry = {
        "resourceType": "AuditEvent",
        "id": str(event.number),
        "type": kind.type,
        "subtype": [subtype for subtype in (kind.subtype, _coding(_ACTION, event.action)) if subtype],
        "action": kind.action,
        "recorded": clock.text(event.recorded),
        "outcome": _OUTCOMES[event.outcome],
        "agent": _agents(event, server),
        "source": {"observer": server, "type": [_SECURITY_SERVER]},
        "entity": [_key(event), _request(event)],
    }
    if event.reason is not None:
        entry["outcomeDesc"] = _text(event.reason)
    return entry


def _agents(event: Event, server: Json) -> list[Json]:
    """Return the person and the key server; from which to which it went, DICOM's roles say."""
    released = event.action in ("release", "recover")
    person: Json = {
        "type": _DESTINATION if released else _SOURCE,
        "who": {"identifier": {"system": _text(event.issuer), "value": _text(event.account)}},
        "requestor": True,
    }
    if "address" in event.erasable:
        person["network"] = {"extension": [_MASKED]}
    network = {"address": _text(event.key_server), "type": "5"}  # a URI
    return [
        person,
        {"type": _SOURCE if released else _DESTINATION, "who": server, "requestor": False, "network": network},
    ]


def _key(event: Event) -> Json:
    """Return the entity that it was about: the key, with its file and policy as they were then."""
    found = {name: getattr(event, name) for name in _KEY_DETAILS}
    known = {name: str(value) for name, value in found.items() if value is not None}
    entity: Json = {
        "type": _SYSTEM_OBJECT,
        "role": _REPORT,
        "what": {"identifier": {"system": _text(event.key_server), "value": _text(event.key_id)}},
    }
    if details := known | dict(event.details):
        entity["detail"] = [_detail(name, value) for name, value in details.items()]
    return entity


def _request(event: Event) -> Json:
    """Return the entity of the request itself: its id, and how and from where it came."""
    entity: Json = {"type": _OTHER, "detail": [_detail(name, getattr(event, name)) for name in _REQUEST_DETAILS]}
    if event.request_id is not None:
        entity |= {"type": _REQUEST, "what": {"identifier": {"value": _text(event.request_id)}}}
    for name, digest in event.erasable.items():
        entity["detail"].append({"type": _text(name), "valueBase64Binary": base64.b64encode(digest).decode()})
    return entity


def _detail(name: str, value: str) -> Json:
    return {"type": _text(name), "valueString": _text(value)}


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
