"""Work that is done behind an answer, so that neither its outcome nor its time can be told from the answer."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import copy_current_request_context

# In seconds. Begun at once, the work would run beside the answer and delay it: the more is known, the longer.
_HEAD_START = 0.05
_THREADS, _WAITING = 4, 100  # of one process: gateways take a second each, and strangers may ask at any rate
_log = logging.getLogger("safelight")
_places = threading.BoundedSemaphore(_WAITING)
_pool = ThreadPoolExecutor(_THREADS, "behind")  # its threads begin with the first work: none is lost in a fork


def do(work: Callable[[], object]) -> bool:
    """Do `work` later, as part of the present request; return False at once where too much is waiting already."""
    if not _places.acquire(blocking=False):
        return False
    _pool.submit(_run, copy_current_request_context(work))
    return True


def _run(work: Callable[[], object]) -> None:
    time.sleep(_HEAD_START)
    try:
        work()
    except Exception as error:  # there is nobody left to tell
        _log.error("behind an answer: unexpected %s", type(error).__name__)
    finally:
        _places.release()
