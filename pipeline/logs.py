"""Structured logs to stderr: one event a line, text for people or JSON for programs.

Without --log-format only warnings are shown; with it every request, outcome and batch. Nothing here
writes a file: a service manager or the shell keeps (and bounds) what is printed. Addresses are
logged without user names, and no header is.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog


def configure(log_format: str = "", *, run_id: str = "", stream: TextIO | None = None) -> None:
    """Set the format ("", "text" or "json") and the run id that every line carries."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    shown = (
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True)
        if log_format == "json"
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event"], bool_as_flag=False
        )
    )
    structlog.configure(
        processors=[*shared, shown],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if log_format else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    if run_id:
        structlog.contextvars.bind_contextvars(run=run_id)


configure()
log = structlog.get_logger()
