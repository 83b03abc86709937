"""How vectors and many records travel to a Chroma server and back."""

import base64
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Imports of numpy stand inside the functions: a server with remote models starts without it.

BATCH = 500
"""Records in one write. The server takes 5,461; smaller ones keep searches flowing between."""


def encoded(vector: "NDArray[np.float32] | None") -> str:
    """A vector as the server reads it: little-endian float32 in base64."""
    import numpy as np

    if vector is None:
        raise ValueError("expected a record with its vector, got one without")
    return base64.b64encode(np.ascontiguousarray(vector, "<f4").tobytes()).decode()


def arrays(vectors: Iterable[Sequence[float]]) -> "list[NDArray[np.float32]]":
    """Vectors as the server sends them, lists of numbers, one array each."""
    import numpy as np

    return [np.asarray(vector, "<f4") for vector in vectors]


def batches(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """The items, as many at a time as one write holds."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
