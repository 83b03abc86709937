"""Whether what was retrieved is about the question at all. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from langchain_core.documents import Document

from rag_stream.calibration.language import language_of
from rag_stream.calibration.record import Calibration
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS
from rag_stream.text.keywords import WORD, terms

REFUSAL = "I found nothing about this in the documents."
"""The answer where nothing retrieved is relevant."""

# By the embedding model's name, what questions in English have to come near in any index: at least
# that where the index is calibrated. In a small index everyday questions are far away, and those
# near its topic that it does not answer are not.
_THRESHOLDS: Mapping[str, float] = {LOCAL_EMBEDDINGS: 0.3}
_MEASURED = "en"
# Words that name something.
_FEW, _LONGEST = 4, 50
_TOKEN = re.compile(r"\w+")
_RARE, _RARE_SHARE = 2, 1 / 3
"""A name is in so many of the documents that were found at most, or in that share of them."""
_HALF, _MOST = 0.5, 0.85
"""Of a threshold, with a name among the words; for a plain word by itself. With all-MiniLM-L6-v2
"pizza" is 0.24 from where it is but an example, and "winch" 0.45 from its manual."""


def judge(
    question: str,
    likeness: float | None,
    model: str,
    abstain_below: Literal["auto", "off"] | float,
    calibration: Calibration | None,
    *,
    share: float = 1.0,
) -> Relevance:
    """How relevant documents are to the question, the best of which has this `likeness` to it.

    `model` is the embedding model's fingerprint, "name" or "name@version"; "auto" stands for
    what the index's own calibration says, else for the model's threshold, else for none. A
    likeness of None: nothing tells it. Words that are shared tell little: every index of some
    size has them. But of the threshold of "auto" only a `share` applies where `naming` says so.
    """
    threshold, basis = _threshold(question, model, abstain_below, calibration)
    if abstain_below == "auto" and threshold is not None and share < 1:
        threshold, basis = round(threshold * share, 4) if share else None, "words"
    if likeness is None:
        return Relevance(score=None, threshold=threshold, basis="unscored")
    score = round(min(1.0, max(0.0, likeness)), 4)
    return Relevance(score=score, threshold=threshold, basis=basis)


def naming(documents: Sequence[Document], question: str) -> float:
    """The share of the threshold that applies to a few words, all of which one document has.

    A model may never have seen a name, and finds nothing like it then. None applies where it
    cannot know any of them, where one is written as a name amid a sentence, or where they stand
    in a few documents one after another. Half of it to words of which it cannot know one, most
    of it to a single word, which a document may be about or mention by the way.
    """
    question = question[: _FEW * _LONGEST]
    words = {word.casefold() for word in WORD.findall(question)}
    asked = terms(question) if 0 < len(words) <= _FEW else frozenset()
    # Fewer: it has words that only hold a question together, and is more than a name.
    if not asked or len(asked) < len(words):
        return 1.0
    having = [one.page_content for one in documents if asked <= terms(one.page_content)]
    if not having:
        return 1.0
    unknown = [_is_unknown(token) for token in _TOKEN.findall(question)]
    if all(unknown):
        return 0.0
    if len(words) == 1:
        is_name = any(_is_written_as_name(question, text) for text in having)
        return 0.0 if is_name else _MOST
    told = _in_order(question)
    together = sum(_has_run(_in_order(text), told) for text in having)
    if 0 < together <= max(_RARE, _RARE_SHARE * len(documents)):
        return 0.0
    return _HALF if any(unknown) else 1.0


def _is_written_as_name(question: str, text: str) -> bool:
    """Whether its one word has a capital there, too, where no sentence begins."""
    return any(
        word[0].isupper() and re.search(rf"[\w,;] {re.escape(word)}\b", text) is not None
        for word in _TOKEN.findall(question)
    )


def _is_unknown(word: str) -> bool:
    """Whether it is none that a model has learnt: it has a digit, `_` or capitals within."""
    return "_" in word or any(letter.isdigit() for letter in word) or word[1:].lower() != word[1:]


def _in_order(text: str) -> list[str]:
    return [term for word in WORD.findall(text) for term in terms(word)]


def _has_run(words: Sequence[str], run: Sequence[str]) -> bool:
    return any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))


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
        if fixed is None:
            return f"{why}: none in these is refused; RAG_ABSTAIN_BELOW sets a threshold"
    else:
        why = "the index answers everyday questions, abstention cannot be calibrated by them"
    if fixed is None:
        return f"{why}: no question is refused; RAG_ABSTAIN_BELOW sets a threshold"
    return f"{why}: the embedding model's own threshold applies, {fixed}"


def _threshold(
    question: str,
    model: str,
    abstain_below: Literal["auto", "off"] | float,
    calibration: Calibration | None,
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
            return own, "calibrated"
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
