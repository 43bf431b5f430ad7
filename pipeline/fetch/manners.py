"""How a guest behaves: robots.txt by RFC 9309, one request a host at a time, and pauses in between.

The pause after a request is the longest of the setting (--host-delay), the site's Crawl-delay and,
where the server was slow, twice the time that it took. Retry-After is obeyed. A host whose
connections fail again and again is left alone for a while, longer each time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from pipeline.fetch.addresses import Target, parse
from pipeline.fetch.transport import Transport
from schemas.crawl import HostState, RobotsState
from schemas.errors import FetchError

PRODUCT = "costline"
LARGEST_ROBOTS = 512 << 10  # bytes parsed; RFC 9309, section 2.5 asks for 500 KiB at least
ROBOTS_LIFE = dt.timedelta(hours=24)  # section 2.4
UNREACHABLE_LIFE = dt.timedelta(minutes=10)
LONGEST_DELAY = 300.0  # seconds; what a Crawl-delay may ask for
SLOW = 0.5  # seconds; a server that takes longer is given twice its time
LONGEST_WAIT = 60.0  # seconds of Retry-After that a run waits for; a longer one is left to a later run
LONGEST_RETRY_AFTER = 24 * 3600.0
FAILURES_TO_REST = 5  # connections refused or lost in a row
FIRST_REST = 600.0  # seconds; doubled each time
LONGEST_REST = 24 * 3600.0
BACKOFF = 1.0  # seconds before the second try; doubled for the third

#: Reasons that tell of the host and not of the page.
HOST_REASONS = frozenset(("no connection", "unknown host", "TLS"))
#: Reasons that tell of either: they count for the host only in a longer row.
DOUBTFUL_REASONS = frozenset(("timeout", "connection lost"))


class Stopped(Exception):
    """The run was told to stop while it waited."""


def jitter(key: str, attempt: int) -> float:
    """Return a number in [0.5, 1) made from the key: spreads retries, and repeats in tests."""
    told = hashlib.sha256(f"{key}\x00{attempt}".encode("utf-8", "surrogatepass")).digest()
    return 0.5 + int.from_bytes(told[:4], "big") / 2**33


def retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (delta or date), or None."""
    value = (value or "").strip()
    if value.isdecimal():
        return min(float(value[:9]), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_RETRY_AFTER)


def host_key(target: Target) -> str:
    """Return the name under which a host is paced: without a usual port, so http and https share it."""
    return target.host if target.port in (80, 443) else target.authority


class _Host:
    """One host's pace. `free` is the moment (monotonic) from which it may be asked again."""

    def __init__(self, state: HostState | None) -> None:
        self.lock = threading.Lock()
        self.free = 0.0
        self.crawl_delay = 0.0
        self.doubtful = 0
        self.fail_count = state.fail_count if state else 0
        self.rest_until = state.rest_until if state else None


class Manners:
    """Asks before it enters, waits its turn, and remembers who is unwell. Safe for several threads.

    robots, hosts: what was remembered.   host_delay: seconds.   stop: set when the run should end.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        robots: dict[str, RobotsState],
        hosts: dict[str, HostState],
        host_delay: float,
        stop: threading.Event,
        now: Callable[[], dt.datetime],
    ) -> None:
        self._transport = transport
        self._host_delay = host_delay
        self._stop = stop
        self._now = now
        self._states = robots
        self._rules: dict[str, Any] = {}
        self._robots_locks: dict[str, threading.Lock] = {}
        self._remembered = hosts
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._new_robots: list[RobotsState] = []
        self._new_hosts: dict[str, HostState] = {}

    def news(self) -> tuple[tuple[RobotsState, ...], tuple[HostState, ...]]:
        """Return what changed since the last call, to be remembered."""
        with self._lock:
            robots, self._new_robots = tuple(self._new_robots), []
            hosts, self._new_hosts = tuple(self._new_hosts.values()), {}
        return robots, hosts

    # ---- pace -------------------------------------------------------------------------------------

    def _host(self, key: str) -> _Host:
        with self._lock:
            if key not in self._hosts:
                self._hosts[key] = _Host(self._remembered.get(key))
            return self._hosts[key]

    def free_at(self, key: str) -> float:
        """Return the moment (time.monotonic) from which a host may be asked again."""
        return self._host(key).free

    def resting(self, key: str) -> dt.datetime | None:
        """Return until when a host is left alone, or None."""
        until = self._host(key).rest_until
        return until if until is not None and until > self._now() else None

    @contextlib.contextmanager
    def turn(self, target: Target) -> Iterator[None]:
        """Wait for the host's turn, hold it for one request, and pause it afterwards.

        Raises Stopped if the run ends while it waits.
        """
        host = self._host(host_key(target))
        with host.lock:
            wait = host.free - time.monotonic()
            if (wait > 0 and self._stop.wait(wait)) or self._stop.is_set():
                raise Stopped
            begun = time.monotonic()
            try:
                yield
            finally:
                ended = time.monotonic()
                took = ended - begun
                pause = max(self._host_delay, host.crawl_delay, 2 * took if took > SLOW else 0.0)
                host.free = max(host.free, ended + min(pause, LONGEST_DELAY))

    def pause(self, key: str, seconds: float) -> None:
        """Leave a host alone for so long; beyond LONGEST_WAIT it rests, and later runs remember."""
        host = self._host(key)
        host.free = max(host.free, time.monotonic() + seconds)
        if seconds > LONGEST_WAIT:
            self._rest(key, host, seconds)

    def _rest(self, key: str, host: _Host, seconds: float) -> None:
        host.rest_until = self._now() + dt.timedelta(seconds=seconds)
        with self._lock:
            self._new_hosts[key] = HostState(key, host.fail_count, host.rest_until)

    def went_well(self, key: str) -> None:
        """Note that a host answered, with whatever status."""
        host = self._host(key)
        host.doubtful = 0
        if host.fail_count:
            host.fail_count, host.rest_until = 0, None
            with self._lock:
                self._new_hosts[key] = HostState(key)

    def went_wrong(self, key: str, reason: str) -> None:
        """Note a failure to get an answer; rests the host when they pile up."""
        host = self._host(key)
        if reason in DOUBTFUL_REASONS:
            host.doubtful += 1
            if host.doubtful % (2 * FAILURES_TO_REST):
                return
            host.fail_count = max(host.fail_count + 1, FAILURES_TO_REST)
        elif reason in HOST_REASONS:
            host.fail_count += 1
        else:
            return
        if host.fail_count >= FAILURES_TO_REST:
            self._rest(key, host, min(FIRST_REST * 2 ** (host.fail_count - FAILURES_TO_REST), LONGEST_REST))
        else:
            with self._lock:
                self._new_hosts[key] = HostState(key, host.fail_count, host.rest_until)

    # ---- robots.txt -------------------------------------------------------------------------------

    def check(self, target: Target) -> None:
        """Raise FetchError "robots" where the site does not want us, or can't be asked.

        Fetches robots.txt first where none is remembered, or the remembered one is too old.
        """
        origin = f"{target.scheme}://{target.authority}"
        with self._lock:
            asking = self._robots_locks.setdefault(origin, threading.Lock())
        with asking:
            state = self._states.get(origin)
            life = UNREACHABLE_LIFE if state is not None and state.status == "unreachable" else ROBOTS_LIFE
            if state is None or self._now() - state.fetched_at > life:
                state = self._fetched(origin)
                self._states[origin] = state
                self._rules.pop(origin, None)
                with self._lock:
                    self._new_robots.append(state)
            if state.status == "rules" and origin not in self._rules:
                self._rules[origin] = read_robots(state.body)
        if state.status == "unreachable":
            raise FetchError(
                f"{target.url}: robots.txt can't be had, which means no",
                reason="robots unreachable",
                hint="the site's robots.txt fails; it is tried again later (RFC 9309, section 2.3.1.4)",
            )
        rules = self._rules.get(origin)
        if rules is None:
            return
        delay = rules.crawl_delay(PRODUCT)
        if delay:
            self._host(host_key(target)).crawl_delay = min(float(delay), LONGEST_DELAY)
        if not rules.can_fetch(target.url, PRODUCT):
            raise FetchError(
                f"{target.url}: disallowed", reason="robots", hint="the site's robots.txt asks not to"
            )

    def _fetched(self, origin: str) -> RobotsState:
        """GET robots.txt. 4xx: there is none. 5xx, 429 or no answer: unreachable."""
        now = self._now()
        url = f"{origin}/robots.txt"
        hops: list[Target] = []
        try:
            answer = self._transport.get(
                url,
                accept="text/plain,*/*;q=0.5",
                most_bytes=LARGEST_ROBOTS * 16,
                turn=self.turn,
                check=hops.append,
            )
        except FetchError as err:
            if len(hops) < 2 and (err.reason == "forbidden address" or err.reason in HOST_REASONS):
                raise  # the page itself would fail for the same reason, which tells more
            if err.reason == "too many redirects":
                return RobotsState(origin, "none", b"", now)
            status = "none" if err.reason in ("redirect loop", "forbidden redirect") else "unreachable"
            return RobotsState(origin, status, b"", now)
        if answer.status in (200, 203):
            return RobotsState(origin, "rules", answer.body[:LARGEST_ROBOTS], now)
        unreachable = answer.status >= 500 or answer.status == 429
        if answer.status == 429 or answer.status == 503:
            wait = retry_after(answer.headers.get("retry-after"), now)
            if wait:
                self.pause(host_key(parse(url)), wait)
        return RobotsState(origin, "unreachable" if unreachable else "none", b"", now)


def read_robots(body: bytes) -> Any:
    """Parse robots.txt: UTF-8 with or without a byte-order mark, wrong bytes replaced."""
    from protego import Protego

    return Protego.parse(body.decode("utf-8-sig", "replace").replace("\x00", ""))
