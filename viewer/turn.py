"""One place for one writer: all threads of all processes stand in line for it, for a limited time."""

import fcntl
import os
import threading
from pathlib import Path


class Place:
    """One try to have the place that the file at `path` stands for; `with` it, it is left at the end.

    The lock goes with the open file, so with the process too, however that ends.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._lock = threading.Lock()
        self._is_taken = self._is_given_up = False

    def take(self, seconds: float) -> None:
        """Have the place. Raises TimeoutError where somebody else keeps it for longer: they may have been stopped."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # flock itself knows no time limit, so a thread waits for it.
            waiting = threading.Thread(target=self._wait, daemon=True)
            waiting.start()
            waiting.join(seconds)
            with self._lock:
                self._is_given_up = not self._is_taken
            if self._is_given_up:
                raise TimeoutError("another writer does not end") from None
        except OSError:
            os.close(self._file)
            raise

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def _wait(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._lock:
            self._is_taken = True
        if self._is_given_up:  # too late: nobody else closes it any more
            os.close(self._file)
