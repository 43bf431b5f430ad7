"""The spam generator says the truth about its pages, makes the same ones twice, and its scorer can count."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.spamgen import build, hiding, layout, score, stock, wording
from benchmarks.spamgen.build import Document

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made() -> list[Document]:
    return list(build.documents())


def squeezed(text: str) -> str:
    return "".join(text.split())


def seen(page: str) -> str:
    """The page's text, scripts and all, without tags and white space."""
    return squeezed(html.unescape(re.sub(r"<[^>]{0,4000}>", "", page)))


def test_same_seed_same_bytes(made: list[Document]) -> None:
    assert list(build.documents()) == made
    assert list(build.documents(seed=2)) != made


def test_other_process_same_bytes(tmp_path: Path, made: list[Document]) -> None:
    asked = [sys.executable, "-m", "benchmarks.spamgen", "write", str(tmp_path), "--half", "tune"]
    subprocess.run(asked, check=True, cwd=ROOT, capture_output=True)
    for document in made:
        if document.half == "tune":
            assert (tmp_path / document.name).read_bytes() == document.body
    assert len(score.read_lines(tmp_path / "truth.jsonl")) == sum(d.half == "tune" for d in made)


def test_ids_are_unique(made: list[Document]) -> None:
    assert len({document.id for document in made}) == len(made)


def test_truth_is_on_the_page(made: list[Document]) -> None:
    for document in made:
        told = squeezed(document.page) if document.name.endswith(".txt") else seen(document.page)
        for role, text in document.runs:
            assert squeezed(text).replace("|", "") in told.replace("|", ""), (document.id, role, text)
        for block in document.text.split("\n\n"):
            assert document.kind == "whole" or squeezed(block)
        genuine = "".join(text for role, text in document.runs if role == "genuine")
        assert squeezed(document.text) == squeezed(genuine), document.id


def test_spam_pages_hold_spam_and_others_none(made: list[Document]) -> None:
    for document in made:
        spans = document.truth()["spans"]
        if document.kind in ("negative", "control"):
            assert not spans, document.id
        elif document.placement != "honest_anchor":
            assert spans, document.id


def test_titles_are_where_the_truth_says(made: list[Document]) -> None:
    for document in made:
        if document.name.endswith(".html"):
            shown = "".join(text for _, text in document.titles["title"])
            head = re.search(r"<title>(.*?)</title>", document.page, re.S)
            assert head and html.unescape(head[1]).startswith(shown), document.id


@pytest.mark.parametrize(
    "what, least",
    [("category", 14), ("language", 16), ("way", 18), ("template", 10), ("placement", 26), ("carrier", 30)],
)
def test_variety(made: list[Document], what: str, least: int) -> None:
    for half in build.HALVES:
        own = {getattr(document, what) for document in made if document.half == half} - {""}
        shared = what not in ("category", "language", "carrier")
        assert len(own) >= (least if shared else least // 2 - 1), (half, own)
    assert len({getattr(document, what) for document in made} - {""}) >= least


def test_negatives_and_controls_are_many() -> None:
    assert len(stock.articles("negatives")) >= 30
    assert len(stock.articles("carriers")) >= 30


def test_halves_share_neither_category_and_language_nor_article(made: list[Document]) -> None:
    pairs = {
        half: {(d.category, d.language) for d in made if d.half == half and d.category}
        for half in build.HALVES
    }
    assert not pairs["tune"] & pairs["report"]
    carriers = {
        half: {d.carrier for d in made if d.half == half and d.carrier != "whole"} for half in build.HALVES
    }
    assert not carriers["tune"] & carriers["report"]


@pytest.mark.parametrize("way", hiding.WAYS)
def test_hiding_shows_its_text_in_the_markup(way: str) -> None:
    import random

    shown, rule = hiding.hide(random.Random(3), "inner words", way)
    assert "inner words" in shown and shown != "inner words"
    assert bool(rule) == way.endswith("-rule")


@pytest.mark.parametrize("way", wording.DISGUISES)
def test_disguises_change_the_spelling(way: str) -> None:
    import random

    assert wording.disguise(random.Random(3), "best online casino", way) != "best online casino"


def test_scorer_gives_full_marks_to_the_truth_and_none_to_the_page(made: list[Document]) -> None:
    truths = [document.truth() for document in made]
    perfect = [{"id": d.id, "title": d.title, "text": d.text} for d in made]
    for told in (half["all"] for half in score.summary(score.score(truths, perfect)).values()):
        assert told["visible spam removed %"] > 99.9 and told["hidden spam removed %"] == 100
        assert told["genuine characters kept %"] == 100 and told["promotional sentences removed %"] == 100
        for name in ("titles exact", "pages exact", "hard negatives untouched", "clean controls untouched"):
            assert told[name][0] == told[name][1]
        assert told["genuine pages rejected"][0] == 0
    everything = [
        {
            "id": d.id,
            "title": "".join(t for _, t in d.titles["h1"]),
            "text": "\n\n".join(t for _, t in d.runs),
        }
        for d in made
    ]
    for told in (half["all"] for half in score.summary(score.score(truths, everything)).values()):
        assert told["visible spam removed %"] < 10 and told["hidden spam removed %"] < 2
        assert told["genuine characters kept %"] > 99.9 and told["promotional sentences removed %"] < 2
        assert told["spam pages rejected"][0] == 0


def test_scorer_counts_an_empty_output_as_a_false_rejection(made: list[Document]) -> None:
    control = next(document for document in made if document.kind == "control")
    (result,) = score.score([control.truth()], [{"id": control.id, "text": "", "rejected": "spam"}])
    assert result.counts["false rejections"] == 1 and result.counts["genuine.kept"] == 0
    assert result.counts["control.untouched"] == 0


def test_every_page_reads_back_in_its_encoding(made: list[Document]) -> None:
    assert len({document.encoding for document in made}) >= 4
    for document in made:
        told = html.unescape(
            document.body.decode("cp874" if document.encoding == "windows-874" else document.encoding)
        )
        assert told == html.unescape(document.page), document.id


def test_every_template_is_used(made: list[Document]) -> None:
    assert {document.template for document in made} == set(layout.TEMPLATES)
