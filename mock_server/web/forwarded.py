"""Requests that came through a proxy, as the client sent them."""

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.web.request import HOST


class Forwarded:
    """Takes X-Forwarded-Proto and X-Forwarded-Host for the scheme and the host that the client asked for.

    Only for a server that is reached through a proxy alone: anybody can send these headers. A proxy that appends to
    them, or knows nothing of them, hands on what a page has sent, so every host that was named on the way stands in
    the scope as `asked`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with the scheme and the host that the client asked for."""
        if scope["type"] == "http":
            headers = scope["headers"]
            scheme, host = _first(headers, b"x-forwarded-proto"), _first(headers, b"x-forwarded-host")
            if scheme in ("http", "https"):
                scope = {**scope, "scheme": scheme}
            if HOST.fullmatch(host):
                others = [(name, value) for name, value in headers if name != b"host"]
                scope = {**scope, "headers": [(b"host", host.encode("latin-1")), *others], "asked": _hosts(headers)}
        await self._app(scope, receive, send)


def _hosts(headers: list[tuple[bytes, bytes]]) -> list[str]:
    """Return the host of each hop."""
    named = [str(value, "latin-1") for key, value in headers if key in (b"host", b"x-forwarded-host")]
    return [host.strip() for value in named for host in value.split(",")]


def _first(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    """Return the first value of a header. Each proxy appends its own; the first one is what the client asked for."""
    for key, value in headers:
        if key == name:
            return str(value, "latin-1").split(",")[0].strip()
    return ""
