"""The stand-in model with answers of the kind that the question names, cited and in Markdown."""

from functools import lru_cache

import uvloop

from bench import upstream
from bench.frames import Frames
from bench.page import texts


class Link(upstream.Link):
    """One connection."""

    def frames(self, model: str, question: str, with_usage: bool) -> Frames:
        """Those of the text that is named, else of plain tokens."""
        kind = texts.find(question)
        return super().frames(model, question, with_usage) if kind is None else _frames(model, kind)


@lru_cache(maxsize=64)
def _frames(model: str, kind: str) -> Frames:
    return Frames(model, True, texts.tokens(kind).__getitem__)


if __name__ == "__main__":
    uvloop.run(upstream.serve(Link))
