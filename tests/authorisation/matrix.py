"""What the tests ask of the matrix; each question can be put to a broken variant too, and must then be answered no."""

from collections.abc import Callable, Iterable

from flask import Flask

from tests.authorisation.identities import WITHOUT_OWN
from tests.authorisation.table import TABLE, Cell, Route, members, read
from tests.authorisation.world import Outcome, World
from viewer import gate

CELLS = read(TABLE, WITHOUT_OWN)
ROUTES = tuple(dict.fromkeys(cell.route for cell in CELLS))
SCOPES = tuple(dict.fromkeys(route.access for route in ROUTES if route.by_pass))
NOT_IN_URL_MAP = {("GET", "/static/<path:file>", "public")}  # WhiteNoise stands before Flask
_DENIALS = {f"POST /v1/keys/<report>/{what}" for what in ("release", "recover", "requests")}
_TRIES = {"POST /api/sessions", "POST /api/sessions/passkey", "POST /api/account/contacts"}
_LOG = {f"keyserver.{table}" for table in ("entry", "node", "checkpoint", "erasable")}
Ask = Callable[[Cell], Outcome]


def cells_of(*routes: str) -> list[Cell]:
    """Return all cells of some routes."""
    found = [cell for cell in CELLS if str(cell.route) in routes]
    assert {str(cell.route) for cell in found} == set(routes)
    return found


def wrong(ask: Ask, cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells that are answered otherwise than the table says."""
    return [cell for cell in cells if ask(cell).said != cell.answer]


def unlike(ask: Ask, cells: Iterable[Cell]) -> list[str]:
    """Return where one id can be told from another, or one refused person from another, by the bytes of an answer.

    Compared within a route: all that is answered `-` or `nothing`, and all pages of a public address; and of other
    refusals what one person is answered about an id of somebody else's and about an unknown one.
    """
    alike: dict[tuple[str, ...], set[tuple[object, ...]]] = {}
    for cell in cells:
        if cell.answer in ("-", "nothing") or (cell.route.access == "public" and cell.kind):
            alike.setdefault((str(cell.route), cell.answer), set()).add(ask(cell).raw)
        elif cell.kind in ("other's", "unknown") and cell.is_refusal:
            alike.setdefault((str(cell.route), cell.who, cell.answer), set()).add(ask(cell).raw)
    return [" | ".join(where) for where, answers in alike.items() if len(answers) > 1]


def left_behind(ask: Ask, cells: Iterable[Cell]) -> list[Cell]:
    """Return the refusals, and the requests to be told something, that have changed what they must not change."""
    looked = (cell for cell in cells if cell.is_refusal or cell.route.method in ("GET", "HEAD"))
    return [cell for cell in looked if not _may_leave(cell, ask(cell))]


def _may_leave(cell: Cell, outcome: Outcome) -> bool:
    if str(cell.route) in _TRIES and cell.answer != "401-sign_in":
        return set(outcome.changes) == {"portal.limit_count"}  # wrong codes and passkeys are counted
    if str(cell.route) == "GET /v1/organisations/<organisation>/log" and not cell.is_refusal:
        return set(outcome.changes) == _LOG  # who reads it is in it
    there_is = cell.kind in ("own", "other's") and cell.who in members("passes")
    if str(cell.route) not in _DENIALS or not there_is or cell.answer == "409-no_need":
        return not outcome.changes
    entries, _ = outcome.changes.get("keyserver.entry", ((), ()))
    gone = [row for _, rows in outcome.changes.values() for row in rows]
    return set(outcome.changes) == _LOG and not gone and ["denied" in row for row in entries] == [True]


def let_in(world: World, route: Route) -> list[str]:
    """Return which passes for something else are let in: those for other scopes, and for another report."""
    # `no_need` is said behind the gate, too: nothing comes before it there.
    who = next(cell.who for cell in cells_of(str(route)) if cell.answer in ("ok", "409-no_need"))
    own, others = (world.id_of(who, kind, route) for kind in ("own" if route.has_id else "", "other's"))
    passes = {scope: (own, scope, own) for scope in SCOPES if scope != route.access}
    passes["for somebody else's report"] = (own, route.access, others)
    if route.has_id:
        passes["for no report"] = (own, route.access, "")
        passes["for one's own report, to somebody else's"] = (others, route.access, own)
    no_pass = world.asked(next(cell for cell in cells_of(str(route)) if cell.who == "anonymous")).raw
    return [
        name
        for name, (report, scope, object_) in passes.items()
        if world.judged(world.ask(route, who, report, scope, object_)).raw != no_pass
    ]


def routes_of(app: Flask) -> set[tuple[str, str, str]]:
    """Return every route of an application, and the word that its view says about who may come in."""
    return {
        (method, rule.rule, getattr(app.view_functions[rule.endpoint], "access", ""))
        for rule in app.url_map.iter_rules()
        for method in gate.methods(rule)
    }


def in_table() -> set[tuple[str, str, str]]:
    """Return every route of the table, in the same form."""
    return {(route.method, route.rule, route.access) for route in ROUTES}
