"""The parts of the evaluation, one after the other."""

import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

import uvloop

from bench.eval import (
    abstention,
    answers,
    conversation,
    embedding_times,
    english,
    languages,
    latency,
    packaged,
    retrieval,
    scripted,
)
from bench.eval.bed import Ground
from bench.eval.dataset import Dataset
from bench.eval.findings import Findings, Table
from bench.eval.models import Model, local_models
from bench.eval.vector_store import VectorStore
from bench.progress import say
from rag_stream.index.server import acquire_server

Part = Callable[[Ground, Dataset], Awaitable[Findings]]
PARTS: dict[str, Part] = {
    part.PART: part.measure
    for part in (
        retrieval,
        english,
        languages,
        conversation,
        abstention,
        packaged,
        scripted,
        answers,
        latency,
        embedding_times,
    )
}
VECTORS = "vectors.sqlite3"


def evaluate(
    data: Dataset,
    names: Sequence[str] = tuple(PARTS),
    *,
    vectors: Path | None = None,
    is_anew: bool = False,
    is_full: bool = False,
    models: Sequence[Model] = (),
) -> list[Findings]:
    """The named parts, in a folder of their own; at the end, what was kept. Raises RagError.

    `vectors`: where those of earlier runs are, and those of this one stay; OSError where that
    cannot be. `models`: all whose files are here where none are named.
    """
    here, lines = (list(models), []) if models else local_models()
    for line in lines:
        say(line)
    with tempfile.TemporaryDirectory(prefix="rag-stream-eval-") as name:
        folder = Path(name)
        with closing(VectorStore(vectors or folder / VECTORS, is_anew=is_anew)) as store:
            # One server for all of it, though those who use it come and go.
            with closing(acquire_server(folder / "chroma")):
                ground = Ground(folder, models=here, store=store, is_full=is_full)
                findings = uvloop.run(_parts(ground, data, names))
            return [*findings, _kept(store, lines)]


async def _parts(ground: Ground, data: Dataset, names: Sequence[str]) -> list[Findings]:
    findings = []
    for name in names:
        say(f"{name}: begun")
        started = time.monotonic()
        findings.append(await PARTS[name](ground, data))
        say(f"{name}: {time.monotonic() - started:.0f} s")
    return findings


def _kept(store: VectorStore, lines: Sequence[str]) -> Findings:
    found = Findings("vectors", "Models and their vectors", remarks=list(lines))
    told = store.told()
    rows = [[model, f"{reused:,}", f"{made:,}"] for model, (reused, made) in told.items()]
    if rows:
        head = ["model", "texts whose vectors earlier runs had made", "made now"]
        found.tables.append(Table("Kept from run to run", head, rows))
    found.figures = {
        "reused": sum(reused for reused, _ in told.values()),
        "made": sum(made for _, made in told.values()),
    }
    return found
