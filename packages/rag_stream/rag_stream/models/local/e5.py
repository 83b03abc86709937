"""multilingual-e5-small itself: its vocabulary and an ONNX graph over the published weights."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_stream.models.local.e5_file import BEGIN, END, HIDDEN, LAYERS, PAD, UNKNOWN, WIDE, E5File
from rag_stream.models.local.encoder import Vectors
from rag_stream.models.local.manifest import E5, E5_FILE
from rag_stream.models.local.q4 import in_eight_bits, unpacked
from rag_stream.models.local.session import loading, open_session
from rag_stream.models.local.unigram import Unigram

MAX_TOKENS = 512
# A bound on the tokenizer's work: real text fills 512 tokens long before this.
MAX_CHARS = 20_000
# Of a layer, by name: the rows and columns of its matrices, and its two normalisations.
MATRICES = {
    "q": (HIDDEN, HIDDEN),
    "k": (HIDDEN, HIDDEN),
    "v": (HIDDEN, HIDDEN),
    "ao": (HIDDEN, HIDDEN),
    "fi": (WIDE, HIDDEN),
    "fo": (HIDDEN, WIDE),
}
NORMS = ("aln", "oln")
POSITIONS = 512


class MultilingualE5:
    """Turns texts into vectors, in the calling thread; safe to call from several threads.

    The vectors of words, three quarters of the file, are read from it row by row.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        """Load vocabulary and graph; `folder` holds the file. Raises WeightsError."""
        with loading(E5.model):
            file = E5File(folder / E5_FILE)
            pieces = file.pieces()
            self._unigram = Unigram(
                pieces,
                file.scores.tolist(),
                file.normalisation,
                unknown=UNKNOWN,
                # The last is <mask>: what a text says literally is text.
                reserved=(BEGIN, PAD, END, len(pieces) - 1),
            )
            weights = dict(weights_of(file))
            self._session = open_session("e5.onnx", threads, weights=weights)
        self._words = file.words

    def prepare(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """The texts as tokens; the length of each is what it costs to run."""
        most = MAX_TOKENS - 2
        return [[BEGIN, *self._unigram.encode(text[:MAX_CHARS], most), END] for text in texts]

    def run(self, prepared: Sequence[Sequence[int]]) -> Vectors:
        """Vectors of length one, [n, 384], in order; all in one pass, n >= 1."""
        shape = len(prepared), max(map(len, prepared))
        tokens = np.full(shape, PAD, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int32)
        for row, numbers in enumerate(prepared):
            tokens[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        words = unpacked(self._words[tokens]).reshape(*shape, HIDDEN)
        vectors: Vectors
        (vectors,) = self._session.run(None, {"words": words, "mask": mask})
        return vectors


def weights_of(file: E5File) -> Iterator[tuple[str, NDArray[Any]]]:
    """What the graph leaves out, by the names it has there."""
    segments = file.floats("emb.type", 2, HIDDEN)
    # One text at a time is always segment 0.
    yield "positions", file.floats("emb.pos", POSITIONS, HIDDEN) + segments[0]
    norms = ["emb.ln", *(f"l{layer}.{name}" for layer in range(LAYERS) for name in NORMS)]
    for name in norms:
        for part in "wb":
            yield f"{name}.{part}", file.floats(f"{name}.{part}", HIDDEN)
    for layer in range(LAYERS):
        for matrix, (rows, columns) in MATRICES.items():
            name = f"l{layer}.{matrix}"
            yield f"{name}.b", file.floats(f"{name}.b", rows)
            numbers, scales = in_eight_bits(file.blocks(f"{name}.w", rows, columns))
            yield f"{name}.w", numbers
            yield f"{name}.scales", scales
