"""ASVS.md has every requirement of levels 1 and 2 once, and names only tests that there are."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
TABLE = (HERE / "ASVS.md").read_text()
# The level of each requirement of ASVS 5.0.0, by section and in order: 1.2.10 is of level 3.
SECTIONS = re.findall(
    r"(\d+\.\d+) +(\d+)",
    """
1.1 22    1.2 1111122223  1.3 112222222223  1.4 222    1.5 123     2.1 122      2.2 112     2.3 12223  2.4 23
3.1 3     3.2 113         3.3 12223         3.4 11222233           3.5 11122333 3.6 3       3.7 22333
4.1 12233 4.2 23333       4.3 22            4.4 1222   5.1 2       5.2 112333   5.3 113     5.4 222
6.1 122   6.2 111111112222                  6.3 11223333           6.4 112233   6.5 22222333 6.6 2223  6.7 33  6.8 2222
7.1 222   7.2 1111        7.3 22            7.4 11222  7.5 223     7.6 22       8.1 1233    8.2 1123   8.3 133 8.4 23
9.1 111   9.2 1222        10.1 22           10.2 223   10.3 22223  10.4 1111122222233333   10.5 22222 10.6 22 10.7 222
11.1 2233 11.2 22233      11.3 11233        11.4 1222  11.5 23     11.6 23      11.7 33
12.1 12233 12.2 11        12.3 22223        13.1 2333  13.2 222223 13.3 2233    13.4 1222233
14.1 22   14.2 12223333   14.3 122          15.1 12233 15.2 12233  15.3 1222222 15.4 3333
16.1 2    16.2 22222      16.3 2222         16.4 222   16.5 2223   17.1 23      17.2 22223333          17.3 22
""",
)
LEVELS = {f"{section}.{number}": level for section, levels in SECTIONS for number, level in enumerate(levels, 1)}
VERDICTS = ("shown", "design", "none", "short")
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.) \| (.+?) \| (\w+) \| (.+) \|$", re.M)
_TEST = re.compile(r"`([a-z0-9_/]+\.py)::(\w+)`")


def faults(table: str) -> list[str]:
    """Return what is wrong with a table."""
    rows = _ROW.findall(table)
    wanted, found = {number for number, level in LEVELS.items() if level in "12"}, Counter(row[0] for row in rows)
    wrong = [f"{number} is not there" for number in wanted - found.keys()]
    wrong += [f"{number} is there {count} times" for number, count in found.items() if count > 1]
    for number, level, asks, verdict, why in rows:
        named = _TEST.findall(why)
        wrong += [f"{number} names {file}::{name}" for file, name in named if name not in collected(file)]
        if LEVELS.get(number) != level or level == "3":
            wrong.append(f"{number} is not of level {level}")
        if verdict not in VERDICTS or (verdict == "shown" and not named) or len(asks) > 120:
            wrong.append(f"{number} says {verdict}")
    told = {verdict: int(count) for verdict, count in re.findall(r"^\| (\w+) \| (\d+) \| ", table, re.M)}
    return wrong + [f"counts are {told}"] * (told != Counter(row[3] for row in rows))


@cache
def collected(file: str) -> frozenset[str]:
    """Return the tests of a file that pytest collects."""
    path = HERE / file
    if not path.name.startswith("test_") or not path.is_file():
        return frozenset()
    nodes = ast.parse(path.read_text()).body
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


def test_the_standard_has_so_many() -> None:
    assert Counter(LEVELS.values()) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_is_there_and_every_test_that_is_named() -> None:
    assert faults(TABLE) == []


def test_control_what_is_missing_or_made_up_is_found() -> None:
    row = next(line for line in TABLE.splitlines() if line.startswith("| 6.5.1 "))
    works = "test_a_code_works_once"
    changed = {
        "6.5.1 is not there": "",
        "6.5.1 is there 2 times": f"{row}\n{row}",
        "6.5.1 is not of level 1": row.replace("| 2 |", "| 1 |"),
        "6.5.1 says perhaps": row.replace("| shown |", "| perhaps |"),
        "6.5.1 says shown": re.sub(r"`.*`", "it just is", row),
        "6.5.1 names portal/test_sign_in.py::test_it_never_works": row.replace("a_code_works_once", "it_never_works"),
        "6.5.1 names portal/none.py::test_a_code_works_once": row.replace("test_sign_in.py", "none.py"),
        "6.5.1 names portal/stranger.py::other": row.replace(f"test_sign_in.py::{works}", "stranger.py::other"),
    }  # fmt: skip
    assert {fault for fault, other in changed.items() if fault not in faults(TABLE.replace(row, other))} == set()
    assert [fault for fault in faults(TABLE.replace("| shown |", "| short |", 1)) if fault.startswith("counts are")]
