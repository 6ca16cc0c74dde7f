"""Where the server listens, and under which URL it is found there."""

import ipaddress
import socket


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections; port 0 is any free one. Raises OSError, also for a host that is none.

    Of a name with several addresses it is the first, one of IPv4 if there is any.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:  # longer or with more dots than a name has
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        # From here on clients wait in the queue: the address is good before the first request is read.
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    return sock


def url_of(sock: socket.socket) -> str:
    """Return a URL under which a server on this socket is found: one that listens everywhere, on this machine."""
    host, port, *more = sock.getsockname()
    zone = more[1] if more else 0
    if zone:  # an address of one link alone
        return f"http://{in_url(f'{host}%{socket.if_indextoname(zone)}')}:{port}"
    return f"http://{in_url(_reachable(host))}:{port}"


def in_url(host: str) -> str:
    """Return a host as it stands in a URL: IPv6 in brackets, its zone behind %25 (RFC 6874)."""
    return f"[{host.replace('%', '%25')}]" if ":" in host else host


def _reachable(host: str) -> str:
    address = ipaddress.ip_address(host)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
