"""Questions in one language about articles in one, with one model: what came of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.eval import metrics
from bench.eval.asked import ask
from bench.eval.bed import Ground, retriever, spans
from bench.eval.multilingual import ENGLISH, Item, Translation
from bench.eval.wording import has_words
from rag_stream.options import Options, options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.schema import Relevance

BUDGETS = (4_000, 2_000, 1_000)
SEARCHES = ("hybrid", "dense", "lexical")
_WIDE: Mapping[str, Any] = {"k": 80, "context_chars": 12_000}
"""More than the greatest budget, also where a character of some scripts counts as three."""
_SUFFIX = ".md"


@dataclass(frozen=True, slots=True)
class Pair:
    """The language of the questions and that of the articles."""

    asker: str
    articles: str

    @property
    def label(self) -> str:
        own = self.asker == self.articles
        return self.articles if own else f"{self.asker} -> {self.articles}"

    @property
    def is_crossing(self) -> bool:
        return self.asker != self.articles


@dataclass(slots=True)
class Outcome:
    """What came of one question."""

    item: Item
    needed: dict[str, int | None] = field(default_factory=dict)
    """By search: the characters, best chunks first, that it took to have the whole answer."""
    held: dict[int, bool] = field(default_factory=dict)
    """By budget: whether the answer is in the context that the service makes with it."""
    used: dict[int, int] = field(default_factory=dict)
    """By budget: the characters in that context."""
    has_words: bool | None = None
    """Whether the local answer has the words; None where it was not asked for."""
    is_near_refused: bool | None = None
    """Whether it is refused with its own article alone left out; None where it was not asked."""
    is_there: bool = True
    """Whether its article is in the index that has only half of them."""
    is_refused: bool = False
    """Whether it is refused there."""
    margin: float = 0.0
    """How far above its threshold it came there; its score, where there is no threshold."""

    def within(self, search: str, characters: int) -> bool:
        """Whether a search has the answer within so many characters, each counting as one."""
        needed = self.needed[search]
        return needed is not None and needed <= characters


async def outcomes(
    ground: Ground,
    translation: Translation,
    asked: Mapping[Pair, Sequence[Item]],
    *,
    with_answers: bool,
) -> dict[Pair, list[Outcome]]:
    """Every question to an index of all articles, and to one of half of them."""
    found = {pair: [Outcome(item) for item in items] for pair, items in asked.items()}
    settings = await ground.filled(translation.articles)
    async with ground.chain(settings) as chain:
        searching = _Searching(ground, chain.runtime())
        for pair, made in found.items():
            for one in made:
                await searching.ask(one)
                if not pair.is_crossing:  # which a filtered search judges by another rule
                    one.is_near_refused = await _is_near_refused(chain.runtime(), translation, one)
                if with_answers:
                    answered = await ask(chain, one.item.text)
                    wanted = translation.words(one.item)
                    one.has_words = not answered.is_refused and has_words(answered.answer, wanted)
    some = half_of(translation)
    settings = await ground.filled(some)
    async with ground.runtime(settings) as runtime:
        for made in found.values():
            for one in made:
                one.is_there = one.item.answer.corpus in some
                await _judge(runtime, one)
    return found


def half_of(translation: Translation) -> dict[str, str]:
    """Two articles, then two left out, and so on: of both halves of the questions."""
    articles = enumerate(translation.articles.items())
    return {name: text for number, (name, text) in articles if number % 4 < 2}


def asked_of(translations: Mapping[str, Translation], pair: Pair, ids: Sequence[str]) -> list[Item]:
    """The questions in the asker's words, with the places of their answers in the articles."""
    told = translations[pair.articles].items
    own = translations[pair.asker].items
    return [
        Item(one, own[one].text, told[one].article, told[one].answer)
        for one in ids
        if one in told and one in own
    ]


def crossing(translations: Mapping[str, Translation]) -> list[Pair]:
    """English questions over all others, where there are English ones."""
    if ENGLISH not in translations:
        return []
    return [Pair(ENGLISH, one) for one in translations if one != ENGLISH]


class _Searching:
    """The ways to search one index."""

    def __init__(self, ground: Ground, runtime: Runtime) -> None:
        own = {"collection": runtime.settings.collection}
        wide = ground.settings(**own, **_WIDE)
        self._wide = retriever(runtime, wide)
        self._searches = {way: options_of(wide, {"search_type": way}) for way in SEARCHES}
        settings = {budget: ground.settings(**own, context_chars=budget) for budget in BUDGETS}
        self._contexts = {
            budget: (retriever(runtime, one), options_of(one, {}))
            for budget, one in settings.items()
        }

    async def ask(self, one: Outcome) -> None:
        """What each finds, into the outcome."""
        for way, options in self._searches.items():
            found = await self._wide.retrieve(one.item.text, options, None)
            curve = metrics.recall_curve(spans(found.documents), [one.item.answer], max(BUDGETS))
            one.needed[way] = metrics.characters_needed(curve, 1.0)
        for budget, (service, options) in self._contexts.items():
            found = await service.retrieve(one.item.text, options, None)
            match = metrics.match(spans(found.documents), [one.item.answer])
            one.held[budget] = match.recall == 1.0
            one.used[budget] = sum(len(document.page_content) for document in found.documents)


async def _is_near_refused(runtime: Runtime, translation: Translation, one: Outcome) -> bool:
    """By a filter that lets in all articles but its own: no index has to be made for it."""
    others = [name + _SUFFIX for name in translation.articles if name != one.item.answer.corpus]
    options = options_of(runtime.settings, {"filter": {"source": others}})
    return (await _relevance(runtime, one, options)).is_refusal


async def _judge(runtime: Runtime, one: Outcome) -> None:
    relevance = await _relevance(runtime, one, options_of(runtime.settings, {}))
    one.is_refused = relevance.is_refusal
    score = 1.0 if relevance.score is None else relevance.score
    one.margin = score - (relevance.threshold or 0.0)


async def _relevance(runtime: Runtime, one: Outcome, options: Options) -> Relevance:
    found = await runtime.retriever.retrieve(one.item.text, options, None)
    return await runtime.judge(one.item.text, found, options.where)
