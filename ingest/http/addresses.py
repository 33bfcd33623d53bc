"""Which addresses may be fetched: http and https, one spelling of the host, only what is public on the internet.

A URL is an attack where two programs read different hosts in it, so there is one reading here
(`web_address`) and whatever is read differently elsewhere is refused: user names, backslashes, hosts
that are numbers in any spelling but the standard one.
"""

import ipaddress
import re
import socket
from collections.abc import Callable

import httpx

from rag.errors import FetchError, RefusedAddress

Resolver = Callable[[str, int], list[str]]
"""From host and port to IP addresses; raises `FetchError` where there are none."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_LONGEST = 4000
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_USER = re.compile(r"[^/?#]*//[^/?#]*@")
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Not meant for hosts on the internet, but called global by the `ipaddress` of Python 3.11.
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


def web_address(text: str) -> httpx.URL:
    """The http or https URL that a text spells, without its fragment.

    Raises:
        RefusedAddress: It is no http or https address, or programs disagree about its host.
    """
    if len(text) > _LONGEST or _FORBIDDEN.search(text.strip()):
        raise RefusedAddress("the address is too long or holds spaces, backslashes or control characters")
    try:
        url = httpx.URL(text.strip().partition("#")[0])
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise RefusedAddress(f"not a valid address: {error}") from error
    if url.scheme not in ("http", "https"):
        raise RefusedAddress("only http and https addresses are fetched")
    if url.userinfo or _USER.match(text):
        raise RefusedAddress("addresses with a user name are not fetched")
    if url.port is not None and not 0 < url.port < 65_536:
        raise RefusedAddress("the address names no valid port")
    _check_host(url)
    return url


def _check_host(url: httpx.URL) -> None:
    host = url.raw_host.decode("ascii", "replace")
    if literal_address(host) is None and (not _NAME.fullmatch(host) or _NUMBER.fullmatch(_last_label(host))):
        raise RefusedAddress("the address names no valid host")


def literal_address(host: str) -> IPAddress | None:
    """The IP address that a host is, in its standard spelling; `None` for a name."""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return None
    return None if getattr(literal, "scope_id", None) else literal


def _last_label(host: str) -> str:
    return host.rstrip(".").rpartition(".")[2]


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public internet; an IPv4 address inside an IPv6 one must be, too."""
    if address.is_multicast or any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    if inner := address.ipv4_mapped or _nat64(address):
        return is_public(inner)
    inner = address.sixtofour or (address.teredo[1] if address.teredo else None)
    return address in _UNICAST and address.is_global and (inner is None or is_public(inner))


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def system_addresses(host: str, port: int) -> list[str]:
    """What the operating system resolves a host to.

    Raises:
        FetchError: It is not known.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"{host} is not found in the domain name system", transient=True) from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def checked_addresses(host: str, port: int, *, resolve: Resolver, allow_private: bool) -> list[str]:
    """The IP addresses of a host, resolved once; connect to these and resolve no more.

    Raises:
        RefusedAddress: One of them is not public and `allow_private` is not set.
        FetchError: The host is not known.
    """
    literal = literal_address(host)
    addresses = [str(literal)] if literal else resolve(host, port)
    for address in addresses:
        parsed = literal_address(address)
        if parsed is None or not (allow_private or is_public(parsed)):
            raise RefusedAddress(
                f"{host} is not a public address of the internet; --allow-private fetches from an intranet"
            )
    if not addresses:
        raise FetchError(f"{host} has no address", transient=True)
    return addresses
