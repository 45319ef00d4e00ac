"""What people say about themselves, after their first photos: their name, and the country whose law they are under."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import contacts
from ..gate import signed_in
from ..problems import Problem
from ..text import _
from .accounts import database, text
from .models import Account
from .organisations import LONGEST


def routes(bp: Blueprint) -> None:
    """Add the views of this module."""
    bp.put("/api/account")(account_PUT)


@signed_in
def account_PUT() -> ResponseReturnValue:
    """Say one's name and country: `{"name": …, "jurisdiction": …}`, ISO 3166-1 alpha-2; empty: left unsaid.

    The name that an organisation's administrator or the operator gave stays: recipients know a sender by it.
    """
    name, country = text("name").strip(), text("jurisdiction")
    if len(name) > LONGEST or not (name.isprintable() or not name):
        raise Problem(400, "bad_name", _("A name is one line of at most {most} characters.", most=LONGEST))
    if country and country not in contacts.COUNTRIES:
        raise Problem(400, "bad_country", _("Choose a country from the list."))
    is_given = has_given_name(current_user)
    if is_given and name != current_user.name:
        sentence = _("Your name was given by whoever invited you. Ask them to change it.")
        raise Problem(409, "name_given", sentence)
    with database().write() as session:
        account = session.get_one(Account, current_user.account)
        account.name, account.jurisdiction = name, country
    return jsonify(name=name, jurisdiction=country)


def has_given_name(person: Any) -> bool:
    """Tell whether somebody else has given a person's name."""
    return bool(person.name and (person.may_send or person.membership))
