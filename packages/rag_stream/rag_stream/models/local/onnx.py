"""all-MiniLM-L6-v2 itself: a tokenizer and an ONNX graph over the published weights."""

import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_stream.errors import WeightsError
from rag_stream.models.local.manifest import TOKENIZER_FILE, WEIGHTS_FILE

DIMENSION = 384
# What the model was trained for; the tokenizer's own file says 128.
MAX_TOKENS = 256
# A bound on the tokenizer's work: real text fills 256 tokens long before this.
MAX_CHARS = 20_000


class OnnxModel:
    """Turns texts into vectors, in the calling thread; safe to call from several threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load tokenizer and graph; `folder` holds both files. Raises WeightsError."""
        # Must be set before the first import: since 1.29 onnxruntime's Linux and macOS
        # builds keep a device id in the user's cache and report to their maker, from a
        # thread of their own, and this is the switch that is read in time to stop all of it.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        # Here and not at the top: 0.4 s of start-up that only this model needs.
        import onnxruntime
        from tokenizers import Tokenizer

        # The same for Windows, and for a process where somebody imported it before us.
        onnxruntime.disable_telemetry_events()

        weights = (folder / WEIGHTS_FILE).resolve()
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning wins 1 ms a question on an idle machine and loses several on a busy one,
        # where it takes the core that the server's event loop needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The graph's external data lie here, and onnxruntime refuses links that lead out of
        # the folder, hence resolve().
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(weights.parent)
        )
        graph = files("rag_stream.models.local").joinpath("minilm.onnx").read_bytes()
        try:
            self._session: Any = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        except Exception as error:
            raise WeightsError(
                "the local embedding model's files were found but cannot be loaded; "
                "check them with `python -m rag_stream.weights`"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def run(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length one, [n, 384], in order; all texts in one pass, n >= 1."""
        encodings = self._tokenizer.encode_batch_fast([text[:MAX_CHARS] for text in texts])
        lengths = [len(encoding.ids) for encoding in encodings]
        input_ids = np.zeros((len(texts), max(lengths)), dtype=np.int64)
        attention_mask = np.zeros_like(input_ids)
        for row, (encoding, length) in enumerate(zip(encodings, lengths, strict=True)):
            input_ids[row, :length] = encoding.ids
            attention_mask[row, :length] = 1
        vectors: NDArray[np.float32]
        (vectors,) = self._session.run(
            None, {"input_ids": input_ids, "attention_mask": attention_mask}
        )
        return vectors
