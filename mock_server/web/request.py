"""A request, as the server hands it on."""

import re
from time import perf_counter, time

from starlette.types import Scope

from mock_server.organisation.organisation import Organisation

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


class Request:
    """One request to one organisation.

    `path` is the path below the organisation's own and `query` the query string, both as they were sent
    (percent-encoded); `headers` are all headers, names in lower case. It came `at` that many seconds since
    1970, and at `begun` on the clock that durations are taken from.
    """

    __slots__ = (
        "at",
        "begun",
        "body",
        "headers",
        "ignored",
        "method",
        "organisation",
        "path",
        "query",
        "scope",
        "used",
    )

    def __init__(self, scope: Scope) -> None:
        self.at = time()
        self.begun = perf_counter()
        self.scope = scope
        self.organisation: Organisation = scope["organisation"]
        self.method: str = scope["method"]
        self.path: str = scope["organisation_path"]
        self.query: bytes = scope["query_string"]
        self.headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.body = b""
        # What the contract found in the request: "query:limit", "body:api_id" and so on, in the order given.
        self.used: tuple[str, ...] = ()
        # What it found there and passes over, in words.
        self.ignored: tuple[str, ...] = ()

    def header(self, name: bytes) -> str | None:
        """Return the first header of this name (in lower case), or None."""
        for key, value in self.headers:
            if key == name:
                return str(value, "latin-1")
        return None

    def url(self) -> str:
        """Return the absolute URL of this path without its query, as the client reaches it."""
        scheme, host = self.scope["scheme"], self.header(b"host")
        if self.scope["trust_proxy"]:
            scheme, host = self._forwarded(scheme, host)
        if host is None or not _HOST.fullmatch(host):
            name, port = self.scope.get("server") or ("localhost", None)
            host = f"{name}:{port}" if port else name
        return f"{scheme}://{host}{self.scope['root_path']}{self.path}"

    def _forwarded(self, scheme: str, host: str | None) -> tuple[str, str | None]:
        """Return scheme and host as the first proxy on the way was asked for them."""
        # Each proxy appends its own value; the first one is what the client asked for.
        proto = (self.header(b"x-forwarded-proto") or "").split(",")[0].strip()
        name = (self.header(b"x-forwarded-host") or "").split(",")[0].strip()
        return proto if proto in ("http", "https") else scheme, name if _HOST.fullmatch(name) else host
