"""A request, as the server hands it on."""

import re

from starlette.types import Scope

from mock_server.organisation.organisation import Organisation

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


class Request:
    """One request to one organisation.

    `path` is the path below the organisation's own, as it was sent (percent-encoded).
    """

    __slots__ = ("body", "ignored", "organisation", "path", "scope", "trust_proxy", "used")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.organisation: Organisation = scope["organisation"]
        self.path: str = scope["organisation_path"]
        self.trust_proxy: bool = scope["trust_proxy"]
        self.body = b""
        # What the contract found in the request: "query:limit", "body:api_id" and so on, in the order given.
        self.used: tuple[str, ...] = ()
        # What it found there and passes over, in words.
        self.ignored: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The method, in capitals."""
        return str(self.scope["method"])

    @property
    def query(self) -> bytes:
        """The query string, as it was sent."""
        return bytes(self.scope["query_string"])

    @property
    def target(self) -> str:
        """Path and query, as they were sent."""
        path = self.scope["root_path"] + self.path
        return f"{path}?{self.query.decode('latin-1')}" if self.query else path

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """All headers, names in lower case."""
        return tuple(self.scope["headers"])

    def header(self, name: bytes) -> str | None:
        """Return the first header of this name (in lower case), or None."""
        for key, value in self.scope["headers"]:
            if key == name:
                return str(value, "latin-1")
        return None

    def url(self) -> str:
        """Return the absolute URL of this path without its query, as the client reaches it."""
        return f"{self._scheme()}://{self._host()}{self.scope['root_path']}{self.path}"

    def _scheme(self) -> str:
        forwarded = self._forwarded(b"x-forwarded-proto")
        return forwarded if forwarded in ("http", "https") else str(self.scope["scheme"])

    def _host(self) -> str:
        for host in (self._forwarded(b"x-forwarded-host"), self.header(b"host")):
            if host and _HOST.fullmatch(host):
                return host
        name, port = self.scope.get("server") or ("localhost", None)
        return f"{name}:{port}" if port else str(name)

    def _forwarded(self, name: bytes) -> str | None:
        # Each proxy on the way appends its own value; the first one is what the client asked for.
        value = self.header(name) if self.trust_proxy else None
        return value.split(",")[0].strip() if value else None
