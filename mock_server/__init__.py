"""A mock of the Training Record API that keeps its contract.

`create_app` gives the ASGI application, `MockServer` runs it in a thread.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.server import MockServer

__all__ = ["MockServer", "create_app"]


def __getattr__(name: str) -> Any:
    # Connexion takes half a second to import; `training-mock --help` can do without.
    if name == "create_app":
        from mock_server.app import create_app

        return create_app
    if name == "MockServer":
        from mock_server.server import MockServer

        return MockServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
