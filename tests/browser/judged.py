"""A page as it is now, judged by axe-core: light and dark, on a phone and on a desk."""

from playwright.sync_api import Page

from tests.conftest import ROOT

AXE = (ROOT / "tests/browser/axe/node_modules/axe-core/axe.min.js").read_text()
FORMS = [(scheme, width, height) for scheme in ("light", "dark") for width, height in ((1440, 900), (360, 740))]
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  ({id, nodes}) => `${id}: ${nodes.map(({target}) => target.join(" ")).join(", ")}`)"""


def wrong(page: Page) -> list[str]:
    """What axe-core finds on a page as it is now, in all forms; the last is a light phone's."""
    found = []
    for scheme, width, height in reversed(FORMS):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(AXE)
        found += [f"{scheme}, {width} wide: {one}" for one in page.evaluate(RUN)]
    return found
