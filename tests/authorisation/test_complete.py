"""A route that is missing from table.py fails the build; and so does one that stands there and is no more."""

from flask import Flask

from tests.authorisation.matrix import NOT_IN_URL_MAP, in_table, routes_of
from tests.authorisation.world import World
from viewer import create_app, gate


def test_every_route_stands_in_the_table(world: World) -> None:
    assert routes_of(world.app) == in_table() - NOT_IN_URL_MAP


def test_what_whitenoise_serves_lies_under_static(world: World) -> None:
    """Its files are in no url_map."""
    paths = list(world.app.wsgi_app.files)  # type: ignore[attr-defined]
    assert paths and all(path.startswith("/static/") for path in paths)


def test_no_files_are_served_by_flask(world: World) -> None:
    assert world.app.static_folder is None


def test_control_a_new_route_is_missed(world: World) -> None:
    def new(**ids: str) -> str:
        return "new"

    def added(rule: str, **options: object) -> set[tuple[str, str, str]]:
        app: Flask = create_app(world.settings)
        app.add_url_rule(rule, view_func=new, **options)  # type: ignore[arg-type]
        return routes_of(app) ^ (in_table() - NOT_IN_URL_MAP)

    assert added("/v1/keys/<report>/copy", methods=["POST"]) == {("POST", "/v1/keys/<report>/copy", "")}
    assert added("/v1/keys/<report>/log", methods=["DELETE"]) == {("DELETE", "/v1/keys/<report>/log", "")}


def test_control_a_route_that_lets_others_in_is_missed(world: World) -> None:
    app = create_app(world.settings)
    app.view_functions["portal.reports_GET"] = gate.public(lambda: "open")
    assert routes_of(app) ^ (in_table() - NOT_IN_URL_MAP) == {
        ("GET", "/api/reports", "public"),
        ("GET", "/api/reports", "signed_in"),
    }
