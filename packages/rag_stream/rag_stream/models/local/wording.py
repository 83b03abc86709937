"""An answer's text out of what was chosen for it."""

from collections.abc import Iterable, Sequence

from rag_stream.citations.scanner import MarkerScanner
from rag_stream.citations.syntax import MAX_MARKER, OPENERS, marker_end
from rag_stream.models.local.candidates import Candidate
from rag_stream.text.stand_ins import CLOSING, OPENING, STAND_INS, disarmed


def told(chosen: Sequence[Candidate]) -> str:
    """What was chosen, as it is said."""
    return _joined((candidate, candidate.says) for candidate in chosen)


def cited(chosen: Sequence[Candidate]) -> str:
    """The sentences, each with its document's number; numbers of their own are left out.

    In a row a number in brackets is a part of a value: it stays, with other brackets where it
    would be taken for a document's.
    """
    footnotes = MarkerScanner(sources=0, genuine=STAND_INS)  # the texts never were in a prompt
    texts = []
    for candidate in chosen:
        # The end of a line is the end of whatever may look like the beginning of a number.
        text = footnotes.feed(f"{candidate.says}\n")[0].strip()
        is_less = candidate.is_row and text != candidate.says.strip()
        texts.append(_disarmed(candidate.says) if is_less else text)
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


def _disarmed(row: str) -> str:
    """The row without what is taken for a document's number: its brackets are others."""
    out, at = "", 0
    while at < len(row):
        end = at + (marker_end(row[at : at + MAX_MARKER]) if row[at] in OPENERS else 0)
        out += row[at] if end == at else "".join(map(_other_bracket, row[at:end]))
        at = max(end, at + 1)
    return out


def _other_bracket(character: str) -> str:
    return disarmed(character) if character in OPENING or character in CLOSING else character
