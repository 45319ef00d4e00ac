"""Every route, for every identity and every kind of id: the answer that table.py gives, and nothing besides."""

import pytest

from tests.authorisation import matrix
from tests.authorisation.identities import ADA, BEN, NEXT_DOOR, WHO
from tests.authorisation.matrix import CELLS, ROUTES, cells_of
from tests.authorisation.table import TELLING, Cell, Route, members
from tests.authorisation.world import World

BY_PASS = [route for route in ROUTES if route.by_pass]


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_cell(world: World, cell: Cell) -> None:
    assert world.outcome(cell).said == cell.answer


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_unknown_and_forbidden_are_answered_alike(world: World, route: Route) -> None:
    """Byte for byte: status, headers and body."""
    assert matrix.unlike(world.outcome, cells_of(str(route))) == []


def test_one_refusal_for_all_routes_of_a_role(world: World) -> None:
    answers: dict[str, set[object]] = {}
    for cell in CELLS:
        if cell.answer == "-" and cell.route.method != "HEAD":  # which has no body
            role = "portal" if not cell.route.by_pass else cell.route.rule.split("/")[2]
            answers.setdefault(role, set()).add(world.outcome(cell).raw)
    assert {role: len(different) for role, different in answers.items()} == {"portal": 1, "keys": 1, "blobs": 1}


def test_where_others_ids_are_told_from_unknown_ones_is_said() -> None:
    """The exceptions stand in the table, each with its reason; and a pass for each only its own people get."""
    said: dict[tuple[str, str], set[str]] = {}
    for cell in CELLS:
        if cell.kind in ("other's", "unknown"):
            said.setdefault((str(cell.route), cell.who), set()).add(cell.answer)
    assert {route for (route, _), answers in said.items() if len(answers) > 1} == set(TELLING)
    for scope in ("key:create", "blob:put", "blob:delete", "blob:get"):
        cells = [cell for cell in cells_of(f"POST /api/passes {scope}") if cell.who != "administrator"]
        asked = {cell.answer for cell in cells if cell.kind == "other's"}
        assert asked == {"-", "401-sign_in"}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_what_a_refusal_leaves_behind(world: World, route: Route) -> None:
    """Nothing but one entry, where an existing key was asked for by a good pass; and who only reads leaves nothing."""
    assert matrix.left_behind(world.outcome, cells_of(str(route))) == []


@pytest.mark.parametrize("route", BY_PASS, ids=str)
def test_a_pass_for_something_else_lets_nobody_in(world: World, route: Route) -> None:
    assert matrix.let_in(world, route) == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.access not in ("public", "by_servers")], ids=str)
def test_no_other_method_is_a_way_in(world: World, route: Route) -> None:
    path = route.rule.replace("<report>", world.reports["named"]).replace("<int:number>", "0")
    of_all = {other.method for other in ROUTES if (other.rule, other.access) == (route.rule, "public")}
    of_all |= {"HEAD", "OPTIONS"} if of_all else set()  # which Flask adds
    for method in sorted({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - of_all):
        assert world.client.open(path, method=method).status_code in (401, 403, 405), method


@pytest.mark.parametrize("who", members("people"))
def test_whose_reports_are_listed(world: World, who: str) -> None:
    sent = {ADA: {"named", "open", "revoked", "expired"}, BEN: {"elsewhere"}}.get(WHO[who].contact, set())
    answer = world.ask(next(route for route in ROUTES if str(route) == "GET /api/reports"), who, "")
    assert {report["id"] for report in answer.get_json()["reports"]} == {world.reports[name] for name in sent}


@pytest.mark.parametrize("who", ["sender", "auditor", "other-issuer"])
def test_whose_events_are_told(world: World, who: str) -> None:
    """Those of the issuer's own keys."""
    answer = world.ask(next(route for route in ROUTES if route.access == "events:read"), who, "")
    told = {event["key"] for event in answer.get_json()["events"]}
    next_door = {world.reports["next door"]}
    assert told == (next_door if WHO[who].issuer == NEXT_DOOR else set(world.reports.values()) - next_door)
