"""Swagger UI of both APIs: our page and script around the files of a package, which is not imported."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request as Page
from starlette.responses import HTMLResponse
from starlette.responses import Response as PageResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from mock_server.api.served_spec import at_address
from mock_server.web.json import to_json

_HERE = Path(__file__).parent.parent / "swagger_ui"
_PAGE = Template((_HERE / "index.html").read_text("utf-8"))
_POLICY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}


def swagger_ui_routes(base_path: str, title: str, spec: Mapping[str, Any]) -> list[BaseRoute]:
    """Return the routes of the Swagger UI at `{base_path}/ui/` that shows this spec, and of the spec as it shows it."""
    up = "../" * (1 + base_path.count("/"))  # to the organisation's own path, whatever stands in front of it
    shown = _PAGE.substitute(title=title, up=up)

    async def page(_page: Page) -> HTMLResponse:
        return HTMLResponse(shown, headers=_POLICY)

    async def document(page: Page) -> PageResponse:
        return PageResponse(to_json(at_address(spec, base_path, page)), media_type="application/json")

    return [
        Route(f"{base_path}/ui/", page),
        Route(f"{base_path}/ui/index.html", page),
        Route(f"{base_path}/ui/openapi.json", document),
        Mount(f"{base_path}/ui", StaticFiles(directory=_HERE, packages=[("flask_swagger_ui", "dist")])),
    ]
