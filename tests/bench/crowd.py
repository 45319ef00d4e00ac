"""Many clients at once: one thread and one process, so that it costs the server's processors as little as may be."""

import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_PATIENCE = 60  # seconds for any answer to come


@dataclass
class Tally:
    """What became of requests: seconds from sending each to its whole answer, and in all; our own processor's time."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0
    processor: float = 0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.took) / self.seconds

    @property
    def p99(self) -> float:
        """The seconds within which 99 of 100 answers came."""
        return sorted(self.took)[len(self.took) * 99 // 100]


class _Line:
    """One connection, kept alive, with one request under way at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._since, self._got, self._whole = 0.0, b"", 0

    def send(self, request: bytes) -> None:
        self._since, self._got, self._whole = time.perf_counter(), b"", 0
        self.socket.sendall(request)

    def receive(self) -> float | None:
        """Read what has come; return the seconds that the answer took, once all of it is there."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        self._got += data
        if not self._whole and (end := self._got.find(b"\r\n\r\n")) > 0:
            if not self._got.startswith(b"HTTP/1.1 200 "):
                raise ConnectionError(f"the server refused: {self._got.decode()}")
            found = _LENGTH.search(self._got, 0, end)
            assert found
            self._whole = end + 4 + int(found[1])
        return time.perf_counter() - self._since if self._whole and len(self._got) >= self._whole else None


def ask(port: int, requests: Sequence[bytes], clients: int) -> Tally:
    """Send all requests, each a whole HTTP/1.1 message, by so many clients: each sends its next when it has an answer.

    Raises OSError where an answer is not a 200.
    """
    tally, waiting = Tally(), iter(requests)
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        lines = [_Line(port) for _ in range(clients)]
        for line in lines:
            stack.enter_context(line.socket)
            ready.register(line.socket, selectors.EVENT_READ, line)
        begin, used = time.perf_counter(), time.process_time()
        for line, request in zip(lines, waiting, strict=False):
            line.send(request)
        while len(tally.took) < len(requests):
            for line in _heard(ready):
                if (seconds := line.receive()) is not None:
                    tally.took.append(seconds)
                    if (request := next(waiting, None)) is not None:
                        line.send(request)
        tally.seconds, tally.processor = time.perf_counter() - begin, time.process_time() - used
    return tally


def _heard(ready: selectors.BaseSelector) -> Iterator[_Line]:
    found = ready.select(_PATIENCE)
    if not found:
        raise TimeoutError("the server has not answered")
    return (key.data for key, _ in found)
