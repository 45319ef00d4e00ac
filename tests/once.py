"""What the run on PostgreSQL leaves out: nothing of a server's in which a database takes part."""

from pathlib import Path

HERE = Path(__file__).parent
# No database takes part; `guard` holds them to it.
NO_DATABASE = (
    "config",
    "engine",
    "fhir",
    "sealed",
    "vectors",
    "faults/test_memory.py",
    "faults/test_search.py",
    "test_asvs.py",
    "test_contacts.py",
    "test_docs.py",
    "test_hpke.py",
    "test_layout.py",
    "test_turn.py",
)
# On PostgreSQL whatever tests run on, or, as the demo is, on SQLite whatever it is told.
ITS_OWN = ("faults/test_postgresql.py", "faults/test_trouble_postgresql.py", "test_postgresql.py", "demo")

# What pages make of answers: these are the same on either database, and tested on both where they are given.
OF_PAGES = (
    "browser/accessible",
    "browser/test_arrival.py",
    "browser/test_languages.py",
    "browser/test_opening.py",
    "browser/test_saving.py",
    "browser/send",
    "browser/wrong_turns",
)

# Minutes long, and of the database in it shorter tests beside it show all on both.
LONG = ("filehost/test_cuts.py",)


def no_database(path: Path) -> bool:
    """Tell whether a file or folder of tests is one in which no database takes part."""
    return any(path.is_relative_to(HERE / name) for name in NO_DATABASE)


def left_out(path: Path) -> bool:
    """Tell whether the run on PostgreSQL leaves out a file or folder of tests."""
    return no_database(path) or any(path.is_relative_to(HERE / name) for name in ITS_OWN + OF_PAGES + LONG)
