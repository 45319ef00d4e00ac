"""A telephone line between browser and server that can hold, or break, a download half-way."""

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field

_PIECE = 65_536
_DOWNLOAD = re.compile(rb"GET /v1/blobs/\w+ HTTP.*?\r\n[Rr]ange: bytes=(\d+)-(\d+)\r\n", re.S)


@dataclass
class Line:
    """Forwards 127.0.0.1:`port` to another port. `hold_after` and `cut_after` are bytes of one download."""

    target: int
    is_down: bool = False
    hold_after: int | None = None
    cut_after: list[int] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Begin anew: whole, and nothing asked yet."""
        self.is_down, self.hold_after, self.cut_after = False, None, []
        self.asked.clear()
        self.held.clear()
        self.go_on.clear()

    def close(self) -> None:
        self.go_on.set()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        seen = len(self.asked)
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            threading.Thread(target=self._forward_requests, args=(client, server), daemon=True).start()
            self._forward_answers(client, server, seen)

    def _forward_requests(self, client: socket.socket, server: socket.socket) -> None:
        try:
            while piece := client.recv(_PIECE):
                # The front comes with the same kind of request; it is short.
                if (found := _DOWNLOAD.search(piece)) and int(found[1]):
                    self.asked.append((int(found[1]), int(found[2])))
                server.sendall(piece)
        except OSError:
            pass
        finally:
            _shut(server)

    def _forward_answers(self, client: socket.socket, server: socket.socket, seen: int) -> None:
        sent = 0
        try:
            while not self.is_down and (piece := server.recv(_PIECE)):
                if len(self.asked) > seen:
                    sent += len(piece)
                    if self.cut_after and sent > self.cut_after[0]:
                        client.sendall(piece[: len(piece) // 2])
                        del self.cut_after[0]
                        return
                    if self.hold_after is not None and sent > self.hold_after and not self.go_on.is_set():
                        self.held.set()
                        self.go_on.wait(60)
                if not self.is_down:
                    client.sendall(piece)
        except OSError:
            pass
        finally:
            _shut(client)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
