"""How an index is made: what its chunks are cut by and its vectors computed with.

It stands in the collection's metadata, in flat keys, and changes with the generation in
the same write, so that it is as true as the chunks beside it. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CHUNKER = "chunker"
_HEADINGS = "headings"
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Cut:
    """How texts become chunks; sizes in characters, which its chunker counts in its own way."""

    chunker: str
    version: int
    size: int
    overlap: int


@dataclass(frozen=True, slots=True)
class Headings:
    """How much a vector leans on that of the headings above its chunk, beside 1 of itself.

    The version is raised whenever their words are put together otherwise. `lead`: how much
    where what the chunk's paragraph begins with is told with them; 0: that is not told.
    """

    version: int
    weight: float
    lead: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an index is made. `weights`: how much vectors lean on the neighbours'.

    `is_mixed`: some of its sources may be cut in another way than `cut`. `headings`: None
    where vectors know nothing of them.
    """

    cut: Cut
    weights: tuple[float, ...]
    embedding_model: str
    dimension: int | None = None
    is_mixed: bool = False
    headings: Headings | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Recipe | None":
        """What a collection's metadata records; None where an earlier version made it."""
        if _CHUNKER not in metadata:
            return None
        dimension = metadata.get("dimension")
        return cls(
            Cut(
                str(metadata[_CHUNKER]),
                int(metadata["chunker_version"]),
                int(metadata["chunk_size"]),
                int(metadata["chunk_overlap"]),
            ),
            _numbers(str(metadata["smoothing"])),
            str(metadata["embedding_model"]),
            None if dimension is None else int(dimension),
            bool(metadata["mixed_cut"]),
            _headings(str(metadata.get(_HEADINGS, _NONE))),
        )

    def metadata(self) -> dict[str, str | int | float | bool]:
        """The same as keys of a collection's metadata."""
        flat: dict[str, str | int | float | bool] = {
            _CHUNKER: self.cut.chunker,
            "chunker_version": self.cut.version,
            "chunk_size": self.cut.size,
            "chunk_overlap": self.cut.overlap,
            "smoothing": _text(self.weights),
            "embedding_model": self.embedding_model,
            "mixed_cut": self.is_mixed,
            _HEADINGS: _headings_text(self.headings),
        }
        return flat if self.dimension is None else {**flat, "dimension": self.dimension}

    def differences(self, now: "Recipe") -> list[str]:
        """What is otherwise in `now`, in words; a dimension that is not known differs from none."""
        mine, other = self.cut, now.cut
        pairs = (
            ("chunker", f"{mine.chunker} {mine.version}", f"{other.chunker} {other.version}"),
            ("chunk size", mine.size, other.size),
            ("overlap", mine.overlap, other.overlap),
            ("smoothing", _text(self.weights), _text(now.weights)),
            ("headings", _headings_text(self.headings), _headings_text(now.headings)),
            ("embedding model", self.embedding_model, now.embedding_model),
            ("dimension", self.dimension or now.dimension, now.dimension or self.dimension),
        )
        return [f"{what} {was}, now {is_}" for what, was, is_ in pairs if was != is_]


def _text(weights: tuple[float, ...]) -> str:
    return " ".join(f"{weight:g}" for weight in weights) or _NONE


def _numbers(text: str) -> tuple[float, ...]:
    return () if text == _NONE else tuple(map(float, text.split()))


def _headings_text(headings: Headings | None) -> str:
    if headings is None:
        return _NONE
    lead = f" {headings.lead:g}" if headings.lead else ""
    return f"{headings.version} {headings.weight:g}{lead}"


def _headings(text: str) -> Headings | None:
    if text == _NONE:
        return None
    version, weight, *lead = text.split()
    return Headings(int(version), float(weight), *map(float, lead))
