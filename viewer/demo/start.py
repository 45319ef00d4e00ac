"""Starts the demo on this machine, tells where to look, and ends all of it."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import requests

from .. import assets
from ..config import Settings
from ..database import Database
from ..portal import invitations, organisations
from ..sender.client import ClientError
from .inbox import Inbox, Running
from .page import create_page
from .place import ROOT, Place, shown
from .stage import HOSPITAL, SENDER, SENDER_NAME, Stage

_PATIENCE = 60  # seconds for the server to answer
_GUIDE = """
Everything runs on this machine. Ctrl-C ends it.

  1. Open http://localhost:{page_port} and tap the message from Dr Ada.
  2. Have the code sent to •••006, and type it. It arrives on the same page.
  3. Open the photos. A new line of the log appears there, and here below.
  4. Press "Revoke as Dr Ada", tap the message again, and be refused.
  5. Send photos yourself, in a private window: {portal}/send
     Sign in as {sender}: the code arrives on the page with the messages.
  6. She looks after {hospital}: {portal}/organisation
     She may read its log, too: {portal}/audit

The same from another shell, in this folder, as Dr Ada:

  . {env}
  safelight activity
  safelight revoke {report}
  od -A d -c {blob} | head -20

The key server's log:
"""


def start() -> None:
    """Run the demo until it is told to end (Ctrl-C, SIGTERM, SIGHUP).

    Raises click.ClickException, assets.EngineMissing, ClientError.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would tell of every look at the page
    assets.engine_url()  # better said now than in the server's log
    place = Place.from_environment()
    place.clear()
    inbox = Inbox()
    stage = Stage(place.url, place.become_sender(), place.data / "blobs", inbox)
    running = Running(inbox, create_page(stage, place.url), http_port=place.page_port)
    try:
        with _server(place, place.settings(running.settings())) as server:
            _play(place, stage, server)
    except KeyboardInterrupt:
        click.echo(f"\nEnded. What is left lies in {shown(place.folder)}.")
    finally:
        running.stop()


@contextmanager
def _server(place: Place, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run all three roles, with the sender as her hospital's administrator, as a child; end it afterwards."""
    # The visitor's own SAFELIGHT_… are for other servers than this one.
    others = {name: value for name, value in os.environ.items() if not name.startswith("SAFELIGHT_")}
    command = [sys.executable, "-c", "from viewer.cli import main; main()", "serve", "--port", str(place.port)]
    click.echo(f"Starting on {place.url} …")
    with place.log.open("wb") as log:
        # In a session of its own, so that Ctrl-C reaches it through us only.
        server = subprocess.Popen(  # noqa: S603 - nothing from outside
            command, cwd=ROOT, env=others | environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for_answer(place, server)
        settings = Settings.from_environment(environment)
        with Database(settings, "portal").write() as session:
            sender = invitations.account_of(session, settings, SENDER)
            sender.name = SENDER_NAME
            organisations.add(session, HOSPITAL, sender)
        yield server
    finally:
        server.send_signal(signal.SIGINT)  # gunicorn's quick end: whoever pressed Ctrl-C is waiting
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for_answer(place: Place, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            requests.get(place.url, timeout=5).raise_for_status()
            return
        except requests.RequestException:
            _must_live(server, place, 0.2)
    raise click.ClickException(f"The server has not answered for {_PATIENCE} seconds. See {shown(place.log)}.")


def _play(place: Place, stage: Stage, server: subprocess.Popen[bytes]) -> None:
    """Send the sample; then print each new line of the log, for ever."""
    click.echo("Dr Ada sends three photos …")
    sent = stage.send()
    blob, env = shown(stage.blob(sent.report)), shown(place.folder / "env.sh")
    told = {"page_port": place.page_port, "portal": place.url, "sender": SENDER, "hospital": HOSPITAL}
    click.echo(_GUIDE.format(report=sent.report, blob=blob, env=env, **told))
    printed = 0
    while True:
        try:
            stage.look()
        except ClientError:
            _must_live(server, place, 1)  # if it does not, that is the better reason
            raise
        for line in stage.lines()[printed:]:
            click.echo(f"  {line}")
            printed += 1
        _must_live(server, place, 1)


def _must_live(server: subprocess.Popen[bytes], place: Place, seconds: float) -> None:
    """Wait for some seconds; raise click.ClickException if the server ends in them."""
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    raise click.ClickException(f"The server has ended by itself. {shown(place.log)} tells why.")
