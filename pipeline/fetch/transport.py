"""The one road to the network: a GET that can't be led astray, drowned or held up.

Every hop is read and judged anew (see addresses), and the connection goes to the very address that
was judged. No cookies, no credentials, no proxies from the environment, no step from https down to
http, at most MOST_REDIRECTS, and limits on bytes, unfolded bytes, silence and total time that hold
for headers and bodies alike: each receive gets what is left of the deadline.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, IncompleteRead, InvalidChunkLength, ProtocolError

from pipeline.fetch.addresses import Gate, Target, parse
from pipeline.fetch.codings import ACCEPTED, layers_of, undo
from schemas.errors import FetchError

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"
_KEPT_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, redirects included. Seconds and bytes."""

    connect_seconds: float = 5.0
    idle_seconds: float = 6.0
    total_seconds: float = 10.0
    most_bytes: int = 32 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said in the end.

    url:      of the last hop.    body: unpacked; b"" for 304 and for statuses that are no success.
    headers:  names in lower case; repeated ones joined with ", ".
    hops:     the addresses asked, in order.
    seconds:  the last hop took, for the adaptive delay.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str = ""


class _Guard:
    """Mixed into sockets: every receive waits no longer than silence and deadline allow."""

    deadline: float = 0.0
    idle: float = 6.0

    def _arm(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        self.settimeout(min(self.idle, left))  # type: ignore[attr-defined]


class _Socket(_Guard, socket.socket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._arm()
        return super().recv_into(*args, **kwargs)


class _TlsSocket(_Guard, ssl.SSLSocket):
    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._arm()
        return super().recv_into(*args, **kwargs)


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    with contextlib.suppress(ImportError, OSError):
        import certifi

        context.load_verify_locations(certifi.where())
    context.sslsocket_class = _TlsSocket
    return context


def _connected(target: Target, gate: Gate, limits: Limits, deadline: float) -> _Socket:
    """Return a socket to one of the judged addresses; the first that answers."""
    wrong: OSError | None = None
    for address in gate.addresses(target)[:4]:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        sock = _Socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(limits.connect_seconds, left))
            sock.connect((address, target.port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as err:
            sock.close()
            wrong = err
            continue
        sock.deadline, sock.idle = deadline, limits.idle_seconds
        return sock
    if isinstance(wrong, TimeoutError) or wrong is None:
        raise FetchError(f"{target.url}: no connection in time", reason="timeout", hint="try again later")
    raise FetchError(
        f"{target.url}: {wrong.strerror or wrong}", reason="no connection", hint="the server may be down"
    ) from wrong


class _Plain(HTTPConnection):
    ready: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        assert self.ready is not None
        sock, self.ready = self.ready, None
        return sock


class _Tls(HTTPSConnection):
    ready: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        assert self.ready is not None
        sock, self.ready = self.ready, None
        return sock


#: Holds a host's turn for the length of one request.
Turn = Callable[[Target], contextlib.AbstractContextManager[None]]
Check = Callable[[Target], None]


class Transport:
    """Makes requests. Safe to use from several threads; keeps one idle connection an origin.

    user_agent: sent with every request; it should name the program and a contact.
    """

    def __init__(self, gate: Gate, *, user_agent: str, limits: Limits | None = None) -> None:
        self.gate = gate
        self.limits = limits or Limits()
        self._user_agent = user_agent
        self._idle: dict[tuple[str, str, int], _Plain | _Tls] = {}
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        headers_for: str | None = None,
        accept: str = ACCEPT,
        most_bytes: int | None = None,
        check: Check | None = None,
        turn: Turn | None = None,
    ) -> Answer:
        """GET a URL and follow its redirects.

        headers:     validators (If-None-Match, If-Modified-Since).
        headers_for: the URL they belong to; they are sent to that one only (default: the first).
        check:       called with each hop's target before anything is sent to it (robots); may raise.
        turn:        held while one hop is asked (one request a host, pauses). Waiting does not count.
        Raises FetchError; the reasons are listed in docs/faults.md.
        """
        target = parse(url)
        own = parse(headers_for).url if headers_for else target.url
        hops: list[str] = []
        spent = 0.0
        while True:
            if check is not None:
                check(target)
            hops.append(target.url)
            sent = {"Accept": accept, "Accept-Encoding": ACCEPTED, "User-Agent": self._user_agent}
            if headers and target.url == own:
                sent.update(headers)
            with turn(target) if turn is not None else contextlib.nullcontext():
                begun = time.monotonic()
                deadline = begun + self.limits.total_seconds - spent
                answer = self._once(target, sent, deadline, most_bytes or self.limits.most_bytes)
                took = time.monotonic() - begun
            spent += took
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return replace(answer, hops=tuple(hops), seconds=took)
            target = self._next(target, location, hops)

    def _next(self, target: Target, location: str, hops: list[str]) -> Target:
        try:
            onward = parse(location, base=target.url)
        except FetchError as err:
            raise FetchError(f"{target.url} redirects to {err}", reason="forbidden redirect" if err.reason == "forbidden address" else err.reason, hint=err.hint) from err  # fmt: skip
        if target.scheme == "https" and onward.scheme == "http":
            raise FetchError(
                f"{target.url} redirects from https down to {onward.url}",
                reason="forbidden redirect",
                hint="give the http address itself if it is meant",
            )
        if onward.url in hops:
            raise FetchError(f"{target.url} redirects in a circle", reason="redirect loop")
        if len(hops) > MOST_REDIRECTS:
            raise FetchError(f"{hops[0]}: more than {MOST_REDIRECTS} redirects", reason="too many redirects")
        return onward

    def _once(self, target: Target, headers: Mapping[str, str], deadline: float, most_bytes: int) -> Answer:
        """One request on a kept connection, or on a new one where the kept one has gone stale."""
        with self._lock:
            kept = self._idle.pop(target.origin, None)
        if kept is not None:
            try:
                return self._asked(kept, target, headers, deadline, most_bytes)
            except _Stale:
                pass  # closed by the server in the meantime: nothing was lost
        connection = self._open(target, deadline)
        try:
            return self._asked(connection, target, headers, deadline, most_bytes)
        except _Stale as err:
            raise FetchError(
                f"{target.url}: {err}", reason="connection lost", hint="try again later"
            ) from err

    def _open(self, target: Target, deadline: float) -> _Plain | _Tls:
        sock = _connected(target, self.gate, self.limits, deadline)
        left = max(0.1, deadline - time.monotonic())
        timeout = min(self.limits.idle_seconds, left)
        connection: _Plain | _Tls
        if target.scheme == "https":
            connection = _Tls(target.host, target.port, timeout=timeout, ssl_context=_tls())
        else:
            connection = _Plain(target.host, target.port, timeout=timeout)
        connection.ready = sock
        try:
            connection.connect()
        except (OSError, HTTPError) as err:
            connection.close()
            sock.close()
            raise _lost(target, err) from err
        return connection

    def _asked(
        self,
        connection: _Plain | _Tls,
        target: Target,
        headers: Mapping[str, str],
        deadline: float,
        most: int,
    ) -> Answer:
        """Send the request and read the answer; keep the connection if it may be used again."""
        sock = connection.sock
        if isinstance(sock, _Guard):
            sock.deadline, sock.idle = deadline, self.limits.idle_seconds
        keep = False
        try:
            try:
                connection.request(
                    "GET", target.path, headers=dict(headers), preload_content=False, decode_content=False
                )
                response = connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as err:
                raise _Stale(str(err)) from err
            except (OSError, HTTPError, http.client.HTTPException, ValueError) as err:
                raise _lost(target, err) from err
            told = _joined(response)
            body = b""
            if response.status in (200, 203):
                body = _body(response, told, target, most)
            elif response.status not in (204, 304):
                _drained(response)
            keep = response.status == 304 or response.length_remaining == 0 or (not body and told.get("content-length") == "0") or _ended(response)  # fmt: skip
            keep = keep and told.get("connection", "").lower() != "close" and response.version == 11
            return Answer(target.url, response.status, told, body, reason=(response.reason or "")[:80])
        finally:
            if keep:
                with self._lock:
                    old = self._idle.pop(target.origin, None)
                    self._idle[target.origin] = connection
                    spare = next(iter(self._idle)) if len(self._idle) > _KEPT_CONNECTIONS else None
                    gone = [old, self._idle.pop(spare) if spare else None]
                for item in gone:
                    if item is not None and item is not connection:
                        item.close()
            else:
                connection.close()

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            kept, self._idle = list(self._idle.values()), {}
        for connection in kept:
            connection.close()


class _Stale(Exception):
    """The connection was closed before an answer began."""


#: Words in the errors of urllib3 and http.client that tell a body which breaks off.
_CUT = ("IncompleteRead", "InvalidChunkLength", "ended prematurely")


def _lost(target: Target, err: Exception) -> FetchError:
    """Return what a low-level error means to a user."""
    said = " ".join(str(err).split())[:160]
    told, again = f"{target.url}: {said}", "try again later"
    if isinstance(err, TimeoutError) or "timed out" in said or "deadline" in said:
        return FetchError(
            f"{target.url}: too slow", reason="timeout", hint=f"the server was too slow; {again}"
        )
    if isinstance(err, ssl.SSLError) or isinstance(err.__cause__, ssl.SSLError):
        return FetchError(told, reason="TLS", hint="the server's certificate or TLS is not acceptable")
    if isinstance(err, IncompleteRead | InvalidChunkLength) or any(word in said for word in _CUT):
        return FetchError(f"{target.url}: body breaks off", reason="truncated", hint=again)
    if isinstance(err, ConnectionError | ProtocolError):
        return FetchError(told, reason="connection lost", hint=again)
    return FetchError(told, reason="bad answer", hint="the server does not speak proper HTTP")


def _joined(response: urllib3.HTTPResponse) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        told[key] = f"{told[key]}, {value}" if key in told else value
    return told


def _pieces(response: urllib3.HTTPResponse, target: Target, most: int) -> Iterator[bytes]:
    got = 0
    try:
        for piece in response.stream(1 << 16, decode_content=False):
            got += len(piece)
            if got > most:
                raise FetchError(f"{target.url}: more than {most:,} bytes", reason="too large")
            yield piece
    except (OSError, HTTPError, http.client.HTTPException, ValueError) as err:
        raise _lost(target, err) from err


def _body(response: urllib3.HTTPResponse, told: Mapping[str, str], target: Target, most: int) -> bytes:
    length = told.get("content-length", "")
    if length.isdecimal() and int(length[:18]) > most:
        raise FetchError(f"{target.url}: {length} bytes announced, {most:,} at most", reason="too large")
    layers = layers_of(told.get("content-encoding"))
    return b"".join(undo(_pieces(response, target, most), layers, most_bytes=most))


def _drained(response: urllib3.HTTPResponse) -> None:
    """Read a short error page, so that the connection can be kept; leave a long one."""
    with contextlib.suppress(OSError, HTTPError, http.client.HTTPException, ValueError):
        length = response.length_remaining
        if length is not None and length <= 1 << 16:
            response.read(decode_content=False)


def _ended(response: urllib3.HTTPResponse) -> bool:
    original = getattr(response, "_fp", None)
    return original is None or bool(getattr(original, "isclosed", lambda: False)())
