"""all-MiniLM-L6-v2 itself: a tokenizer and an ONNX graph over the published weights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag_stream.models.local.encoder import Vectors
from rag_stream.models.local.manifest import MINILM, TOKENIZER_FILE, WEIGHTS_FILE
from rag_stream.models.local.session import loading, open_session

# What the model was trained for; the tokenizer's own file says 128.
MAX_TOKENS = 256
# A bound on the tokenizer's work: real text fills 256 tokens long before this.
MAX_CHARS = 20_000


class MiniLM:
    """Turns texts into vectors, in the calling thread; safe to call from several threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load tokenizer and graph; `folder` holds both files. Raises WeightsError."""
        weights = (folder / WEIGHTS_FILE).resolve()
        # Here and not at the top: only this model needs it.
        from tokenizers import Tokenizer

        with loading(MINILM.model):
            self._session = open_session("minilm.onnx", threads, weights.parent)
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def prepare(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """The texts as tokens; the length of each is what it costs to run."""
        encodings = self._tokenizer.encode_batch_fast([text[:MAX_CHARS] for text in texts])
        return [encoding.ids for encoding in encodings]

    def run(self, prepared: Sequence[Sequence[int]]) -> Vectors:
        """Vectors of length one, [n, 384], in order; all in one pass, n >= 1."""
        input_ids = np.zeros((len(prepared), max(map(len, prepared))), dtype=np.int64)
        attention_mask = np.zeros_like(input_ids)
        for row, numbers in enumerate(prepared):
            input_ids[row, : len(numbers)] = numbers
            attention_mask[row, : len(numbers)] = 1
        vectors: Vectors
        (vectors,) = self._session.run(
            None, {"input_ids": input_ids, "attention_mask": attention_mask}
        )
        return vectors
