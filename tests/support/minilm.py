"""Texts with the vectors that the published model gives them, and longer ones."""

import json

from tests.support.paths import DATA, ROOT

PACKAGE = ROOT / "packages" / "rag_stream"
REFERENCE = json.loads((DATA / "minilm_reference.json").read_bytes())
TEXTS = [row["text"] for row in REFERENCE]
CHUNKS = [
    f"Chapter {number}. " + "The harbour kept its records in a long row of heavy books. " * 8
    for number in range(60)
]
