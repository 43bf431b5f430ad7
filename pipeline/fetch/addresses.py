"""Which addresses may be asked: read a URL strictly, judge every IP address it leads to.

One place for all requests. Only http and https, no user name or password, no odd spelling of a
number, no port of another protocol; and behind the name only addresses of the public internet:
none that is private, loopback, link-local, multicast, reserved, or a transition form that carries
another address inside. A `host:port` that the user named (--allow-host) is exempt from the judgement
of addresses, and from nothing else.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import idna

from schemas.errors import FetchError, UsageError

LONGEST_URL = 4_000  # characters
DNS_SECONDS = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}

#: Ports of other protocols (WHATWG Fetch, section 2.9 "bad port") and of databases.
_BAD_PORTS = frozenset(
    int(port)
    for port in [
        "1",
        "7",
        "9",
        "11",
        "13",
        "15",
        "17",
        "19",
        "20",
        "21",
        "22",
        "23",
        "25",
        "37",
        "42",
        "43",
        "53",
        "69",
        "77",
        "79",
        "87",
        "95",
        "101",
        "102",
        "103",
        "104",
        "109",
        "110",
        "111",
        "113",
        "115",
        "117",
        "119",
        "123",
        "135",
        "137",
        "139",
        "143",
        "161",
        "179",
        "389",
        "427",
        "465",
        "512",
        "513",
        "514",
        "515",
        "526",
        "530",
        "531",
        "532",
        "540",
        "548",
        "554",
        "556",
        "563",
        "587",
        "601",
        "636",
        "989",
        "990",
        "993",
        "995",
        "1719",
        "1720",
        "1723",
        "2049",
        "3306",
        "3659",
        "4045",
        "4190",
        "5060",
        "5061",
        "5432",
        "6000",
        "6379",
        "6566",
        "6665",
        "6666",
        "6667",
        "6668",
        "6669",
        "6679",
        "6697",
        "9200",
        "10080",
        "11211",
        "27017",
    ]
)

#: What ipaddress of some Python still calls global, or what only carries another address
#: (IANA special-purpose registries, IPv4 and IPv6, 2026).
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the middle of an interface identifier

_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,126}\Z")
_NUMERIC_END = re.compile(r"(?:\A|\.)(?:[0-9]+|0x[0-9a-f]*)\Z")
_DOTTED = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}\Z")

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes: a URL taken apart and found well-formed.

    host:  in ASCII, lower case, without brackets and trailing dot.
    path:  with the query, percent-encoded, as it goes on the wire.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """host:port, with brackets around an IPv6 address: how --allow-host names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


def _refuse(url: str, why: str, reason: str = "forbidden address") -> FetchError:
    return FetchError(f"{url[:200]!r}: {why}", reason=reason, hint=why)


def parse(url: str, *, base: str | None = None) -> Target:
    """Read a URL (relative to base, if given) into a Target.

    Raises FetchError: "bad address" for what is no URL, "forbidden address" for what is refused on
    sight (another scheme, user name, odd numbers, a port of another protocol).
    """
    url = url.strip("\t\n\r ")
    if len(url) > LONGEST_URL:
        raise _refuse(url, f"longer than {LONGEST_URL} characters", "bad address")
    if _FORBIDDEN_CHARACTERS.search(url):
        raise _refuse(url, "control characters, spaces or backslashes inside", "bad address")
    try:
        parts = urlsplit(urljoin(base, url) if base else url)
        host, port = parts.hostname, parts.port
    except ValueError as err:
        raise _refuse(url, f"no well-formed address ({err})", "bad address") from err
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise _refuse(url, f"scheme {scheme[:20] or '(none)'!r}; only http and https are fetched")
    if "@" in parts.netloc:
        raise _refuse(url, "a user name or password inside")
    if not host:
        raise _refuse(url, "no host", "bad address")
    host = _plain_host(url, host, bracketed="[" in parts.netloc)
    port = DEFAULT_PORTS[scheme] if port is None else port
    if port < 1:
        raise _refuse(url, "port 0", "bad address")
    path = quote(parts.path or "/", safe="/:@!$&'()*+,;=~-._%")
    if parts.query:
        path += "?" + quote(parts.query, safe="/:@!$&'()*+,;=~-._%?[]|^`{}")
    shown = f"[{host}]" if ":" in host else host
    suffix = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
    return Target(f"{scheme}://{shown}{suffix}{path}", scheme, host, port, path)


def _plain_host(url: str, host: str, *, bracketed: bool) -> str:
    if bracketed:
        if "%" in host:
            raise _refuse(url, "an IPv6 zone inside")
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError as err:
            raise _refuse(url, "no IPv6 address between the brackets", "bad address") from err
    if "%" in host:
        raise _refuse(url, "percent signs in the host")
    try:
        host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as err:
        raise _refuse(url, "a host name that no domain can have", "bad address") from err
    host = host.removesuffix(".")
    if _NUMERIC_END.search(host) and not (_DOTTED.match(host) and all(int(n) < 256 for n in host.split("."))):
        raise _refuse(url, "an IPv4 address in an odd spelling")
    if len(host) > 253 or not _LABELS.match(host):
        raise _refuse(url, "a host name that no domain can have", "bad address")
    return host


def public(address: str) -> bool:
    """Say whether an IP address is one of the public internet, and no form that carries another."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if "%" in address or any(ip.version == net.version and ip in net for net in _REFUSED):
        return False
    if ip.version == 6 and (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_unspecified)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order; at most DNS_SECONDS.

    Raises FetchError "unknown host" or "timeout".
    """
    got: list[str] = []
    wrong: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            got.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except (OSError, UnicodeError) as err:
            wrong.append(err if isinstance(err, OSError) else OSError(str(err)))

    asking = threading.Thread(target=ask, daemon=True)  # getaddrinfo knows no deadline
    asking.start()
    asking.join(DNS_SECONDS)
    if asking.is_alive():
        raise FetchError(f"{host}: no answer from DNS", reason="timeout", hint="try again later")
    if not got:
        told = str(wrong[0].strerror or wrong[0]) if wrong else "no address"
        raise FetchError(f"{host}: {told}", reason="unknown host", hint="check the spelling of the host")
    return got


class Gate:
    """Decides which addresses a target may be reached at.

    allow_hosts: "host:port" strings whose addresses are not judged.
    resolver:    host, port -> addresses; injected by tests.
    """

    def __init__(self, allow_hosts: frozenset[str] = frozenset(), resolver: Resolver = resolve) -> None:
        self._allowed = allow_hosts
        self._resolve = resolver

    def exempt(self, target: Target) -> bool:
        """Say whether the user named this very host and port."""
        return target.authority in self._allowed

    def addresses(self, target: Target) -> list[str]:
        """Return the addresses to connect to, all of them judged.

        Raises FetchError "forbidden address" if any of them is not public: a name that leads to
        both kinds is an attack or a mistake, and neither is worth a connection.
        """
        exempt = self.exempt(target)
        if not exempt and target.port in _BAD_PORTS:
            raise _refuse(target.url, f"port {target.port} belongs to another protocol")
        literal = _is_literal(target.host)
        found = [target.host] if literal else self._resolve(target.host, target.port)
        if not exempt:
            for address in found:
                if not public(address):
                    why = f"{address} is no public address" if literal else f"{target.host} leads to {address}, no public address"  # fmt: skip
                    raise _refuse(target.url, f"{why}; --allow-host {target.authority} would permit it")
        return found


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def allow_host(told: str) -> str:
    """Return a user's HOST:PORT in the form that Target.authority has.

    Raises UsageError for anything else.
    """
    try:
        target = parse(f"http://{told}/")
    except FetchError as err:
        raise UsageError(f"--allow-host {told!r}: not of the form HOST:PORT") from err
    if not re.search(r":[0-9]{1,5}\Z", told) or target.path != "/":
        raise UsageError(f"--allow-host {told!r}: not of the form HOST:PORT")
    return target.authority
