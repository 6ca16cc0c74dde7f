"""The server as an ASGI application."""

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

import yaml

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns about the HTTP client it will want one day.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from connexion.options import SwaggerUIOptions
from starlette.types import ASGIApp

from mock_server import handlers
from mock_server.bundled import bundled
from mock_server.clock import Clock, system_clock
from mock_server.contract.middleware import ContractMiddleware
from mock_server.cors import Cors
from mock_server.fixture import load_scenario
from mock_server.id_source import IdSource
from mock_server.organisation import Organisation
from mock_server.organisation_router import OrganisationRouter
from mock_server.organisations import Organisations
from mock_server.pages import Pages
from mock_server.scenario import Scenario

MAX_BODY = 1024 * 1024


class _Application(ConnexionMiddleware):
    """Connexion, with its stack built at once and not at the first request."""

    def build(self) -> None:
        self.app, self.middleware_stack = self._build_middleware_stack()


def create_app(
    scenario: str | Scenario = "default",
    *,
    clock: Clock = system_clock,
    seed: int = 0,
    cors_origins: Sequence[str] = ("*",),
    max_organisations: int = 1000,
    max_body: int = MAX_BODY,
    trust_proxy: bool = False,
) -> ASGIApp:
    """Return the mock server as an ASGI application.

    `scenario` is a scenario, the name of one that comes with the server, or the path of a YAML file;
    `clock` tells the time, and `seed` makes the api_ids. `cors_origins` are the origins whose pages may
    call it ("*" for all), `max_organisations` (2 or more) how many may live at once, `max_body` how many
    bytes of a body are read, and `trust_proxy` says to build URLs from X-Forwarded-Proto and
    X-Forwarded-Host. Raises FixtureInvalid.
    """
    start = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)

    def found(name: str) -> Organisation:
        return Organisation(name, start, clock, IdSource(f"{seed}/{name}"))

    app: ASGIApp = _contract_app(_read_spec(), max_body)
    app = OrganisationRouter(app, Organisations(found, max_organisations), trust_proxy)
    return Cors(app, cors_origins)


def _read_spec() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    spec: dict[str, Any] = yaml.load((bundled("spec") / "openapi.yaml").read_bytes(), loader)  # noqa: S506
    return spec


def _contract_app(spec: dict[str, Any], max_body: int) -> ASGIApp:
    app = _Application(
        Pages(spec),
        middlewares=[partial(ContractMiddleware, max_body=max_body), ExceptionMiddleware, SwaggerUIMiddleware],
        resolver=lambda operation_id: getattr(handlers, operation_id),
        swagger_ui_options=SwaggerUIOptions(serve_spec=False, swagger_ui_config={"tryItOutEnabled": True}),
    )
    app.add_api(spec)
    app.build()
    return app
