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
    """Completes the head of whatever is no operation's answer: pages, their files, and that there is nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and an answer back with its head complete."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(message)
            await send(message)

        await self._app(scope, receive, completed if scope["type"] == "http" else send)


def _complete(start: Message) -> None:
    start.setdefault("headers", [])
    headers = MutableHeaders(scope=start)
    headers.setdefault("cache-control", "no-store")
    headers.setdefault("vary", "Origin")
    headers.setdefault("x-content-type-options", "nosniff")
    headers.setdefault("content-security-policy", _NEITHER_RUN_NOR_FRAMED)
