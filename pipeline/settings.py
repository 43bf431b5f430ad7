"""Options, then COSTLINE_* variables, then sources.toml, made into one frozen object."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.fetch.addresses import allow_host
from pipeline.workers import DEADLINE, MEMORY_MB, default_workers
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """How to fetch and read.

    allow_hosts:  host:port strings whose addresses are not judged.
    host_delay:   seconds between two requests to a host, at least.
    contact:      an address (mailto: or https:) for the User-Agent.
    connections:  hosts asked at the same time.      workers: reading processes.
    timeout:      seconds a request may take, redirects included.
    most_bytes:   of one page, unpacked.
    archive:      folder for raw pages as WARC, or None.
    keep_pages:   "database" (compressed, for reread) or "archive" (only there).
    retention_days: raw bodies of superseded versions are dropped from the database after so long; 0 never.
    deadline, memory_mb: seconds of a processor and private memory for reading one page (see pipeline.workers).
    triage:       pass over pages that can't hold a figure, unread and kept as no article (see pipeline.triage);
                  off, because the ledger keeps every article; on for corpora of which most is thrown away.
    """

    allow_hosts: frozenset[str] = frozenset()
    host_delay: float = 2.0
    contact: str = ""
    connections: int = 8
    workers: int = 1
    timeout: float = 10.0
    most_bytes: int = 32 << 20
    archive: Path | None = None
    keep_pages: str = "database"
    retention_days: int = 0
    deadline: float = DEADLINE
    memory_mb: int = MEMORY_MB
    log_format: str = ""
    triage: bool = False

    @property
    def user_agent(self) -> str:
        """What requests say: program, version, contact.

        Without a contact it is the postmaster of this machine, the role address that every mail host
        has (RFC 2142), so that a site can reach somebody in any case.
        """
        host = re.sub(r"[^A-Za-z0-9.-]", "", socket.gethostname())[:100] or "localhost"
        return f"Costline/{_version()} (+{self.contact or f'mailto:postmaster@{host}'})"


@cache
def _version() -> str:
    try:
        return version("costline")
    except PackageNotFoundError:
        return "0"


def _hosts(value: Any) -> frozenset[str]:
    items = value.split(",") if isinstance(value, str) else list(value)
    return frozenset(allow_host(str(item).strip()) for item in items if str(item).strip())


def _within(low: float, high: float, kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError
        number = kind(value)
        if not low <= number <= high:
            raise ValueError
        return number

    read.__doc__ = f"a number from {low:g} to {high:g}"
    return read


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    read.__doc__ = " or ".join(word or "nothing" for word in words)
    return read


def _switch(value: Any) -> bool:
    """true or false"""
    told = str(value).strip().lower()
    if told not in ("true", "false", "1", "0", "yes", "no", "on", "off"):
        raise ValueError
    return told in ("true", "1", "yes", "on")


def _contact(value: Any) -> str:
    """an e-mail address, mailto: or https: address, on one line"""
    told = str(value).strip()
    if told and (len(told) > 200 or not told.isascii() or any(c in told for c in "()\r\n \t") or not ("@" in told or "://" in told)):  # fmt: skip
        raise ValueError
    return told


def _folder(value: Any) -> Path:
    """a folder"""
    return Path(value)


_READ: dict[str, Callable[[Any], Any]] = {
    "allow_hosts": _hosts,
    "host_delay": _within(0, 3600, float),
    "contact": _contact,
    "connections": _within(1, 64, int),
    "workers": _within(1, 256, int),
    "timeout": _within(1, 600, float),
    "most_bytes": _within(1 << 10, 1 << 30, int),
    "archive": _folder,
    "keep_pages": _one_of("database", "archive"),
    "retention_days": _within(0, 36_500, int),
    "deadline": _within(0.1, 3600, float),
    "memory_mb": _within(64, 1 << 20, int),
    "log_format": _one_of("text", "json", ""),
    "triage": _switch,
}
assert set(_READ) == {item.name for item in fields(Settings)}


def load(
    table: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    table_name: str = "sources.toml",
    **options: Any,
) -> Settings:
    """Make the settings.

    table:   the [settings] of a sources.toml.
    options: by field name; None and empty lists mean "not given".
    Raises UsageError naming the option, variable or key.
    """
    told: dict[str, Any] = {"workers": default_workers()}
    for key, value in (table or {}).items():
        if key not in _READ:
            raise UsageError(f"{table_name}: unknown setting {key!r}; it may be {', '.join(_READ)}")
        told[key] = _read(key, value, f"{table_name}: {key}")
    for key in _READ:
        name = f"COSTLINE_{key.upper()}"
        if environ.get(name):
            told[key] = _read(key, environ[name], name)
    for key, value in options.items():
        if value is not None and value != [] and value != ():
            told[key] = _read(
                key, value, f"--{key.rstrip('s') if key == 'allow_hosts' else key}".replace("_", "-")
            )
    if told.get("keep_pages") == "archive" and told.get("archive") is None:
        raise UsageError('keep_pages = "archive" needs an archive folder (--archive FOLDER)')
    return Settings(**told)


def _read(key: str, value: Any, name: str) -> Any:
    try:
        return _READ[key](value)
    except (ValueError, TypeError) as err:
        raise UsageError(f"{name}: {value!r} won't do; it is {_READ[key].__doc__}") from err
