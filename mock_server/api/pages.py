"""What the server shows beside the two APIs: its front page, the dashboard, the specs, and the schemas of its files."""

import html
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Page
from starlette.responses import FileResponse, HTMLResponse
from starlette.responses import Response as PageResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api_spec.schema_files import schema_file, schema_names
from mock_server.api.events import Events
from mock_server.api.page_headers import hashes
from mock_server.api.served_spec import at_address
from mock_server.api.sign_in import SIGN_IN, SignIn
from mock_server.api.swagger_ui import swagger_ui_routes
from mock_server.docs.annotated import annotated
from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.content import read_content
from mock_server.web.json import to_json
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.token import Token
from mock_server.workbench.exchange import BODY_CAP, Exchange

if TYPE_CHECKING:
    from mock_server.docs.page import DocsPage

HERE = Path(__file__).parent
DASHBOARD = HERE.parent / "dashboard"
FRESH = {"cache-control": "no-cache"}

_INDEX = (HERE / "index.html").read_text("utf-8")
_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_INDEX_POLICY = {
    "content-security-policy": f"{_CLOSED}; script-src 'self'; img-src data:; style-src {hashes(_INDEX, 'style')}"
}
# What the organisation holds may be anything; nothing of it is to run, or to be fetched from elsewhere.
_DASHBOARD_POLICY = {
    "content-security-policy": f"{_CLOSED}; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
}


class Pages:
    """An ASGI application for every path that is no operation's."""

    def __init__(self, spec: Mapping[str, Any], control: Mapping[str, Any], token: Token | None) -> None:
        self._paths = " and ".join(spec["paths"])
        self._router = Router(
            [
                Route("/", _index),
                Route("/index.js", _index_script),
                *_spec_routes("", spec),
                Route("/docs/", _docs(spec)),
                *_spec_routes("/_mock", control),
                *swagger_ui_routes("", "Training Record API", annotated(spec, docs="../docs/")),
                *swagger_ui_routes("/_mock", "Control API", control),
                Route("/_mock/", _dashboard),
                Route("/_mock/journal/events", Events(), methods=["GET"]),
                *([] if token is None else [Route(SIGN_IN, SignIn(token), methods=["GET", "POST"])]),
                Mount("/_mock/dashboard", _Files(directory=DASHBOARD)),
                *(_schema_route(name) for name in schema_names()),
            ],
            default=self._nothing_here,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or with a problem where there is none."""
        await self._router(scope, receive, send)

    async def _nothing_here(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request = scope["request"]
        sandbox: Sandbox = scope["sandbox"]
        detail = f"There is nothing at {request.path[:200]}. The {self._what_is_there(request)}."
        response = Problem(404, detail).response()
        with suppress(Problem, ClientDisconnect):  # as much of it as the journal shows
            request.body = await read_content(request, receive, BODY_CAP)
        # A consumer that calls a wrong path wants to find that in the journal.
        sandbox.journal.add(Exchange(request, response))
        await response.send(send)

    def _what_is_there(self, request: Request) -> str:
        if not request.is_control:
            return f"API is at {self._paths}"
        if request.path.startswith("/_mock/schemas/"):
            return f"schemas are {', '.join(f'{name}.schema.json' for name in schema_names())}"
        return "control API is shown at /_mock/ui/"


class _Files(StaticFiles):
    """Files that a browser asks for again after an upgrade of the server."""

    def file_response(self, *args: Any, **kwargs: Any) -> PageResponse:
        response = super().file_response(*args, **kwargs)
        response.headers.update(FRESH)
        return response


async def _index(page: Page) -> HTMLResponse:
    request: Request = page.scope["request"]
    sandbox: Sandbox = page.scope["sandbox"]
    organisation = sandbox.organisation
    return HTMLResponse(
        Template(_INDEX).substitute(
            root=html.escape(page.scope["root_path"]),
            url=html.escape(request.url().removesuffix("/")),
            organisation=html.escape(sandbox.name),
            people=len(organisation.people),
            packages=len(organisation.packages),
            records=len(organisation.records),
        ),
        headers=_INDEX_POLICY,
    )


async def _index_script(_page: Page) -> FileResponse:
    return FileResponse(HERE / "index.js")


async def _dashboard(_page: Page) -> FileResponse:
    return FileResponse(DASHBOARD / "index.html", headers=FRESH | _DASHBOARD_POLICY)


def _docs(spec: Mapping[str, Any]) -> Callable[[Page], HTMLResponse]:
    """Return the endpoint of the page made for the spec. It is no coroutine, so others are answered meanwhile."""

    @cache
    def made() -> "DocsPage":
        from mock_server.docs.page import DocsPage  # late: a server need not show it, and its libraries take their time

        return DocsPage(spec)

    def docs(page: Page) -> HTMLResponse:
        request: Request = page.scope["request"]
        text = made().at(request.url().removesuffix(request.path), "..")
        policy = f"{_CLOSED}; img-src data:; style-src {hashes(text, 'style')}"
        return HTMLResponse(text, headers={"content-security-policy": policy})

    return docs


def _schema_route(name: str) -> BaseRoute:
    """Return the route of one of the JSON Schemas with which editors check the files of the mock and of the kit."""
    file = schema_file(name)

    async def schema(_page: Page) -> FileResponse:
        return FileResponse(file, media_type="application/schema+json", headers=FRESH)

    return Route(f"/_mock/schemas/{file.name}", schema)


def _spec_routes(base_path: str, spec: Mapping[str, Any]) -> list[BaseRoute]:
    """Return the routes of a spec as JSON and YAML, as it holds for the organisation whose address was asked."""

    async def as_json(page: Page) -> PageResponse:
        return PageResponse(to_json(at_address(spec, base_path, page)), media_type="application/json")

    async def as_yaml(page: Page) -> PageResponse:
        text = yaml.safe_dump(at_address(spec, base_path, page), sort_keys=False, allow_unicode=True, width=110)
        return PageResponse(text, media_type="application/yaml")  # RFC 9512

    return [Route(f"{base_path}/openapi.json", as_json), Route(f"{base_path}/openapi.yaml", as_yaml)]
