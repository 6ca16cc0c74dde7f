"""A base URL, taken apart once: where the service is, and the user and the password that may stand before it.

What is wrong with one is told without repeating it: where its password ends may be just what is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, unquote_to_bytes, urlsplit, urlunsplit


class AddressError(ValueError):
    """A base URL that can't be used. The message says what to write instead, and holds no part of a password."""


@dataclass(frozen=True)
class Address:
    """Where a service is, without `user:password@`, and these by themselves."""

    url: str
    """Without a slash at its end."""
    given: str = field(default="", repr=False)
    """`user:password` as it is written."""

    @classmethod
    def of(cls, url: str) -> Self:
        """Take a base URL apart."""
        scheme, slashes, rest = url.partition("//")
        netloc, slash, path = rest.partition("/")
        given, _, host = netloc.rpartition("@")
        return cls(f"{scheme}{slashes}{host}{slash}{path}".rstrip("/"), given)

    @property
    def credentials(self) -> tuple[bytes, bytes] | None:
        """User and password, percent-decoded; what is written in plain letters is UTF-8 (RFC 7617, 2.1)."""
        user, _, password = self.given.partition(":")
        return (unquote_to_bytes(user), unquote_to_bytes(password)) if user or password else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """User and password, as they are written and as they are meant, each by itself and both."""
        user, _, password = self.given.partition(":")
        found = [user, password, self.given]
        for encoding in ("utf-8", "latin-1"):
            meant = unquote(user, encoding), unquote(password, encoding)
            found += (*meant, ":".join(meant))
        return tuple(dict.fromkeys(found)) if self.given else ()

    def checked_host(self) -> str:
        """Return the host in lower case; raise AddressError for a URL at which nobody can be asked as it is written."""
        if not re.match("https?://", self.url, re.IGNORECASE):
            raise AddressError("the base URL must begin with http:// or https://, such as http://127.0.0.1:8080")
        if re.search(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]", self.given + self.url):
            raise AddressError("the base URL has a blank or a control character in it")
        self._check_credentials()
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError:
            # What stands behind an @ is no password; without one, it may be.
            shown = self.url.partition("//")[2].partition("/")[0] if self.given else "the base URL"
            raise AddressError(f"{shown} is no host and port that can be read, such as 127.0.0.1:8080") from None
        if not host or port == 0:
            raise AddressError("the base URL has no host and port that can be asked, such as 127.0.0.1:8080")
        if "?" in self.url or "#" in self.url:
            raise AddressError("a base URL has no query and no fragment")
        _check_as_sent(urlunsplit((parts.scheme, parts.netloc.lower(), parts.path + "/", "", "")))
        return host

    def _check_credentials(self) -> None:
        """Raise AddressError where it is not sure where they end, or what a service would take them for."""
        if "@" in self.url or re.search("[?#]", self.given):
            raise AddressError("the base URL has an odd @: in a user or a password write / as %2F, ? as %3F, # as %23")
        if self.credentials is not None and b":" in self.credentials[0]:
            raise AddressError("the user in the base URL has a colon in it, which Basic can't tell from the password")


def _check_as_sent(url: str) -> None:
    """Raise AddressError for a URL that would leave in another form: the guard compares what leaves with it."""
    import requests  # here, as --help needs none

    try:
        sent = requests.Request("GET", url).prepare().url
    except (requests.RequestException, ValueError):
        raise AddressError("the base URL has no host that can be asked, such as 127.0.0.1:8080") from None
    if sent != url:
        raise AddressError(f"the base URL would be sent as {sent}: write it so")
