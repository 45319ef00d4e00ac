"""Accounts that their portal has disabled: key server and file host refuse them, whatever pass they still have.

A pass lives for two minutes, so a portal tells its servers at once (PASSES.md, "Who has left").
"""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from sealed.base32 import is_id

from .api import COUNT, Json, members
from .passes import Pass
from .problems import Problem, not_available
from .sql import sql

SCOPE = "accounts:write"
MOST = 2**63 - 1  # what a column takes
CHANGE: Json = members({"disabled": {"type": "boolean"}, "number": COUNT | {"maximum": MOST}})

# Each role that verifies passes has this table in its own database.
_IS_ONE = "SELECT 1 FROM leaver WHERE issuer = ? AND account = ? AND disabled"
_NOTE = (
    "INSERT INTO leaver (issuer, account, number, disabled) VALUES (?, ?, ?, ?) ON CONFLICT (issuer, account) "
    "DO UPDATE SET number = excluded.number, disabled = excluded.disabled WHERE leaver.number < excluded.number"
)
_NEWEST = "SELECT number, disabled FROM leaver WHERE issuer = ? AND account = ?"


@dataclass(frozen=True)
class Change:
    """That an account is disabled from now on, or is not; of all changes of one account the highest `number` holds."""

    account: str
    disabled: bool
    number: int


def read(account: str) -> Change:
    """Return the change that this request tells. Raises Problem 404 for what is no account, 400 for no change."""
    if not is_id(account):
        raise not_available()
    body = request.get_json(silent=True)
    said = body if isinstance(body, dict) and set(body) == {"disabled", "number"} else {}
    disabled, number = said.get("disabled"), said.get("number")
    if type(disabled) is not bool or type(number) is not int or not 0 <= number <= MOST:
        raise Problem(400, "bad_request", "Say whether the account is disabled, and the number of this change.")
    return Change(account, disabled, number)


def read_erasure(account: str) -> Change:
    """Return the change of an account that its person has erased. Raises Problem as `read` does, 400 for any other."""
    change = read(account)
    if not change.disabled:
        raise Problem(400, "bad_request", "An account that is erased is disabled, too.")
    return change


def note(session: Session, portal: Pass, change: Change) -> dict[str, object]:
    """Keep a change of one of the portal's own accounts, unless there is a later one; return what holds now, as JSON.

    To be called in a write transaction: whoever is asked about after its COMMIT is refused.
    """
    sql(session, _NOTE, (portal.issuer, change.account, change.number, change.disabled))
    [(number, disabled)] = sql(session, _NEWEST, (portal.issuer, change.account))
    return {"number": number, "disabled": bool(disabled)}


def is_one(session: Session, asker: Pass) -> bool:
    """Tell whether a pass is of an account that has been disabled since."""
    return bool(sql(session, _IS_ONE, (asker.issuer, asker.account)))


def refuse(session: Session, asker: Pass) -> None:
    """Raise Problem 404 for a disabled account: the answer that strangers get about anything."""
    if is_one(session, asker):
        raise not_available()
