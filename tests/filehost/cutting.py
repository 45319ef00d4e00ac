"""A line to a server that breaks after so many bytes have gone up, as a phone's does in a lift."""

import contextlib
import socket
import threading
from collections.abc import Iterable

_PIECE = 65_536


class CuttingLine:
    """Forwards 127.0.0.1:`port` to another port. `up` is how many bytes the server was sent in all."""

    def __init__(self, target: int) -> None:
        self._target, self._cuts = target, list[int]()
        self._lock = threading.Lock()
        self._since = self.up = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "CuttingLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def break_after(self, cuts: Iterable[int]) -> None:
        """Break after so many bytes from now on; then after so many more, and so on."""
        with self._lock:
            self._since, self._cuts = 0, [*cuts]

    @property
    def left(self) -> int:
        """How often it is still to break."""
        return len(self._cuts)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=self._back, args=(server, client), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while piece := client.recv(_PIECE):
                    whole = self._goes(piece)
                    server.sendall(whole)
                    if len(whole) < len(piece):
                        break
            _end(client, server)
            back.join()

    def _goes(self, piece: bytes) -> bytes:
        """Return as much of a piece as goes through before the line breaks."""
        with self._lock:
            if self._cuts and self._since + len(piece) > self._cuts[0]:
                piece = piece[: self._cuts.pop(0) - self._since]
                self._since = 0
            else:
                self._since += len(piece)
            self.up += len(piece)
            return piece

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                client.sendall(piece)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
