"""What goes into the key server and comes out of it, as JSON schemas for the OpenAPI document (api.py)."""

from dataclasses import fields

from sealed.released import LARGEST

from ..api import COUNT, LENGTH, SHA256, TEXT, TIME, Json, header, members
from .audit_event import ACTIONS, Event
from .policy_form import MOST_RECIPIENTS, MOST_RELEASES
from .refusals import SENTENCES

_HASHES: Json = {"type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"}}
_LIMIT: Json = {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_RELEASES}
_YES: Json = {"type": "boolean"}
_MAYBE_TIME: Json = TIME | {"type": ["string", "null"]}
_MAYBE_TEXT: Json = {"type": ["string", "null"]}
_TEXTS: Json = {"type": "object", "additionalProperties": TEXT}
_COUNTRIES: Json = {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}}
_CONTACTS: Json = {"type": "array", "maxItems": MOST_RECIPIENTS, "items": TEXT}

IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$"},
    True,
    "Random, and the same again where the same request is made again after a lost answer. LOG.md section 6.",
)
OWN = "403-sign_in_needed 403-sign_in_other"  # where the key server has a sign-in of its own
REASONS = " ".join(f"403-{word}" for word in SENTENCES if word != "look_only")  # who asks the owner saves nothing

# What is asked of every answer that holds a share: LOG.md section 6.
_HPKE_KEY: Json = {"type": "string", "pattern": "^[A-Za-z0-9_-]{87}$", "description": "65 bytes as base64url."}
_ASKING: Json = {"hpke_key": _HPKE_KEY, "log_size": COUNT}
_WITNESSED: Json = {"witnessed_size": COUNT}
_RULES: Json = {
    "not_before": _MAYBE_TIME,
    "most_each": _LIMIT,
    "most": _LIMIT,
    "passkey": {"type": ["boolean", "null"]},
    "jurisdictions": _COUNTRIES | {"type": ["array", "null"]},
    "download": {"type": ["boolean", "null"]},
    "mark": {"type": ["boolean", "null"]},
}
MAKING = members({"recipients": _CONTACTS, "not_after": TIME} | _ASKING, _RULES | _WITNESSED)
POLICY = members({"not_after": TIME}, _RULES | {"recipients": _CONTACTS})
ASKING = members(_ASKING, _WITNESSED | {"save": _YES}, more=True)
FILE = members({"sha256": SHA256, "length": LENGTH}, more=True)
ENTRY = members({"entry": COUNT | {"maximum": 2**63 - 1}}, {"saved": _YES}, more=True)
ACCOUNT = members({"account": {"type": "string", "pattern": "^[ -~]*$"}}, more=True)

_PROOF: Json = {
    "entry": {"type": "string", "maxLength": LARGEST},
    "receipt": {"type": "string", "pattern": "^c2sp\\.org/tlog-proof@v1\n"},
    "consistency": _HASHES,
}
_SHARE: Json = _PROOF | {
    "sealed_share": {"type": "string", "pattern": "^[A-Za-z0-9_-]{151}$", "description": "113 bytes as base64url."},
    "witnessed_consistency": _HASHES,
}
MADE = members(_SHARE)
RELEASED = members(_SHARE | {"file": members({"sha256": SHA256, "length": LENGTH})})
PROVED = members(_PROOF)
_AUDITED: Json = {name: _PROOF[name] for name in ("entry", "receipt")} | {"observed": _TEXTS}
AUDITED = members({"entries": {"type": "array", "items": members(_AUDITED)}, "consistency": _HASHES})
CHECKPOINT = members({"checkpoint": _MAYBE_TEXT, "consistency": _HASHES})
STANDING = members(
    {
        "policy": members(
            _RULES | {"not_after": TIME, "passkey": _YES, "download": _YES, "mark": _YES, "jurisdictions": _COUNTRIES}
        ),
        "version": COUNT,
        "named": COUNT,
        "claimed_by": _MAYBE_TEXT,
        "revoked": _MAYBE_TIME,
        "deleted": _MAYBE_TIME,
        "openings": {"type": "array", "items": members({"account": TEXT, "number": COUNT})},
        "opened": COUNT,
        "waiting": COUNT,
    }
)
REQUESTS = members(
    {
        "requests": {"type": "array", "items": members({"account": TEXT, "asked": TIME})},
        "consents": {"type": "array", "items": members({"account": TEXT, "until": TIME})},
    }
)

_SAID: Json = {
    "number": COUNT,
    "recorded": TIME,
    "action": {"enum": list(ACTIONS)},
    "outcome": {"enum": ["granted", "denied"]},
    "reason": _MAYBE_TEXT,
}
_NUMBERS: Json = {"type": ["integer", "null"]}
_FIELDS: Json = {one.name: _MAYBE_TEXT if one.default is None else TEXT for one in fields(Event)} | _SAID
_FIELDS |= {"file_length": _NUMBERS, "policy_version": _NUMBERS, "details": _TEXTS, "observed": _TEXTS}
del _FIELDS["erasable"]  # of which the owner gets what is left in the clear: `observed`
ENTRIES = members({"entries": {"type": "array", "items": members(_FIELDS)}})
EVENTS = members(
    {
        "events": {
            "type": "array",
            "items": members(
                _SAID
                | {"key": TEXT, "issuer": TEXT, "account": TEXT, "not_after": TIME, "revoked": {"type": "boolean"}}
            ),
        },
        "size": COUNT,
    }
)
