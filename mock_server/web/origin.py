"""Origins (RFC 6454): whose page it is that sends a request."""

import re
from collections.abc import Sequence

from mock_server.web.host import host_name, is_loopback
from mock_server.web.request import PORTS, Request

_OF_A_PAGE = re.compile(r"https?://(.+)", re.IGNORECASE)


_GIVEN = re.compile(r"null|\*|([a-z][a-z0-9+.-]*)://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def read_origin(text: str) -> str:
    """Return an origin as browsers name it (RFC 6454, section 6.2): in lower case, without the port of its scheme.

    "*" is all origins. Raises ValueError for what no browser names, such as an address with a path.
    """
    origin = text.lower()
    found = _GIVEN.fullmatch(origin)
    if found is None:
        raise ValueError(
            "must be an origin as browsers name it, a scheme and a host and perhaps a port (http://localhost:5173, "
            f"https://xn--mnchen-3ya.test), without a path, a user or a wildcard, not {text}"
        )
    port = found[2] or ""
    return origin.removesuffix(port) if port and port == PORTS.get(found[1]) else origin


class Origins:
    """The origins whose pages may use the server; `given` are those that it was told, None if it was told of none.

    There are two powers. The API is for pages of anywhere, and of those given alone where any are. The control API is
    for its own pages, those of this machine and those given. "*" gives it to all. Raises ValueError for what is no
    origin.
    """

    def __init__(self, given: Sequence[str] | None) -> None:
        self._given = frozenset(map(read_origin, given or ()))
        self._told = given is not None
        self.control_is_open = "*" in self._given

    def may_call(self, origin: str) -> bool:
        """Say whether pages of this origin may read what the API answers."""
        return not self._told or self.control_is_open or origin.lower() in self._given

    def may_control(self, origin: str, request: Request) -> bool:
        """Say whether pages of this origin may have this request to the control API done."""
        if self.control_is_open or origin.lower() in self._given:
            return True
        return origin.lower() == request.origin().lower() or _is_of_this_machine(origin)


def origin_of(request: Request) -> str | None:
    """Return the origin that a request names, None where it names none: it comes from no page, or only reads.

    More than one are given together, and are no origin then.
    """
    named = [str(value, "latin-1") for name, value in request.headers if name == b"origin"]
    return ", ".join(named) if named else None


def is_preflight(request: Request) -> bool:
    """Say whether it is a browser that asks leave for another request (Fetch Standard, CORS-preflight request)."""
    return (
        request.method == "OPTIONS"
        and origin_of(request) is not None
        and request.header(b"access-control-request-method") is not None
    )


def not_for(origin: str) -> str:
    """Say in a sentence that pages of this origin may not have that done, and what would let them."""
    shown = origin if len(origin) <= 200 else f"{origin[:200]}..."
    return (
        f'This is not for pages of the origin "{shown}". To let them, start the server with --cors-origin {shown} '
        "(in Python, cors_origins)."
    )


def _is_of_this_machine(origin: str) -> bool:
    found = _OF_A_PAGE.fullmatch(origin)
    name = host_name(found[1]) if found else None
    return name is not None and is_loopback(name)
