"""A real OpenID provider, npm's oidc-provider, as its own process."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.conftest import ROOT, free_port

HERE = ROOT / "tests" / "oidc"
NAME, CLIENT = "St Elsewhere", "safelight"


@dataclass(frozen=True)
class Provider:
    """A running provider: its issuer, the secret of its one client, and its process."""

    issuer: str
    secret: str
    process: subprocess.Popen[str]

    def settings(self) -> dict[str, str]:
        """What a key server is told that demands this sign-in."""
        told = {"": self.issuer, "_CLIENT": CLIENT, "_SECRET": self.secret, "_NAME": NAME}
        return {f"SAFELIGHT_KEYSERVER_SIGN_IN{name}": value for name, value in told.items() if value}


@contextmanager
def providing(key_server: str, secret: str = "") -> Iterator[Provider]:
    """Start a provider that knows the key server at an address; without a secret it is a public client."""
    port = free_port()
    command = [os.environ.get("NODE", "node"), str(HERE / "provider.mjs"), str(port), CLIENT, secret]
    command.append(f"{key_server}/sign-in/back")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline() == "listening\n", "the provider did not start"
            yield Provider(f"http://127.0.0.1:{port}", secret, process)
        finally:
            process.terminate()
