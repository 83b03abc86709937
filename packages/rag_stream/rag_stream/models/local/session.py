"""A graph, loaded into onnxruntime as this package wants it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_stream.errors import WeightsError


def open_session(
    graph: str,
    threads: int,
    folder: Path | None = None,
    weights: Mapping[str, NDArray[Any]] | None = None,
) -> Any:
    """The onnxruntime session of a graph of this folder's, named by its file.

    What it leaves out comes from files in `folder`, or is `weights`, by name. Raises WeightsError.
    """
    # Must be set before the first import: since 1.29 onnxruntime's Linux and macOS
    # builds keep a device id in the user's cache and report to their maker, from a
    # thread of their own, and this is the switch that is read in time to stop all of it.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    # Here and not at the top: 0.4 s of start-up that only these models need.
    import onnxruntime

    # The same for Windows, and for a process where somebody imported it before us.
    onnxruntime.disable_telemetry_events()

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning wins 1 ms a question on an idle machine and loses several on a busy one,
    # where it takes the core that the server's event loop needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if folder is not None:
        # onnxruntime refuses links that lead out of the folder: the caller resolves them.
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(folder)
        )
    if weights:
        values = [
            onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(value))
            for value in weights.values()
        ]
        options.add_external_initializers(list(weights), values)
    data = files("rag_stream.models.local").joinpath(graph).read_bytes()
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


@contextmanager
def loading(model: str) -> Iterator[None]:
    """Turns any error in its block into a WeightsError that says what to do for this model."""
    try:
        yield
    except Exception as error:
        raise WeightsError(
            f"the files of the local embedding model {model} were found but cannot be loaded; "
            f"check them with `python -m rag_stream.weights {model}`"
        ) from error
