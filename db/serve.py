"""The report, live: a small server on this machine's loopback address, which only reads.

It answers GET / with the report and POST /query with the answer to one SELECT (db.query: read-only,
with limits); nothing else. The database is opened for each answer and closed again, so that other
runs can write meanwhile; while one holds the file, the answer is 503 with the reason in one line,
and the page tries again by itself. The page is kept until the file changes.

A page elsewhere on the web could make a reader's browser send requests here. So the Host header must
name this server (a name made to resolve to 127.0.0.1 is refused: DNS rebinding), and a request that
a browser marks as coming from another origin is refused; answers are JSON that no script may load.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from db.apart import Helper
from db.formats import escape_html, human, shortened
from db.report.page import policy, render
from db.store import Store
from schemas.errors import CostlineError, LockHeldError, UsageError
from schemas.terminal import safe, safe_line

HOST = "127.0.0.1"
TIMEOUT = 10.0  # seconds for a query: a reader's file must be free again soon
MAX_ROWS = 1_000  # of an answer: a page draws no more
LONGEST_CELL = 10_000  # characters
LONGEST_QUERY = 100_000  # bytes
PATIENCE = 15.0  # seconds for a client to send its request
NAMES = ("127.0.0.1", "localhost", "[::1]")
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """The server for one database; `address` is where it answers."""

    daemon_threads = True
    address_family = socket.AF_INET

    def __init__(
        self, db: Path, *, port: int = 0, timeout: float = TIMEOUT, max_rows: int = MAX_ROWS
    ) -> None:
        """Bind to loopback.

        port: 0 picks a free one. timeout, max_rows: limits on a query.
        Raises UsageError if the port can't be had.
        """
        self.db = db
        self.query_timeout = timeout
        self.max_rows = max_rows
        self.turn = threading.Lock()  # of the page: it is made once
        self._page: tuple[object, bytes] | None = None
        self._helper = Helper()  # if the port can't be had, server_close ends it
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as err:
            raise UsageError(
                f"port {port} on {HOST} can't be had: {err}; choose another with --port, or 0 for any"
            ) from err

    @property
    def address(self) -> str:
        """Return the address to open in a browser."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def server_close(self) -> None:
        """Close the socket, and end the process that answers queries."""
        super().server_close()
        self._helper.close()

    def page(self) -> bytes:
        """Return the report as it is now; made anew when the file has changed."""
        with self.turn:
            state = _state(self.db)
            if self._page is None or self._page[0] != state:
                with Store.open(self.db, read_only=True) as store:
                    self._page = (_state(self.db), render(store, live=True))
            return self._page[1]

    def answer(self, sql: str) -> dict[str, Any]:
        """Return the answer to a query as the page shows it: every cell a text."""
        told = self._helper.ask(self.db, sql, timeout=self.query_timeout, max_rows=self.max_rows)
        table = told.table
        numeric = [_numeric([row[at] for row in table.rows]) for at in range(len(table.columns))]
        return {
            "columns": [safe_line(name) for name in table.columns],
            "numeric": numeric,
            "rows": [[safe(shortened(human(cell), LONGEST_CELL)) for cell in row] for row in table.rows],
            "truncated": told.truncated,
        }

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say in one line what went wrong; a client that hangs up is no news."""
        problem = sys.exception()
        if not isinstance(problem, OSError):
            print(
                safe_line(f"costline: internal error: {type(problem).__name__}: {problem}"), file=sys.stderr
            )


def _numeric(cells: list[Any]) -> bool:
    told = [cell for cell in cells if cell is not None]
    return bool(told) and all(
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool) for cell in told
    )


def _state(path: Path) -> object:
    """Return what changes when a database file does."""
    out = []
    for one in (path, path.with_name(path.name + ".wal")):
        try:
            told = one.stat()
            out.append((told.st_mtime_ns, told.st_size, told.st_ino))
        except OSError:
            out.append((0, 0, 0))
    return tuple(out)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "Costline"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        if self._refused():
            return
        if self.path.split("?", 1)[0] != "/":
            self._plain(HTTPStatus.NOT_FOUND, "There is only one page here: /")
            return
        try:
            self._send(
                HTTPStatus.OK,
                self.server.page(),
                "text/html; charset=utf-8",
                {"Content-Security-Policy": policy(live=True) + "; frame-ancestors 'none'"},
            )
        except LockHeldError as err:
            self._busy(str(err))
        except CostlineError as err:
            self._plain(HTTPStatus.INTERNAL_SERVER_ERROR, str(err))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        body = b""
        if length.isdecimal() and len(length) < 10 and int(length) <= LONGEST_QUERY:
            body = self.rfile.read(int(length))
        else:
            self.close_connection = True
        if self._refused():
            return
        if self.path != "/query":
            self._json(HTTPStatus.NOT_FOUND, {"error": "questions go to /query"})
        elif self.headers.get_content_type() != "application/json":
            self._json(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {"error": "send JSON"})
        elif not body:
            self._json(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"a query has at most {LONGEST_QUERY:,} bytes"}
            )
        else:
            self._query(body)

    def _query(self, body: bytes) -> None:
        try:
            sql = json.loads(body)["sql"]
        except (ValueError, KeyError, TypeError, RecursionError):
            sql = None
        if not isinstance(sql, str) or not sql.strip():
            self._json(HTTPStatus.BAD_REQUEST, {"error": "write a SELECT, or the name of a view"})
            return
        try:
            self._json(HTTPStatus.OK, self.server.answer(sql))
        except LockHeldError as err:
            self._json(HTTPStatus.SERVICE_UNAVAILABLE, {"error": safe_line(str(err))})
        except CostlineError as err:
            self._json(HTTPStatus.OK, {"error": safe_line(str(err))})

    def _refused(self) -> bool:
        """Refuse what does not come from a page of this server, and say so."""
        port = self.server.server_address[1]
        hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
        told = self.headers.get_all("Host") or []
        if len(told) != 1 or told[0].lower() not in hosts:
            self.close_connection = True
            self._plain(HTTPStatus.MISDIRECTED_REQUEST, f"This server answers at http://{HOST}:{port}/ only.")
            return True
        origin = self.headers.get("Origin")
        foreign = origin is not None and origin.lower() not in {f"http://{name}" for name in hosts}
        if foreign or (
            self.command == "POST" and self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
        ):
            self.close_connection = True
            self._plain(HTTPStatus.FORBIDDEN, "Requests from other sites are refused.")
            return True
        return False

    def _busy(self, why: str) -> None:
        told = escape_html(safe_line(why))
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
            f"<title>Costline waits</title><p>{told}. This page tries again by itself.</p></html>"
        )
        self._send(
            HTTPStatus.SERVICE_UNAVAILABLE, page.encode("utf-8", "replace"), "text/html; charset=utf-8",
            {"Retry-After": "2", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"},
        )  # fmt: skip

    def _json(self, status: HTTPStatus, told: dict[str, Any]) -> None:
        body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        self._send(status, body, "application/json; charset=utf-8", {})

    def _plain(self, status: HTTPStatus, text: str) -> None:
        self._send(
            status, (safe_line(text) + "\n").encode("utf-8", "replace"), "text/plain; charset=utf-8", {}
        )

    def _send(self, status: HTTPStatus, body: bytes, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **_COMMON,
            **more,
        }.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the standard library refuses (a method, a malformed request) without markup."""
        self.close_connection = True
        status = HTTPStatus(code)
        self.requestline = getattr(self, "requestline", "")
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = getattr(self, "request_version", "") or "HTTP/1.1"
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._send(
            status, (status.phrase + "\n").encode(), "text/plain; charset=utf-8", {"Allow": "GET, HEAD, POST"}
        )

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to who started the server."""


def serve(
    db: Path,
    *,
    port: int = 8000,
    say: Callable[[str], None],
    timeout: float = TIMEOUT,
    max_rows: int = MAX_ROWS,
) -> None:
    """Serve until SIGINT or SIGTERM.

    say: is told in one line where the page is, and when it stops.
    Raises StoreError if there is no database to show, UsageError if the port can't be had.
    """
    try:
        Store.open(db, read_only=True).close()
    except LockHeldError as err:
        say(f"{err}; the page waits for it")
    server = Server(db, port=port, timeout=timeout, max_rows=max_rows)
    stop = threading.Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    say(f"{safe_line(str(db))} is shown at {server.address} (stop with Ctrl-C)")
    try:
        while not stop.wait(0.5):
            pass
    finally:
        server.shutdown()
        server.server_close()
        for one, handler in before.items():
            signal.signal(one, handler)
    say("stopped")
