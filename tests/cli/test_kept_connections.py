"""A connection that the server has closed meanwhile is no error where nothing but reading was asked."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from requests.adapters import HTTPAdapter

from viewer.sender.client import Client, NoAnswer

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"


class Portal:
    """Answers one request on each connection, says nothing of closing it, and closes it at the second."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.connections = 0
        self.asked: list[bytes] = []

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.connections += 1
                with connection:
                    if self.read(connection):
                        connection.sendall(ANSWER + b'{"account":null}')
                        self.read(connection)

    def read(self, connection: socket.socket) -> bool:
        """Read a request's head; tell whether there was one."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(4096)
            if not data:
                return False
            head += data
        self.asked.append(head.split()[0])
        return True


@pytest.fixture
def portal() -> Iterator[Portal]:
    running = Portal()
    thread = threading.Thread(target=running.serve, daemon=True)
    thread.start()
    yield running
    running.listening.shutdown(socket.SHUT_RDWR)
    running.listening.close()
    thread.join(10)


def test_what_is_only_read_is_asked_once_more(portal: Portal, tmp_path: Path) -> None:
    client = Client(portal.url, tmp_path)
    assert client.account() is None and client.account() is None
    assert portal.connections == 2 and portal.asked == [b"GET"] * 3


def test_control_without_the_second_try_it_is_an_error(portal: Portal, tmp_path: Path) -> None:
    client = Client(portal.url, tmp_path)
    client._session.mount(portal.url, HTTPAdapter())
    assert client.account() is None
    with pytest.raises(NoAnswer):
        client.account()


def test_what_changes_something_is_not(portal: Portal, tmp_path: Path) -> None:
    client = Client(portal.url, tmp_path)
    assert client.account() is None
    with pytest.raises(NoAnswer):
        client.sign_out()
    assert portal.asked == [b"GET", b"DELETE"]
