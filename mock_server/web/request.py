"""A request, as the server hands it on."""

import re
from collections.abc import Mapping
from time import perf_counter, time
from typing import Any
from urllib.parse import quote

HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")
"""A Host header that may stand in a URL."""

PORTS = {"http": ":80", "https": ":443"}

CONTROL = "/_mock"
"""The path of the control API, below the path of an organisation."""


class Request:
    """One request.

    `path` is its path below `root_path` and `query` its query string, both as they were sent (percent-encoded);
    `headers` are all headers, names in lower case; `body` is empty until it has been read. It came `at` that many
    seconds since 1970, and at `begun` on the clock that durations are taken from.
    """

    __slots__ = ("_scope", "at", "begun", "body", "headers", "method", "path", "query", "root_path")

    def __init__(self, scope: Mapping[str, Any], root_path: str, path: str) -> None:
        self.at = time()
        self.begun = perf_counter()
        self._scope = scope
        self.root_path = root_path
        self.path = path
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.body = b""

    @property
    def takes_parts(self) -> bool:
        """Whether its client can read an answer whose length is not told at its beginning (RFC 9112, section 6.1)."""
        return bool(self._scope.get("http_version", "1.1") != "1.0")

    def header(self, name: bytes) -> str | None:
        """Return the first header of this name (in lower case), or None."""
        for key, value in self.headers:
            if key == name:
                return str(value, "latin-1")
        return None

    @property
    def is_control(self) -> bool:
        """Whether it is for the control API, its event streams or the dashboard, and not for the API."""
        return self.path.startswith(CONTROL) and self.path[len(CONTROL) :][:1] in ("", "/")

    def origin(self) -> str:
        """Return the origin of the server as the client asked for it, empty where it named no host."""
        scheme, host = self._scope["scheme"], self.header(b"host")
        # Browsers leave out the port that goes with the scheme; proxies need not.
        return f"{scheme}://{host.removesuffix(PORTS.get(scheme, ''))}" if host else ""

    def url(self) -> str:
        """Return the absolute URL of this path without its query, as the client reaches it."""
        host = self.header(b"host")
        if host is None or not HOST.fullmatch(host):
            name, port = self._scope.get("server") or ("localhost", None)
            host = f"{name}:{port}" if port else name
        return f"{self._scope['scheme']}://{host}{self.root_path}{self.path}"


def path_below_root(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return the root path of an ASGI scope, and the path below it, both percent-encoded.

    A server need not give the `raw_path`, and `path` holds the root path too (ASGI, "HTTP connection scope").
    """
    raw: bytes | None = scope.get("raw_path")
    # What may stand in a path (RFC 3986, section 3.3) and is not to be encoded where only the decoded path is known.
    path = quote(scope["path"], safe="/:@!$&'()*+,;=~") if raw is None else raw.decode("latin-1")
    root = scope.get("root_path", "")
    if not root:
        return "", path
    root = quote(root, safe="/:@!$&'()*+,;=~").rstrip("/")
    below = path.removeprefix(root)
    return root, below if below.startswith("/") else path
