"""The built engine in a browser: it boots under the viewer's policy, and only unchanged."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.engine.serve import POLICY, EngineServer

PINNED = [
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "pyodide.mjs",
    "python_stdlib.zip",
    "safelight-0-cp314-none-any.whl",
]


def boot(page: Page, manifest: dict[str, Any]) -> dict[str, Any]:
    """Start the worker; its first message."""
    message: dict[str, Any] = page.evaluate("url => boot(url)", f"/engine/{manifest['engine']}/worker.js")
    return message


def refused(page: Page, manifest: dict[str, Any], kind: str = "engine") -> str:
    """Start the worker, which must say that it did not start; its sentence."""
    message = boot(page, manifest)
    assert (set(message) - {"part"}, message["kind"]) == ({"failed", "kind"}, kind)
    return str(message["failed"]).format(part=message.get("part"))


def test_boots_under_the_policy(page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    message = boot(page, manifest)
    assert message.pop("bootMilliseconds") > 0
    assert message == {"ready": True, "engine": manifest["engine"]}
    assert server.violations == []


def test_every_file_is_fetched_once(page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    """Checked and then imported: the second time from the browser's cache."""
    boot(page, manifest)
    assert Counter(server.asked) == Counter(["worker.js", *PINNED])
    assert sorted(manifest["files"]) == sorted(["worker.js", *PINNED])


@pytest.mark.parametrize("name", PINNED)
def test_one_changed_byte_is_refused(name: str, page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    server.changed = name
    assert f"({name})" in refused(page, manifest)


@pytest.mark.parametrize("name", PINNED)
def test_a_missing_file_is_named(name: str, page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    server.missing = name
    assert f"({name})" in refused(page, manifest)


def test_the_page_can_check_the_worker(page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    """The worker cannot check itself; engine.json has its hash for the page."""
    check = "([url, integrity]) => fetch(url, {integrity, cache: 'reload'}).then(() => 'same', () => 'other')"
    argument = [f"/engine/{manifest['engine']}/worker.js", manifest["files"]["worker.js"]]
    assert page.evaluate(check, argument) == "same"
    server.changed = "worker.js"
    assert page.evaluate(check, argument) == "other"


def test_without_webassembly(page: Page, server: EngineServer, manifest: dict[str, Any]) -> None:
    """Also the control for violations: this one is reported from within the worker."""
    server.policy = POLICY.replace(" 'wasm-unsafe-eval'", "")
    assert "another browser" in refused(page, manifest, "unsupported")
    page.wait_for_timeout(500)  # reports are sent in the background
    assert any("wasm" in report for report in server.violations)


def test_compressed_siblings(engine: Path, manifest: dict[str, Any]) -> None:
    names = {path.name for path in engine.iterdir()}
    assert names == {name + ending for name in manifest["files"] for ending in ("", ".br", ".gz")}
