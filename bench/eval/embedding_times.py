"""How long each model takes for a question and for a chunk; told apart where others worked, too."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.eval.bed import Ground, chunks
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table, percent
from bench.process import busy_s
from rag_stream.models.factory import Embedder
from rag_stream.settings import LOCAL_EMBEDDINGS

PART = "embedding"
QUIET = 0.10
"""Of a core: other programs' use of the CPU below which times are the model's own."""
_QUESTIONS, _CHUNKS, _ROUNDS = 60, 64, 3
_MOST_TIMES = 2.2
_SPEED = 0.45
"""Of MiniLM's, with chunks, that the one default model is to have at least."""


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a question, and a chunk among others; what others used of the CPU."""

    question_ms: float
    chunk_ms: float
    others: float


async def measure(ground: Ground, data: Dataset) -> Findings:
    """Every model with the same questions and chunks, none of them kept."""
    found = Findings(PART, "Embedding, by model")
    questions = [one.text for one in data.questions[:_QUESTIONS]]
    texts = [
        document.page_content
        for corpus, text in data.corpora.items()
        for document in chunks(corpus, text, ground.settings())[:_CHUNKS]
    ][:_CHUNKS]
    told = {model: await times(ground.of(model).plain, questions, texts) for model in ground.models}
    lines = []
    for model, took in told.items():
        found.figures |= {
            f"{model.label} question ms": took.question_ms,
            f"{model.label} chunk ms": took.chunk_ms,
            f"{model.label} others": took.others,
        }
        cells = (f"{took.question_ms:.1f}", f"{took.chunk_ms:.1f}", percent(took.others))
        lines.append([model.label, *cells, "" if took.others < QUIET else "not quiet"])
    average = sum(map(len, texts)) / len(texts)
    head = ["", "a question, ms (median)", f"a chunk of {average:.0f} characters, ms"]
    head += ["others' use of a core", ""]
    found.tables.append(Table("Questions one by one, chunks 64 at once", head, lines))
    is_quiet = all(took.others < QUIET for took in told.values())
    if not is_quiet:
        found.remarks.append("other programs were at work: these are no times to compare")
    base = next((took for model, took in told.items() if model.name == LOCAL_EMBEDDINGS), None)
    own = told.get(ground.model)
    if base and own and own is not base:
        found.figures["times"] = own.question_ms / base.question_ms
        found.figures["speed"] = base.chunk_ms / own.chunk_ms
        if is_quiet:
            own_label, base_label = ground.model.label, LOCAL_EMBEDDINGS.partition(":")[2]
            what = f"a question, {own_label} over {base_label}"
            found.no_more_than(what, "times", _MOST_TIMES, "times")
            found.at_least(f"speed with chunks, {own_label} of {base_label}", "speed", _SPEED)
    return found


async def times(embedder: Embedder, questions: Sequence[str], texts: Sequence[str]) -> Times:
    """The model loaded, every question in new words: those asked last are remembered."""
    await embedder.load()
    await embedder.embed_question("Is it warm?")
    await embedder.embed_chunks(texts[:8])
    started, own, busy = time.perf_counter(), time.process_time(), busy_s()
    single = []
    for number in range(_ROUNDS):
        for text in questions:
            begun = time.perf_counter()
            await embedder.embed_question(f"{text} ({number})")
            single.append(time.perf_counter() - begun)
    batches = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        await embedder.embed_chunks(texts)
        batches.append((time.perf_counter() - begun) / len(texts))
    took = time.perf_counter() - started
    others = used_by_others(busy_s() - busy, time.process_time() - own, took)
    return Times(1000 * median(single), 1000 * median(batches), others)


def used_by_others(busy_s: float, own_s: float, took_s: float) -> float:
    """What others used of a core: of all CPU time of the machine, without our own."""
    return max(0.0, (busy_s - own_s) / took_s)
