"""What keeps people out of a page, as axe-core finds it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mock_server import MockServer

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run({resultTypes: ["violations"]})).violations.flatMap(
    ({id, nodes}) => nodes.map(node => `${id}: ${node.target} ${node.failureSummary}`))"""


def _follows(page: Page) -> None:
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#records-range")).to_contain_text(" of ")


def _is_there(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core here: `npm ci --prefix tests/browser/axe` installs it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize(("path", "ready"), [("/", _is_there), ("/docs/", _is_there), ("/_mock/", _follows)])
def test_axe_finds_nothing(
    page: Page, server: MockServer, path: str, ready: Callable[[Page], None], width: int, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url + path)
    ready(page)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(RUN) == []
