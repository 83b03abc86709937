"""Whether what was retrieved is about the question at all. Pure."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from langchain_core.documents import Document

from rag_stream.calibration.language import language_of
from rag_stream.calibration.record import Calibration
from rag_stream.calibration.standards import Standard
from rag_stream.lexical.coverage import coverage
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS
from rag_stream.text.keywords import terms

_NOTHING: Mapping[str, float] = MappingProxyType({})

# By the embedding model's name, what questions in English have to score in any index, unless
# everyday questions ask for more there. In a small index they are far away, and those near its
# topic that it does not answer are not; but in a small one shared words tell something.
_THRESHOLDS: Mapping[str, float] = {LOCAL_EMBEDDINGS: 0.3}
_MEASURED = "en"
# The part that the question's words have in a score that is held against a measured threshold.
_WORDS = 0.3
# Words are looked for in the best documents only, each by itself: among many documents there is
# every word somewhere. Nor far into one: what was measured had chunks of 200 to 450 characters.
_DOCUMENTS, _CHARS = 3, 1_000
# A chunk that has more than this share of what a question says, its rare words counting most,
# is nearer to it than the model knows; one that has all of it, by so many standard deviations of
# how near everyday questions come, of which no more than a few are believed. No language is known
# to a model as well as English, and none of some thousand chunks has much of what a question says
# that has nothing to do with them.
_COVERED, _WORTH, _MOST = 0.5, 12.0, 4.0
# One word alone is somewhere in any documents, whoever asks, and tells half as much.
_ALONE = 0.5


def judge(
    question: str,
    likeness: float | None,
    model: str,
    abstain_below: Literal["auto", "off"] | float,
    calibration: Calibration | None,
    *,
    documents: Sequence[Document] = (),
    share: float = 1.0,
    everydayness: float | None = None,
    information: Mapping[str, float] = _NOTHING,
    margin: float | None = None,
) -> Relevance:
    """How relevant `documents`, best first, are: the nearest chunk has this `likeness`.

    `model` is the embedding model's fingerprint, "name" or "name@version"; "auto" stands for
    what the index's own calibration says, else for the model's threshold, else for none. A
    likeness of None: nothing tells it. Of the threshold of "auto" a `share` applies where `naming`
    says so. `everydayness`: how like the everyday questions this one is, where that is known; it
    has to come so much nearer. `information`: how much each of its terms says in the index.
    Where the calibration tells how its words and its likeness are weighed, that is what counts.
    `margin`: how much nearer the nearest chunk is than the fiftieth.
    """
    if abstain_below == "auto" and likeness is not None and share > 0:
        standards = None if calibration is None else calibration.standards
        language, name = language_of(question), model.partition("@")[0]
        if standards and calibration and information:
            standard = standards.standard(language, name, calibration.chunks, share, margin)
            if standard is not None:
                weighed = _weighed(standard, likeness, documents, information, share)
                own = calibration.threshold(language)
                fixed = _THRESHOLDS.get(name) if language == _MEASURED and share == 1 else None
                if fixed is None or weighed.is_refusal or own is None or own >= fixed:
                    return weighed
                # A small index, to which everyday questions are far away.
                blend = round(_blend(question, likeness, documents), 4)
                if blend >= fixed:
                    return weighed
                return Relevance(score=max(0.0, blend), threshold=fixed, basis="measured")
        if standards and share == 1:
            has_words = bool(information)
            standard = standards.abroad(language, likeness, margin, has_words=has_words)
            if standard is not None:
                return _weighed(standard, likeness, documents, information)
    threshold, basis = _threshold(question, model, abstain_below, calibration, everydayness)
    if abstain_below == "auto" and threshold is not None and share < 1:
        threshold, basis = round(threshold * share, 4) if share else None, "words"
    if likeness is None:
        return Relevance(score=None, threshold=threshold, basis="unscored")
    if basis == "measured":
        likeness = _blend(question, likeness, documents)
    if basis == "calibrated" and calibration and threshold is not None and likeness < threshold:
        covering = (_covered(document, information, calibration.spread) for document in documents)
        likeness = max((likeness, *covering))
    score = round(min(1.0, max(0.0, likeness)), 4)
    return Relevance(score=score, threshold=threshold, basis=basis)


def _weighed(
    standard: Standard,
    likeness: float,
    documents: Sequence[Document],
    information: Mapping[str, float],
    share: float = 1.0,
) -> Relevance:
    score = standard.score(likeness, 0.0)
    for document in documents:
        # One that was found by its words alone may be the nearest.
        own = _cosine(document) if standard.of_one else None
        words = _part(document, information)
        score = max(score, standard.score(likeness if own is None else own, words))
    return Relevance(
        score=round(min(1.0, max(0.0, score)), 4),
        threshold=round(min(1.0, max(0.0, standard.threshold)), 4),
        basis="calibrated" if share == 1 else "words",
    )


def _part(document: Document, information: Mapping[str, float]) -> float:
    """The part of what a question says that a document has."""
    return coverage(information, document.page_content, document.metadata, _ALONE)


def _blend(question: str, likeness: float, documents: Sequence[Document]) -> float:
    """What is held against a measured threshold."""
    return (1 - _WORDS) * likeness + _WORDS * _shared(question, documents)


def _shared(question: str, documents: Sequence[Document]) -> float:
    """The share of the question's words that one of the best documents has."""
    # None in a question of another language or of emoji: then it takes more likeness.
    words = terms(question[:_CHARS])
    if not words:
        return 0.0
    texts = (document.page_content[:_CHARS] for document in documents[:_DOCUMENTS])
    return max((len(words & terms(text)) / len(words) for text in texts), default=0.0)


def _covered(document: Document, information: Mapping[str, float], spread: float) -> float:
    """The document's likeness with what its words are worth; 0 where they are few."""
    cosine = _cosine(document)
    share = coverage(information, document.page_content, document.metadata)
    if cosine is None or share <= _COVERED:
        return 0.0
    return cosine + spread * min(_MOST, _WORTH * (share - _COVERED) / (1 - _COVERED))


def best_likeness(documents: Sequence[Document]) -> float | None:
    """The greatest of the cosines in the documents' metadata `found`; None where there is none.

    Of no documents 0.
    """
    if not documents:
        return 0.0
    return max((cosine for cosine in map(_cosine, documents) if cosine is not None), default=None)


def complaint(calibration: Calibration | None, model: str) -> str | None:
    """Why "auto" is less than it could be, in words; None where the index is calibrated."""
    if calibration is not None and not calibration.answered and calibration.is_possible:
        return None
    fixed = _THRESHOLDS.get(model.partition("@")[0])
    if calibration is None:
        why = "the index is not calibrated for abstention (the next ingest does it)"
    elif calibration.is_possible:
        some = ", ".join(sorted(calibration.answered))
        why = f"the index answers everyday questions in some languages ({some})"
    else:
        why = "the index answers everyday questions, abstention cannot be calibrated by them"
    if calibration is not None and calibration.standards is not None:
        why += "; where words are not searched for, or tell nothing"
    if fixed is not None:
        return f"{why}: the embedding model's own threshold applies, {fixed}"
    none = "none in these" if calibration and calibration.is_possible else "no question"
    return f"{why}: {none} is refused; RAG_ABSTAIN_BELOW sets a threshold"


def _threshold(
    question: str,
    model: str,
    abstain_below: Literal["auto", "off"] | float,
    calibration: Calibration | None,
    everydayness: float | None,
) -> tuple[float | None, str]:
    if abstain_below == "off":
        return None, "off"
    if abstain_below != "auto":
        return abstain_below, "configured"
    fixed = _THRESHOLDS.get(model.partition("@")[0])
    if calibration is not None and calibration.is_possible:
        language = language_of(question)
        own = calibration.threshold(language)
        if own is not None and (fixed is None or own >= fixed or language != _MEASURED):
            if everydayness is not None:
                beyond = calibration.threshold_beyond(language, everydayness)
                own = own if beyond is None else beyond
            if fixed is not None and language == _MEASURED:
                own = max(own, fixed)
            return round(min(1.0, max(0.0, own)), 4), "calibrated"
    if fixed is not None:
        return fixed, "measured"
    return None, "uncalibrated" if calibration is None else "everyday"


def _cosine(document: Document) -> float | None:
    """Its likeness to the question, where the dense search or the fusion knew it."""
    found: Any = document.metadata.get("found")
    dense = found.get("dense") if isinstance(found, Mapping) else None
    value = dense.get("score") if isinstance(dense, Mapping) else None
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return None
