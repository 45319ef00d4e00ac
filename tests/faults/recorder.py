"""A proxy before a server that keeps every byte its clients sent."""

import contextlib
import socket
import socketserver
import threading

_LIMIT = 64 * 1024 * 1024  # bytes kept of one connection
_PIECE = 64 * 1024


class Recorder:
    """Passes TCP connections on, from a free port of 127.0.0.1 to another one there."""

    def __init__(self, to_port: int) -> None:
        self._connections: list[bytearray] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.to_port, self._server.keep = to_port, self._connections
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def kept(self) -> bytes:
        """Everything that clients have sent, connection by connection."""
        return b"\n".join(bytes(connection) for connection in self._connections)

    def stop(self) -> None:
        """Take no further connection."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 64
    block_on_close = False
    to_port: int
    keep: list[bytearray]


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        kept = bytearray()
        self.server.keep.append(kept)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server.to_port)) as upstream:
            for end in (self.request, upstream):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each request waits 40 ms
            back = threading.Thread(target=_pass_on, args=(upstream, self.request, None), daemon=True)
            back.start()
            _pass_on(self.request, upstream, kept)
            back.join()


def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray | None) -> None:
    listens = True
    with contextlib.suppress(OSError):
        while (piece := source.recv(_PIECE)) and (listens or kept is not None):
            if kept is not None:
                kept += piece
                if len(kept) > _LIMIT:
                    break  # the client is cut off: nothing passes that is not kept
            # A server that has answered early closes its end; what the client still says is kept all the same.
            listens = listens and _sent(target, piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _sent(target: socket.socket, piece: bytes) -> bool:
    try:
        target.sendall(piece)
    except OSError:
        return False
    return True
