"""Preview bots and scanners: the same bytes for every link, and nothing changes by their looking."""

from pathlib import Path

import pytest
import requests

from tests import databases
from tests.conftest import SENDER, Installation, wait_until
from tests.databases import Rows, beside, rows, tables
from tests.shares import asking
from viewer.sender.sending import Sent

# As their makers give them; the last two are scanners that pretend to be browsers.
BOTS = {
    "WhatsApp": "WhatsApp/2.24.20.89 A",
    "iMessage": "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 facebookexternalhit/1.1 Twitterbot/1.0",
    "Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Telegram": "TelegramBot (like TwitterBot)",
    "Teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Safe Links": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
    "Google": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}
ROLES = ("portal", "keyserver", "filehost")
# Every few seconds the portal reads the key server's log, and the witness sees it, whoever looks or does not.
BY_ITSELF = ("used_proof", "event_cursor", "witnessed")


@pytest.fixture
def links(installation: Installation, sent: Sent) -> dict[str, str]:
    """Addresses of a good, an unknown and two malformed links, without the fragment; all is heard of the good one."""
    wait_until(lambda: heard(installation), installation.process)
    good = sent.link.partition("#")[0]
    return {"good": good, "unknown": good[:-26] + "0" * 26, "malformed": good[:-3], "nonsense": good + "%23abc/def"}


def heard(installation: Installation) -> bool:
    """Tell whether the portal has read the key server's log to its end, and noted what it says of reports."""
    newest = rows(installation.settings, "keyserver", "SELECT max(number) FROM entry")
    return rows(installation.settings, "portal", "SELECT number FROM event_cursor") == newest


def changed(before: dict[str, Rows], after: dict[str, Rows]) -> list[str]:
    """Name the tables in which something changed."""
    return [f"{role}: {name}" for role in ROLES for name in after[role] if after[role][name] != before[role].get(name)]


def everything(installation: Installation) -> dict[str, Rows]:
    """What all three databases hold."""
    found: dict[str, Rows] = {}
    for role in ROLES:
        with beside(installation.settings, role) as database, database.engine.connect() as connection:
            found[role] = {name: held for name, held in tables(connection).items() if name not in BY_ITSELF}
    return found


def end_of(installation: Installation, sent: Sent) -> int:
    """When a key ends, as its row says."""
    [(found,)] = rows(installation.settings, "keyserver", "SELECT not_after FROM key WHERE id = :id", id=sent.report)
    return int(found)


def change(installation: Installation, sent: Sent, column: str, value: int | None) -> None:
    """Change a key's row behind the server's back."""
    statement = f"UPDATE key SET {column} = :value WHERE id = :id"
    databases.change(installation.settings, "keyserver", statement, value=value, id=sent.report)


def test_eight_bots_see_one_page_and_change_nothing(
    installation: Installation, sent: Sent, links: dict[str, str]
) -> None:
    def look(link: str, bot: str) -> tuple[int, bytes, str]:
        answer = requests.get(link, headers={"User-Agent": bot}, timeout=30)
        assert "Set-Cookie" not in answer.headers
        return answer.status_code, answer.content, answer.headers["Content-Type"]

    before = everything(installation)
    seen = {look(link, bot) for link in links.values() for bot in BOTS.values()}
    until = end_of(installation, sent)
    for column, spoiled, whole in (("revoked_at", 1, None), ("not_after", 1, until)):
        change(installation, sent, column, spoiled)
        seen |= {look(links["good"], bot) for bot in BOTS.values()}
        change(installation, sent, column, whole)
    assert len(seen) == 1
    status, content, _ = seen.pop()
    assert status == 200 and sent.report.encode() not in content and b"Lovelace" not in content
    assert changed(before, everything(installation)) == []


def test_other_methods_of_looking_change_nothing_either(installation: Installation, links: dict[str, str]) -> None:
    before = everything(installation)
    for link in links.values():
        assert requests.head(link, timeout=30).status_code == 200
        assert requests.get(link, headers={"Range": "bytes=0-99"}, timeout=30).status_code == 200
        assert requests.options(link, timeout=30).status_code == 200
        assert requests.post(link, timeout=30).status_code == 405
    assert changed(before, everything(installation)) == []


def test_control_a_person_who_opens_does_change_something(installation: Installation, sent: Sent, people: Path) -> None:
    before = everything(installation)
    client = installation.client(SENDER, people)
    with pytest.raises(Exception, match="no photos for this account"):
        client.with_pass(
            "POST", f"{installation.url}/v1/keys/{sent.report}/release", sent.report, "key:release", asking()
        )
    assert "keyserver: entry" in changed(before, everything(installation))
