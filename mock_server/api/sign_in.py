"""How a browser shows the token: once, in a form, and from then on by a cookie."""

import html
from pathlib import Path
from string import Template
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.web.content import read_content
from mock_server.web.problem import Problem
from mock_server.web.request import CONTROL, Request
from mock_server.web.response import Response
from mock_server.web.token import Token

SIGN_IN = f"{CONTROL}/sign-in"

_FORM = Template((Path(__file__).parent / "sign_in.html").read_text("utf-8"))
_POLICY = (
    b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_BEARER = b"www-authenticate", b'Bearer realm="control API"'
_MAX_FORM = 64 * 1024


def is_public(request: Request) -> bool:
    """Say whether a request is for what is shown without the token: the form, and the files that pages are made of."""
    return request.path == SIGN_IN or request.path.startswith(f"{CONTROL}/dashboard/")


class SignInNeeded(Problem):
    """A request to the control API without its token: a problem, and to a browser that shows pages the form."""

    def __init__(self, request: Request) -> None:
        sign_in = f"{request.root_path}{SIGN_IN}"
        detail = f"The control API asks for its token: send Authorization: Bearer, or sign in at {sign_in}."
        super().__init__(401, detail, headers=[_BEARER])
        self._request = request

    def response(self) -> Response:
        """Return the answer."""
        if self._request.method == "GET" and "text/html" in (self._request.header(b"accept") or ""):
            return _form(self._request, 401)
        return super().response()


class SignIn:
    """An ASGI application that signs a browser in, to be asked at SIGN_IN."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the form, or to a filled one with the cookie and on to the dashboard."""
        request: Request = scope["request"]
        if request.method != "POST":
            await _form(request, 200).send(send)
            return
        try:
            content = await read_content(request, receive, _MAX_FORM)
            response = self._signed_in(request, content, scope["scheme"] == "https")
        except Problem as problem:
            response = problem.response()
        except ClientDisconnect:
            return
        await response.send(send)

    def _signed_in(self, request: Request, content: bytes, secure: bool) -> Response:
        filled = parse_qs(content.decode("ascii", "replace")).get("token", [""])
        if not self._token.is_secret(filled[0].strip()):
            return _form(request, 401, "That is not the token.")
        location = f"{request.root_path}{CONTROL}/".encode("latin-1")
        cookie = self._token.set_cookie(secure).encode("ascii")
        return Response(303, headers=((b"location", location), (b"set-cookie", cookie)))


def _form(request: Request, status: int, wrong: str = "") -> Response:
    page = _FORM.substitute(root=html.escape(request.root_path), wrong=wrong)
    headers = (
        *([_BEARER] if status == 401 else []),
        # Who follows a link on another site comes without the cookie, for it is SameSite=Strict. Asked for by this page
        # the same address comes with it, where there is one.
        *([(b"refresh", b"0")] if request.header(b"sec-fetch-site") == "cross-site" else []),
        (b"content-security-policy", _POLICY),
        (b"x-content-type-options", b"nosniff"),
    )
    return Response(status, page.encode(), "text/html; charset=utf-8", headers)
