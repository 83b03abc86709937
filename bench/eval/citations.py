"""Whether citations say what is true: checked against the documents, not by the service's word."""

import re
from collections.abc import Iterator, Sequence

from bench.eval.asked import Asked
from bench.eval.findings import Findings, Table, percent
from rag_stream.text.sentences import split_sentences

ENOUGH = 0.5
"""From this `support` on a citation counts as one."""
_MARKER = re.compile(r"\[(\d+)\]")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.S)


def problems(asked: Asked) -> Iterator[str]:
    """Citations that a client could trip over."""
    for one in asked.citations:
        if not 0 <= one["document"] < len(asked.documents):
            yield f"a document that does not exist: {one}"
            continue
        text = asked.documents[one["document"]].page_content
        if text[one["quote_start"] : one["quote_end"]] != one["quote"] or not one["quote"]:
            yield f"a quote that does not stand there: {one}"
        if not 0 <= one["answer_start"] < one["answer_end"] <= len(asked.answer):
            yield f"a place outside the answer: {one}"


def strangers(asked: Asked) -> list[str]:
    """Markers in the answer, and citations' own, that name no document."""
    known = range(1, len(asked.documents) + 1)
    shown = [
        found[0]
        for found in _MARKER.finditer(_CODE.sub("", asked.answer))
        if int(found[1]) not in known
    ]
    return shown + [f"[{one['marker']}]" for one in asked.citations if one["marker"] not in known]


def sentences(asked: Asked) -> list[tuple[str, bool]]:
    """The answer's sentences without markers, and whether a citation supports each."""
    good = [one for one in asked.citations if one["support"] >= ENOUGH]
    return [
        (
            text,
            any(one["answer_start"] < end and start < one["answer_end"] for one in good),
        )
        for text, start, end, _, _ in split_sentences(asked.answer)
        if _MARKER.sub("", text).strip()
    ]


def checks(found: Findings, name: str, asked: Sequence[Asked]) -> None:
    """Add the figures and goals of these answers, under `name`."""
    answered = [one for one in asked if not one.is_refused]
    citations = sum(len(one.citations) for one in answered)
    wrong = [problem for one in answered for problem in problems(one)]
    strange = [marker for one in answered for marker in strangers(one)]
    supported = [is_so for one in answered for _, is_so in sentences(one)]
    exact = 1 - len(wrong) / citations if citations else 0.0
    support = sum(supported) / max(1, len(supported))
    found.figures |= {
        f"{name}_citations": citations,
        f"{name}_exact": exact,
        f"{name}_strangers": len(strange),
        f"{name}_support": support,
    }
    found.tables.append(
        Table(
            f"Citations of {name} answers",
            ["answers", "citations", "exact quotes", "markers to no source", "with support"],
            [
                [
                    f"{len(answered):,}",
                    f"{citations:,}",
                    percent(exact),
                    f"{len(strange):,}",
                    f"{percent(support)} of {len(supported):,} sentences",
                ]
            ],
        )
    )
    found.remarks += [f"{name}: {line}"[:400] for line in [*wrong, *strange][:5]]
    found.at_least(f"{name} answers: quotes that are exact", f"{name}_exact", 1.0)
    found.no_more_than(
        f"{name} answers: markers to no source", f"{name}_strangers", 0, f"of {citations:,}"
    )
