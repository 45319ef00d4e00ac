"""Makes container.json: sealed reports good and bad, each with its verdict.

Written from FORMAT.md alone: imports nothing of ours, so that a slip in the code
cannot hide in its own test. Salts are random, so a new run makes new bytes with the same verdicts.

    python -m tests.vectors.make > tests/vectors/container.json
"""

import hashlib
import json
import sys

from .bad_files import bad_files
from .bad_headers import bad_headers, bad_links
from .bad_xml import bad_xml
from .bad_zips import bad_zips
from .good import good_reports, with_xml
from .seal import LINK, SERVER, Vector, header, link_text, sealed, vector
from .zips import report, zipped

KEY_SERVERS = {
    "a key server on this machine": "http://localhost:8080",
    "a key server at 127.0.0.1": "http://127.0.0.1",
    "a key server with a port and a path": "https://keys.example.org:65535/v1/safelight",
    "a key server's name in punycode": "https://xn--schlssel-95a.example",
    "a key server's address of 200 characters": "https://keys.example.org/" + "a" * 175,
}


def good() -> list[Vector]:
    made = {name: (sealed(zipped(entries)), entries) for name, entries in good_reports().items()}
    entries, text = report(40), link_text(LINK)
    plain = zipped(entries)
    for name, server in KEY_SERVERS.items():
        made[name] = sealed(plain, header(key_server=server)), entries
    for name, created in {"a leap day": "2028-02-29T23:59:59Z", "the year 999": "0999-12-31T00:00:00Z"}.items():
        made[f"sealed in {name}"] = sealed(plain, header(created=created)), entries
    file = sealed(plain)
    look_alikes = text.replace("0", "O").replace("1", "l")
    links = {
        "link in lower case with a full stop behind it": text.lower() + ".",
        "link with hyphens, O for 0 and l for 1": "-".join(look_alikes[i : i + 6] for i in range(0, 36, 6)),
        "link with i for 1 and o for 0": text.lower().replace("0", "o").replace("1", "i"),
        "link broken into lines": f" {text[:20]}\r\n\t{text[20:]}\n",
        "link in brackets' end, quotes and dots": f"{text}»).…",
    }
    vectors = [vector(name, "good", file, entries=shown(entries)) for name, (file, entries) in made.items()]
    vectors += [vector(name, "good", file, link=link, entries=shown(entries)) for name, link in links.items()]
    nolink = sealed(plain, header(link_check=None), None)
    return [*vectors, vector("no link share", "good", nolink, link=None, entries=shown(entries))]


def shown(entries: list[tuple[str, bytes]]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in entries}


def bad_reports() -> list[Vector]:
    plains = bad_zips() | {name: zipped(with_xml(text)) for name, text in bad_xml().items()}
    return [vector(name, "BadReport", sealed(plain)) for name, plain in plains.items()]


def all_rows() -> list[Vector]:
    whole = good()
    rows = [*whole, *bad_links(), *bad_files(whole), *bad_headers(), *bad_reports()]
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names), {name for name in names if names.count(name) > 1}
    return rows


def main() -> None:
    usual = json.dumps({"link": link_text(LINK), "server_share": SERVER.hex()})
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in all_rows())
    sys.stdout.write(f'{{"usual": {usual},\n"vectors": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
