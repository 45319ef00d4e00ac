"""Those who were refused ask the owner, and the owner consents to one opening."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import clock
from ..passes import Pass
from ..problems import Problem
from . import keys, log, policy
from .models import Consent, Key, Request
from .refusals import refused
from .server import KeyServer

MOST_REQUESTS = 50  # that may wait at one key: holders of one link cannot fill the log
CONSENT = 86_400  # seconds that a consent is good for


def ask(here: KeyServer, asker: Pass) -> str:
    """Note that an account asks the owner to let it open once; return since when (RFC 3339).

    Whom the owner's consent would not help is refused as at a release. Asking again changes nothing.
    Raises Problem 409 where there is nothing to ask for, 429 where too many are waiting.
    """

    def note_and_log(session: Session) -> tuple[Key | None, str | None, Request | None]:
        key = policy.find(session, asker.object)
        refusal = policy.decide(session, key, asker, here.secret, "", own_sign_in=here.sign_in is not None).refusal
        waits = session.get(Request, (asker.object, asker.account))
        may_ask = refusal in policy.BY_CONSENT
        if may_ask and waits is None:
            waiting = session.scalar(select(func.count()).where(Request.key_id == asker.object)) or 0
            if waiting >= MOST_REQUESTS:
                raise Problem(429, "too_many", "Too many people have asked already. Ask the sender in person.")
            waits = Request(key_id=asker.object, account=asker.account, asked_at=clock.now())
            session.add(waits)
            here.log.append(session, asker, "ask", "granted", reason=refusal)
        elif refusal and not may_ask and key and log.may_deny(session, asker):
            here.log.append(session, asker, "ask", "denied", reason=refusal)
        return key, refusal, waits if may_ask else None

    key, refusal, waits = here.commits.run(note_and_log)
    if refusal is None:
        raise Problem(409, "no_need", "You need not ask: open the photos.")
    if waits is None:
        raise refused(key, refusal)
    return clock.text(waits.asked_at)


def consent(here: KeyServer, owner: Pass, account: str) -> str:
    """Let an account that has asked open once within 24 hours; return until when (RFC 3339).

    Raises Problem 404 for an account that has not asked, 409 where no consent can help, 403 without the own sign-in.
    """

    def consent_and_log(session: Session) -> str | Problem:
        key = keys.owned(session, owner)
        if key.revoked_at is not None:
            raise Problem(409, "revoked", "You have withdrawn these photos, and that stays. Send them again.")
        if key.not_after < clock.now():
            raise Problem(409, "expired", "The time for opening these photos is over. Set another end first.")
        request, given = session.get(Request, (key.id, account)), session.get(Consent, (key.id, account))
        if request is None and given and given.used_by is None and clock.now() <= given.until:
            return clock.text(given.until)  # the answer to the first try was lost
        if request is None:
            raise Problem(404, "not_asked", "This person has not asked, or has been answered already.")
        if lacking := keys.lacks_sign_in(here, session, key, owner, "consent"):
            return lacking
        session.delete(request)
        until = min(clock.now() + CONSENT, key.not_after)
        session.merge(Consent(key_id=key.id, account=account, until=until, used_by=None))
        here.log.append(session, owner, "consent", "granted", to=account, until=clock.text(until))
        return clock.text(until)

    return keys.settled(here.commits.run(consent_and_log))


def requests(here: KeyServer, owner: Pass) -> dict[str, list[dict[str, Any]]]:
    """Return which accounts wait for the owner's answer, oldest first, and whose consents are still unused."""
    with here.database.read() as session:
        key = keys.owned(session, owner)
        waiting = session.scalars(select(Request).where(Request.key_id == key.id).order_by(Request.asked_at))
        given = session.scalars(
            select(Consent).where(Consent.key_id == key.id, Consent.used_by.is_(None), Consent.until >= clock.now())
        )
        return {
            "requests": [{"account": one.account, "asked": clock.text(one.asked_at)} for one in waiting],
            "consents": [{"account": one.account, "until": clock.text(one.until)} for one in given],
        }
