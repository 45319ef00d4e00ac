"""A log that lost entries goes on under a new origin, says so for everybody to prove, and cannot do so in silence."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sealed import canonical, notes
from sealed.errors import BadProof
from sealed.notes import write_base64
from tests.databases import elsewhere
from tests.fhir.judge import complaints
from tests.inprocess import Bearer
from tests.keyserver.steps import ask, create, released
from tests.keyserver.test_log_file import Lines, exported, is_checkpoint, resigned
from tests.keyserver.witness import FileHost, size, started, wait, witnessed
from tests.witnessing import newest
from viewer import log_file, log_key
from viewer.cli import main
from viewer.config import Settings, SettingsError
from viewer.database import Database
from viewer.keyserver import log
from viewer.keyserver.log import Log
from viewer.keyserver.restart import restart
from viewer.keyserver.server import KeyServer

Change = Callable[[Lines, KeyServer], Lines]


def run(settings: Settings, *words: str) -> Result:
    """As the key server's operator; there are secrets in the environment, and none in the output."""
    secret, kek = settings.keyserver_secret.hex(), settings.keyserver_keks[0].hex()
    environment = {
        "SAFELIGHT_ROLES": "keyserver",
        "SAFELIGHT_DATA": str(settings.data),
        "SAFELIGHT_PORTAL_URL": settings.portal_url,
        "SAFELIGHT_KEYSERVER_SECRET": secret,
        "SAFELIGHT_KEYSERVER_KEK": kek,
        "SAFELIGHT_KEYSERVER_LOG": str(settings.keyserver_log),
        "SAFELIGHT_KEYSERVER_DATABASE": settings.databases.get("keyserver", ""),
    }
    done = CliRunner().invoke(main, ["log", *words], env=environment)
    assert secret not in done.output and "Traceback" not in done.output
    return done


def second(host: FileHost) -> Settings:
    """The key server's settings, under the next number."""
    return replace(host.keyserver, keyserver_log=2)


def address(host: FileHost) -> str:
    assert host.keyserver.keyserver_witnesses
    return host.keyserver.keyserver_witnesses[0][0]


def seen(host: FileHost, number: int = 1) -> str:
    """The note that the file host has of the log under a number."""
    key = log_key.known(replace(host.keyserver, keyserver_log=number))
    return str(newest(host.app.test_client(), key.name).text)


@pytest.fixture
def restarted(rolled_back: FileHost) -> FileHost:
    """Of five entries, three were restored; the log goes on under the number 2."""
    done = run(second(rolled_back), "restart", address(rolled_back))
    assert done.exit_code == 0, done.stderr
    return rolled_back


def test_the_log_goes_on_and_tells_what_was_lost(restarted: FileHost, reader: Bearer, tmp_path: Path) -> None:
    settings = second(restarted)
    app, here = started(settings)
    answer = ask(app.test_client(), reader, "7" * 24)
    assert released(answer, "7" * 24) and size(here) == 5
    assert answer.json["receipt"].partition("\n\n")[2].startswith("localhost/log/2\n5\n")
    file, before, after = tmp_path / "log", tmp_path / "before", tmp_path / "after"
    assert run(settings, "export", str(file)).exit_code == 0
    before.write_text(seen(restarted))
    after.write_text(answer.json["receipt"].partition("\n\n")[2])
    kept = ("--witness", str(before), "--witness", str(after))
    proved = run(settings, "verify", str(file), "--key", here.log.key.text(), *kept)
    assert proved.exit_code == 0, proved.stderr
    assert "5 entries" in proved.output
    assert "localhost/log/1 had 5 entries; restored were 3, at least 2 of them lost." in proved.output


def test_the_entry_names_the_checkpoint_before(restarted: FileHost) -> None:
    _, here = started(second(restarted))
    with here.database.read() as session:
        [entry] = log.entries(session, "localhost/log/1")
    was = notes.read_checkpoint(notes.read_note(seen(restarted)).text)
    assert (entry["number"], entry["action"], entry["outcome"]) == (3, "restart", "granted")
    assert entry["details"] == {"size": "5", "root": write_base64(was.root)}
    assert (entry["issuer"], entry["account"]) == ("urn:safelight:key-server", "operator")
    lines = exported(here)
    assert complaints(canonical.loads(lines[-2])) == []
    assert canonical.loads(lines[-1])["checkpoint"].startswith("localhost/log/2\n4\n")


def test_witnesses_follow(restarted: FileHost, reader: Bearer) -> None:
    app, here = started(second(restarted))
    assert ask(app.test_client(), reader, "7" * 24).status_code == 200
    assert witnessed(restarted) == 5, "what it has of the origin before stays"
    told = tuple(one.key.text() for one in (here.log, Log(here.url, here.secret, 1)))
    witness = restarted.app.extensions["safelight.witness"]
    witness._logs |= {notes.read_key(text).name: notes.read_key(text) for text in told}  # as its operator would
    here.witnesses.wake()
    wait(lambda: seen(restarted, 2).startswith("localhost/log/2\n5\n"))
    here.witnesses.check()
    found = log_file.verify(exported(here), here.log.key, [seen(restarted, 1), seen(restarted, 2)])
    assert [one.lost for one in found.restarts] == [2]


@pytest.mark.usefixtures("restarted")
def test_a_witness_s_address_gives_all_it_has_seen(restarted: FileHost, tmp_path: Path) -> None:
    _, here = started(second(restarted))
    witness = restarted.app.extensions["safelight.witness"]
    witness._logs[here.log.key.name] = here.log.key
    file, key = tmp_path / "log", here.log.key.text()
    assert run(second(restarted), "export", str(file)).exit_code == 0
    refused = run(second(restarted), "verify", str(file), "--key", key, "--witness", address(restarted))
    assert refused.exit_code == 1 and "has seen nothing of localhost/log/2" in refused.stderr
    here.witnesses.wake()
    wait(lambda: seen(restarted, 2).startswith("localhost/log/2\n4\n"))
    assert run(second(restarted), "verify", str(file), "--key", key, "--witness", address(restarted)).exit_code == 0
    file.write_bytes(b"\n".join(exported(here)[:-2]) + b"\n")  # as if nothing had been restored
    old = Log(here.url, here.secret, 1).key.text()
    assert run(second(restarted), "verify", str(file), "--key", old).exit_code == 0, "control: sound by itself"
    refused = run(second(restarted), "verify", str(file), "--key", old, "--witness", address(restarted))
    assert refused.exit_code == 1 and "It was cut off" in refused.stderr


def test_no_key_server_starts_under_another_number(rolled_back: FileHost) -> None:
    with pytest.raises(SettingsError, match=r"localhost/log/1, .* localhost/log/2.* run: safelight log restart"):
        started(second(rolled_back))
    started(rolled_back.keyserver)
    assert run(second(rolled_back), "restart", address(rolled_back)).exit_code == 0
    with pytest.raises(SettingsError, match="safelight log restart"):
        started(rolled_back.keyserver)
    started(second(rolled_back))


def test_a_server_that_still_runs_under_the_old_number_writes_nothing(
    rolled_back: FileHost, owner: Bearer, reader: Bearer
) -> None:
    app, here = started(replace(rolled_back.keyserver, keyserver_witnesses=()))
    assert run(second(rolled_back), "restart", address(rolled_back)).exit_code == 0
    answer = ask(app.test_client(), reader, "7" * 24)
    assert (answer.status_code, answer.json["error"], size(here)) == (503, "stopped", 4)


def refusal(settings: Settings, last: str) -> str:
    done = run(settings, "restart", last)
    assert done.exit_code == 1
    return done.stderr


def test_a_restart_that_would_say_nothing_is_refused(rolled_back: FileHost, tmp_path: Path) -> None:
    host, file = rolled_back, tmp_path / "last"
    assert "must be a higher number" in refusal(host.keyserver, address(host))
    assert "cannot be reached" in refusal(second(host), "http://127.0.0.1:1")
    assert "No such file" in refusal(second(host), str(file))
    file.write_text("hello")
    assert "not in its one form" in refusal(second(host), str(file))
    file.write_text(seen(host).replace("\n5\n", "\n6\n"))
    assert "not signed" in refusal(second(host), str(file))
    stranger = Log("https://stranger.example", bytes(32))
    file.write_text(stranger._sign(notes.Checkpoint(stranger.key.name, 5, bytes(32))))
    assert "not signed" in refusal(second(host), str(file))
    other = Log("https://other.example", host.keyserver.keyserver_secret)
    file.write_text(other._sign(notes.Checkpoint(other.key.name, 5, bytes(32))))
    assert "The one needed is of localhost/log/1" in refusal(second(host), str(file))
    file.write_text(seen(host))
    assert run(second(host), "restart", str(file)).exit_code == 0, "control: with the right one it is done"
    assert "The one needed is of localhost/log/2" in refusal(replace(second(host), keyserver_log=3), str(file))


def test_a_key_server_that_has_lost_everything(
    host: FileHost, settings: Settings, owner: Bearer, at_once: None, tmp_path: Path
) -> None:
    app, _ = started(host.keyserver)
    create(app.test_client(), owner)
    wait(lambda: witnessed(host) == 2)
    empty = elsewhere(second(host), tmp_path / "empty")
    Database(empty, "keyserver").migrate()
    done = run(empty, "restart", address(host))
    assert done.exit_code == 0 and "had 2 entries; restored were 0, at least 2 of them lost" in done.output
    with Database(empty, "keyserver").read() as session:
        found = log_file.verify(log.everything(session), log_key.known(empty), [seen(host)])
    assert (found.entries, [one.lost for one in found.restarts]) == (1, [2])


def test_a_backup_from_which_nothing_is_missing(host: FileHost, owner: Bearer, at_once: None) -> None:
    app, here = started(host.keyserver)
    create(app.test_client(), owner)
    wait(lambda: witnessed(host) == 2)
    done = restart(here.database, Log(here.url, here.secret, 2), notes.read_note(seen(host)))
    assert (done.kept, done.before.size, done.lost) == (2, 2, 0)
    found = log_file.verify(exported(here), Log(here.url, here.secret, 2).key, [seen(host)])
    assert [one.lost for one in found.restarts] == [0]


def test_a_witness_that_was_behind_is_no_loss(host: FileHost, owner: Bearer, reader: Bearer, at_once: None) -> None:
    app, here = started(host.keyserver)
    create(app.test_client(), owner)
    wait(lambda: witnessed(host) == 2)
    behind = seen(host)
    assert ask(app.test_client(), reader).status_code == 200
    done = restart(here.database, Log(here.url, here.secret, 2), notes.read_note(behind))
    assert (done.kept, done.before.size, done.lost) == (3, 3, 0), "the database's own is named: it goes on from there"


def test_a_log_that_went_on_after_it_was_rolled_back(rolled_back: FileHost, reader: Bearer) -> None:
    app, here = started(replace(rolled_back.keyserver, keyserver_witnesses=()))
    for number in range(4):
        assert ask(app.test_client(), reader, f"9{number:023}").status_code == 200
    assert run(second(rolled_back), "restart", address(rolled_back)).exit_code == 0
    key = Log(here.url, here.secret, 2).key
    found = log_file.verify(exported(here), key, [seen(rolled_back)])
    assert (found.entries, [(one.kept, one.before.size, one.lost) for one in found.restarts]) == (8, [(7, 5, 1)])


def without(lines: Lines, here: KeyServer) -> Lines:
    """The entry is left out: as if the log had another origin by itself."""
    return [line for line in lines if b'"restart"' not in line]


def under_the_old_origin(lines: Lines, here: KeyServer) -> Lines:
    return [*lines[:-1], *resigned(entries(lines), Log(here.url, here.secret, 1))[-1:]]


def of_less(lines: Lines, here: KeyServer) -> Lines:
    """The entry says that there was no more than what was restored."""
    return resigned_twice(lines, lambda line: line.replace(b'"valueString":"5"', b'"valueString":"4"'), here.log)


def of_another_root(lines: Lines, here: KeyServer) -> Lines:
    root = b'"type":"root","valueString":"'
    return resigned_twice(lines, lambda line: re.sub(root + b'[^"]*', root + b"A" * 43 + b"=", line), here.log)


def of_another_log(lines: Lines, here: KeyServer) -> Lines:
    return resigned_twice(lines, lambda line: line.replace(b"localhost/log/1", b"localhost/log/7"), here.log)


def of_nothing(lines: Lines, here: KeyServer) -> Lines:
    return resigned_twice(lines, lambda line: line.replace(b'"type":"size"', b'"type":"sizes"'), here.log)


def twice(lines: Lines, here: KeyServer) -> Lines:
    again = canonical.loads(lines[-2])
    again["id"] = "4"
    return [*lines[:-1], *resigned([*entries(lines), canonical.dumps(again)], here.log)[-2:]]


def entries(lines: Lines) -> Lines:
    return [line for line in lines if not is_checkpoint(line)]


def resigned_twice(lines: Lines, change: Callable[[bytes], bytes], by: Log) -> Lines:
    """The restart's entry changed, and the checkpoint behind it signed anew by who has the key."""
    changed = [*lines[:-2], change(lines[-2])]
    assert changed[-1] != lines[-2]
    return [*changed, *resigned(entries(changed), by)[-1:]]


CHANGES: dict[str, tuple[Change, str]] = {
    "no entry": (without, "another"),
    "no new origin": (under_the_old_origin, "no restart tells why"),
    "less": (of_less, "cut off"),
    "another root": (of_another_root, "rewritten"),
    "another log": (of_another_log, "another log than this one was restored"),
    "nothing": (of_nothing, "does not say which log"),
    "twice": (twice, "another log than this one was restored"),
}


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_a_restart_that_lies_is_found(restarted: FileHost, change: Change, words: str) -> None:
    _, here = started(second(restarted))
    lines = exported(here)
    assert log_file.verify(lines, here.log.key, [seen(restarted)]).restarts, "control: as it is, it is proved"
    with pytest.raises(BadProof, match=words):
        log_file.verify(change(lines, here), here.log.key, [seen(restarted)])
