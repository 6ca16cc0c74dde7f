"""Secrets, which the journal does not tell: they are known by their names."""

import re
from urllib.parse import unquote_plus

HIDDEN = "[redacted]"
"""What stands in the place of a secret."""

_ENDINGS = ("authorization", "cookie", "key", "token", "secret", "password", "signature")

# What stands before the name of a parameter, in a query or in a header. Only "&" ends a value for certain.
_BEFORE_A_NAME = re.compile(r"""([?#&;,\s<>"'])""")

_USER = re.compile(r"//[^/?#@\s]*@")
"""A user, and perhaps a password, in a URL."""

_NESTING = 8
"""A URL in a query of a URL in a query: so deep sign-ins of sign-ins do not go."""


def is_secret(name: str) -> bool:
    """Say whether the value of a header or a parameter with this name, as it was sent, is a secret."""
    plain = unquote_plus(name).strip().lower().rstrip("[]")  # `api_key[]=` is how some write a list
    return plain.endswith(_ENDINGS) or plain.partition("[")[0].endswith(_ENDINGS)


def header(name: str, value: str) -> str:
    """Return the value of a header as it may be told: without the secrets in a URL in it, or not at all."""
    return HIDDEN if is_secret(name) else parameters(value)


def parameters(text: str) -> str:
    """Return a query, a URL or the value of a header without the values of the parameters in it that are secrets."""
    without_users = _USER.sub(f"//{HIDDEN}@", text) if "@" in text else text
    return "".join(_told(without_users, _NESTING)) if "=" in text else without_users


def _told(text: str, depth: int) -> list[str]:
    """Return what may be told, in parts; what is encoded once more, as a URL in a query, is looked into that deep."""
    told: list[str] = []
    hiding = False
    # Parts and what stands between them take turns. Split, because a pattern for both can take quadratic time.
    for index, part in enumerate(_BEFORE_A_NAME.split(text)):
        if index % 2:
            hiding = hiding and part != "&"
        if hiding:
            continue
        name, equals, value = part.partition("=")
        hiding = equals != "" and index % 2 == 0 and (is_secret(name) or _holds_a_secret(value, depth))
        told.append(f"{name}={HIDDEN}" if hiding else part)
    return told


def _holds_a_secret(value: str, depth: int) -> bool:
    if depth == 0 or "%" not in value:
        return False
    plain = unquote_plus(value)
    return _USER.search(plain) is not None or "".join(_told(plain, depth - 1)) != plain
