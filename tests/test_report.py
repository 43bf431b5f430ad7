"""The report: what is packed into the page, and how the page behaves in a real browser."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.report import render
from db.report.gather import address, packed, slug
from db.report.page import embedded, policy
from db.store import Store
from schemas.records import Failure, Finding, Outcome, Page, Rejected, Removed
from tests.browser import browser, complaints, prefer, requests, resize, visit
from tests.ledger_cases import FETCHED, make_outcome

# ---- ledgers ----------------------------------------------------------------------------------------

PAGES: list[dict[str, Any]] = [
    {
        "name": "lantern", "url": "https://example.org/lantern", "title": "Lantern-2, and what it took", "site": "Example Post",
        "published": "2023-05-04",
        "text": "A quiet start.\n\nTraining Lantern-2 cost $12 million, the firm said. It has 70 billion parameters.\n\nAn end.",
        "facts": [
            {"kind": "cost", "model": "Lantern-2", "value": 12_000_000, "currency": "USD", "scope": "training", "basis": "reported", "quote": "Training Lantern-2 cost $12 million, the firm said."},
            {"kind": "parameters", "model": "Lantern-2", "value": 70e9, "quote": "It has 70 billion parameters."},
        ],
    },
    {
        "name": "outsiders", "url": "https://news.example.net/outsiders", "title": "Outsiders reckon otherwise", "site": "Example News",
        "published": "2023-08-01",
        "text": "Outsiders put the training of Lantern-2 at between $20 million and $30 million.\n\nBrook-7 would cost perhaps $90 million to train.",
        "facts": [
            {"kind": "cost", "model": "Lantern-2", "op": "range", "low": 20_000_000, "high": 30_000_000, "currency": "USD", "scope": "training", "basis": "estimated", "quote": "Outsiders put the training of Lantern-2 at between $20 million and $30 million."},
            {"kind": "cost", "model": "Brook-7", "op": "~", "value": 90_000_000, "currency": "USD", "scope": "training", "basis": "hypothetical", "quote": "Brook-7 would cost perhaps $90 million to train."},
        ],
    },
    {
        "name": "later", "url": "https://example.org/later", "title": "A cheaper one", "site": "Example Post", "published": "2024-11-20",
        "text": "Training Lantern-2 cost $48 million, a filing shows.\n\nCinder is expected to cost more than €5 million to train.",
        "facts": [
            {"kind": "cost", "model": "Lantern-2", "value": 48_000_000, "currency": "USD", "scope": "training", "basis": "reported", "quote": "Training Lantern-2 cost $48 million, a filing shows."},
            {"kind": "cost", "model": "Cinder", "op": ">", "value": 5_000_000, "currency": "EUR", "scope": "training", "basis": "projected", "quote": "Cinder is expected to cost more than €5 million to train."},
        ],
    },
    {
        "name": "undated", "url": "https://example.org/undated", "title": "No day on this one", "site": "Example Post",
        "text": "Osier was trained for $1 million.\n\nIt is false that Osier has 9 trillion parameters.",
        "facts": [
            {"kind": "cost", "model": "Osier", "value": 1_000_000, "currency": "USD", "scope": "training", "basis": "reported", "quote": "Osier was trained for $1 million."},
            {"kind": "parameters", "model": "Osier", "value": 9e12, "negated": True, "quote": "It is false that Osier has 9 trillion parameters."},
        ],
    },
]  # fmt: skip


def outcomes() -> list[Outcome]:
    """Return the pages above as outcomes, one with cuts; and a page set aside, and a failure."""
    made = []
    for page in PAGES:
        told = dict(page)
        text, facts = told.pop("text"), told.pop("facts")
        made.append(make_outcome(text, facts, **told))
    first = made[0]
    assert first.article is not None
    cuts = (
        Removed(
            "buy cheap pills here", "hidden", "spam.hidden.display", ("display by style",), cut_id="a" * 16
        ),
        Removed("By A. Writer", "byline", "part-byline", cut_id="b" * 16),
    )
    made[0] = replace(first, article=replace(first.article, removed=cuts))
    return [*made, *aside("a parked domain", "https://example.org/parked", "https://example.org/broken")]


def aside(title: str, url: str, broken: str) -> list[Outcome]:
    page = Page("parked", url, b"x", "html", FETCHED, url=url)
    rejected = Rejected("parked", url, page.sha256, FETCHED, "spam", detail=title, url=url, title=title)
    return [
        Outcome(url, page, rejected=rejected),
        Outcome(broken, None, failure=Failure(broken, "fetch", "http 500", hint=title)),
    ]


def ledger(path: Path, made: list[Outcome], *, check: str = "cost-arithmetic") -> Path:
    with Store.open(path) as store:
        store.put(made)
        rows = store.rows("SELECT fact_id, model FROM facts WHERE kind = 'cost' ORDER BY fact_id")
        store.put_findings(
            [
                Finding(
                    check,
                    rows[0]["model"],
                    "differs",
                    "512 × 240 h × $2.28 = $280,166",
                    (rows[0]["fact_id"],),
                    280166.0,
                    300000.0,
                    0.05,
                )
            ]
        )
    return path


def write(db: Path, out: Path) -> Path:
    with Store.open(db, read_only=True) as store:
        out.write_bytes(render(store))
    return out


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    return write(ledger(folder / "ledger.duckdb", outcomes()), folder / "ledger.html")


# ---- what is packed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, good",
    [
        ("https://example.org/a?b=c&d=%20#e", True),
        ("HTTP://example.org", True),
        ("https://例え.jp/頁", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)//https://example.org", False),
        ("java\nscript:alert(1)", False),
        (" https://example.org", False),
        ("https://", False),
        ("https:example.org", False),
        ("//example.org", False),
        ("data:text/html,<script>1</script>", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("pages/one.html", False),
        ("https://example.org/\u202egpj.exe", False),
        ('https://example.org/"onclick="x', False),
        ("https://[::1", False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_become_links(text: str | None, good: bool) -> None:
    assert address(text) == (text if good else None)


def unpacked(way: Any) -> list[Any]:
    """Read a packed column back, as the page does."""
    if isinstance(way, list):
        return way
    if "i" in way:
        return [way["k"][number] for number in way["i"]]
    out = [way["c"]] * way["n"]
    for row, value in zip(way["s"][::2], way["s"][1::2], strict=True):
        out[row] = value
    return out


@given(st.lists(st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=2), max_size=2)))
def test_columns_are_packed_without_loss(values: list[Any]) -> None:
    assert unpacked(packed(values)) == values


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_data_can_not_leave_its_element(told: Any) -> None:
    text = embedded(told)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == told


def test_anchors_of_models_are_unlike() -> None:
    taken: set[str] = set()
    assert [slug(name, taken) for name in ("GPT-4", "gpt 4", "GPT 4!", "模型 2", "…")] == [
        "gpt-4",
        "gpt-4-2",
        "gpt-4-3",
        "模型-2",
        "unnamed",
    ]


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_stands_alone_under_a_strict_policy(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = Elements(text).found
    assert [attrs for tag, attrs in found if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
    ]
    for tag, attrs in found:
        assert not {"src", "style", "srcset"} & set(attrs), tag
        assert not [name for name in attrs if name.startswith("on")], tag
        assert (attrs.get("href") or "#").startswith(("#", "data:,")), tag
    told = next(
        attrs["content"] for tag, attrs in found if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert told == policy(live=False)
    assert "unsafe" not in told and "default-src 'none'" in told and "connect-src 'none'" in told
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style and "url(" not in style[1] and "@import" not in style[1]
    script = text[text.rindex("<script>") :]
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "XMLHttpRequest",
    ):
        assert word not in script


def test_one_ledger_makes_the_same_bytes(page: Path, tmp_path: Path) -> None:
    again = write(ledger(tmp_path / "again.duckdb", list(reversed(outcomes()))), tmp_path / "again.html")
    # other order of storing, other time of storing
    assert (
        again.read_bytes()
        == page.read_bytes()
        == write(tmp_path / "again.duckdb", tmp_path / "third.html").read_bytes()
    )


def test_an_empty_ledger_has_a_page(tmp_path: Path) -> None:
    Store.open(tmp_path / "empty.duckdb").close()
    assert b"Costline" in write(tmp_path / "empty.duckdb", tmp_path / "empty.html").read_bytes()


def data(page: Path) -> Any:
    text = page.read_text(encoding="utf-8")
    return json.loads(text.split('<script type="application/json" id="data">')[1].split("</script>")[0])


def test_the_figure_is_found_where_the_browser_counts(tmp_path: Path) -> None:
    """Offsets are code points in the ledger, UTF-16 units in the page, and what is shown is escaped."""
    text = "😀 Before\u202e it.\n\n🦙 \u200bLlama-9 has 𝟗 billion parameters, it says 😀.\n\nAfter."
    quote = "Llama-9 has 𝟗 billion parameters"
    made = make_outcome(
        text,
        [{"kind": "parameters", "model": "Llama-9", "value": 9e9, "quote": quote}],
        name="odd",
        title="Odd",
        published="2024-01-01",
    )
    assert made.reading.facts[0].quote == quote
    at = text.index("𝟗")
    fact = replace(made.reading.facts[0], at=at, at_end=at + 1)
    made = replace(made, reading=replace(made.reading, facts=(fact,)))
    with Store.open(tmp_path / "odd.duckdb") as store:
        store.put([made])
    told = data(write(tmp_path / "odd.duckdb", tmp_path / "odd.html"))
    shown = told["texts"]["all"][0].encode("utf-16-le")
    q, f, g, r = (unpacked(told["texts"][name])[0] for name in "qfgr")
    assert shown[2 * q : 2 * (q + f + g + r)].decode("utf-16-le") == quote
    assert shown[2 * (q + f) : 2 * (q + f + g)].decode("utf-16-le") == "𝟗"
    assert told["texts"]["all"][0] == "🦙 \\u200bLlama-9 has 𝟗 billion parameters, it says 😀."


# ---- in a browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as made:
        yield made


@pytest.fixture
def shown(driver: Any, page: Path) -> Any:
    resize(driver, 1280)
    prefer(driver, "light")
    visit(driver, page.as_uri())
    return driver


def find(driver: Any, selector: str) -> list[Any]:
    from selenium.webdriver.common.by import By

    return list(driver.find_elements(By.CSS_SELECTOR, selector))


def texts(driver: Any, selector: str) -> list[str]:
    found = driver.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector
    )
    return [" ".join(text.split()) for text in found]


def until(driver: Any, holds: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 30).until(lambda _: holds())


def press(driver: Any, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def background(driver: Any) -> str:
    return str(driver.execute_script("return getComputedStyle(document.body).backgroundColor"))


@pytest.mark.browser
def test_charts_are_drawn_and_ask_nothing_of_any_network(shown: Any, page: Path) -> None:
    assert texts(shown, "#timeline-title") == ["What training cost"]
    assert len(find(shown, "#chart .mark")) == 5
    shapes = {
        kind: shown.execute_script(f"return document.querySelector('#chart .b-{kind} .shape').tagName")
        for kind in ("reported", "estimated", "projected", "hypothetical")
    }
    assert shapes == {"reported": "circle", "estimated": "path", "projected": "path", "hypothetical": "rect"}
    assert len(find(shown, "#chart .mark.b-estimated .whisker")) == 1  # a range is a bar
    assert len(find(shown, "#chart .mark.b-projected .whisker")) == 1  # "more than" is an arrow
    assert len(find(shown, "#chart .label")) == 5
    assert "$10 million" in texts(shown, "#chart text") and "2024" in " ".join(texts(shown, "#chart text"))
    assert "Osier, $1 million (no known day)" in " ".join(texts(shown, "#undrawn li"))
    for number in range(len(find(shown, "#metrics .metric"))):
        find(shown, "#metrics .metric")[number].click()
        assert find(shown, "#chart svg, #chart .empty")
    assert {one for one in requests(shown) if not one.startswith("data:,")} == {page.as_uri()}
    assert complaints(shown) == []


@pytest.mark.browser
def test_hovering_shows_the_sentence_and_a_click_goes_to_it(shown: Any) -> None:
    from selenium.webdriver import ActionChains

    mark = find(shown, "#chart .mark.b-estimated .shape")[0]
    ActionChains(shown).move_to_element(mark).perform()
    until(shown, lambda: find(shown, ".tip:not([hidden])"))
    assert "between $20 million and $30 million" in texts(shown, ".tip .said")[0]
    ActionChains(shown).click().perform()
    until(shown, lambda: find(shown, "#facts-table tr.open"))
    assert shown.execute_script("return location.hash").startswith("#fact-")
    assert "Outsiders put the training of Lantern-2" in texts(shown, "tr.detail .quote")[0]
    assert shown.execute_script(
        "const box = document.querySelector('tr.open').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight + 2"
    )
    links = [link.get_attribute("href") for link in find(shown, "tr.detail dd a")]
    assert "https://news.example.net/outsiders" in links
    assert any("/outsiders#:~:text=Outsiders%20put" in link for link in links)


@pytest.mark.browser
def test_the_chart_follows_its_controls(shown: Any) -> None:
    find(shown, '.legend input[value="hypothetical"]')[0].click()
    assert len(find(shown, "#chart .mark")) == 4
    find(shown, "#find")[0].send_keys("cinder")
    assert len(find(shown, "#chart .mark:not(.dim)")) == 1
    find(shown, '.metric[data-metric="parameters"]')[0].click()
    assert texts(shown, "#timeline-title") == ["Size of models, in parameters"]
    assert len(find(shown, "#chart .mark")) == 1  # the denied one is in no chart


@pytest.mark.browser
def test_tables_are_sorted_searched_and_filtered(shown: Any) -> None:
    head = next(one for one in find(shown, "#models-table th button") if one.text.startswith("Model"))
    head.click()
    assert texts(shown, "#models-table tbody td:first-child") == ["Brook-7", "Cinder", "Lantern-2", "Osier"]
    head.click()
    assert texts(shown, "#models-table tbody td:first-child") == ["Osier", "Lantern-2", "Cinder", "Brook-7"]
    assert find(shown, '#models-table th[aria-sort="descending"]')
    search = find(shown, "#facts-table input[type=search]")[0]
    search.send_keys("filing SHOWS")
    until(shown, lambda: len(find(shown, "#facts-table tbody tr.row")) == 1)
    assert "1 of 8 facts" in texts(shown, "#facts-table .count")
    search.clear()
    search.send_keys("osier")
    until(shown, lambda: len(find(shown, "#facts-table tbody tr.row")) == 2)
    pick = find(shown, '#facts-table select[aria-label="Every kind"] option[value="parameters"]')[0]
    pick.click()
    assert ["denied" in text for text in texts(shown, "#facts-table tbody tr.row")] == [True]
    assert "buy cheap pills here" in texts(shown, "#cuts-table tbody td")
    find(shown, '#cuts-table select option[value="page"]')[0].click()
    assert texts(shown, "#cuts-table tbody td:nth-child(2)") == ["By A. Writer"]
    assert "512 × 240 h × $2.28 = $280,166" in texts(shown, "#findings-table td")
    assert len(find(shown, "#conflicts-table tr.row")) == 1
    assert "a parked domain" in " ".join(texts(shown, "#aside li"))


@pytest.mark.browser
def test_models_and_facts_have_addresses(shown: Any, page: Path) -> None:
    visit(shown, page.as_uri() + "#model-lantern-2")
    section = find(shown, "#model-lantern-2 details[open]")
    assert section and "Training Lantern-2 cost $12 million, the firm said." in texts(
        shown, "#model-lantern-2 .said"
    )
    fact = data(page)["facts"]["id"][0]
    visit(shown, f"{page.as_uri()}#fact-{fact[:8]}")
    assert find(shown, f"#fact-{fact}.open")
    visit(shown, page.as_uri() + "#fact-nothing")
    visit(shown, page.as_uri() + "#%ff")
    assert complaints(shown) == []


@pytest.mark.browser
def test_dark_by_preference_and_by_choice(shown: Any, page: Path) -> None:
    light = background(shown)
    prefer(shown, "dark")
    dark = background(shown)
    assert light != dark
    find(shown, "#theme")[0].click()
    assert background(shown) == light
    find(shown, "#theme")[0].click()
    assert background(shown) == dark
    prefer(shown, "light")
    assert background(shown) == dark  # a choice outlives the preference
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert background(shown) == "rgb(255, 255, 255)"
    shown.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    find(shown, "#theme")[0].click()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 414, 768, 1280])
def test_no_width_scrolls_sideways(shown: Any, page: Path, width: int) -> None:
    resize(shown, width, 780)
    visit(shown, page.as_uri())
    shown.execute_script("document.querySelectorAll('#facts-table .twist')[0].click()")
    assert shown.execute_script("return document.documentElement.scrollWidth") <= width
    assert (
        shown.execute_script("return document.querySelector('#chart svg').getBoundingClientRect().width")
        <= width
    )


@pytest.mark.browser
def test_a_finger_sees_the_sentence_first_and_then_goes_to_it(shown: Any, page: Path) -> None:
    resize(shown, 390, 780)
    shown.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        visit(shown, page.as_uri())

        def tap(selector: str) -> None:
            spot = "const at = document.querySelector(arguments[0]); at.scrollIntoView({block: 'center'}); const box = at.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]"
            x, y = shown.execute_script(spot, selector)
            for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
                shown.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        tap("#chart .mark.b-estimated .shape")
        until(shown, lambda: find(shown, ".tip.touch:not([hidden])"))
        assert shown.execute_script("return location.hash") == ""
        assert "between $20 million and $30 million" in texts(shown, ".tip .said")[0]
        tap(".tip a")
        until(shown, lambda: find(shown, "#facts-table tr.open"))
        assert not find(shown, ".tip:not([hidden])")
        assert shown.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        shown.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


@pytest.mark.browser
def test_the_keyboard_reaches_everything(shown: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    press(shown, Keys.TAB)
    assert shown.switch_to.active_element.text == "Skip to the ledger"
    shown.execute_script("document.querySelector('#find').focus()")
    press(shown, Keys.TAB)
    label = "return document.activeElement.getAttribute('aria-label')"
    assert shown.execute_script(label).startswith("Lantern-2: $12 million, reported, 4 May 2023")
    assert find(shown, ".tip:not([hidden])")
    press(shown, Keys.ARROW_RIGHT)
    assert "$20 million to $30 million" in shown.execute_script(label)
    press(shown, Keys.END)
    assert shown.execute_script(label).startswith("Lantern-2: $48 million")
    press(shown, Keys.ESCAPE)
    assert not find(shown, ".tip:not([hidden])")
    press(shown, Keys.HOME, Keys.ENTER)
    until(shown, lambda: find(shown, "#facts-table tr.open"))
    assert shown.execute_script("return document.activeElement.getAttribute('aria-expanded')") == "true"
    press(shown, Keys.SPACE)
    assert not find(shown, "#facts-table tr.open")
    press(shown, "/")
    assert shown.execute_script("return document.activeElement.type") == "search"


@pytest.mark.browser
def test_a_page_for_print_opens_what_is_folded(shown: Any) -> None:
    opened = "dispatchEvent(new Event('beforeprint')); return [...document.querySelectorAll('#model-sections details')].map((one) => one.open && one.querySelectorAll('.claims li').length)"
    assert sorted(shown.execute_script(opened)) == [1, 1, 2, 4]
    shown.execute_script("dispatchEvent(new Event('afterprint'))")
    assert complaints(shown) == []


# ---- hostile ledgers --------------------------------------------------------------------------------

PAYLOADS = (
    "</script><script>window.owned=1</script>",
    "<!--<script>window.owned=1//",
    "<img src=x onerror=window.owned=1>",
    "<svg onload=window.owned=1><animate onbegin=window.owned=1 attributeName=x dur=1s>",
    '" onmouseover="window.owned=1" x="',
    "' autofocus onfocus='window.owned=1",
    "</style><style>*{display:none}</style>",
    "{{script}}${window.owned=1}{{data}}",
    "\u202eevil\u2066 \u200b text\u0007\x1b[31m",
    "constructor __proto__ toString",
    "]]><iframe srcdoc='<script>parent.owned=1</script>'>",
    "&lt;b&gt; &#60;script&#62;window.owned=1",
)
ADDRESSES = (
    "javascript:window.owned=1",
    "JAVASCRIPT:window.owned=1",
    "data:text/html,<script>window.owned=1</script>",
    'https://example.org/"><script>window.owned=1</script>',
    "http://example.org/\u202etxt.exe",
    "vbscript:x",
)


def hostile() -> list[Outcome]:
    made: list[Outcome] = []
    for number, evil in enumerate(PAYLOADS):
        text = f"Words. {evil} cost $1 million to train, {evil} says."
        label = {
            "kind": "cost", "model": evil, "value": 1_000_000 + number, "currency": "USD", "scope": "training", "basis": "reported",
            "quote": text[7:], "rule": evil, "description": evil,
        }  # fmt: skip
        other = {
            "kind": "trend",
            "subject": evil,
            "direction": "up",
            "period": evil,
            "value": 2,
            "quote": text[7:],
        }
        maker = {"kind": "developer", "model": evil, "organization": evil, "quote": text[7:]}
        page = make_outcome(
            text, [label, other, maker], name=f"h{number}", url=ADDRESSES[number % len(ADDRESSES)] + str(number), title=evil, site=evil, author=evil,
            published=f"2024-01-{number + 1:02}", language="en", original_source=evil, models={evil: (f"{evil} too",)},
        )  # fmt: skip
        assert page.article is not None
        cut = Removed(evil, "hidden", evil, (evil,), cut_id=f"{number:016x}")
        made.append(replace(page, article=replace(page.article, removed=(cut,))))
        made += aside(evil, ADDRESSES[number % len(ADDRESSES)] + f"aside{number}", evil + str(number))
    return made


@pytest.mark.browser
def test_a_hostile_ledger_runs_nothing_and_is_shown_as_text(driver: Any, tmp_path: Path) -> None:
    resize(driver, 1280)
    prefer(driver, "light")
    page = write(ledger(tmp_path / "h.duckdb", hostile(), check=PAYLOADS[2]), tmp_path / "h.html")
    visit(driver, page.as_uri())
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    driver.execute_script(
        "for (const twist of document.querySelectorAll('#facts-table .twist, #findings-table .twist')) { document.querySelectorAll('#facts-table .twist')[0].click(); twist.click(); }"
    )
    driver.execute_script("for (const mark of document.querySelectorAll('#chart .mark')) mark.focus()")
    for one in find(driver, ".metric"):
        driver.execute_script("arguments[0].click()", one)
    assert driver.execute_script("return window.owned") is None
    assert driver.execute_script("return document.scripts.length") == 2
    assert find(driver, "img, iframe, object, embed, base, animate, form") == []
    assert len(find(driver, "style")) == 1
    hrefs = driver.execute_script(
        "return [...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))"
    )
    assert all(re.match(r"#|https?://example\.org/", href) for href in hrefs), hrefs
    assert not any("\u202e" in href or '"' in href for href in hrefs)
    told = driver.execute_script("return document.body.textContent")
    for evil in PAYLOADS[:8]:
        assert evil in told
    assert "\\u202eevil\\u2066" in told
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", told)
    assert {one for one in requests(driver) if not one.startswith("data:,")} == {page.as_uri()}
    assert complaints(driver) == []


@pytest.mark.browser
def test_the_policy_itself_stops_a_script(driver: Any, page: Path) -> None:
    """Even with a hole in the escaping nothing would run: try what a hole would let through."""
    visit(driver, page.as_uri())
    tried = (
        "document.body.innerHTML = '<img src=x onerror=window.owned=1>'",
        "document.body.setAttribute('onclick', 'window.owned=1')",
        "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
        "const s = document.createElement('script'); s.textContent = 'window.owned=1'; document.body.append(s)",
    )
    for code in tried:
        said = driver.execute_script(
            f"try {{ {code}; return 'done' }} catch (problem) {{ return problem.name }}"
        )
        assert said == "TypeError", code
    driver.execute_script(
        "const a = document.createElement('a'); a.href = 'javascript:window.owned=1'; document.body.append(a); a.click()"
    )
    driver.execute_script("fetch('https://example.org/').catch(() => { window.refused = true })")
    until(driver, lambda: driver.execute_script("return window.refused"))
    assert driver.execute_script("return window.owned") is None
    assert not [one for one in requests(driver) if one.startswith("http")]


# ---- size -------------------------------------------------------------------------------------------


def many(facts: int) -> list[Outcome]:
    """Return pages with sentences of a usual length (170 characters), ten facts a page, no two alike."""
    made = []
    for page in range(facts // 10):
        lines, read = [], []
        for number in range(10):
            key = page * 10 + number
            line = (
                f"According to a filing of {key % 977} pages, training Model-{key % 1500} took {key + 100:,} accelerators and"
                f" some ${key + 1000:,}, a sum that its makers would neither confirm nor deny on Tuesday."
            )
            kind = ("cost", "hardware", "parameters", "tokens")[number % 4]
            label: dict[str, Any] = {
                "kind": kind,
                "model": f"Model-{key % 1500}",
                "value": key + 1000,
                "quote": line,
            }
            if kind == "cost":
                label |= {"currency": "USD", "scope": "training", "basis": "reported"}
            if kind == "hardware":
                label |= {"device": "H100", "count": key + 100}
            lines.append(line)
            read.append(label)
        text = "\n\n".join(lines)
        one = make_outcome(
            text, read, name=f"p{page}", url=f"https://news{page % 60}.example.org/2024/{page}/a-headline-made-into-an-address",
            title=f"What the {page}th page says about the cost of training and other matters", site=f"News {page % 60}", author="A. Writer",
            published=str(dt.date(2019, 1, 1) + dt.timedelta(days=page * 2)),
        )  # fmt: skip
        placed = (
            replace(fact, at=text.index("$", fact.start), at_end=text.index(", a sum", fact.start))
            for fact in one.reading.facts
        )
        made.append(replace(one, reading=replace(one.reading, facts=tuple(placed))))
    return made


@pytest.mark.browser
@pytest.mark.parametrize("room", [3_000, 100])
def test_a_page_with_little_room_is_compressed_and_shortened(driver: Any, tmp_path: Path, room: int) -> None:
    with Store.open(ledger(tmp_path / "l.duckdb", outcomes()), read_only=True) as store:
        (tmp_path / "l.html").write_bytes(render(store, room=room))
    assert set(data(tmp_path / "l.html")) == {"z"}
    resize(driver, 1280)
    visit(driver, (tmp_path / "l.html").as_uri())
    assert texts(driver, "#facts-table .count") == ["8 facts"]
    assert len(find(driver, "#chart .mark")) == 5
    told = " ".join(texts(driver, "#facts-table td .quote"))
    assert "Training Lantern-2 cost $48 million, a filing shows." in told
    assert complaints(driver) == []


@pytest.mark.browser
def test_ten_thousand_facts_stay_under_three_megabytes_and_are_drawn(driver: Any, tmp_path: Path) -> None:
    with Store.open(tmp_path / "many.duckdb") as store:
        store.put(many(10_000))
    page = write(tmp_path / "many.duckdb", tmp_path / "many.html")
    assert page.stat().st_size < 3_000_000
    resize(driver, 1280)
    visit(driver, page.as_uri())
    assert texts(driver, "#facts-table .count") == ["10,000 facts"]
    assert len(find(driver, "#chart .mark")) == 3000
    find(driver, "#facts-table input[type=search]")[0].send_keys("Model-777 ")
    until(driver, lambda: texts(driver, "#facts-table .count")[0].startswith("7 of"))
    visit(driver, page.as_uri() + "#model-model-1499")
    assert find(driver, "#model-model-1499 details[open]")
    assert complaints(driver) == []
