"""A mock of the Training Record API that keeps its contract.

`create_app` gives the ASGI application, `MockServer` runs it in a thread, and `OrganisationClient` puts one
organisation of it into the state that a test needs.
"""

from typing import TYPE_CHECKING

__all__ = ["MockServer", "OrganisationClient", "create_app"]

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.client import OrganisationClient
    from mock_server.server import MockServer
else:

    def __getattr__(name):
        # Connexion takes half a second to import; `training-mock --help` can do without.
        import importlib

        homes = {"MockServer": "server", "OrganisationClient": "client", "create_app": "app"}
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"mock_server.{homes[name]}"), name)
