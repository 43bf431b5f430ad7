"""Which model a figure is about: a sieve of passes, from certain to uncertain.

link(article, facts) gives the same facts with `model` and `linked_by` (the pass that named it), or
with a `description` where the text speaks of a system without a name. Passes, in order:

  table          the row's first cell, or the column's head
  title          the fact stands in the title
  noun-phrase    "540B PaLM", "Name (175B)", "Name, a 34B model", "$5 million for Name"
  respectively   parallel lists
  unnamed        "training a system to play Go": a description, and no model
  object         "spent $5 million training Name"
  subject        a name before the figure in its clause, comparisons left out
  description    the former, the larger one, the 70B run, its predecessor
  pronoun        it, its, the model: the model in focus
  sentence       a name earlier in the sentence
  after          a name later in the clause or sentence
  focus          the model that the sentences before are about
  topic          the title's or the text's only model, or the one given from outside

Method: the multi-pass sieve of Raghunathan et al. (2010), on offsets, without a parser.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Final

from pipeline import rulebook
from pipeline.expressions import quick
from pipeline.facts.developers import developers
from pipeline.facts.weighing import Evidence, Place, Scene, Weigher
from pipeline.mentions.names import Name, Names, find_names, squash
from pipeline.mentions.sentences import Sentence, sentences
from pipeline.sieve import Sieve
from schemas.records import Article, Fact

#: Kinds that are said of the market, not of a model.
UNLINKED: Final = ("price", "trend", "developer")
_POSSESSOR: Final = quick(r"(?:[^\W\d_a-z][\w.&-]*\s){0,3}[^\W\d_a-z][\w.&-]*(?:’s|'s|s’)\s$")
#: Where the description of an unnamed system ends.
_CUT: Final = quick(
    r"\s(?:would|will|could|can|may|might|cost|costs|took|takes|for (?:less|more|about|under|over)|at (?:a|the))\b.*$"
)
_COPULA: Final = quick(r"\b(?:is|was|are|were|be|remains|became)\s$")
_SIZE_END: Final = quick(r"[\s-]\d[\d.]*(?:x\d+)?[BbMTt]$")
_LOOK_BACK: Final = 90  # code points before a name that may hold a comparison


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    return {key: quick(pattern) for key, pattern in rulebook.toml("names/linking.toml").items()}


#: A figure, and what speaks for each model in play.
Weighed = tuple[Fact, dict[str | None, Evidence]]

#: Phrases that stand for a model already named.
_DESCRIBING: Final = ("size_short", "size_of", "plural", "former", "first_of", "latter", "second_of", "larger", "smaller", "older", "newer", "theirs", "pronoun")  # fmt: skip

_BITS: Final = {key: 1 << place for place, key in enumerate(_DESCRIBING)}


@cache
def _descriptions() -> Sieve:
    """Return which of them can stand in a sentence, by their places."""
    rules = _rules()
    return Sieve([rules[key] for key in _DESCRIBING])


@dataclass(slots=True)
class _Spot:
    """A model's name in a sentence. compared: named only to compare."""

    name: Name
    compared: bool

    @property
    def model(self) -> str:
        return self.name.canonical


@dataclass(slots=True)
class _State:
    """What the text has been about so far.

    focus:  the model that a pronoun means now; recent: models in order of their last mention.
    """

    focus: str | None = None
    recent: list[str] = field(default_factory=list)
    last_pair: list[str] = field(default_factory=list)
    pair: list[str] = field(default_factory=list)  # two models that the last sentence took in turn
    block: int = -1
    heading: str | None = None
    unnamed: str | None = None  # "a second version": what "it" means in the next sentence

    def see(self, model: str) -> None:
        if model in self.recent:
            self.recent.remove(model)
        self.recent.append(model)


def link(
    article: Article,
    facts: Sequence[Fact],
    names: Names | None = None,
    cut: Sequence[Sentence] | None = None,
    makers: Sequence[Fact] | None = None,
    trace: list[Weighed] | None = None,
) -> list[Fact]:
    """Return the facts, each with its model, in the order given.

    names, cut, makers: what find_names(article), sentences(article) and developers(article, names) gave, to save
    doing it twice. trace: is given each figure that was weighed, with the evidence for each candidate.
    """
    known = find_names(article) if names is None else names
    return _Linker(article, known, sentences(article) if cut is None else cut, makers, trace).link(facts)


def _size_value(size: str, unit: str) -> str:
    return f"{size}{ {'billion': 'B', 'million': 'M', 'trillion': 'T'}.get(unit, unit) }"


class _Linker:
    """One article's pass over its sentences. Not for keeping: made, used once, dropped."""

    def __init__(
        self,
        article: Article,
        names: Names,
        cut: Sequence[Sentence],
        makers: Sequence[Fact] | None,
        trace: list[Weighed] | None = None,
    ) -> None:
        self.article = article
        self.text = article.text
        self.names = names
        self.sentences = cut
        self.makers = makers
        self.rules = _rules()
        self.firm_starts = [firm.start for firm in names.organizations]
        self.models = sorted({m.canonical for m in (*names.models, *names.title_models)})
        self.state = _State()
        self.breaks: dict[int, list[int]] = {}  # a sentence's start -> where its clauses begin
        self.told: set[str] = set()  # models of which some figure has been said
        self.total: dict[str, float] = {}  # parameters said of each model so far
        self.tables: dict[int, list[Sentence]] = {}
        for sentence in self.sentences:
            if sentence.kind == "table_row" and sentence.table is not None:
                self.tables.setdefault(sentence.table, []).append(sentence)
        self.sizes = {m[0] for m in re.finditer(r"(?<![\w.])\d[\d.]*B\b", article.text)}
        self.counts = Counter(m.canonical for m in names.models)
        self.introduced = {m.canonical for m in names.models if m.introduced}
        self.main: str | None = None  # what the text is mostly about
        self.how = ""  # by what kind of words the last pass found its model
        given = self._as_written(article.default_model) if article.default_model else None
        self.weigher = Weigher(article.text, names, self.counts, given)
        self.trace = trace
        self.topic, self.topic_rule = self._topic()
        tails = {
            m.group().lower() for model in self.models if (m := re.search(r"(?<=[\s-])[A-Za-z]+$", model))
        }
        flat = " ".join(article.text.lower().split()) if tails else ""
        tails = {tail for tail in tails if f"the {tail}" in flat}
        self.nickname = (
            quick(
                rf"\b[Tt]he\s({'|'.join(sorted(map(re.escape, tails)))})\b(?!\s(?:amount|number|majority|part|sum|language|models|family|company|firm|team))",
                re.IGNORECASE,
            )
            if tails
            else None
        )

    # --- the whole text -------------------------------------------------------------------------

    def _topic(self) -> tuple[str | None, str]:
        """What the article is about, where nothing nearer tells: title, only model, most named."""
        title = [m.canonical for m in self.names.title_models]
        if len(set(title)) == 1:
            return title[0], "title"
        if self.article.default_model and not title:
            return self._as_written(self.article.default_model), "given"
        if len(self.models) == 1:
            return self.models[0], "only-model"
        if title:
            return title[0], "title"
        return None, ""

    def link(self, facts: Sequence[Fact]) -> list[Fact]:
        out = list(facts)
        inside: dict[int, list[int]] = {}
        starts = [s.start for s in self.sentences]
        for index, fact in enumerate(facts):
            if fact.part == "title":
                out[index] = self._in_title(fact)
                continue
            number = _last_not_after(starts, fact.at)
            inside.setdefault(number, []).append(index)
        spots = self._spots()
        own = [spot.model for here in spots.values() for spot in here if not spot.compared]
        self.counts = Counter(own)
        self.weigher.counts = self.counts
        title = [m.canonical for m in self.names.title_models]
        if title and title[0] in self.counts:
            self.main = title[0]
        elif own:
            first = own[0]
            weight = {m: self.counts[m] + 2.5 * (m in self.introduced) + (m == first) for m in self.counts}
            self.main = max(dict.fromkeys(own), key=lambda model: weight[model])
        if (
            self.topic is None
            and self.main is not None
            and (own[0] == self.main or self.main in self.introduced)
        ):
            self.topic, self.topic_rule = self.main, "main"  # for a figure before any name
        shared: list[Fact] = []
        for number, sentence in enumerate(self.sentences):
            here = spots.get(number, [])
            if sentence.block != self.state.block:
                self.state.block = sentence.block
            self._settle(sentence, here)
            self.weigher.memory.enter(first=sentence.first)
            indexes = sorted(inside.get(number, ()), key=lambda i: (facts[i].at, facts[i].at_end))
            linked = self._sentence(sentence, here, [facts[i] for i in indexes])
            for index, fact in zip(indexes, linked, strict=True):
                out[index] = fact
            shared += [copy for fact in linked for copy in self._each(sentence, here, fact)]
            self._leave(sentence, here, linked)
            self._remember(sentence, here)
        return out + shared

    def _remember(self, sentence: Sentence, here: list[_Spot]) -> None:
        """Take the sentence into the weigher's memory."""
        if sentence.kind == "table_row":
            return
        own = [s for s in here if not s.compared]
        heading = sentence.kind == "heading" or (sentence.first and sentence.end - sentence.start < 60)
        strange = not here and (
            self.weigher.strange_heading(sentence.start, sentence.end)
            if heading
            else self.weigher.stranger(sentence.start, sentence.end)
        )
        subjects = self._subjects(sentence, own) if own else []
        if not subjects and sentence.kind != "heading":
            opening = min(sentence.end, sentence.start + 60)
            told = self._described(sentence, [], sentence.start, opening, sure=True)
            subjects = [told[1]] if told else []
        self.weigher.memory.leave(
            self._places(here),
            subjects,
            first=sentence.first,
            heading=sentence.kind == "heading",
            stranger=strange,
        )

    @staticmethod
    def _places(here: list[_Spot]) -> tuple[Place, ...]:
        return tuple(Place(s.model, s.name.start, s.name.end, s.compared) for s in here)

    def _each(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> list[Fact]:
        """Copies of a fact that is said of each of several models: "A and B were each trained on 8 GPUs"."""
        if fact.linked_by not in ("clause", "sentence"):
            return []
        for names in self._lists(here):
            last = names[-1].name
            if (
                last.canonical != fact.model
                or not last.end <= fact.at <= last.end + 90
                or any(s.compared for s in names)
            ):
                continue
            if self.rules["each"].match(self.text, last.end, fact.at):
                return [
                    replace(fact, model=s.model, linked_by="each")
                    for s in names[:-1]
                    if s.model != fact.model
                ]
        return []

    def _settle(self, sentence: Sentence, here: list[_Spot]) -> None:
        """At a new paragraph that names no model, leave one named in passing for the text's main one."""
        focus, main, state = self.state.focus, self.main, self.state
        if not sentence.first or focus is None or main is None or focus == main or state.heading == focus:
            return
        if self.text[max(0, sentence.start - 6) : sentence.start].rstrip().endswith(("?", ":")):
            return  # an answer is about what the question named
        own = [s for s in here if not s.compared]
        if own and self._subjects(sentence, own):
            return
        low = bisect_left(self.firm_starts, sentence.start)
        for firm in self.names.organizations[low:]:  # a firm that comes back brings its model
            if firm.start >= sentence.end:
                break
            made = [model for model in self._made.get(firm.canonical, ()) if model in state.recent]
            if made and focus not in self._made.get(firm.canonical, ()):
                state.focus = main if main in made else max(made, key=state.recent.index)
                return
        if main not in state.recent:
            return
        passing = focus not in self.told and focus not in self.introduced
        times = 3.0 if focus in self.told else 1.5
        if (passing and main in self.told) or self.counts[main] >= times * self.counts[focus]:
            state.focus = main

    def _spots(self) -> dict[int, list[_Spot]]:
        starts = [s.start for s in self.sentences]
        out: dict[int, list[_Spot]] = {}
        for name in self.names.models:
            number = _last_not_after(starts, name.start)
            if number < 0 or name.end > self.sentences[number].end:
                continue
            here = out.setdefault(number, [])
            here.append(_Spot(name, self._compared(self.sentences[number], name, here)))
        return out

    def _compared(self, sentence: Sentence, name: Name, before: list[_Spot]) -> bool:
        window = self.text[max(sentence.start, name.start - _LOOK_BACK) : name.start]
        # a firm in front belongs to the name: "than OpenAI's GPT-3"
        window = _without_possessor(window)
        window = re.sub(r"(?<=\s)[“\"‘(]$", "", window)
        if self.rules["comparison"].search(window) or self.rules["comparison_far"].search(window):
            return True
        return bool(
            before
            and before[-1].compared
            and self.rules["list_gap"].fullmatch(
                _without_possessor(self.text[before[-1].name.end : name.start])
            )
        )

    def _leave(self, sentence: Sentence, here: list[_Spot], linked: list[Fact]) -> None:
        """Take the sentence's models into the state: what the next one may mean by "it"."""
        state = self.state
        opened = self.rules["another"].match(self.text, sentence.start, sentence.end)
        if opened and not here:
            state.unnamed = opened["what"]
        elif (
            here
            or sentence.first
            or not self.rules["it_starts"].match(self.text, sentence.start, sentence.end)
        ):
            state.unnamed = None
        own = [s for s in here if not s.compared]
        for spot in here:
            state.see(spot.model)
        alone = (
            len(own) == 1
            and sentence.first
            and own[0].name.start - sentence.start <= 4
            and sentence.end - own[0].name.end <= 2
        )  # a line that is only a model's name heads its section
        if sentence.kind == "heading" or alone:
            if own:
                state.heading = own[0].model
                state.focus = own[0].model
            elif ":" not in self.text[sentence.start : sentence.end]:  # "Developer: Oriel" ends no section
                state.heading = None
                titled = {m.canonical for m in self.names.title_models}
                if state.focus is not None and self.main in titled:
                    state.focus = self.main  # a new section of a text about one model
            return
        if sentence.kind == "table_row":
            return
        order = list(dict.fromkeys(s.model for s in here))
        turns = list(dict.fromkeys(f.model for f in linked if f.model))
        if len(turns) == 2:
            state.pair = turns
        elif here or (turns and (len(turns) != 2 or turns != state.pair)):
            state.pair = []
        if len(order) >= 2:
            state.last_pair = order[:2] if len(order) == 2 else order
        elif order and state.focus and order[0] != state.focus:
            state.last_pair = [state.focus, order[0]]
        told = [f.model for f in linked if f.model and f.linked_by not in ("topic", "after")]
        subjects = self._subjects(sentence, own)
        if subjects:
            state.focus = subjects[-1]
            return
        described = self._described(
            sentence, [], sentence.start, min(sentence.end, sentence.start + 60), sure=True
        )
        if described:
            state.focus = described[1]
        elif told:
            state.focus = told[-1]

    def _subjects(self, sentence: Sentence, own: list[_Spot]) -> list[str]:
        """The models that the sentence is about: its subject, what it introduces, those that open a clause.

        A model named in passing (an object, a possessor) is none, once the text has a focus.
        """
        out: list[str] = []
        for number, spot in enumerate(own):
            start, end = spot.name.start, spot.name.end
            lead = _without_possessor(self.text[max(sentence.start, start - _LOOK_BACK) : start])
            if re.search(r"\bwhose\s$", lead):
                continue
            possessor = self.text.startswith(("’s ", "'s "), end)
            if possessor and any(other.name.start - end < 60 for other in own[number + 1 :]):
                continue
            verb = self.rules["verb_next"].match(self.text, end, sentence.end) is not None
            opens = self.rules["clause_opens"].search(lead) is not None
            first = number == 0 and self.rules["short_lead"].fullmatch(lead) is not None
            brought = self.rules["introduces"].search(lead) is not None
            if (
                (opens and verb)
                or (not out and (first or verb or brought or (number == 0 and not self._passing(lead))))
                or (brought and number == len(own) - 1)
            ):
                out.append(spot.model)
        if not out and own and self.state.focus is None:
            out.append(own[0].model)
        return out

    def _passing(self, lead: str) -> bool:
        """Whether words that lead to a name have a subject of their own: "they could have taken X"."""
        return self.rules["passing"].search(lead) is not None

    # --- one sentence -----------------------------------------------------------------------------

    def _sentence(self, sentence: Sentence, here: list[_Spot], facts: list[Fact]) -> list[Fact]:
        if not facts:
            return []
        out: list[Fact] = []
        parallel = self._respectively(sentence, here, facts)
        for index, fact in enumerate(facts):
            if fact.kind in UNLINKED or fact.model is not None:
                out.append(fact)
                continue
            if index in parallel:
                out.append(replace(fact, model=parallel[index], linked_by="respectively"))
                continue
            out.append(self._one(sentence, here, fact, out))
            done = out[-1]
            self.weigher.memory.tell(done)
            if done.model:
                self.told.add(done.model)
            if done.kind == "parameters" and done.model and done.value and done.role in (None, "total"):
                self.total.setdefault(done.model, float(done.value))
        return self._shared(sentence, here, out)

    def _shared(self, sentence: Sentence, here: list[_Spot], facts: list[Fact]) -> list[Fact]:
        """Two figures of one kind joined by "and", after two models in turn: one each, in order."""
        pair = self.state.pair
        if here or len(pair) != 2:
            return facts
        for kind in sorted({f.kind for f in facts}):
            indexes = [i for i, f in enumerate(facts) if f.kind == kind]
            if len(indexes) != 2 or any(
                facts[i].linked_by in ("noun-phrase", "clause") and self._sure(sentence, facts[i])
                for i in indexes
            ):
                continue
            first, second = indexes
            if re.fullmatch(
                r"[\s\w.]{0,14}\sand\s(?:about |roughly )?[$€£¥]?",
                self.text[facts[first].at_end : facts[second].at],
            ):
                facts[first] = replace(facts[first], model=pair[0], linked_by="respectively")
                facts[second] = replace(facts[second], model=pair[1], linked_by="respectively")
        return facts

    def _sure(self, sentence: Sentence, fact: Fact) -> bool:
        """Whether a description, not a mere pronoun, names the figure's model in its clause."""
        return (
            self._described(sentence, [], self._clause_start(sentence, fact.at), fact.at, sure=True)
            is not None
        )

    def _one(self, sentence: Sentence, here: list[_Spot], fact: Fact, done: list[Fact]) -> Fact:
        unnamed = self._next_one(sentence, here, fact)
        if unnamed:
            return replace(fact, model=None, description=unnamed, linked_by=None)
        if sentence.kind == "table_row":
            model = self._table(sentence, here, fact)
            return self._with(fact, model, "table")
        said, by, description = self._sieve(sentence, here, fact)
        own = [s for s in here if not s.compared]
        told = self._described(sentence, here, sentence.start, fact.at, sure=True)
        scene = Scene(
            self.text, sentence.start, sentence.end, sentence.first, self._clause_start(sentence, fact.at),
            self._places(here), tuple(self._subjects(sentence, own)) if own else (), said, by, self.how,
            (told[1], told[2]) if told else None,
            self.state.focus, self.state.heading, self.main, self.topic, tuple(self.state.recent),
        )  # fmt: skip
        evidence = self.weigher.evidence(scene, fact)
        if self.trace is not None:
            self.trace.append((fact, evidence))
        named = told is not None and told[1] == said and told[2] in ("size", "nickname")
        nobodys = by == "unnamed" and said is None and not here  # "some now in training": as sure as a name
        decided = named or nobodys  # "the 70B run" names it as surely as its name
        model = said if decided else self.weigher.best(evidence)
        if model is None:
            return replace(fact, model=None, description=description, linked_by=None)
        return replace(fact, model=model, linked_by=by if model == said else "weighing")

    def _sieve(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> tuple[str | None, str, str | None]:
        """Return (the model, the pass that named it, a description where it has no name)."""
        for name, find in (
            ("noun-phrase", self._noun_phrase),
            ("unnamed", self._unnamed),
            ("object", self._object),
            ("clause", self._clause),
            ("sentence", self._earlier),
            ("maker", self._of_maker),
            ("after", self._later),
            ("focus", self._focus),
        ):
            self.how = ""
            found = find(sentence, here, fact)
            if isinstance(found, tuple):
                return None, name, found[0] or None
            if found is not None:
                return found, name, None
        self.how = ""
        if here and self.topic is None:  # only compared ones: the nearest, before or after
            before = [s for s in here if s.name.end <= fact.at]
            return (before[-1] if before else here[0]).model, "compared", None
        return self.topic, "topic", None

    def _next_one(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        """A version without a name: "A second version is planned. It will have 70 billion parameters"."""
        if any(not s.compared and s.name.start < fact.at for s in here):
            return None
        opened = self.rules["another"].match(self.text, sentence.start, fact.at)
        if opened and not here:
            return opened["what"]
        if (
            self.state.unnamed
            and not sentence.first
            and self.rules["it_starts"].match(self.text, sentence.start, sentence.end)
        ):
            return self.state.unnamed
        return None

    @staticmethod
    def _with(fact: Fact, model: str | None, rule: str) -> Fact:
        return replace(fact, model=model, linked_by=rule) if model else fact

    def _in_title(self, fact: Fact) -> Fact:
        if fact.kind in UNLINKED:
            return fact
        names = self.names.title_models
        before = [m for m in names if m.end <= fact.at]
        after = [m for m in names if m.start >= fact.at]
        chosen = before[-1].canonical if before else after[0].canonical if after else self.topic
        return self._with(fact, chosen, "title")

    # --- passes -----------------------------------------------------------------------------------

    def _table(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        text = self.text
        first_bar = text.find(" | ", sentence.start, sentence.end)
        first_end = first_bar if first_bar >= 0 else sentence.end
        in_first = [s for s in here if s.name.start < first_end]
        if in_first:
            return in_first[0].model
        column = text.count(" | ", sentence.start, fact.at)
        rows = self.tables.get(sentence.table, []) if sentence.table is not None else []
        if rows:
            head = rows[0]
            cells = text[head.start : head.end].split(" | ")
            at = head.start
            for number, cell in enumerate(cells):
                if number == column:
                    found = [m for m in self.names.models if at <= m.start < at + len(cell)]
                    if found:
                        return found[0].canonical
                at += len(cell) + 3
        label = text[sentence.start : first_end].strip()
        family = self.state.focus or self.topic
        if family and re.fullmatch(r"\d[\d.]*(?:x\d+)?\s?[BMT]", label):
            return self._member(family, label.replace(" ", ""))
        if here:
            return here[0].model
        return self.state.heading or self.state.focus or self.topic

    def _member(self, family: str, size: str) -> str:
        """The family's member of that size as the text writes it; family and size where sizes vary; else the family."""
        wanted = size.lower()
        stem = _SIZE_END.sub("", family)
        fits = [m for m in self.models if re.search(rf"(?<![\d.]){re.escape(wanted)}(?![\w.])", m.lower())]
        same = [m for m in fits if m.lower().startswith(stem.lower())]
        if same or fits:
            return (same or fits)[0]
        if stem != family or len(self.sizes) > 1:
            return f"{stem} {size}"
        return family

    def _noun_phrase(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        before = [s for s in here if s.name.end <= fact.at]
        after = [s for s in here if s.name.start >= fact.at_end]
        inside = [s for s in here if s.name.start <= fact.at and s.name.end >= fact.at_end]
        if inside:
            self.how = "around it"
            return inside[0].model
        if before:
            gap_start = before[-1].name.end
            if (
                fact.kind == "parameters"
                and _SIZE_END.search(before[-1].model)
                and self.rules["size_list"].fullmatch(self.text, gap_start, fact.at)
            ):
                size = re.match(r"\d[\d.]*(?:x\d+)?\s?[BMT]", self.text[fact.at : fact.at + 12])
                if size:
                    self.how = "a list of sizes"
                    return self._member(before[-1].model, size[0].replace(" ", ""))
            rule = "compared_then_figure" if before[-1].compared else "name_then_figure"
            if fact.at - gap_start <= 60 and self.rules[rule].fullmatch(self.text, gap_start, fact.at):
                self.how = "compared, before" if before[-1].compared else "before"
                return before[-1].model
        if after and after[0].name.start - fact.at_end <= 70:
            gap = self.text[fact.at_end : after[0].name.start]
            gap = _without_possessor(gap)
            if self.rules["figure_then_name"].fullmatch(gap):
                self.how = "compared, after" if after[0].compared else "after"
                return after[0].model
        if (
            before
            and before[-1].compared
            and self.rules["relative"].fullmatch(self.text, before[-1].name.end, fact.at)
        ):
            self.how = "a relative clause"
            return before[-1].model
        follows = self.rules["figure_then_description"].match(
            self.text, fact.at_end, min(sentence.end, fact.at_end + 60)
        )
        if follows:
            told = self._described(
                sentence, here, follows.end("lead"), min(sentence.end, follows.end("lead") + 30), sure=True
            )
            if told and told[0] <= follows.end("lead") + 1:
                self.how = told[2]
                return told[1]
        return None

    def _unnamed(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> tuple[str] | None:
        if any(not s.compared and s.name.end <= fact.at for s in here):
            return None
        if not here and self.rules["generic"].search(self.text, sentence.start, fact.at):
            return ("",)
        for match in self.rules["unnamed"].finditer(self.text, sentence.start, sentence.end):
            named = [
                s
                for s in here
                if 0 <= s.name.start - match.end() <= 12 or match.start() <= s.name.start < match.end()
            ]
            if named:
                continue
            low, high = match.span()
            if (
                low <= fact.at < high
                or (0 < low - fact.at_end <= 25)
                or (0 <= fact.at - high <= 40 and not self._between(here, high, fact.at))
            ):
                if self._pronoun_start(sentence, low):
                    continue
                return (_CUT.sub("", match["what"] or match["some"]).strip(),)
        return None

    def _pronoun_start(self, sentence: Sentence, at: int) -> bool:
        """Whether "we" or "it" does the training: then the system is the text's own."""
        return (
            re.search(r"\b(?:[Ww]e|I|[Oo]ur|[Tt]his (?:paper|work))\b", self.text[sentence.start : at])
            is not None
        )

    @staticmethod
    def _between(here: list[_Spot], start: int, end: int) -> bool:
        return any(start <= s.name.start < end for s in here)

    def _object(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        """ "spent $5 million and two months training X"; "30 million hours on X"."""
        after = [s for s in here if s.name.start >= fact.at_end]
        if not after or after[0].compared or after[0].name.start - fact.at_end > 90:
            return None
        first = after[0]
        gap = self.text[fact.at_end : first.name.start]
        if self.rules["clause"].search(gap) or re.search(r"(?<![\w.])\d", gap):
            return None
        tail = _without_possessor(gap)
        found = None
        for match in re.finditer(r"\s", tail):
            if self.rules["training_of"].fullmatch(tail, match.end()):
                found = match
                break
        if found is None:
            return None
        clause = self._clause_start(sentence, fact.at)
        if any(not s.compared and clause <= s.name.start < fact.at for s in here):
            return None
        return first.model

    def _clause_start(self, sentence: Sentence, at: int) -> int:
        breaks = self.breaks.get(sentence.start)
        if breaks is None:
            found = self.rules["clause"].finditer(self.text, sentence.start, sentence.end)
            breaks = self.breaks[sentence.start] = [sentence.start, *(match.end() for match in found)]
        return max(place for place in breaks if place <= at or place == sentence.start)

    def _clause(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        """The last name, pronoun or description before the figure in its clause."""
        start = self._clause_start(sentence, fact.at)
        return self._best_before(sentence, here, start, fact.at)

    def _best_before(self, sentence: Sentence, here: list[_Spot], start: int, end: int) -> str | None:
        names = [s for s in here if start <= s.name.start and s.name.end <= end and not s.compared]
        last_name = names[-1] if names else None
        described = self._described(sentence, here, start, end)
        if described and (last_name is None or described[0] > last_name.name.end):
            self.how = described[2]
            return described[1]
        self.how = "name"
        return last_name.model if last_name else None

    def _compared_to(self, sentence: Sentence, at: int) -> bool:
        window = self.text[max(sentence.start, at - _LOOK_BACK) : at]
        return (
            self.rules["comparison"].search(window) is not None
            or self.rules["comparison_far"].search(window) is not None
        )

    def _as_written(self, given: str) -> str:
        """The text's own name for the model that was given from outside, if it has one."""
        key = squash(given)
        for model in self.models:
            if squash(model) == key:
                return model
        near = [m for m in self.models if len(squash(m)) > 2 and (squash(m) in key or key in squash(m))]
        return max(near, key=len) if near else given

    def _described(
        self, sentence: Sentence, here: list[_Spot], start: int, end: int, *, sure: bool = False
    ) -> tuple[int, str, str] | None:
        """The last definite description in [start, end) that can be resolved: (where, model, which kind).

        sure: leave out pronouns and plain "the model", and comparisons are not looked for.
        """
        text, best = self.text, None
        may = _descriptions().of(text[sentence.start : max(sentence.end, end)])

        def said(key: str) -> Iterable[re.Match[str]]:
            """Where a phrase of linking.toml stands."""
            return self.rules[key].finditer(text, start, end) if may & _BITS[key] else ()

        options: list[tuple[int, int, str | None, str]] = []
        for match in said("size_short" if sure else "size_of"):
            size = _size_value(match["size"], match["unit"])
            family = self._focus_at(here, match.start()) or self.topic
            if family:
                options.append((match.start(), 4, self._member(family, size), "size"))
        for match in () if sure else said("plural"):
            options.append((match.start(), 2, self._together(here, match.start()), "plural"))
        if self.nickname is not None:
            for match in self.nickname.finditer(text, start, end):
                ends = [
                    model
                    for model in self.models
                    if re.search(rf"[\s-]{re.escape(match[1])}$", model, re.IGNORECASE)
                ]
                if len(ends) == 1:
                    options.append((match.start(), 5, ends[0], "nickname"))
        pair = self._pair(here, start)
        for key, position in (("former", 0), ("first_of", 0), ("latter", 1), ("second_of", 1)):
            for match in said(key):
                if len(pair) >= 2:
                    options.append((match.start(), 3, pair[position], "turn"))
        for key in ("larger", "smaller"):
            for match in said(key):
                if _COPULA.search(text, max(start, match.start() - 12), match.start()):
                    continue  # "X is the biggest" says it of X
                options.append(
                    (match.start(), 2, self._by_size(here, match.start(), largest=key == "larger"), key)
                )
        for key in ("older", "newer"):
            for match in said(key):
                options.append(
                    (match.start(), 2, self._by_age(here, match.start(), older=key == "older"), key)
                )
        for match in () if sure else said("theirs"):
            options.append((match.start(), 2, self._by_age(here, match.start(), older=True), "theirs"))
        for match in () if sure else said("pronoun"):
            options.append((match.start(), 1, self._focus_at(here, match.start()), "pronoun"))
        for at, _, model, key in sorted(options, key=lambda option: (option[0], option[1])):
            if model is not None and (sure or not self._compared_to(sentence, at)):
                best = (at, model, key)
        return best

    def _together(self, here: list[_Spot], at: int) -> str | None:
        """What "all models", "they" mean: the family that the models in play share."""
        focus = self._focus_at(here, at)
        if focus is None:
            return None
        if self.topic and focus.lower().startswith(self.topic.lower()):
            return self.topic
        return _SIZE_END.sub("", focus)

    def _focus_at(self, here: list[_Spot], at: int) -> str | None:
        """What "it" means at a place: a name before it in the sentence, else the focus."""
        names = [s for s in here if s.name.end <= at and not s.compared]
        if names:
            return names[0].model
        if self.nickname is not None:
            low = max(0, self.text.rfind(". ", 0, at), self.text.rfind("\n", 0, at))
            for match in self.nickname.finditer(self.text, low, at):
                ends = [
                    m for m in self.models if re.search(rf"[\s-]{re.escape(match[1])}$", m, re.IGNORECASE)
                ]
                if len(ends) == 1:
                    return ends[0]
        return self.state.focus or self.topic

    def _pair(self, here: list[_Spot], at: int) -> list[str]:
        """The two models named last before a place, in their order."""
        models = list(dict.fromkeys(s.model for s in here if s.name.end <= at))
        if len(models) >= 2:
            return models[-2:]
        return (
            self.state.last_pair[-2:]
            if len(self.state.last_pair) == 2
            else self.state.last_pair[:1] + self.state.last_pair[-1:]
        )

    def _by_size(self, here: list[_Spot], at: int, *, largest: bool) -> str | None:
        """The larger or smaller of the models in play, where their names or order tell."""
        recent = list(dict.fromkeys([*self.state.recent[-4:], *(s.model for s in here if s.name.end <= at)]))
        sized = []
        for model in recent:
            size = re.search(r"(\d+(?:\.\d+)?)[Bb]\b", model)
            if model in self.total or size:
                sized.append(
                    (self.total.get(model) or float(size[1]) * 1e9 if size else self.total[model], model)
                )
        focus = self._focus_at(here, at)
        if len(sized) >= 2:
            return (max if largest else min)(sized)[1]
        marked = [
            model for model in recent if re.search(r"(?i)\b(?:mini|nano|lite|small|tiny|flash|air)\b", model)
        ]
        if marked and len(recent) >= 2:
            plain = [model for model in recent if model not in marked]
            return (plain[-1] if plain else focus) if largest else marked[-1]
        return focus

    def _by_age(self, here: list[_Spot], at: int, *, older: bool) -> str | None:
        focus = self.topic or self._focus_at(here, at)
        recent = list(dict.fromkeys([*self.state.recent, *(s.model for s in here if s.name.end <= at)]))
        if not older:
            named = [s for s in here if s.name.end <= at and not s.compared]
            return named[-1].model if named else focus
        others = [model for model in recent if model != focus]
        return others[-1] if others else None

    def _earlier(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        found = self._best_before(sentence, here, sentence.start, fact.at)
        focus = self.state.focus
        if found is None or focus is None or found == focus:
            return found
        own = [s for s in here if not s.compared and s.name.end <= fact.at]
        named = own and own[-1].model == found and found not in self._subjects(sentence, own)
        if named and self.rules["own_subject"].search(
            self.text, self._clause_start(sentence, fact.at) - 1, fact.at
        ):
            return focus  # "they could have taken X; instead they trained from scratch on ..."
        return found

    @cached_property
    def _made(self) -> dict[str, list[str]]:
        """Organization -> the models that the text says it made, in text order."""
        out: dict[str, list[str]] = {}
        for fact in developers(self.article, self.names) if self.makers is None else self.makers:
            if fact.organization and fact.model:
                out.setdefault(fact.organization, []).append(fact.model)
        return out

    def _of_maker(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        """A firm that acts in the sentence stands for its model: "Heliora spent 2.9 million pounds"."""
        low = bisect_left(self.firm_starts, sentence.start)
        for firm in self.names.organizations[low:]:
            if firm.start >= fact.at:
                break
            made = self._made.get(firm.canonical)
            if not made or self._compared_to(sentence, firm.start):
                continue
            if not self.rules["acts"].match(self.text, firm.end, fact.at):
                continue
            if self.state.focus in made:
                return self.state.focus
            recent = [model for model in self.state.recent if model in made]
            return recent[-1] if recent else made[0]
        return None

    def _later(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        after = [s for s in here if s.name.start >= fact.at_end and not s.compared]
        if not after or self.state.focus == after[0].model:
            return after[0].model if after else None
        gap = self.text[fact.at_end : after[0].name.start]
        if self.rules["clause"].search(gap) or self.rules["pronoun_next"].search(gap):
            return None
        return after[0].model

    def _focus(self, sentence: Sentence, here: list[_Spot], fact: Fact) -> str | None:
        """The model in focus; at a new paragraph that refers to nothing, the family it belongs to."""
        focus, topic = self.state.focus, self.topic
        given = self.article.default_model
        if (
            given is None
            and focus is not None
            and self.main in self.introduced
            and self.main in self.state.recent
            and focus not in self.introduced
            and self.rules["own"].search(self.text, sentence.start, sentence.end)
        ):
            return self.main
        if (
            given
            and all(s.compared for s in here)
            and self.rules["own"].search(self.text, sentence.start, sentence.end)
        ):
            return self._as_written(given)
        if (
            focus
            and topic
            and sentence.first
            and self.topic_rule == "title"
            and focus.lower().startswith(topic.lower())
        ):
            return topic
        return focus

    # --- parallel lists ---------------------------------------------------------------------------

    def _respectively(self, sentence: Sentence, here: list[_Spot], facts: list[Fact]) -> dict[int, str]:
        """Pair names with figures of one kind, in order: "A and B took 3 and 5 days, respectively"."""
        out: dict[int, str] = {}
        lists = self._lists(here)
        if not lists:
            return out
        word = self.text[sentence.start : sentence.end].lower().rfind("respectively")
        said = word >= 0
        for kind in {f.kind for f in facts}:
            indexes = [i for i, f in enumerate(facts) if f.kind == kind and f.role in (None, "total")]
            for names in lists:
                if len(names) != len(indexes) or len(names) < 2:
                    continue
                first, last = facts[indexes[0]].at, facts[indexes[-1]].at_end
                if any(first < s.name.start < last for s in here):
                    continue
                close = all(
                    re.fullmatch(
                        r"[^.;:]{0,40}?(?:,|\band\b|\bor\b)[^.;:]{0,25}",
                        self.text[facts[a].at_end : facts[b].at],
                    )
                    is not None
                    for a, b in itertools.pairwise(indexes)
                )
                if said or (close and names[-1].name.end <= first):
                    out.update({i: s.model for i, s in zip(indexes, names, strict=True)})
                    break
        if said:
            for names in lists:
                out = self._by_group(names, facts, sentence.start + word) | out
        return out

    def _by_group(self, names: list[_Spot], facts: list[Fact], word: int) -> dict[int, str]:
        """Two names and two groups of figures in front of the word: "A and B took 3 days on 8 cards, and for 5 days on
        16, respectively". Figures behind it are no part of the groups."""
        behind = [i for i, f in enumerate(facts) if names[-1].name.end <= f.at < word]
        if len(names) != 2 or len(behind) < 3:
            return {}
        first, last = facts[behind[0]].at_end, facts[behind[-1]].at
        seams = list(_GROUP_SEAM.finditer(self.text, first, last)) if first < last else []
        if len(seams) != 1:
            return {}
        return {i: names[facts[i].at > seams[0].start()].model for i in behind}

    def _lists(self, here: list[_Spot]) -> list[list[_Spot]]:
        lists: list[list[_Spot]] = []
        for spot in here:
            if lists and self.rules["list_gap"].fullmatch(self.text, lists[-1][-1].name.end, spot.name.start):
                lists[-1].append(spot)
            else:
                lists.append([spot])
        return [names for names in lists if len(names) > 1]


#: Between two groups of figures: "for 3 days on 8 cards, and for 5 days on 16".
_GROUP_SEAM: Final = quick(r"[,;]\s{1,2}and\s(?:for|on|in|with|at|to|by|using)\b")


def _without_possessor(words: str) -> str:
    """Leave out a firm that ends the words: "the size of OpenAI's " -> "the size of "."""
    return _POSSESSOR.sub("", words)


def _last_not_after(starts: Sequence[int], at: int) -> int:
    """Index of the last start that is <= at (0 where none is); starts ascend."""
    low, high = 0, len(starts)
    while low < high:
        mid = (low + high) // 2
        if starts[mid] <= at:
            low = mid + 1
        else:
            high = mid
    return max(0, low - 1)


def nearest_before(article: Article, facts: Iterable[Fact], names: Names) -> list[Fact]:
    """The baseline that every pass must beat: the name that stands last before the figure."""
    out = []
    for fact in facts:
        before = [m for m in names.models if m.end <= fact.at]
        chosen = (
            before[-1].canonical
            if before
            else names.models[0].canonical
            if names.models
            else article.default_model
        )
        out.append(fact if fact.kind in UNLINKED else replace(fact, model=chosen, linked_by="nearest"))
    return out
