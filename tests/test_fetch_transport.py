"""The one road to the network: forbidden addresses, redirects, limits, and servers that misbehave."""

from __future__ import annotations

import gzip
import socket
import sys
import time
import zlib
from collections.abc import Iterator

import brotli
import pytest
import zstandard

from pipeline.fetch.addresses import Gate, allow_host, parse, public
from pipeline.fetch.transport import Answer, Limits, Transport
from schemas.errors import FetchError, UsageError
from tests.faults import Fault, faults, make_bombs, packed, wire_faults
from tests.webserver import Server, serving

QUICK = Limits(connect_seconds=1, idle_seconds=0.5, total_seconds=1.5, most_bytes=4 << 20)
CONNECTED: list[object] = []
_watching = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event == "socket.connect":
        CONNECTED.append(arguments[1])


sys.addaudithook(_hook)


@pytest.fixture
def connections() -> Iterator[list[object]]:
    """Every address that any socket of this process is told to connect to."""
    global _watching
    CONNECTED.clear()
    _watching = True
    yield CONNECTED
    _watching = False


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def names(host: str, port: int) -> list[str]:
    """A resolver with both honest and lying names; nothing here asks a real DNS."""
    return {
        "public.example": ["93.184.216.34"],
        "private.example": ["10.0.0.7"],
        "both.example": ["93.184.216.34", "127.0.0.1"],
        "both6.example": ["2606:2800:220:1::1", "::1"],
        "meta.example": ["169.254.169.254"],
        "mapped.example": ["::ffff:127.0.0.1"],
        "nat64.example": ["64:ff9b::7f00:1"],
        "sixtofour.example": ["2002:7f00:1::"],
        "teredo.example": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
        "zone.example": ["fe80::1%eth0"],
        "localhost": ["127.0.0.1", "::1"],
        "xn--bcher-kva.example": ["192.168.1.1"],
    }.get(host, ["127.0.0.1"])


def transport(*allowed: str, limits: Limits = QUICK) -> Transport:
    return Transport(
        Gate(frozenset(allowed), names), user_agent="tests (+mailto:t@example.org)", limits=limits
    )


FORBIDDEN = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.01/", "http://0/",
    "http://0.0.0.0/", "http://[::]/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::808:808]/",
    "http://[64:ff9b:1::a00:1]/", "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[ff02::1]/", "http://[fec0::1]/", "http://[2001:db8::1]/",
    "http://[fe80::5efe:7f00:1]/", "http://[2606:4700::5efe:a00:1]/", "http://[3fff::1]/", "http://[100::1]/",
    "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/", "http://198.18.0.1/", "http://192.0.2.1/", "http://224.0.0.1/", "http://239.1.1.1/",
    "http://240.0.0.1/", "http://255.255.255.255/", "http://192.88.99.1/", "http://127.0.0.1./", "http://127.0.0.1:80/",
    "http://localhost/", "http://LOCALHOST./", "http://private.example/", "http://both.example/", "http://both6.example/",
    "http://meta.example/", "http://mapped.example/", "http://nat64.example/", "http://sixtofour.example/",
    "http://teredo.example/", "http://zone.example/", "http://b\u00fccher.example/", "http://\uff11\uff12\uff17.0.0.1/",
    "http://\u2460\u2461\u2466.0.0.1/", "http://127\u30020\u30020\u30021/", "http://user:pw@public.example/",
    "http://public.example@127.0.0.1/", "http://127.0.0.1%2f@public.example/", "http://%6c%6f%63alhost/",
    "http://public.example:22/", "http://public.example:6379/", "http://public.example:0/", "http://0x7f.1/",
    "http:///etc/passwd", "http://127.0.0.1\\@public.example/", "http://public.example\t@127.0.0.1/",
    "file:///etc/passwd", "ftp://public.example/", "data:text/html,x", "javascript:alert(1)", "gopher://127.0.0.1/",
    "dict://127.0.0.1:11211/", "jar:http://127.0.0.1!/", "unix:/var/run/docker.sock", "//127.0.0.1/", "http://[::1",
    "http://256.256.256.256/", "http://1.2.3/", "http://public.example:99999/", "http://a..b/", "http://\u200b127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", FORBIDDEN)
def test_forbidden_address_is_never_connected_to(url: str, connections: list[object]) -> None:
    with pytest.raises(FetchError) as refused:
        transport().get(url)
    assert refused.value.reason in ("forbidden address", "bad address"), refused.value
    assert connections == []


def test_there_are_enough_of_them() -> None:
    assert len(set(FORBIDDEN)) >= 40
    assert public("93.184.216.34") and public("2606:2800:220:1::1") and not public("no address")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.7/", "http://localhost:1/", "//169.254.169.254/", "file:///etc/passwd", "http://2130706433/",
     "data:text/html,x", "ftp://public.example/", "http://both.example/", "http://user@public.example/"],
)  # fmt: skip
def test_redirect_to_a_forbidden_address(
    server: Server, status: int, location: str, connections: list[object]
) -> None:
    server.routes["/r"] = lambda h: h.answer(b"", status=status, Location=location)
    with pytest.raises(FetchError) as refused:
        transport(server.authority).get(server.url("/r"))
    assert refused.value.reason in ("forbidden redirect", "forbidden address")
    assert connections == [("127.0.0.1", server.server_address[1])]


def test_rebinding_is_judged_at_every_connection(server: Server, connections: list[object]) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    gate = Gate(resolver=lambda host, port: next(answers))
    first = gate.addresses(parse("http://rebind.example/"))
    assert first == ["93.184.216.34"]  # what was judged is what is connected to: no second look-up
    with pytest.raises(FetchError, match="leads to 127"):
        Transport(gate, user_agent="t", limits=QUICK).get(
            f"http://rebind.example:{server.server_address[1]}/"
        )
    assert connections == []


def test_an_exempt_host_is_exempt_on_its_port_only(server: Server) -> None:
    server.page("/", b"<html>fine</html>")
    assert transport(server.authority).get(server.url()).body == b"<html>fine</html>"
    with pytest.raises(FetchError):
        transport("127.0.0.1:1").get(server.url())
    named = f"intranet.example:{server.server_address[1]}"
    assert transport(named).get(f"http://{named}/").status == 200


@pytest.mark.parametrize("told", ["127.0.0.1", "http://127.0.0.1:80", "a:b", ":80", "h:80/x", "u@h:80", ""])
def test_allow_host_wants_host_and_port(told: str) -> None:
    with pytest.raises(UsageError):
        allow_host(told)
    assert allow_host("[::1]:80") == "[::1]:80" and allow_host("Intra.Example:8080") == "intra.example:8080"


def test_proxies_of_the_environment_are_ignored(
    server: Server, monkeypatch: pytest.MonkeyPatch, connections: list[object]
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.page("/", b"direct")
    assert transport(server.authority).get(server.url()).body == b"direct"
    assert connections == [("127.0.0.1", server.server_address[1])]


def test_redirects_are_followed_counted_and_carry_nothing(server: Server) -> None:
    for n in range(5):
        server.routes[f"/{n}"] = lambda h, n=n: h.answer(
            b"", status=302, Location=f"/{n + 1}", Set_Cookie="a=b"
        )  # type: ignore[misc]
    server.page("/5", b"end")
    got = transport(server.authority).get(server.url("/0"), headers={"If-None-Match": '"x"'})
    assert got.body == b"end" and len(got.hops) == 6 and got.url == server.url("/5")
    sent = [headers for _, headers in server.seen]
    assert "If-None-Match" in sent[0] and all("If-None-Match" not in headers for headers in sent[1:])
    assert not any({"Cookie", "Authorization", "Referer"} & set(headers) for headers in sent)
    assert all("mailto:" in headers["User-Agent"] for headers in sent)
    server.routes["/5"] = lambda h: h.answer(b"", status=302, Location="/6")
    server.page("/6", b"too far")
    with pytest.raises(FetchError) as stopped:
        transport(server.authority).get(server.url("/0"))
    assert stopped.value.reason == "too many redirects"
    server.routes["/5"] = lambda h: h.answer(b"", status=302, Location="/2")
    with pytest.raises(FetchError) as stopped:
        transport(server.authority).get(server.url("/0"))
    assert stopped.value.reason == "redirect loop"


def test_no_step_down_from_https() -> None:
    with pytest.raises(FetchError) as refused:
        transport()._next(
            parse("https://public.example/"), "http://public.example/", ["https://public.example/"]
        )
    assert refused.value.reason == "forbidden redirect"


WIRE = [fault for fault in faults() if fault.on_the_wire] + wire_faults()


@pytest.mark.parametrize("fault", WIRE, ids=[fault.name for fault in WIRE])
def test_a_misbehaving_server_costs_one_named_error(server: Server, fault: Fault) -> None:
    make_bombs()
    server.routes[f"/f/{fault.name}"] = fault.route
    begun = time.monotonic()
    with pytest.raises(FetchError) as stopped:
        transport(server.authority).get(server.url(f"/f/{fault.name}"))
    assert f"fetch: {stopped.value.reason}" == fault.expected, stopped.value
    assert time.monotonic() - begun < 5
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "identity"])
def test_honest_codings(server: Server, name: str) -> None:
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }
    body = b"<html>" + b"word " * 1000
    server.routes["/"] = packed(name, pack.get(name, bytes)(body))
    assert transport(server.authority).get(server.url()).body == body


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError) as stopped:
        transport(f"127.0.0.1:{port}").get(f"http://127.0.0.1:{port}/")
    assert stopped.value.reason == "no connection"


def test_connections_are_kept_and_a_stale_one_is_replaced(server: Server, connections: list[object]) -> None:
    server.page("/", b"a")
    server.routes["/close"] = lambda h: (h.answer(b"b"), setattr(h, "close_connection", True))[0]
    server.routes["/304"] = lambda h: (h.send_response(304), h.end_headers())[0]
    road = transport(server.authority)

    def statuses(*paths: str) -> list[int]:
        got: list[Answer] = [road.get(server.url(path)) for path in paths]
        return [answer.status for answer in got]

    assert statuses("/", "/", "/304", "/none", "/") == [200, 200, 304, 404, 200]
    assert len(connections) == 1
    assert statuses("/close") == [200]
    time.sleep(0.2)  # the server closes without having said so
    assert statuses("/") == [200]
    assert len(connections) == 2
    road.close()
