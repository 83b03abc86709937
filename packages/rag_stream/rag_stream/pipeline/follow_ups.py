"""Whether what was found for a question that goes on with a talk is about it at all. Pure.

By itself such a question says too little to be judged: what answers it may have none of its words.
What tells is how the best chunk stands in the ranking, which knows of the talk, and how much of
what the talk is about the documents have. In standard deviations of what everyday questions come
near, as first turns are judged. Chosen on some two hundred last turns of conversations, with two
models, and measured on no others; see docs/quality.md.
"""

from collections.abc import Mapping, Sequence

from langchain_core.documents import Document

from rag_stream.calibration.standards import Standards
from rag_stream.lexical.coverage import coverage
from rag_stream.schema import Relevance
from rag_stream.settings import LOCAL_EMBEDDINGS

_GOES_ON = 0.3
"""From where what was said counts so far that a question is judged by it. Below, where a topic is
new, it is refused as by itself, unless a chunk stands so well in the ranking alone."""
_OF_TALK = 10.0
"""Standard deviations that all the words of the talk are worth."""
_ENOUGH = 4.75
_MEASURED: Mapping[str, float] = {LOCAL_EMBEDDINGS: 4.0}
"""What both have to come to, and with a model that it was measured for by itself."""
_ALONE = 0.5
_SCALE = 20.0
"""So many standard deviations are a score of one."""
_TINY = 1e-6


def judge_follow_up(
    first: Relevance,
    documents: Sequence[Document],
    context: Mapping[str, float],
    counts: float,
    standards: Standards,
    language: str,
    model: str,
) -> Relevance:
    """The verdict on a question after a talk; `first`: that on the question by itself.

    `documents`: best first, by a search for meaning and words; `context`: how much the words of
    the talk say, as far as they count; `counts`: how far that is; `model`: the embedding
    model's name. Where the index tells nothing of the language, or the question is a name, `first`
    stands.
    """
    told = language in standards.languages and language in standards.middles
    if not told or not documents or not context or first.threshold is None:
        return first
    if first.basis not in ("calibrated", "measured") or (
        counts < _GOES_ON and not first.is_refusal
    ):
        return first
    deviation = max(_TINY, standards.deviations[language])
    best = float(documents[0].metadata["score"])
    score = (best - standards.middles[language]) / deviation
    if counts >= _GOES_ON:
        shares = (coverage(context, one.page_content, one.metadata, _ALONE) for one in documents)
        score += _OF_TALK * max(shares)
    return Relevance(
        score=round(min(1.0, max(0.0, score / _SCALE)), 4),
        threshold=round(_MEASURED.get(model, _ENOUGH) / _SCALE, 4),
        basis="calibrated",
    )
