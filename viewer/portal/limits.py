"""How often something may happen, counted in the database: the same for every worker."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock, contacts, metrics
from ..config import Settings
from ..sql import sql
from .models import Limit

DAY = 86_400  # seconds
_COUNT = (
    'INSERT INTO limit_count (key, "window", count) VALUES (?, ?, 1) '
    'ON CONFLICT (key, "window") DO UPDATE SET count = limit_count.count + 1 RETURNING count'
)


def spend_message(session: Session, settings: Settings, contact: str = "") -> bool:
    """Count one message; tell whether it may go out today. To be called as `spend` is.

    `contact` is to whom, where strangers can choose it: of SMS to countries that the settings do not name few go out,
    since numbers that cost a lot are far away, and who earns by them needs only to ask us for codes (toll fraud).
    """
    abroad = contacts.is_mobile(contact) and contacts.country(contact) not in settings.sms_countries
    if abroad and not spend(session, "messages abroad", settings.sms_abroad_per_day, DAY):
        metrics.limited("messages_abroad")
        return False
    within = spend(session, "messages", settings.messages_per_day, DAY)
    if not within:
        metrics.limited("messages")
    return within


def spend(session: Session, key: str, most: int, seconds: int) -> bool:
    """Count one use of `key` in the present window of `seconds`; tell whether it is within `most`.

    To be called in a write transaction that is committed whatever the answer. `key` names
    the purpose and holds pseudonyms only.
    """
    window = _window(seconds)
    [(count,)] = sql(session, _COUNT, (key, window))
    if count == 1:  # with each new one, what is over goes: strangers can have as many keys as they like
        session.execute(delete(Limit).where(Limit.window <= clock.now()))
    return bool(count <= most)


def spent(session: Session, key: str, seconds: int) -> int:
    """Return how often `key` was used in the present window of `seconds`."""
    found = sql(session, 'SELECT count FROM limit_count WHERE key = ? AND "window" = ?', (key, _window(seconds)))
    return int(found[0][0]) if found else 0


def give_back(session: Session, key: str, uses: int, seconds: int) -> None:
    """Take `uses` of `key` in the present window of `seconds` back; those of the window before are gone anyway."""
    statement = 'UPDATE limit_count SET count = count - ? WHERE key = ? AND "window" = ? AND count >= ?'
    sql(session, statement, (uses, key, _window(seconds), uses))


def _window(seconds: int) -> int:
    """Return when the present window of `seconds` ends."""
    now = clock.now()
    return now - now % seconds + seconds
