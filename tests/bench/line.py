"""A slow line: a proxy on this machine through which everything takes its time, whoever asks: page or worker."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RATE = 9_000_000  # bits a second, towards the browser
ROUND_TRIP = 0.085  # seconds
_PIECE = 16 * 1024  # bytes that are carried at a time


def _later(act, *what) -> None:  # type: ignore[no-untyped-def]
    """Do it when it has travelled: half a round trip from now."""
    loop = asyncio.get_running_loop()
    loop.call_at(loop.time() + ROUND_TRIP / 2, act, *what)


class Line:
    """One line that all connections share. `carried` counts the bytes towards the browser."""

    def __init__(self, target: int) -> None:
        self._target, self._free = target, 0.0
        self.port = self.carried = 0

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser's. The round trip that opens a connection is waited for here."""
        await asyncio.sleep(ROUND_TRIP)
        back, there = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.gather(self._up(reader, there), self._down(back, writer))
        except ConnectionError:  # the browser wants no more: nor may it take the line from whoever comes next
            pass
        finally:
            there.close()

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_PIECE):
            _later(writer.write, data)
        _later(writer.close)

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        while not writer.is_closing() and (data := await reader.read(_PIECE)):
            self._free = max(clock(), self._free) + len(data) * 8 / RATE
            await asyncio.sleep(self._free - clock())
            self.carried += len(data)
            _later(writer.write, data)
        _later(writer.close)

    async def run(self, opened: threading.Event, ended: asyncio.Event) -> None:
        """Carry until `ended`; `port` is known when `opened` is set."""
        server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        opened.set()
        await ended.wait()
        server.close()


@contextmanager
def slow_line(target: int) -> Iterator[Line]:
    """Put a slow line in front of a port of this machine."""
    line, opened, ended = Line(target), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(line.run(opened, ended))

    thread = threading.Thread(target=work)  # of its own: in ours runs Playwright's loop
    thread.start()
    opened.wait()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
