"""A disk that takes longer for each commit, for a database's engine."""

import time

from sqlalchemy import Engine, event


def slow(engine: Engine, seconds: float) -> None:
    """Let each COMMIT take so much longer; it is waited for where COMMIT is, with the writer's place held."""
    event.listen(engine, "commit", lambda connection: time.sleep(seconds))
