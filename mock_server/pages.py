"""What the server shows beside the API: its front page and the spec."""

import html
from importlib import resources
from string import Template
from typing import Any

import orjson
import yaml
from starlette.requests import Request as Page
from starlette.responses import HTMLResponse
from starlette.responses import Response as PageResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from mock_server.organisation import Organisation
from mock_server.problem import Problem


class Pages:
    """An ASGI application for every path that is no operation's."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._router = Router(
            [
                Route("/", self._index),
                Route("/openapi.json", self._json),
                Route("/openapi.yaml", self._yaml),
            ],
            default=self._nothing_here,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    async def _index(self, page: Page) -> HTMLResponse:
        organisation: Organisation = page.scope["organisation"]
        template = resources.files("mock_server").joinpath("index.html").read_text("utf-8")
        root = page.scope["root_path"]
        return HTMLResponse(
            Template(template).substitute(
                root=html.escape(root),
                organisation=html.escape(organisation.name),
                people=len(organisation.people),
                packages=len(organisation.packages),
                records=len(organisation.records),
            )
        )

    async def _json(self, page: Page) -> PageResponse:
        return PageResponse(orjson.dumps(self._spec_at(page)), media_type="application/json")

    async def _yaml(self, page: Page) -> PageResponse:
        text = yaml.safe_dump(self._spec_at(page), sort_keys=False, allow_unicode=True, width=110)
        return PageResponse(text, media_type="application/yaml")  # RFC 9512

    def _spec_at(self, page: Page) -> dict[str, Any]:
        """Return the spec as it holds for the organisation whose address was asked."""
        return self._spec | {"servers": [{"url": page.scope["root_path"] or "/"}]}

    async def _nothing_here(self, scope: Scope, _receive: Receive, send: Send) -> None:
        paths = " and ".join(self._spec["paths"])
        detail = f"There is nothing at {scope['organisation_path'][:200]}. The API is at {paths}."
        await Problem(404, detail).response().send(send)
