"""Which addresses may be called: names that the settings allow, and what they lead to.

A name that is allowed as it stands may be in the own network; one that only a pattern covers may not. Nothing but its
own number allows a loopback or link-local address, or one under which clouds keep their credentials; `localhost` allows
loopback, too.
"""

import _socket  # green threads replace what `socket` has, which is of no use in a native thread
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from chat.errors import InvalidInput, NotAllowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str], Sequence[str]]  # the numbers of a name; raises OSError
MOST_CHARS = 2000
PORTS = {"http": 80, "https": 443}
# Where clouds keep their credentials outside of the link-local addresses: AWS, Alibaba, Azure, Oracle.
_CLOUDS = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")))
# In these the last 32 bits are an IPv4 number, which is connected to in the end (RFC 4291, 6052, 8215).
_HOLDING_IPV4 = tuple(map(ipaddress.ip_network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))


def numbers_of(host: str) -> list[str]:
    """As the system resolves it; it blocks."""
    found = _socket.getaddrinfo(host, None, 0, _socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to, looked up once: what is asked of `host` goes to `number` and nowhere else."""

    scheme: str
    host: str
    port: int
    path: str
    number: str


class AllowedHosts:
    """`hosts` are those of a setting: `ci.example.org`, `*.example.org`, with `:port` if only that one is meant."""

    def __init__(self, hosts: Sequence[str], lookup: Lookup) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._lookup = lookup

    def require(self, url: str) -> None:
        """Raises `InvalidInput` for what is no web address, `NotAllowed` for one that the settings leave out."""
        self._allowed_as(*_parts(url)[1:3])

    def target(self, url: str) -> Target:
        """Raises like `require`, `NotAllowed` where the name leads to what it may not, `OSError` without a network."""
        scheme, host, port, path = _parts(url)
        is_exact = self._allowed_as(host, port)
        for number in self._lookup(host):
            if _may_lead(ipaddress.ip_address(number), host, is_exact=is_exact):
                return Target(scheme, host, port, path, number)
        raise NotAllowed("This address leads into a network that must not be called from here.", field="url")

    def _allowed_as(self, host: str, port: int) -> bool:
        """Whether it is allowed by its own name, and not by a pattern."""
        with_port = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if {host, with_port} & self._hosts:
            return True
        ends = (name.removeprefix("*") for name in self._hosts if name.startswith("*."))
        if any(with_port.endswith(end) or host.endswith(end) for end in ends):
            return False
        raise NotAllowed(f"This server does not call {host}. Its admin allows addresses in WEBHOOK_HOSTS.", field="url")


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        (parts.hostname or "").encode("idna")  # as the lookup does, which has no words for a label that is too long
    except ValueError:
        parts, port = urlsplit(""), 0
    is_plain = url.isascii() and url.isprintable() and " " not in url
    good = parts.scheme in PORTS and parts.hostname and is_plain
    if not good or len(url) > MOST_CHARS or parts.username is not None or parts.fragment:
        raise InvalidInput("Write a whole address: https://host/path, without a name and password in it.", field="url")
    path = parts.path or "/"
    return parts.scheme, str(parts.hostname).lower(), port, f"{path}?{parts.query}" if parts.query else path


def _may_lead(number: Address, host: str, *, is_exact: bool) -> bool:
    plain = _reached(number)
    if plain.is_multicast or plain.is_unspecified:
        return False
    if plain.is_loopback or plain.is_link_local or plain in _CLOUDS:
        return is_exact and (host == str(number) or (host == "localhost" and plain.is_loopback))
    return is_exact or (plain.is_global and not getattr(plain, "is_site_local", False))


def _reached(number: Address) -> Address:
    """The IPv4 number that one of IPv6 stands for, or itself."""
    if isinstance(number, ipaddress.IPv4Address) or number.is_loopback or number.is_unspecified:
        return number
    if any(number in network for network in _HOLDING_IPV4):
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number
