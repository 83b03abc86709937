"""multilingual-e5-small: texts with the vectors that the package's own engine gives them."""

import json
from pathlib import Path

from rag_stream.models.local.manifest import E5, E5_FILE
from rag_stream.models.local.weights import find_model
from tests.support.paths import DATA

REFERENCE = json.loads((DATA / "e5_reference.json").read_text(encoding="utf-8"))


def published() -> Path:
    """The file as it was published."""
    folder = find_model(None, E5)
    assert folder is not None
    return folder / E5_FILE
