"""The server as an ASGI application."""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, TypedDict, Unpack

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns about the HTTP client it will want one day.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api_spec.effective import read_spec
from mock_server.api import records
from mock_server.api.access import Access
from mock_server.api.control import Control
from mock_server.api.cors import Cors
from mock_server.api.exceptions import Exceptions
from mock_server.api.middleware import ContractMiddleware
from mock_server.api.page_headers import PageHeaders
from mock_server.api.pages import Pages
from mock_server.api.sandbox_router import SandboxRouter
from mock_server.bundled import control_spec
from mock_server.contract.operation import Operation
from mock_server.organisation.clock import Clock, Source, system_time
from mock_server.organisation.organisation import MAX_RECORDS
from mock_server.organisation.scenario import Scenario
from mock_server.sandbox.fixture import load_scenario
from mock_server.sandbox.sandbox import Sandbox
from mock_server.sandbox.sandboxes import Sandboxes
from mock_server.web.forwarded import Forwarded
from mock_server.web.host import Hosts
from mock_server.web.origin import Origins
from mock_server.web.token import Token
from mock_server.workbench import coverage_document
from mock_server.workbench.coverage import Coverage
from mock_server.workbench.journal import JOURNAL_BYTES, Journals

MAX_BODY = 1024 * 1024

MAX_CONTROL_BODY = 256 * 1024 * 1024
"""The state of an organisation with a million records must go in as it came out."""

_LEAST = {"max_organisations": 2, "max_records": 1, "max_body": 1, "journal_bytes": 1}


class Options(TypedDict, total=False):
    """What a server may be told beside its scenario.

    `clock` returns the present instant, in UTC, and `seed` makes the api_ids. `max_organisations` (2 or more) is how
    many may live at once, `max_records` for how many records (and people, and packages) there is room in one,
    `max_body` how many bytes of a body are read, `journal_bytes` how many all journals may fill, and `trust_proxy` says
    to build URLs from X-Forwarded-Proto and X-Forwarded-Host.

    `cors_origins` are the origins whose pages may call it, the control API included ("*" for all); without it any page
    may call the API, and pages of this machine the control API. `allowed_hosts` are the names by which the control API
    may be asked beside those of this machine and addresses ("*.example.test" for all below one, "*" for all), and
    `control_token` is what it asks for: a ValueError where that is not of visible ASCII characters.
    """

    clock: Source
    seed: int
    cors_origins: Sequence[str] | None
    allowed_hosts: Sequence[str]
    control_token: str | None
    max_organisations: int
    max_records: int
    max_body: int
    journal_bytes: int
    trust_proxy: bool


def create_app(scenario: str | Scenario = "default", **options: Unpack[Options]) -> "MockApp":
    """Return the mock server as an ASGI application, to be served or mounted as any other.

    >>> from starlette.applications import Starlette
    >>> from starlette.routing import Mount
    >>> app = Starlette(routes=[Mount("/api", create_app("empty"))])

    `scenario` is a scenario, the name of one that comes with the server, or the path of a YAML file; the options are
    those of `Options`. Raises FixtureInvalid, Full for a `Scenario` that there is no room for, and ValueError for an
    option that is too small.
    """
    for name, least in _LEAST.items():
        value = options.get(name, least)
        if isinstance(value, int) and value < least:
            raise ValueError(f"{name} must be {least} or more, not {value}")
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, options.get("max_records", MAX_RECORDS))
    return MockApp(scenario, **options)


class MockApp:
    """An ASGI application with all sandboxes of a server in it. `create_app` makes one.

    `operations` are those of the contract; `coverage` is of all organisations that are gone or were reset.
    """

    def __init__(
        self,
        start: Scenario,
        *,
        clock: Source = system_time,
        seed: int = 0,
        cors_origins: Sequence[str] | None = None,
        allowed_hosts: Sequence[str] = (),
        control_token: str | None = None,
        max_organisations: int = 1000,
        max_records: int = MAX_RECORDS,
        max_body: int = MAX_BODY,
        journal_bytes: int = JOURNAL_BYTES,
        trust_proxy: bool = False,
    ) -> None:
        for name, given in (("cors_origins", cors_origins), ("allowed_hosts", allowed_hosts)):
            if isinstance(given, str):  # whose characters would be taken for as many names, and "*" for all
                raise TypeError(f"{name} must be a list, not the text {given!r}")
        self.start = start
        self.coverage = Coverage()
        journals = Journals(journal_bytes)

        def create(name: str) -> Sandbox:
            coverage = Coverage(self.coverage)
            return Sandbox(name, self.start, Clock(clock), seed, coverage, journals.open(), max_records)

        self.sandboxes = Sandboxes(create, max_organisations)
        self._origins = Origins(cors_origins)
        self._token = None if control_token is None else Token(control_token)
        self._access = Access(self._origins, Hosts(allowed_hosts), self._token)
        self._max_body = max_body
        self._trust_proxy = trust_proxy
        self.use_spec(read_spec())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (or go through one lifespan), as ASGI 3 has it."""
        await self._app(scope, receive, send)

    def use_spec(self, spec: dict[str, Any]) -> None:
        """Keep to this contract from now on. Where it can't be compiled, raises and keeps to the one before."""
        operations: list[Operation] = []
        control = Control(self.sandboxes, lambda: self.start, operations)
        app: ASGIApp = _connexion(spec, control, operations, self._max_body, self._token)
        app = SandboxRouter(Cors(app, self._origins), self.sandboxes, self._access)
        self._app = Forwarded(app) if self._trust_proxy else app
        self.operations = operations

    def use_start(self, start: Scenario) -> None:
        """Start organisations from this scenario from now on, and those from the one before when they are reset."""
        for sandbox in self.sandboxes:
            if sandbox.scenario is self.start:
                sandbox.scenario = start
        self.start = start

    def total_coverage(self) -> dict[str, Any]:
        """Return what was exercised of the contract in all organisations, resets or not."""
        total = Coverage()
        for coverage in (self.coverage, *(sandbox.coverage for sandbox in self.sandboxes)):
            total.include(coverage)
        return coverage_document.document(total, self.operations)

    def broken_records(self) -> Iterator[str]:
        """Yield, in words, every record that the contract does not allow (any more)."""
        read = next(operation for operation in self.operations if operation.id == "get_record")
        for sandbox in self.sandboxes:
            for record in sandbox.organisation.records:
                for violation in read.success.violations(sandbox.organisation.show(record)):
                    where = f"organisation {sandbox.name}, record {record.api_id}"
                    yield f"{where}: {violation.pointer} {violation.detail}"


class _Application(ConnexionMiddleware):
    """Connexion, with its stack built at once and not at the first request."""

    def build(self) -> ASGIApp:
        """Return the stack."""
        stack: ASGIApp
        stack, self.middleware_stack = self._build_middleware_stack()
        return stack


def _connexion(
    spec: dict[str, Any], control: Control, operations: list[Operation], max_body: int, token: Token | None
) -> ASGIApp:
    """Return both APIs and all pages as one application; put its operations in the list."""
    app = _Application(
        Pages(spec, control_spec(), token),
        middlewares=[ContractMiddleware, PageHeaders, Exceptions],
    )
    app.add_api(
        spec,
        resolver=lambda operation_id: getattr(records, operation_id),
        max_body=max_body,
        observed=operations,
    )
    app.add_api(
        dict(control_spec()),
        base_path="/_mock",
        resolver=lambda operation_id: getattr(control, operation_id),
        max_body=MAX_CONTROL_BODY,
    )
    return app.build()
