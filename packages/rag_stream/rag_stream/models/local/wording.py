"""An answer's text out of what was chosen for it."""

from collections.abc import Iterable, Sequence

from rag_stream.citations.scanner import MarkerScanner
from rag_stream.models.local.candidates import Candidate
from rag_stream.text.stand_ins import STAND_INS


def told(chosen: Sequence[Candidate]) -> str:
    """What was chosen, as it is said."""
    return _joined((candidate, candidate.says) for candidate in chosen)


def cited(chosen: Sequence[Candidate]) -> str:
    """The sentences, each with its document's number; numbers of their own are left out."""
    footnotes = MarkerScanner(sources=0, genuine=STAND_INS)  # the texts never were in a prompt
    # The end of a line is the end of whatever may look like the beginning of a number.
    texts = [footnotes.feed(f"{candidate.says}\n")[0].strip() for candidate in chosen]
    return _joined(
        # The line that ends code has to stand alone.
        (candidate, f"{text}{_gap(candidate)}[{candidate.document + 1}]")
        for text, candidate in zip(texts, chosen, strict=True)
        if text
    )


def _joined(parts: Iterable[tuple[Candidate, str]]) -> str:
    """Sentences one after another, code on lines of its own."""
    answer, after_code = "", False
    for candidate, text in parts:
        if answer:
            answer += "\n\n" if after_code or candidate.is_code else " "
        answer, after_code = answer + text, candidate.is_code
    return answer


def _gap(candidate: Candidate) -> str:
    return "\n" if candidate.is_code else " "
