"""What every page says of itself in its head: that it is of this moment, and what a browser may do with it."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NEITHER_RUN_NOR_FRAMED = "default-src 'none'; frame-ancestors 'none'"


def hashes(page: str, element: str) -> str:
    """Return the scripts or styles that stand in a page itself as sources of a Content Security Policy.

    By their hashes, so that no other that got into it is taken for one (CSP Level 3, section 2.3.1).
    """
    texts = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


class PageHeaders:
    """Completes the head of whatever is no operation's answer: pages, their files, and that there is nothing.

    A page that states no policy is Connexion's Swagger UI, and gets the one under which that works.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and an answer back with its head complete."""
        await self._app(scope, receive, _Completed(send).send if scope["type"] == "http" else send)


class _Completed:
    """What one answer is sent through. The head of Swagger UI waits for its body, which the policy depends on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self._held is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                MutableHeaders(scope=self._held)["content-security-policy"] = _swagger_policy(self._body.decode())
                await self._send(self._held)
                await self._send({**message, "body": self._body})

    async def _start(self, message: Message) -> None:
        message.setdefault("headers", [])
        headers = MutableHeaders(scope=message)
        headers.setdefault("cache-control", "no-store")
        headers.setdefault("vary", "Origin")
        headers.setdefault("x-content-type-options", "nosniff")
        if "content-security-policy" not in headers and headers.get("content-type", "").startswith("text/html"):
            self._held = message
            return
        headers.setdefault("content-security-policy", _NEITHER_RUN_NOR_FRAMED)
        await self._send(message)


def _swagger_policy(page: str) -> str:
    return (
        f"default-src 'none'; script-src 'self' {hashes(page, 'script')}; style-src 'self' {hashes(page, 'style')}; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
