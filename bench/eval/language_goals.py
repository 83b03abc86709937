"""What languages are to reach, held against the model that a new index takes."""

from collections.abc import Sequence

from bench.eval.findings import Findings
from bench.eval.language_case import Pair
from bench.eval.metrics import mean
from bench.eval.models import Model
from bench.eval.multilingual import HELD_OUT
from rag_stream.settings import LOCAL_EMBEDDINGS

_OWN = ("zh", "ru", "de", "ar", "hi")
_MEAN, _LEAST = {4_000: 0.985, 2_000: 0.97}, 0.97
_CROSSING = {4_000: 0.93, 2_000: 0.90}
_WORDS = {"zh": 0.82, "ru": 0.78, "de": 0.78, "ar": 0.72}
_ABSENT_REFUSED, _REFUSED = 0.80, 0.03
_LOST = 0.005
_ENGLISH_ONLY = (LOCAL_EMBEDDINGS,)
"""Models that nothing in other languages is asked of but what words find."""


def add(found: Findings, model: Model, pairs: Sequence[Pair]) -> None:
    """Goals over the pairs that were measured, on the half of the questions held out."""
    own = [pair for pair in pairs if not pair.is_crossing and pair.articles in _OWN]
    across = [pair for pair in pairs if pair.is_crossing]
    _means(found, model, own, "own language", _MEAN)
    for pair in own:
        found.at_least(f"{pair.label}: answer in 4,000", _of(found, model, pair, "4000"), _LEAST)
    for pair in own:
        if pair.articles in _WORDS:
            goal = _WORDS[pair.articles]
            what = f"{pair.label}: answer has the words"
            found.at_least(what, _of(found, model, pair, "words"), goal)
    for pair in pairs:
        figure = f"{model.label} {pair.label} lost by joining"
        found.figures[figure] = _lost(found, model, pair)
        found.at_most(f"{pair.label}: lost against the better way of searching", figure, _LOST)
    if model.name in _ENGLISH_ONLY:
        found.remarks.append(
            f"{model.label} knows English: English questions over others, and what is refused, "
            "are no goals with it"
        )
        return
    _means(found, model, across, "English questions over others", _CROSSING)
    for pair in pairs:
        if not pair.is_crossing:
            absent, answerable = (
                _of(found, model, pair, what) for what in ("absent refused", "refused")
            )
            found.at_least(f"{pair.label}: absent refused", absent, _ABSENT_REFUSED)
            found.at_most(f"{pair.label}: answerable refused", answerable, _REFUSED)


def _means(
    found: Findings, model: Model, pairs: Sequence[Pair], what: str, goals: dict[int, float]
) -> None:
    if not pairs:
        return
    names = ", ".join(pair.articles for pair in pairs)
    for budget, goal in goals.items():
        figure = f"{model.label} {what} {budget}"
        shares = [found.figures[_of(found, model, pair, str(budget))] for pair in pairs]
        found.figures[figure] = mean(shares)
        found.at_least(f"{what} ({names}): answer in {budget:,}", figure, goal)


def _of(found: Findings, model: Model, pair: Pair, what: str) -> str:
    """The figure that counts: over the questions that nothing was chosen on, if there are any."""
    name = f"{model.label} {pair.label}"
    held_out = f"{name} {HELD_OUT} {what}"
    return held_out if held_out in found.figures else f"{name} {what}"


def _lost(found: Findings, model: Model, pair: Pair) -> float:
    """By how much less both ways joined have than the better of them, within 4,000 characters."""
    name = f"{model.label} {pair.label}"
    joined, *alone = (found.figures[f"{name} {way} 4000"] for way in ("hybrid", "dense", "lexical"))
    return max(0.0, max(alone) - joined)
