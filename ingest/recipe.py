"""The recipe that is configured, and what a run says where the index was made by another."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ingest.chunking.split import chunker_of
from rag_stream.indexing.recipe import Cut, Recipe
from rag_stream.indexing.smoothing import headings_of, weights_of
from rag_stream.settings import Settings

How: TypeAlias = Literal["ingest", "rebuild", "rebuild sources"]


def configured(settings: Settings, embedding_model: str) -> Recipe:
    """How these settings make an index with that model."""
    weights, headings = weights_of(settings.profile), headings_of(settings.profile)
    return Recipe(configured_cut(settings), weights, embedding_model, headings=headings)


def configured_cut(settings: Settings) -> Cut:
    """How these settings cut texts."""
    name, version = chunker_of(settings.profile)
    return Cut(name, version, settings.chunk_size, settings.chunk_overlap)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An index beside what is configured.

    `made`: how the index is made, None where that is not known yet. `is_found_out`: it was
    not recorded, its chunks have told.
    """

    index: str
    made: Recipe | None
    now: Recipe
    is_found_out: bool = False

    @property
    def differences(self) -> list[str]:
        return [] if self.made is None else self.made.differences(self.now)

    def line(self, how: How = "ingest") -> str | None:
        """What differs and what the run does about it; None where there is nothing to say."""
        made, now = self.made, self.now
        if made is None:
            return f"the index {self.index!r} does not record how it was made; an ingest finds out"
        parts = []
        if self.is_found_out:
            parts.append(f"did not record how it was made, as its chunks tell with {_words(made)}")
        if self.differences:
            parts.append(f"was made otherwise: {', '.join(self.differences)}")
        if made.is_mixed:
            parts.append("may hold sources of another cut")
        if not parts:
            return None
        parts += _deeds(made, now, how)
        return f"the index {self.index!r} {'; '.join(parts)}"


def _words(recipe: Recipe) -> str:
    cut, weights = recipe.cut, " ".join(f"{weight:g}" for weight in recipe.weights) or "none"
    return (
        f"chunker {cut.chunker} {cut.version}, chunk size {cut.size}, overlap {cut.overlap}, "
        f"smoothing {weights}"
    )


def _deeds(made: Recipe, now: Recipe, how: How) -> list[str]:
    is_cut_otherwise = made.is_mixed or made.cut != now.cut
    if how == "rebuild":
        left = ", chunks stay as cut: `--rebuild SOURCE...` cuts anew too"
        return ["all is embedded anew" + (left if is_cut_otherwise else "")]
    if how == "rebuild sources":
        return ["what is named here is cut anew, the rest stays as cut, all is embedded anew"]
    deeds = []
    if is_cut_otherwise:
        deeds.append("what is named here is cut anew, the rest stays as cut")
    if made.weights != now.weights:
        deeds.append("vectors keep the smoothing the index has")
    if made.headings != now.headings:
        deeds.append("vectors keep leaning on headings as the index's do")
    if is_cut_otherwise:
        deeds.append("`--rebuild SOURCE...` redoes all")
    elif deeds:
        deeds.append("`--rebuild` takes up the new one")
    return deeds
