"""The vectors of a question and of what was said before it. Pure."""

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rag_stream.retrieval.history import MIXED, VECTORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# numpy is imported in the functions: a server with remote models starts without it.


def likeness(
    question: Sequence[float], earlier: Sequence[float], centre: "NDArray[np.float32]"
) -> float:
    """The cosine of the question with a text before it, as seen from the `centre`.

    That is the mean of the vectors of questions about anything, which some models put next to
    each other.
    """
    return float(_unit(_array(earlier) - centre) @ _unit(_array(question) - centre))


def mixed(
    question: Sequence[float], earlier: Iterable[tuple[float, float, Sequence[float] | None]]
) -> Sequence[float]:
    """The question's vector with those of the turns before it; of length one.

    `earlier`: how many places back each is, how far it counts, from 0 to 1, and its vector; None:
    not known. Those more than MIXED places back are left out.
    """
    vector = _unit(_array(question))
    for place, counts, one in earlier:
        if one is not None and place <= MIXED:
            vector = vector + counts * VECTORS**place * _unit(_array(one))
    return array("f", _unit(vector).tolist())


def _array(vector: Sequence[float]) -> "NDArray[np.float32]":
    import numpy as np

    return np.asarray(vector, dtype=np.float32)


def _unit(vector: "NDArray[np.float32]") -> "NDArray[np.float32]":
    length = float((vector @ vector) ** 0.5)
    return vector / length if length > 0 else vector
