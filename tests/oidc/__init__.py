"""A real OpenID provider, npm's oidc-provider, as its own process."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page

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

    def hospital(self, key: str, *domains: str) -> dict[str, str]:
        """What a portal is told whose people sign in here."""
        told = {"name": NAME, "issuer": self.issuer, "client": CLIENT, "secret": self.secret}
        lines = [f"[{key}]", *(f"{name} = {json.dumps(value)}" for name, value in told.items())]
        return {"SAFELIGHT_PORTAL_HOSPITALS": "\n".join([*lines, f"domains = {json.dumps(domains)}"])}


@contextmanager
def providing(back: str, secret: str = "") -> Iterator[Provider]:
    """Start a provider that sends people back to an address of its client's; without a secret that is a public one."""
    port = free_port()
    command = [os.environ.get("NODE", "node"), str(HERE / "provider.mjs"), str(port), CLIENT, secret]
    command.append(back)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline() == "listening\n", "the provider did not start"
            yield Provider(f"http://127.0.0.1:{port}", secret, process)
        finally:
            process.terminate()


def be(page: Page, who: str) -> None:
    """Sign in on the provider's own pages, for the first time."""
    page.get_by_placeholder("Enter any login").fill(who)
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
