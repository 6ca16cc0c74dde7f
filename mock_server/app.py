"""The server as an ASGI application."""

import warnings
from collections.abc import Sequence
from typing import Any

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns about the HTTP client it will want one day.
    warnings.simplefilter("ignore")
    from connexion import ConnexionMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from connexion.options import SwaggerUIOptions
from starlette.types import ASGIApp

from mock_server import handlers
from mock_server.bundled import CONTROL, bundled, read_yaml
from mock_server.clock import Clock, Source, system_time
from mock_server.contract.middleware import ContractMiddleware
from mock_server.contract.operation import Operation
from mock_server.control import Control
from mock_server.cors import Cors
from mock_server.fixture import load_scenario
from mock_server.organisation import Organisation
from mock_server.organisation_router import OrganisationRouter
from mock_server.organisations import Organisations
from mock_server.pages import Pages
from mock_server.scenario import Scenario

MAX_BODY = 1024 * 1024

MAX_CONTROL_BODY = 256 * 1024 * 1024
"""The state of an organisation with a million records must go in as it came out."""


class _Application(ConnexionMiddleware):
    """Connexion, with its stack built at once and not at the first request."""

    def build(self) -> None:
        self.app, self.middleware_stack = self._build_middleware_stack()


def create_app(
    scenario: str | Scenario = "default",
    *,
    clock: Source = system_time,
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
    organisations = Organisations(lambda name: Organisation(name, start, Clock(clock), seed), max_organisations)
    app: ASGIApp = _connexion(read_yaml(bundled("spec") / "openapi.yaml"), organisations, start, max_body)
    app = OrganisationRouter(app, organisations, trust_proxy)
    return Cors(app, cors_origins)


def _connexion(spec: dict[str, Any], organisations: Organisations, start: Scenario, max_body: int) -> ASGIApp:
    """Return both APIs, their Swagger UIs and all pages, as one application of Connexion's."""
    control = read_yaml(CONTROL)
    operations: list[Operation] = []
    app = _Application(
        Pages(spec, control),
        middlewares=[ContractMiddleware, ExceptionMiddleware, SwaggerUIMiddleware],
        swagger_ui_options=SwaggerUIOptions(serve_spec=False, swagger_ui_config={"tryItOutEnabled": True}),
    )
    app.add_api(
        spec,
        resolver=lambda operation_id: getattr(handlers, operation_id),
        max_body=max_body,
        observed=operations,
    )
    handler = Control(organisations, start, operations)
    app.add_api(
        control,
        base_path="/_mock",
        resolver=lambda operation_id: getattr(handler, operation_id),
        max_body=MAX_CONTROL_BODY,
    )
    app.build()
    return app
