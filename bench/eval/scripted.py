"""Citations of scripted answers, through the real chain."""

from collections.abc import Sequence

from bench.eval.asked import Asked, ask
from bench.eval.bed import Ground
from bench.eval.citations import ENOUGH, checks
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.eval.script import KINDS, NAME, ScriptedModel, script
from rag_stream.models.factory import ChatModel
from rag_stream.models.lazy import Lazy

PART = "citations"


async def measure(ground: Ground, data: Dataset) -> Findings:
    """One scripted answer to each question."""
    found = Findings(PART, "Citations of scripted answers")
    # Asked or not, the model says something: what it is asked here is beside the point.
    settings = await ground.filled(data.corpora, abstain_below="off", citations=True)
    asked: list[Asked] = []
    async with ground.chain(settings) as chain:
        chain.runtime().chat_models.use(ChatModel(NAME, Lazy(ScriptedModel)))
        for question in data.questions:
            asked.append(await ask(chain, question.text))
    found.tables.append(_by_kind(found, asked))
    checks(found, NAME, asked)
    return found


def _by_kind(found: Findings, asked: Sequence[Asked]) -> Table:
    """Of each kind of statement: how many kept their marker, and how many have support."""
    lines = []
    for kind in KINDS:
        said = kept = supported = 0
        for one in asked:
            at = 0
            for statement in script(one.question, one.documents):
                start = one.answer.find(statement.text, at)
                at = end = start + len(statement.text)
                if statement.kind != kind:
                    continue
                said += 1
                own = [
                    citation
                    for citation in one.citations
                    if citation["marker"] == statement.marker
                    and citation["answer_start"] < end
                    and start < citation["answer_end"]
                ]
                kept += bool(own)
                supported += any(citation["support"] >= ENOUGH for citation in own)
        found.figures |= {
            f"kept, {kind}": kept / max(1, said),
            f"supported, {kind}": supported / max(1, said),
        }
        shares = (percent(kept / max(1, said)), percent(supported / max(1, said)))
        lines.append([kind, f"{said:,}", *shares])
    return Table(
        "Statements of scripted answers, sent in random pieces",
        ["kind of statement", "statements", "with a citation", "with support"],
        lines,
    )
