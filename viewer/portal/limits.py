"""How often something may happen, counted in the database: the same for every worker."""

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from .. import clock
from .models import Limit


def spend(session: Session, key: str, most: int, seconds: int) -> bool:
    """Count one use of `key` in the present window of `seconds`; tell whether it is within `most`.

    To be called in a write transaction that is committed whatever the answer. `key` names
    the purpose and holds pseudonyms only.
    """
    now = clock.now()
    window = now - now % seconds
    counted = insert(Limit).values(key=key, window=window, count=1)
    counted = counted.on_conflict_do_update(index_elements=[Limit.key, Limit.window], set_={"count": Limit.count + 1})
    count = session.execute(counted.returning(Limit.count)).scalar_one()
    session.execute(delete(Limit).where(Limit.key == key, Limit.window < window))
    return count <= most
