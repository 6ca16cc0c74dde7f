"""Hosts: by which name a server is asked, and which names can be no stranger's."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

_FIELD = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")


def host_name(field: str) -> str | None:
    """Return the name or the address in a Host field, in lower case, without brackets and port; None if it is none."""
    found = _FIELD.fullmatch(field)
    return found[1].strip("[]").lower() if found else None


def is_loopback(name: str) -> bool:
    """Say whether a host is this machine and nothing but it: localhost, *.localhost, 127.0.0.0/8 or ::1.

    RFC 6761, section 6.3, keeps the names for that; browsers ask no DNS for them.
    """
    if ("." + name.lower()).endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and (getattr(address, "ipv4_mapped", None) or address).is_loopback


class Hosts:
    """The names by which the control API may be asked: of this machine, every address, and these.

    "*" is all names, and "*.example.test" all below one. A name that leads to this server may be a stranger's: its
    owner can let it lead here once a browser has loaded a page from it (DNS rebinding), and the browser takes both for
    one origin. Nobody can do that with an address, nor with a name that browsers look up nowhere.
    """

    def __init__(self, names: Iterable[str]) -> None:
        lower = {name.lower() for name in names}
        self._all = "*" in lower
        self._names = frozenset(lower)
        self._endings = tuple(name[1:] for name in lower if name.startswith("*."))

    def allow(self, field: str) -> bool:
        """Say whether this Host field has one of the names."""
        name = host_name(field)
        if self._all or name is None:
            return self._all
        known = name in self._names or name.endswith(self._endings)
        return known or is_loopback(name) or _address(name) is not None


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
