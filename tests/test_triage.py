"""A page is passed over only if the whole road would have found no figure in it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import run, triage
from schemas.errors import RuleError
from schemas.records import Outcome, Page

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PLAIN = (
    "The council met on Tuesday to talk about the new bridge over the river. Its members heard from 14 residents, "
    "most of whom feared for the old trees on the southern bank. The bridge, 230 metres long, is to open in 2027. "
    "A spokeswoman said that the $41 million for it had been set aside long ago, and that the work would last 18 months. "
)
MENU = "".join(
    f"<li><a href='/{n}'>{n} and more</a></li>"
    for n in ("News", "Sport", "AI", "Models of the year", "Training")
)


def page(body: str | bytes, media: str = "html", charset: str | None = None, **hints: str) -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page("a", "a", raw, media, NOW, charset=charset, hints=hints)


def long_page(sentence: str = "", *, before: int = 8, after: int = 8) -> str:
    paragraphs = [PLAIN] * before + ([sentence] if sentence else []) + [PLAIN] * after
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"<html><head><title>A bridge</title><script>var ai='GPU 100 million parameters'</script></head><body><nav><ul>{MENU}</ul></nav><article><h1>The bridge</h1>{body}</article></body></html>"


def figures(outcome: Outcome) -> list[str]:
    return [f"{fact.kind} {fact.quote}" for fact in outcome.reading.facts if fact.kind != "developer"]


def both_roads(body: Page) -> None:
    """The whole road finds no figure in what triage passes over, and the same in what it does not."""
    whole, quick = run.process(body, triage=False), run.process(body)
    if quick.rejected is not None and quick.rejected.reason == "passed_over":
        assert figures(whole) == []
    else:
        assert (quick.article, quick.reading, quick.rejected) == (
            whole.article,
            whole.reading,
            whole.rejected,
        )


# ---------------------------------------------------------------- what is labelled


def test_pages_of_general_news_are_passed_over_without_loss() -> None:
    passed = 0
    pages = sorted((SHARED / "benchmarks" / "article-extraction" / "html").glob("*.gz"))
    for path in pages:
        outcome = run.process(page(gzip.decompress(path.read_bytes())))
        if outcome.rejected is not None and outcome.rejected.reason == "passed_over":
            passed += 1
            if path.name < "4":  # a quarter of them, on the whole road
                assert figures(run.process(page(gzip.decompress(path.read_bytes())), triage=False)) == []
    assert passed >= 0.8 * len(pages)


def test_labelled_pages_read_the_same_with_and_without_triage() -> None:
    for path in [
        *sorted((SHARED / "gold" / "pages").glob("*.html")),
        *sorted((HERE.parent / "examples").glob("*.html")),
    ]:
        both_roads(page(path.read_bytes()))


def test_every_labelled_page_speaks_of_its_figures_whatever_its_length() -> None:
    for path in [
        *sorted((SHARED / "gold2").glob("batch-*/*.json")),
        *sorted((HERE / "looks").glob("batch-1/*.json")),
    ]:
        told = json.loads(path.read_text(encoding="utf-8"))
        if any(fact["kind"] != "developer" for fact in told.get("facts", [])):
            assert triage.speaks(triage.flat(told["clean_text"])), told["id"]
    for path in sorted((SHARED / "gold" / "articles").glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        if any(fact["kind"] != "developer" for fact in told.get("facts", [])):
            shown = triage.visible((SHARED / "gold" / "pages" / f"{told['id']}.html").read_bytes())
            assert triage.speaks(shown, reach=triage.PAGE_REACH), told["id"]
            assert triage.speaks(triage.flat(told["clean_text"])), told["id"]


def test_labelled_texts_long_enough_to_be_judged_are_all_read() -> None:
    lines = SHARED / "benchmarks" / "epoch" / "dev.jsonl"
    for line in lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []:
        told = json.loads(line)
        if len(told["text"]) >= triage.SHORT_TEXT and told["facts"]:
            assert triage.judge(page(told["text"], "clean")).may, told["id"]


def _sentences() -> list[str]:
    """Our own labelled sentences that say of themselves that they are about a model."""
    out = []
    for path in sorted((HERE / "cases").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            if any(fact["kind"] != "developer" for fact in told["facts"]) and triage.speaks(
                triage.flat(told["text"])
            ):
                out.append(told["text"])
    return out


SENTENCES = _sentences()


def test_most_labelled_sentences_can_be_told_from_themselves_alone() -> None:
    assert len(SENTENCES) > 180


def test_a_labelled_sentence_anywhere_on_a_page_of_news_is_never_lost() -> None:
    for number, sentence in enumerate(SENTENCES):
        body = long_page(sentence.replace("&", "&amp;").replace("<", "&lt;"), before=number % 9, after=12)
        assert triage.judge(page(body)).may, sentence


# ---------------------------------------------------------------- what users send


@pytest.mark.parametrize(
    "sentence, may",
    [
        ("", False),
        ("The makers trained Halcyon-2 for $3.2 million.", True),
        ("Its 70-billion-parameter sibling came in May.", True),
        ("The run used 512 H100 cards.", True),
        ("The AI model emitted 4 tonnes of CO2e.", True),
        ("The <b>language</b>\n model has <i>twelve</i> layers.", True),
        ("Train&shy;ing it took eleven weeks.", True),
        ("Training took three&nbsp;weeks.", True),
        ("<span>Tr</span>aining is hard; it cost <i>$</i>3 million to fine-tune.", True),
    ],
)
def test_what_a_long_page_is_read_for(sentence: str, may: bool) -> None:
    assert triage.judge(page(long_page(sentence, before=8, after=9))).may is may


@pytest.mark.parametrize(
    "told, speaks",
    [
        (
            "GPUs were on everyone's lips on Nov 18, 2019, at the fair in Linz, iOS 13.2.3 notwithstanding.",
            False,
        ),
        ("The neural network of sleep, 15 hours ago, 3 comments, seen 18 October (2018).", False),
        ("A new book about deep learning came out in 2021 and was praised at 12:30 by a critic.", False),
        ("It needed 2048 GPUs.", True),
        ("It runs on a single GPU.", True),
        ("The neural network of 2018 had a hundred layers.", True),
        ("With deep learning, prices halved.", True),
        ("In 2019 the chatbot had 15 tutors.", True),
    ],
)
def test_dates_hours_and_editions_are_no_figures(told: str, speaks: bool) -> None:
    assert bool(triage.speaks(told)) is speaks


@pytest.mark.parametrize(
    "told, speaks",
    [
        (
            "The most detailed model of the universe took 16,000 cores of the supercomputer in Stuttgart.",
            False,
        ),
        ("The climate model has 230 million cells.", False),
        ("A large set of toys for fine-tuning the game, with challenges for a week.", False),
        ("The supercomputer trained the model on 16,000 cores.", True),
        ("Fine-tuning Whimbrel for the courts set the ministry back $45,000.", True),
        ("The AI model has 230 million cells.", True),
        ("6.4 trillion tokens were poured into Petrichor.", True),
        ("The model has 7 billion parameters.", True),
    ],
)
def test_models_that_learn_nothing_are_another_trades(told: str, speaks: bool) -> None:
    assert bool(triage.speaks(told)) is speaks
    assert not speaks or triage.may_learn(told)


@pytest.mark.parametrize("space", ["\n", " \n\t ", "\xa0", "\u3000", " " * 600])
def test_the_cheap_gate_sees_words_in_several_parts(space: str) -> None:
    for told in (
        "deep learning",
        "Mixture of Experts",
        "A.I.",
        "LLMs",
        "pretraining",
        "trained",
        "Fine-tuned",
    ):
        assert triage.may_learn(f"(see {told.replace(' ', space)}) 7")
    for told in ("laid", "a.i.d", "straining", "LLMX", "Deepwater", "j'ai", "palm trees", "zero\u200bwidth"):
        assert not triage.may_learn(f"(see {told}) {space} 7")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SENTENCES or ["Training it cost $5 million."]), st.text(max_size=30), st.text(max_size=30)
)
def test_what_the_cheap_gate_stops_speaks_of_nothing(sentence: str, before: str, after: str) -> None:
    told = f"{before} {sentence} {after}"
    assert triage.may_learn(told) or not triage.speaks(triage.flat(told))
    assert triage.may_learn(sentence.replace("a", "a\u00ad").replace(" ", "  \n"))


def test_small_parts_that_are_furniture_by_name_are_no_reason_to_read_a_page() -> None:
    promo = "<div class='related-posts'><p>How a chatbot with 70 billion parameters was made</p></div>"
    assert not triage.judge(page(long_page().replace("</article>", f"{promo}</article>"))).may
    told = "<p>The chatbot has 70 billion parameters.</p>"
    parts = "".join(f"<p>{PLAIN}</p>" for _ in range(9))
    assert triage.judge(page(f"<html><body><div class='related-posts'>{told}{parts}</div></body></html>")).may


def test_scripts_and_menus_are_no_reason_to_read_a_page() -> None:
    outcome = run.process(page(long_page()))
    assert outcome.rejected is not None and outcome.rejected.reason == "passed_over"
    assert outcome.rejected.title == "A bridge"
    assert run.process(page(long_page()), triage=False).article is not None


def test_short_pages_and_texts_are_always_read() -> None:
    assert triage.judge(page("<p>A bridge.</p>")).may
    assert triage.judge(page(PLAIN, "clean")).may
    assert not triage.judge(page(PLAIN * 5, "clean")).may
    assert triage.judge(page(PLAIN * 5 + "Training it cost $5 million.", "clean")).may


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252", "utf-16-le", "gb18030", "shift_jis"])
def test_figures_are_seen_in_any_encoding(codec: str) -> None:
    told = long_page("To train it took £900 and 31 days.".replace("£", "£" if codec != "shift_jis" else "$"))
    body = told.replace("<head>", f'<head><meta charset="{codec}">').encode(codec)
    assert triage.judge(page(body, charset=None if codec.startswith("utf") else codec)).may


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 5000,
        b"%PDF-1.4" + b"x" * 9000,
        b"<" * 50_000,
        b"<div>" * 20_000,
        bytes(range(256)) * 100,
    ],
)
def test_what_is_no_page_is_left_to_the_road(body: bytes) -> None:
    both = run.process(page(body)), run.process(page(body), triage=False)
    assert both[0].failure == both[1].failure


def test_a_title_given_beside_the_page_counts() -> None:
    assert triage.judge(page(PLAIN * 5, "clean", title="Training it cost $5 million")).may


FIGURES = st.sampled_from(SENTENCES or ["Training it cost $5 million."])
CARRIER = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="<&\r"), max_size=400), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(
    FIGURES,
    CARRIER,
    st.integers(0, 12),
    st.sampled_from(["p", "li", "td", "div", "blockquote", "h2", "figcaption"]),
)
def test_a_figure_put_into_any_page_keeps_it(sentence: str, carrier: list[str], at: int, tag: str) -> None:
    parts = [f"<p>{text}</p>" for text in [*carrier, PLAIN, PLAIN * 12]]
    parts.insert(min(at, len(parts)), f"<{tag}>{sentence.replace('&', '&amp;').replace('<', '&lt;')}</{tag}>")
    assert triage.judge(page("<html><body>" + "".join(parts))).may


@settings(max_examples=25, deadline=None)
@given(FIGURES, st.integers(0, 10))
def test_both_roads_agree_wherever_the_figure_stands(sentence: str, at: int) -> None:
    both_roads(page(long_page(sentence.replace("&", "&amp;").replace("<", "&lt;"), before=at, after=10 - at)))


# ---------------------------------------------------------------- the words


@pytest.mark.parametrize(
    "pattern, words",
    [
        ("models?", {"model", "models"}),
        (r"pre-?train\w*", {"pretrain*", "pre-train*"}),
        (
            r"(?:pre-?|re)?train(?:s|ed|ing)?(?! data)",
            {f"{a}train{b}" for a in ("", "pre", "pre-", "re") for b in ("", "s", "ed", "ing")},
        ),
        ("machine[- ]learning", {"machine-learning", "machine learning"}),
        (r"A\.I\.", {"a.i."}),
        (r"[\d,]+ apples", set()),
    ],
)
def test_words_are_taken_from_the_rules_own_patterns(pattern: str, words: set[str]) -> None:
    assert triage.spellings(pattern) == words


def test_a_broken_pattern_is_named() -> None:
    with pytest.raises(RuleError, match="no regular expression"):
        triage.spellings("(")
