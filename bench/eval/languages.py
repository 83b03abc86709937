"""Several languages, and English questions over each: found, refused, answered, by model."""

from collections.abc import Iterable, Mapping, Sequence

from bench.eval import language_goals
from bench.eval.abstention import Tradeoff, Verdict, at_most_refused, tradeoff
from bench.eval.bed import Ground
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.eval.language_case import (
    BUDGETS,
    SEARCHES,
    Outcome,
    Pair,
    asked_of,
    crossing,
    outcomes,
)
from bench.eval.metrics import mean
from bench.eval.models import Model
from bench.eval.multilingual import HALVES, HELD_OUT, Translation
from bench.progress import say

PART = "languages"
DEFAULT_PAIRS = (Pair("zh", "zh"), Pair("de", "de"), Pair("ar", "ar"), Pair("en", "zh"))
ONE_OF = 4
"""The default set has every so many of the questions; few ones are asked in full."""
_FEW = 100
_SHARES = (0.0, 0.01, 0.03, 0.05, 0.10)


async def measure(ground: Ground, data: Dataset) -> Findings:
    """Every model with every pair of languages, the default set or all of them."""
    found = Findings(PART, "Languages")
    translations = data.translations
    pairs = chosen_pairs(translations, is_full=ground.is_full)
    if not pairs:
        found.remarks.append("not measured: there are no questions in several languages")
        return found
    by_language: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_language.setdefault(pair.articles, []).append(pair)
    told: dict[Model, dict[Pair, list[Outcome]]] = {}
    for model in ground.models:
        told[model] = {}
        for language, asked in by_language.items():
            items = {
                pair: asked_of(translations, pair, chosen_ids(translations, pair, ground.is_full))
                for pair in asked
            }
            say(f"languages: {model.label}, {', '.join(pair.label for pair in asked)}")
            told[model] |= await outcomes(
                ground.of(model),
                translations[language],
                items,
                with_answers=ground.is_full or model is ground.model,
            )
        told[model] = {pair: told[model][pair] for pair in pairs}
    for model, made in told.items():
        for pair, ones in made.items():
            _score(found, f"{model.label} {pair.label}", ones)
    found.tables = [_overview(found, told), _refusals(told), _halves(told)]
    found.series = {
        "budgets": list(BUDGETS),
        "pairs": [pair.label for pair in pairs],
        "models": {
            model.label: {pair.label: _series(ones) for pair, ones in made.items()}
            for model, made in told.items()
        },
    }
    found.remarks += _remarks(told, is_full=ground.is_full)
    language_goals.add(found, ground.model, pairs)
    return found


def chosen_pairs(translations: Mapping[str, Translation], *, is_full: bool) -> list[Pair]:
    """The languages by themselves, then English questions over others."""
    every = [Pair(one, one) for one in translations] + crossing(translations)
    return [pair for pair in every if is_full or pair in DEFAULT_PAIRS]


def chosen_ids(translations: Mapping[str, Translation], pair: Pair, is_full: bool) -> Sequence[str]:
    ids = list(translations[pair.articles].items)
    return ids if is_full or len(ids) <= _FEW else ids[::ONE_OF]


def curve_of(ones: Sequence[Outcome]) -> list[Tradeoff]:
    """Both errors over the half index, were every threshold so much higher or lower."""
    return tradeoff([Verdict("", one.is_there, one.margin, one.is_refused) for one in ones])


def refused(ones: Sequence[Outcome]) -> tuple[float, float]:
    """Over the half index, as shares: of those whose article is absent, and of the others."""
    return (
        mean([one.is_refused for one in ones if not one.is_there]),
        mean([one.is_refused for one in ones if one.is_there]),
    )


def _score(found: Findings, name: str, ones: Sequence[Outcome]) -> None:
    figures = found.figures
    for budget in BUDGETS:
        figures[f"{name} used {budget}"] = mean([one.used[budget] for one in ones])
        for search in SEARCHES:
            share = mean([one.within(search, budget) for one in ones])
            figures[f"{name} {search} {budget}"] = share
    near = [one.is_near_refused for one in ones if one.is_near_refused is not None]
    if near:
        figures[f"{name} near refused"] = mean(near)
    held_out = [one for one in ones if one.item.half == HELD_OUT]
    for half, some in (("", ones), (f" {HELD_OUT}", held_out)):
        if not some:
            continue
        for budget in BUDGETS:
            figures[f"{name}{half} {budget}"] = mean([one.held[budget] for one in some])
        absent, answerable = refused(some)
        figures[f"{name}{half} absent refused"], figures[f"{name}{half} refused"] = (
            absent,
            answerable,
        )
        if (words := _words(some)) is not None:
            figures[f"{name}{half} words"] = words
    best = at_most_refused(curve_of(ones), 0.03)
    figures[f"{name} absent refused at 3"] = 1 - best.wrongly_answered


def _overview(found: Findings, told: Mapping[Model, Mapping[Pair, Sequence[Outcome]]]) -> Table:
    """The one table: a line a pair of languages, the same columns for each model."""
    head = ["questions -> articles", "questions"]
    for model in told:
        head += [
            f"{model.label}: answer in {_slashed(f'{budget:,}' for budget in BUDGETS)}",
            "characters used",
            f"equal characters: {_slashed(SEARCHES)}",
            "absent / answerable refused",
            "near refused",
            "answer has the words",
        ]
    lines = []
    for pair, first in next(iter(told.values())).items():
        line = [pair.label, str(len(first))]
        for model in told:
            name = f"{model.label} {pair.label}"
            of = found.figures
            line += [
                _slashed(_short(of[f"{name} {budget}"]) for budget in BUDGETS),
                f"{of[f'{name} used {BUDGETS[0]}']:,.0f}",
                _slashed(_short(of[f"{name} {way} {BUDGETS[0]}"]) for way in SEARCHES),
                _slashed((_short(of[f"{name} absent refused"]), _short(of[f"{name} refused"]))),
                _or_none(of.get(f"{name} near refused")),
                _or_none(of.get(f"{name} words")),
            ]
        lines.append(line)
    return Table("By language and model, in %", head, lines)


def _refusals(told: Mapping[Model, Mapping[Pair, Sequence[Outcome]]]) -> Table:
    lines = []
    for model, made in told.items():
        for pair, ones in made.items():
            curve = curve_of(ones)
            cells = [
                _short(1 - at_most_refused(curve, share).wrongly_answered) for share in _SHARES
            ]
            absent, answerable = refused(ones)
            now = _slashed((_short(absent), _short(answerable)))
            lines.append([f"{model.label}, {pair.label}", now, *cells])
    head = ["", "as it is: absent / answerable refused"]
    head += [f"absent at <= {share:.0%} of answerable" for share in _SHARES]
    return Table("Refused with half of the articles left out, in %: the trade-off", head, lines)


def _halves(told: Mapping[Model, Mapping[Pair, Sequence[Outcome]]]) -> Table:
    """What is chosen on one half of the questions is to hold on the other."""
    lines = []
    for model, made in told.items():
        for pair, ones in made.items():
            line = [f"{model.label}, {pair.label}"]
            for half in HALVES:
                some = [one for one in ones if one.item.half == half]
                line += [
                    _slashed(
                        _short(mean([one.held[budget] for one in some])) for budget in BUDGETS
                    ),
                    _slashed(map(_short, refused(some))),
                    _or_none(_words(some)),
                ]
            lines.append(line)
    columns = ("answer in the context", "absent / answerable refused", "words")
    head = ["", *(f"{half}: {column}" for half in HALVES for column in columns)]
    return Table("The same by half of the questions, in %", head, lines)


def _series(ones: Sequence[Outcome]) -> dict[str, object]:
    curve = curve_of(ones)
    absent, answerable = refused(ones)
    return {
        "held": [mean([one.held[budget] for one in ones]) for budget in BUDGETS],
        "answerable_refused": [one.wrongly_refused for one in curve],
        "absent_refused": [1 - one.wrongly_answered for one in curve],
        "in_force": [answerable, absent],
    }


def _remarks(told: Mapping[Model, Mapping[Pair, Sequence[Outcome]]], *, is_full: bool) -> list[str]:
    lines = [
        "answer in 4,000: all characters of the answer are in the documents of the service's "
        "context with RAG_CONTEXT_CHARS=4000, whole chunks, by its own budget; equal characters: "
        "in the first 4,000 of what each way of searching finds, whatever the script.",
        "absent, answerable: with half of the articles in the index, the questions about the "
        "others and about these. near: only the asked article is left out, by a filter (not of "
        "questions in another language, which a filtered search judges by another rule). answer "
        "has the words: the local answerer's over all articles; a refusal has none.",
    ]
    if not is_full:
        lines.append(
            "the default set; `--full` asks all questions in all languages, and for the answers of "
            "all models"
        )
    return lines


def _words(ones: Sequence[Outcome]) -> float | None:
    """The share of local answers that have the words; None where none was asked for."""
    said = [one.has_words for one in ones if one.has_words is not None]
    return mean(said) if said else None


def _or_none(share: float | None) -> str:
    return "" if share is None else _short(share)


def _short(share: float) -> str:
    return percent(share).removesuffix("%")


def _slashed(cells: Iterable[str]) -> str:
    return " / ".join(cells)
