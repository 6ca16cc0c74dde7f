"""Who may use the control API, its event streams and the dashboard."""

from starlette.types import Scope

from mock_server.api.sign_in import SignInNeeded, is_public
from mock_server.web.host import Hosts, host_name
from mock_server.web.origin import Origins, is_preflight, not_for, origin_of
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.token import Token


class Access:
    """Refuses strangers at the control API before anything of their request is done.

    A stranger is a page of an origin that may not use it, also where the browser asks no leave first; a page that
    took a name for its own which leads here; and, where there is a token, whoever does not show it. `token` is None
    where nobody need.
    """

    def __init__(self, origins: Origins, hosts: Hosts, token: Token | None) -> None:
        self._origins = origins
        self._hosts = hosts
        self._token = token

    def refusal(self, request: Request, scope: Scope) -> Problem | None:
        """Return why a request to the control API is to go no further, None where it may."""
        foreign = self._foreign_host(request, scope)
        if foreign is not None:
            return Problem(421, _not_asked_so(foreign))
        # It changes nothing and carries no token. Whoever may not have the request gets no leave for it.
        if is_preflight(request):
            return None
        origin = origin_of(request)
        if origin is not None and not self._origins.may_control(origin, request):
            return Problem(403, not_for(origin))
        if origin is None and _is_part_of_a_foreign_page(request) and not self._origins.control_is_open:
            return Problem(403, "A page of another site may not load this as a part of itself.")
        if self._token is None or is_public(request) or self._token.is_shown_by(request):
            return None
        return SignInNeeded(request)

    def _foreign_host(self, request: Request, scope: Scope) -> str | None:
        """Return a host that the request was sent to and that is none of the known ones, None if there is none.

        A request without one is let pass: browsers always name it, and only they load pages of strangers. The name
        that a server has for itself is known too. One on a socket tells its address; a client that calls the
        application in its own process (Starlette's, httpx's) tells the name that it asks for.
        """
        own = (scope.get("server") or ("",))[0].lower()
        named = [str(value, "latin-1") for name, value in request.headers if name == b"host"]
        for host in scope.get("asked", named):
            if host and host_name(host) != own and not self._hosts.allow(host):
                return str(host)
        return None


def _is_part_of_a_foreign_page(request: Request) -> bool:
    """Say whether a page of another site asks for something that it can't read: an image, a script, an opaque answer.

    Such a request names no origin, but says so in its Fetch Metadata. A link that is followed, or an address that is
    typed, is none.
    """
    return request.header(b"sec-fetch-site") == "cross-site" and request.header(b"sec-fetch-mode") != "navigate"


def _not_asked_so(host: str) -> str:
    shown = host if len(host) <= 200 else f"{host[:200]}..."
    return (
        f'The control API does not answer to the host "{shown}". To let it, start the server with '
        f"--allowed-host {host_name(shown) or shown} (in Python, allowed_hosts)."
    )
