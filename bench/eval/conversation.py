"""Follow-up questions, topic switches and questions that nothing answers, in conversations."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.eval.bed import Ground, judged, retriever, sources
from bench.eval.conversations import ANSWERABLE, HELD_OUT, UNANSWERABLE, Conversations, Task
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from rag_stream.conversation import Turn
from rag_stream.options import options_of
from rag_stream.pipeline.runtime import Runtime
from rag_stream.text.leaning import leans

PART = "conversation"
PLACES = (5, 10)
"""Passages that are looked for among the first so many."""
_WIDE = {"k": 80, "context_chars": 12_000}
_SAID = "something"
_FOLLOW_UPS = (0.93, 0.97)
_SWITCH_LOSS, _REFUSED, _ABSTAINED = 0.01, 0.03, 0.40


@dataclass(frozen=True, slots=True)
class Recall:
    """The shares of a question's relevant passages among the first ones, by PLACES."""

    task: Task
    alone: tuple[float, ...]
    with_history: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a question is refused, by itself and with what was said before it."""

    task: Task
    alone: bool
    with_history: bool


async def measure(ground: Ground, data: Dataset) -> Findings:
    """All questions to one index of all passages, with each model."""
    found = Findings(PART, "Conversations")
    told = data.conversations
    if not told.follow_ups:
        found.remarks.append("not measured: there are no conversations in the folder")
        return found
    lines, refusals = [], []
    for model in ground.models:
        own, name = ground.of(model), model.name.rpartition(":")[2]
        settings = await own.filled(told.passages)
        async with own.runtime(settings) as runtime:
            await runtime.load_everyday()
            asking = _Asking(own, runtime)
            follow_ups = [await asking.recall(task, task.history) for task in told.follow_ups]
            switches = [await asking.recall(*pair) for pair in switched(told)]
            verdicts = [await _verdict(runtime, task) for task in told.tasks if _is_judged(task)]
        lines += _lines(name, "follow-ups", follow_ups, found)
        lines += _lines(name, "topic switches", switches, found)
        # One that leans has another topic only in this measure: nobody who asks it changes theirs.
        standing = [row for row in switches if not leans(row.task.asked.question, (_SAID,))]
        lines += _lines(name, "those that stand alone", standing, found)
        refusals += _refusals(name, verdicts, found)
        found.series[name] = {
            kind: {
                half: [_mean(_of(rows, half), alone=True), _mean(_of(rows, half))]
                for half in ("all", HELD_OUT)
            }
            for kind, rows in (("follow-ups", follow_ups), ("switches", switches))
        }
        _goals(name, found)
    head = ["model", "questions", "of", "number"]
    head += [f"{how}, first {n}" for n in PLACES for how in ("alone", "with history")]
    found.tables.append(Table("Relevant passages found", head, lines))
    head = ["model", "of", "number", "refused alone", "refused with history"]
    found.tables.append(Table("Last turns refused", head, refusals))
    return found


def switched(told: Conversations) -> list[tuple[Task, tuple[Turn, ...]]]:
    """Each question after the talk of another conversation, half the list of them away."""
    others = [task for task in told.tasks if task.history]
    pairs = []
    for number, task in enumerate([*told.follow_ups, *told.first_turns]):
        start = (number + len(others) // 2) % len(others)
        strange = (
            other
            for other in [*others[start:], *others[:start]]
            if other.id != task.id and not other.relevant & task.relevant
        )
        if (other := next(strange, None)) is not None:
            pairs.append((task, other.history))
    return pairs


class _Asking:
    def __init__(self, ground: Ground, runtime: Runtime) -> None:
        wide = ground.settings(collection=runtime.settings.collection, **_WIDE)
        self._retriever, self._options = retriever(runtime, wide), options_of(wide, {})

    async def recall(self, task: Task, history: Sequence[Turn]) -> Recall:
        alone = await self._shares(task, ())
        return Recall(task, alone, await self._shares(task, history))

    async def _shares(self, task: Task, history: Sequence[Turn]) -> tuple[float, ...]:
        asked = task.asked.question
        found = await self._retriever.retrieve(asked, self._options, None, history)
        names = sources(found.documents)
        return tuple(len(task.relevant & set(names[:n])) / len(task.relevant) for n in PLACES)


async def _verdict(runtime: Runtime, task: Task) -> Verdict:
    alone = await judged(runtime, task.asked.question)
    within = await judged(runtime, task.asked.question, task.history)
    return Verdict(task, alone.is_refusal, within.is_refusal)


def _is_judged(task: Task) -> bool:
    return bool(task.history) and task.answerability in (ANSWERABLE, UNANSWERABLE)


def _of(rows: Sequence[Recall], half: str) -> list[Recall]:
    return [row for row in rows if half in ("all", row.task.half)]


def _mean(rows: Sequence[Recall], *, alone: bool = False) -> list[float]:
    told = [row.alone if alone else row.with_history for row in rows]
    return [sum(column) / len(told) for column in zip(*told, strict=True)] or [0.0, 0.0]


def _lines(name: str, kind: str, rows: Sequence[Recall], found: Findings) -> list[list[str]]:
    lines = []
    for half in ("all", HELD_OUT):
        own = _of(rows, half)
        alone, within = _mean(own, alone=True), _mean(own)
        for n, before, after in zip(PLACES, alone, within, strict=True):
            found.figures[f"{name} {kind} {half} {n}"] = after
            found.figures[f"{name} {kind} {half} {n} alone"] = before
        shares = [percent(one) for pair in zip(alone, within, strict=True) for one in pair]
        lines.append([name, kind, half, str(len(own)), *shares])
    return lines


def _refusals(name: str, verdicts: Sequence[Verdict], found: Findings) -> list[list[str]]:
    lines = []
    for kind in (ANSWERABLE, UNANSWERABLE):
        own = [one for one in verdicts if one.task.answerability == kind]
        alone = sum(one.alone for one in own) / max(1, len(own))
        within = sum(one.with_history for one in own) / max(1, len(own))
        found.figures[f"{name} refused {kind.lower()}"] = within
        lines.append([name, kind.lower(), str(len(own)), percent(alone), percent(within)])
    return lines


def _goals(name: str, found: Findings) -> None:
    for n, goal in zip(PLACES, _FOLLOW_UPS, strict=True):
        found.at_least(f"{name}: follow-ups, first {n}", f"{name} follow-ups all {n}", goal)
        key = f"{name} topic switches all {n}"
        found.figures[f"{key} lost"] = found.figures[f"{key} alone"] - found.figures[key]
        found.at_most(f"{name}: lost by a topic switch, first {n}", f"{key} lost", _SWITCH_LOSS)
    found.at_most(f"{name}: answerable refused", f"{name} refused answerable", _REFUSED)
    found.at_least(f"{name}: unanswerable refused", f"{name} refused unanswerable", _ABSTAINED)
