"""What one request asks for by itself: `Prefer: code=503, delay=1.5`, or `__code=503&__delay=1.5`."""

import re
from urllib.parse import parse_qsl

from mock_server.values.violation import Violation
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.workbench.fault import Fault

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")
_CODE = re.compile(r"[1-5][0-9]{2}")
_NAMES = frozenset({"code", "delay"})

QUERY_TWINS = frozenset(f"__{name}" for name in _NAMES)
"""The query parameters that stand for a preference."""

MAX_DELAY = 600


def preferred(prefer: str, query: bytes) -> Fault | None:
    """Return what a request with this `prefer_header` and query asks to be done to it, or None if nothing.

    The header is that of RFC 7240, with the preferences `code` and `delay` (in seconds); their query twins
    are for clients that can't set one, and come first. Raises Problem 400 for a value that is none.
    """
    asked = _in_header(prefer) | _in_query(query)
    if not asked:
        return None
    code, delay = asked.get("code"), asked.get("delay")
    violations = []
    if code is not None and not _CODE.fullmatch(code):
        violations.append(Violation("query", "/__code", f'must be a status code such as 503, not "{code}"'))
    if delay is not None and not (_NUMBER.fullmatch(delay) and float(delay) <= MAX_DELAY):
        violations.append(Violation("query", "/__delay", f'must be seconds from 0 to {MAX_DELAY}, not "{delay}"'))
    if violations:
        raise Problem.invalid(violations)
    seconds = float(delay) if delay is not None else None
    return Fault(
        status=int(code) if code is not None else None,
        delay=None if seconds is None else (seconds, seconds),
    )


def unobserved(request: Request, prefer: str) -> bool:
    """Say whether a request asks, with `unobserved` in its `prefer_header`, to pass by faults, journal and coverage.

    The dashboard reads so: who looks at an organisation must not change what it shows. Only a GET can.
    """
    return prefer != "" and request.method == "GET" and "unobserved" in re.split(r"[,;\s]+", prefer.lower())


def prefer_header(request: Request) -> str:
    """Return the Prefer header of a request, empty where it has none."""
    # RFC 7240, section 2: several Prefer headers are one, joined by commas.
    values = [value for name, value in request.headers if name == b"prefer"]
    return b",".join(values).decode("latin-1") if values else ""


def _in_header(value: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in re.split("[,;]", value))
    return {name.strip().lower(): text.strip().strip('"') for name, _, text in pairs if name.strip().lower() in _NAMES}


def _in_query(query: bytes) -> dict[str, str]:
    pairs = parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)
    return {name[2:]: text for name, text in pairs if name.startswith("__") and name[2:] in _NAMES}
