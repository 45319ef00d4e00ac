"""How often something may happen, counted in the database: the same for every worker."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .. import clock, metrics
from ..config import Settings
from ..sql import sql
from .models import Limit

DAY = 86_400  # seconds
_COUNT = (
    'INSERT INTO limit_count (key, "window", count) VALUES (?, ?, 1) '
    'ON CONFLICT (key, "window") DO UPDATE SET count = limit_count.count + 1 RETURNING count'
)


def spend_message(session: Session, settings: Settings) -> bool:
    """Count one message of the whole installation; tell whether it may go out today. To be called as `spend` is."""
    within = spend(session, "messages", settings.messages_per_day, DAY)
    if not within:
        metrics.limited("messages")
    return within


def spend(session: Session, key: str, most: int, seconds: int) -> bool:
    """Count one use of `key` in the present window of `seconds`; tell whether it is within `most`.

    To be called in a write transaction that is committed whatever the answer. `key` names
    the purpose and holds pseudonyms only.
    """
    now = clock.now()
    window = now - now % seconds
    [(count,)] = sql(session, _COUNT, (key, window))
    session.execute(delete(Limit).where(Limit.key == key, Limit.window < window))
    return bool(count <= most)
