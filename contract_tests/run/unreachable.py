"""Why no answer comes from a service, and what somebody who runs the kit can do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.utils import should_bypass_proxies

from ..options import is_loopback

BUNDLE = "REQUESTS_CA_BUNDLE"
"""The environment variable with the file of the authorities to trust, the only one that the kit reads."""

UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's codes (X509_V_ERR_...) for a certificate whose signer is not among those that are trusted."""


def why(exc: BaseException, base_url: str, environ: Mapping[str, str]) -> str:
    """The innermost reason of a failed request in its own words, and what would help; secrets may be in it."""
    return "; ".join(filter(None, (_reason(exc), _help(exc, base_url, environ))))


def _help(exc: BaseException, base_url: str, environ: Mapping[str, str]) -> str:
    bundle = environ.get(BUNDLE, "")
    if urlsplit(base_url).scheme == "https" and bundle and not Path(bundle).exists():
        return f"there is no {bundle}, which {BUNDLE} names"
    if bundle and any(getattr(cause, "library", "") in ("PEM", "X509") for cause in _causes(exc)):
        return f"there is no certificate in {bundle}, which {BUNDLE} names"
    if any(getattr(cause, "verify_code", 0) in UNKNOWN_AUTHORITY for cause in _causes(exc)):
        return _about_authorities(bundle)
    if isinstance(exc, requests.ConnectionError) and not isinstance(exc, requests.exceptions.SSLError):
        return _about_proxies(base_url, environ)
    return ""


def _about_authorities(bundle: str) -> str:
    if bundle:
        return f"none of the authorities in {bundle}, which {BUNDLE} names, has signed it"
    return (
        "if it is signed by an authority of your own, name the file with that authority's certificate (PEM) "
        f"in the environment variable {BUNDLE}"
    )


def _about_proxies(base_url: str, environ: Mapping[str, str]) -> str:
    host = urlsplit(base_url).hostname or ""
    names = (f"{urlsplit(base_url).scheme}_proxy", "all_proxy")
    proxy = next((name for name in environ if name.lower() in names and environ[name]), "")
    excepted = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not proxy or is_loopback(host) or should_bypass_proxies(base_url, excepted):
        return ""
    return (
        f"{proxy} is set, but the kit takes no proxy from the environment, so that nobody else sees its requests; "
        f"run it on a machine that reaches {host} without a proxy"
    )


def _reason(exc: BaseException) -> str:
    innermost = [*_causes(exc)][-1]
    return str(innermost) or type(innermost).__name__


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    """An exception, the one that it was made of, and so on."""
    while exc is not None:
        yield exc
        exc = _cause(exc)


def _cause(exc: BaseException) -> BaseException | None:
    reason = getattr(exc, "reason", None)  # urllib3's
    if isinstance(reason, BaseException):
        return reason
    return next((arg for arg in exc.args if isinstance(arg, BaseException)), None)
