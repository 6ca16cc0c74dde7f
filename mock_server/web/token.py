"""The token that the control API asks for."""

import hmac
import re

from mock_server.web.request import Request

_FORM = re.compile(r"[!-~]+")


class Token:
    """A bearer token (RFC 6750), and the cookie that stands for it in a browser.

    Raises ValueError where `secret` is empty or has what can't be sent in a header.
    """

    def __init__(self, secret: str) -> None:
        if not _FORM.fullmatch(secret):
            raise ValueError("a control token must be of visible ASCII characters, and of at least one")
        self._secret = secret.encode("ascii")
        # The cookie is not the token: who sees it can't tell the one from the other. A browser sends cookies to every
        # port of a host, so the name too depends on the token, and two mocks on one machine keep one each.
        self._cookie = f"training-mock-{self._derived(b'name')[:8]}={self._derived(b'value')}"

    def is_secret(self, text: str) -> bool:
        """Say whether this is the token."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._secret)

    def is_shown_by(self, request: Request) -> bool:
        """Say whether a request has the token in its Authorization header, or the cookie."""
        bearers = [value.partition(b" ") for name, value in request.headers if name == b"authorization"]
        if any(
            scheme.lower() == b"bearer" and hmac.compare_digest(shown.strip(), self._secret)
            for scheme, _, shown in bearers
        ):
            return True
        cookie = self._cookie.encode("ascii")
        cookies = [value for name, value in request.headers if name == b"cookie"]
        return any(hmac.compare_digest(part.strip(), cookie) for value in cookies for part in value.split(b";"))

    def set_cookie(self, secure: bool) -> str:
        """Return the Set-Cookie field that signs a browser in until it is closed; `secure` where it came by HTTPS."""
        return f"{self._cookie}; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")

    def _derived(self, purpose: bytes) -> str:
        return hmac.digest(self._secret, b"training-mock control " + purpose, "sha256").hex()
