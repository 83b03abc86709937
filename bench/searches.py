"""Scenario f: what the pipeline costs beside a plain dense search, among many chunks."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import uvloop

from bench.eval.bed import Ground
from bench.eval.crowd import crowd
from bench.eval.dataset import load
from bench.eval.latency import STAGES, times
from bench.process import ROOT
from bench.scale import Scale
from rag_stream.index.server import acquire_server

_SAMPLE = ROOT / "tests" / "data" / "eval"


def searches(folder: Path, scale: Scale) -> Mapping[str, float]:
    """The stages' figures; the index is made by the first round and kept for the others."""
    with closing(acquire_server(folder / "chroma")):
        return uvloop.run(_measure(folder, scale))


async def _measure(folder: Path, scale: Scale) -> Mapping[str, float]:
    data, ground = load(_SAMPLE), Ground(folder)
    settings = ground.settings(collection="crowd")
    async with ground.runtime(settings) as runtime:
        if await runtime.index.find() is None:
            await crowd(runtime, data.corpora, scale.chunks, scale.chunk_sentences)
    questions = [question.text for question in data.questions]
    asked = [questions[place % len(questions)] for place in range(scale.searches)]
    async with ground.runtime(settings) as runtime:
        took = await times(runtime, asked)
    return {
        f"retrieval_{stage}_p{share}_ms": took.p(stage, share / 100)
        for stage in STAGES
        for share in (50, 95)
    }
