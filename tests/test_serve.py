"""The live page: what the server answers and refuses, how it stops, and the SQL box in a browser."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.serve import Server
from db.store import Store
from schemas.errors import LimitError, UsageError
from tests.browser import browser, complaints, requests, visit
from tests.ledger_cases import make_outcome
from tests.test_report import PAYLOADS, find, hostile, ledger, outcomes, texts, until

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from running(ledger(tmp_path_factory.mktemp("serve") / "ledger.duckdb", outcomes()))


def running(db: Path) -> Iterator[Server]:
    made = Server(db, port=0, timeout=5.0)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def call(
    server: Server, method: str, path: str, body: bytes | None = None, **headers: str | None
) -> tuple[int, dict[str, str], bytes]:
    """Send one request with exactly these headers (a "_" stands for "-"; None leaves one out)."""
    port = server.server_address[1]
    told = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body or b"")),
    }
    told |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in told.items() if value is not None),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall("\r\n".join(lines).encode() + b"\r\nConnection: close\r\n\r\n" + (body or b""))
        answer = http.client.HTTPResponse(link, method=method)
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def query(server: Server, sql: str, **headers: str | None) -> Any:
    status, _, body = call(server, "POST", "/query", json.dumps({"sql": sql}).encode(), **headers)
    assert status == 200, body
    return json.loads(body)


def test_the_page_comes_with_its_policy_and_nothing_else_is_there(server: Server) -> None:
    status, headers, body = call(server, "GET", "/")
    assert status == 200 and b"Costline" in body and b'"live":true' in body
    assert (
        "unsafe" not in headers["content-security-policy"]
        and "connect-src 'self'" in headers["content-security-policy"]
    )
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert call(server, "HEAD", "/")[2] == b""
    for path in (
        "/etc/passwd",
        "/../cli.py",
        "/ledger.duckdb",
        "/query",
        "/db/",
        "/%2e%2e/",
        "/.",
        "/favicon.ico",
        "http://127.0.0.1/",
    ):
        assert call(server, "GET", path)[0] == 404, path
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "<b>"])
def test_other_methods_are_refused_without_markup(server: Server, method: str) -> None:
    status, headers, body = call(server, method, "/")
    assert status == 405 and headers["content-type"].startswith("text/plain") and b"<" not in body


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Host": "evil.example.org"}, 421),
        ({"Host": "127.0.0.1"}, 421),
        ({"Host": "127.0.0.1:1"}, 421),
        ({"Host": "127.0.0.1.example.org:{port}"}, 421),
        ({"Host": None}, 421),
        ({"Host": ""}, 421),
        ({"Host": "localhost:{port}"}, 200),
        ({"Host": "LOCALHOST:{port}"}, 200),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://localhost:{port}"}, 200),
        ({"Origin": "https://evil.example.org"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Length": None}, 413),
        ({"Content_Length": "-5"}, 413),
        ({"Content_Length": "999999999"}, 413),
        ({"Content_Length": "x"}, 413),
    ],
)
def test_questions_come_from_this_page_only(
    server: Server, headers: dict[str, str | None], status: int
) -> None:
    filled = {
        name: value.format(port=server.server_address[1]) if value else value
        for name, value in headers.items()
    }
    assert call(server, "POST", "/query", b'{"sql": "SELECT 1"}', **filled)[0] == status
    if status in (403, 421) and "Sec_Fetch_Site" not in headers:
        assert call(server, "GET", "/", **filled)[0] == status


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'"x"', b"null", b"{", b'{"sql": 3}', b'{"sql": " "}', b"\xff\xfe", b"[" * 90_000],
)
def test_what_is_no_question_is_said_in_one_line(server: Server, body: bytes) -> None:
    status, headers, said = call(server, "POST", "/query", body)
    assert status in (400, 413) and headers["content-type"].startswith("application/json")
    assert "\n" not in json.loads(said)["error"]


def test_questions_are_answered_as_text(server: Server) -> None:
    told = query(
        server,
        "SELECT model, usd FROM cost_timeline WHERE model = 'Lantern-2' AND usd IS NOT NULL ORDER BY usd",
    )
    assert told == {
        "columns": ["model", "usd"],
        "numeric": [False, True],
        "rows": [["Lantern-2", "12,000,000"], ["Lantern-2", "48,000,000"]],
        "truncated": False,
    }
    assert query(server, "models")["columns"][0] == "model"
    assert query(server, "SELECT * FROM range(20000)")["truncated"] is True
    assert len(query(server, "SELECT repeat('x', 1000000) AS long")["rows"][0][0]) == 10_000
    assert query(server, "SELECT chr(8238) || 'x' AS \"a\u202eb\"")["rows"] == [["\\u202ex"]]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM fact_rows", "DROP VIEW facts", "COPY facts TO '/tmp/x.csv'", "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'", "ATTACH '/tmp/x.duckdb'", "INSTALL httpfs", "PRAGMA enable_profiling", "SET threads = 1",
        "SELECT 1; SELECT 2", "SELECT * FROM read_text('https://example.org/')", "nonsense", "CALL pragma_version()", "SELECT * FROM os",
    ],
)  # fmt: skip
def test_nothing_but_reading_is_let_through(server: Server, sql: str) -> None:
    before = server.db.read_bytes()
    assert query(server, sql)["error"]
    assert server.db.read_bytes() == before


def test_a_runaway_query_is_stopped_and_others_are_answered(tmp_path: Path) -> None:
    with_limit = Server(ledger(tmp_path / "l.duckdb", outcomes()), port=0, timeout=0.5)
    try:
        for sql in (
            "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3",
            "SELECT regexp_matches(repeat('a', 100000000), '(a?){500}b')",  # the engine does not interrupt this
        ):
            with pytest.raises(LimitError, match=r"longer than 0\.5 s"):
                with_limit.answer(sql)
        assert with_limit.answer("SELECT 1 AS one")["rows"] == [["1"]]
    finally:
        with_limit.server_close()


def test_the_page_follows_the_database(server: Server) -> None:
    before = call(server, "GET", "/")[2]
    assert call(server, "GET", "/")[2] == before
    with Store.open(server.db) as store:  # the server does not hold the file
        store.put([make_outcome("Fennel has 3 billion parameters.", [{"kind": "parameters", "model": "Fennel", "value": 3e9, "quote": "Fennel has 3 billion parameters."}], name="new", title="New")])  # fmt: skip
    assert b"Fennel" not in before and b"Fennel" in call(server, "GET", "/")[2]


HOLD = "import sys, time; from db.store import Store; s = Store.open(sys.argv[1]); s.start_run('ingest'); print('held', flush=True); time.sleep(60)"


def test_while_a_run_writes_the_page_says_so_and_tries_again(server: Server) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(server.db)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        status, headers, body = call(server, "GET", "/")
        assert status == 503 and headers["retry-after"] == "2"
        assert b"is held by process" in body and b'http-equiv="refresh"' in body
        status, _, body = call(server, "POST", "/query", b'{"sql": "SELECT 1"}')
        assert status == 503 and "is held by process" in json.loads(body)["error"]
    finally:
        holder.kill()
        holder.communicate()
    assert call(server, "GET", "/")[0] == 200


def test_many_readers_at_once(server: Server) -> None:
    told: list[object] = []

    def read(number: int) -> None:
        told.append(query(server, f"SELECT {number}")["rows"] if number % 2 else call(server, "GET", "/")[0])

    threads = [threading.Thread(target=read, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == sorted(str([[str(n)]]) if n % 2 else "200" for n in range(16))


def test_a_port_in_use_is_named(server: Server) -> None:
    with pytest.raises(UsageError, match="choose another with --port"):
        Server(server.db, port=server.server_address[1])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(tmp_path: Path, how: signal.Signals) -> None:
    db = ledger(tmp_path / "ledger.duckdb", outcomes())
    command = [sys.executable, "-m", "cli", "serve", "--db", str(db), "--port", "0"]
    run = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert run.stderr is not None
        line = run.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line
        link = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        link.request("GET", "/")
        assert link.getresponse().status == 200
        begun = time.monotonic()
        run.send_signal(how)
        out, err = run.communicate(timeout=20)
        link.close()
        assert run.returncode == 0 and out == "" and err == "stopped\n"
        assert time.monotonic() - begun < 15
    finally:
        run.kill()
        run.communicate()


def test_the_command_writes_the_report(tmp_path: Path) -> None:
    db, page = ledger(tmp_path / "ledger.duckdb", outcomes()), tmp_path / "ledger.html"
    done = subprocess.run(
        [sys.executable, "-m", "cli", "report", str(page), "--db", str(db)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stdout == "" and "ledger.html" in done.stderr
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    lost = subprocess.run(
        [sys.executable, "-m", "cli", "report", str(tmp_path / "no" / "x.html"), "--db", str(db)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert lost.returncode == 2 and lost.stderr.count("\n") == 1


def test_the_commands_name_a_missing_database(tmp_path: Path) -> None:
    for command in (["serve", "--port", "0"], ["report", str(tmp_path / "x.html")]):
        done = subprocess.run(
            [sys.executable, "-m", "cli", *command, "--db", str(tmp_path / "none.duckdb")],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 4 and done.stderr.count("\n") == 1 and "none.duckdb" in done.stderr
    assert not (tmp_path / "x.html").exists()


@pytest.mark.browser
def test_sql_is_asked_and_answered_in_a_browser(tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    for server in running(ledger(tmp_path / "h.duckdb", [*outcomes(), *hostile()])):
        with browser() as driver:
            visit(driver, server.address)
            assert len(find(driver, "#ask option")) > 8  # the documented views, each with a question
            box = find(driver, "#sql-text")[0]
            box.clear()
            box.send_keys(
                "SELECT quote, url FROM cost_timeline WHERE usd BETWEEN 1000000 AND 1000099 ORDER BY usd",
                Keys.CONTROL,
                Keys.ENTER,
            )
            until(driver, lambda: find(driver, "#sql-answer tbody tr"))
            told = " ".join(texts(driver, "#sql-answer td"))
            assert PAYLOADS[0] in told and PAYLOADS[2] in told and "\\u202eevil" in told
            assert find(driver, "#sql-answer a, #sql-answer img, #sql-answer script") == []
            box.clear()
            box.send_keys("DROP TABLE runs")
            find(driver, "#sql-run")[0].click()
            until(driver, lambda: "only SELECT" in " ".join(texts(driver, "#sql-answer .error")))
            assert driver.execute_script("return window.owned") is None
            asked = {one for one in requests(driver) if not one.startswith("data:,")}
            assert asked == {server.address, server.address + "query"}
            assert complaints(driver) == []
