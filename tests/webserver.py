"""A real HTTP server for the tests: routes that behave, and routes that misbehave."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Route = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Looks up the path (with its query, then without) among the server's routes."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        bare = self.path.partition("?")[0]
        with self.server.lock:
            self.server.hits[bare] += 1
            self.server.seen.append((self.path, dict(self.headers)))
        route = self.server.routes.get(self.path) or self.server.routes.get(bare)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if route is None:
                self.answer(b"nothing here", status=404)
            else:
                route(self)

    def answer(
        self, body: bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        """Send a whole, well-formed answer. Header names may use _ for -."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Send bytes as they are and close."""
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Counts and keeps what was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Route] = {}
        self.hits: Counter[str] = Counter()
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.lock = threading.Lock()

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.authority}{path}"

    def page(self, path: str, body: bytes, **headers: str) -> None:
        """Serve a fixed page, with an ETag of its content; answers 304 where that is asked."""
        etag = f'"{abs(hash(body)):x}"'

        def route(handler: Handler) -> None:
            if handler.headers.get("If-None-Match") == etag:
                handler.send_response(304)
                handler.send_header("ETag", etag)
                handler.end_headers()
            else:
                handler.answer(body, ETag=etag, **headers)

        self.routes[path] = route

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Run a server in a thread for the length of a with block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
