"""What a crawl still has to ask, host by host, and how much of the answers may be in hand at a time."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.fetch.addresses import Target
from pipeline.fetch.manners import host_key
from pipeline.fetch.sources import Source
from schemas.crawl import Known


@dataclass(slots=True, eq=False)
class Item:
    """An address to be asked."""

    target: Target
    address: str
    source: Source
    role: str  # "page", or what the source document is declared to be: auto, feed, sitemap, listing
    hints: dict[str, str]
    known: Known | None
    attempt: int = 1
    depth: int = 0
    root: bool = False  # the source's own address


class Frontier:
    """What is still to be asked: a queue a host, a host to one thread at a time, delays honoured.

    free_at: the moment (time.monotonic) from which a host may be asked again.
    """

    def __init__(self, free_at: Callable[[str], float]) -> None:
        self._free_at = free_at
        self._queues: dict[str, deque[Item]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._later: list[tuple[float, int, Item]] = []
        self._busy: set[str] = set()
        self._marked: set[str] = set()  # hosts in _ready
        self._number = 0
        self._closed = False
        self._changed = threading.Condition()
        self.open = 0  # items not yet done with

    def add(self, item: Item, *, delay: float = 0.0) -> None:
        """Queue an item, or one that comes back after a fault (its place in `open` is kept)."""
        with self._changed:
            if item.attempt == 1:
                self.open += 1
            if delay > 0:
                self._number += 1
                heapq.heappush(self._later, (time.monotonic() + delay, self._number, item))
            else:
                self._enqueue(item)
            self._changed.notify()

    def _enqueue(self, item: Item, *, first: bool = False) -> None:
        key = host_key(item.target)
        line = self._queues.setdefault(key, deque())
        line.appendleft(item) if first else line.append(item)
        self._mark(key)

    def _mark(self, key: str) -> None:
        if key not in self._busy and key not in self._marked and self._queues.get(key):
            self._number += 1
            self._marked.add(key)
            heapq.heappush(self._ready, (self._free_at(key), self._number, key))

    def take(self) -> Item | None:
        """Return the next item whose host may be asked; None when the frontier is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    self._enqueue(heapq.heappop(self._later)[2], first=True)
                wait = self._later[0][0] - now if self._later else None
                if self._ready:
                    moment, _, key = self._ready[0]
                    moment = max(moment, self._free_at(key))
                    if moment <= now:
                        heapq.heappop(self._ready)
                        self._marked.discard(key)
                        self._busy.add(key)
                        return self._queues[key].popleft()
                    if moment > self._ready[0][0]:  # paused in the meantime
                        heapq.heappop(self._ready)
                        self._number += 1
                        heapq.heappush(self._ready, (moment, self._number, key))
                        continue
                    wait = min(wait, moment - now) if wait is not None else moment - now
                self._changed.wait(wait)
            return None

    def asked(self, item: Item) -> None:
        """Give the host back; the item is still open."""
        key = host_key(item.target)
        with self._changed:
            self._busy.discard(key)
            if self._queues.get(key):
                self._mark(key)
            else:
                self._queues.pop(key, None)
            self._changed.notify()

    def settled(self) -> None:
        """Note that an item is done with."""
        with self._changed:
            self.open -= 1

    def close(self) -> None:
        """Let every thread go home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Room:
    """Bounds the bytes of bodies in hand; one body may always pass."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._changed = threading.Condition()

    def enter(self, size: int, stop: threading.Event) -> None:
        """Wait until there is room for so many bytes (or the run stops), and take it."""
        with self._changed:
            while self._used and self._used + size > self._most and not stop.is_set():
                self._changed.wait(0.5)
            self._used += size

    def leave(self, size: int) -> None:
        """Give the room back."""
        with self._changed:
            self._used -= size
            self._changed.notify_all()
