"""The story we start from: one reposted article full of gambling spam, as a page and as bare text."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import run
from pipeline.fetch.local import read_local
from schemas.records import Article, Outcome, Page

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
GOLD = json.loads((SHARED / "gold" / "articles" / "d000.json").read_text(encoding="utf-8"))
SPANS = json.loads((SHARED / "gold" / "spans" / "d000.json").read_text(encoding="utf-8"))
INPUTS = {"page": SHARED / "gold" / "pages" / "d000.html", "text": next((SHARED / "seed").glob("*.txt"))}
TITLE = "AI Weekly: AI model training costs on the rise, highlighting need for new solutions"


@pytest.fixture(scope="module", params=sorted(INPUTS))
def outcome(request: pytest.FixtureRequest) -> Outcome:
    (page,) = read_local(INPUTS[request.param])
    assert isinstance(page, Page)
    return run.process(page)


@pytest.fixture(scope="module")
def article(outcome: Outcome) -> Article:
    assert outcome.article is not None
    return outcome.article


def facts(outcome: Outcome, kind: str, **wanted: Any) -> list[dict[str, Any]]:
    told = [fact.to_json() for fact in outcome.reading.facts if fact.kind == kind]
    return [fact for fact in told if all(fact.get(key) == value for key, value in wanted.items())]


def test_title_source_and_date(article: Article) -> None:
    assert article.title == TITLE
    assert article.original_source == "Venture Beat"
    assert article.published is None


@pytest.mark.parametrize("spam", SPANS["spam"] + SPANS["boilerplate"])
def test_spam_and_furniture_are_gone_from_text_and_title(spam: str, article: Article) -> None:
    assert spam not in article.text
    assert spam not in (article.title or "")


@pytest.mark.parametrize("sentence", SPANS["keep"])
def test_every_sentence_to_keep_is_there(sentence: str, article: Article) -> None:
    assert sentence in article.text


def test_every_fact_with_its_model_and_sense(outcome: Outcome) -> None:
    assert facts(outcome, "parameters", model="MT-NLG", value=530_000_000_000)
    assert "MT-NLP" in outcome.reading.models["MT-NLG"]
    assert facts(outcome, "hardware", model="MT-NLG", device="DGX A100", count=560)
    assert facts(outcome, "hardware", model="MT-NLG", device="A100", count=4480)
    assert facts(
        outcome, "cost", model="MT-NLG", vague=True, basis="estimated", currency="USD", scope="training"
    )
    assert facts(outcome, "parameters", model="M6-10T", value=10_000_000_000_000)
    assert facts(outcome, "hardware", model="M6-10T", device="V100", count=512)
    assert facts(outcome, "duration", model="M6-10T", hours=240)
    assert facts(outcome, "cost", model="M6-10T", value=300_000, op=">", basis="hypothetical")
    (price,) = facts(outcome, "price", device="V100", value=2.28, per="hour")
    assert "Google Cloud" in str(price["provider"])
    assert facts(outcome, "cost", model=None, value=35_000_000, basis="estimated")
    assert facts(outcome, "cost", model=None, value=100_000_000_000, basis="hypothetical")
    assert facts(outcome, "trend", factor=100, direction="down")
    assert facts(outcome, "trend", factor=2, direction="down")
    for model, maker in (("GPT-3", "OpenAI"), ("PanGu-Alpha", "Huawei"), ("HyperCLOVA", "Naver")):
        assert facts(outcome, "developer", model=model, organization=maker)
    assert facts(
        outcome, "developer", model="Wu Dao 2.0", organization="Beijing Academy of Artificial Intelligence"
    )


def test_what_looks_like_a_fact_and_is_none(outcome: Outcome) -> None:
    told = [fact for fact in outcome.reading.facts if not fact.negated]
    assert not [fact for fact in told if fact.value == 37_000_000]
    assert not [fact for fact in told if fact.kind == "parameters" and fact.value == 90]
    assert not [fact for fact in told if fact.kind == "duration" and fact.value == 504]


def test_the_scorer_agrees(outcome: Outcome) -> None:
    spec = importlib.util.spec_from_file_location("score", SHARED / "benchmarks" / "score.py")
    assert spec is not None and spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    said = {"id": "d000", "facts": [fact.to_json() for fact in outcome.reading.facts]}
    result, errors = score.evaluate({"d000": GOLD}, {"d000": said})
    assert result["overall"]["strict_f1"] >= 0.97, errors
    assert result["overall"]["decoys_taken"] == 0
