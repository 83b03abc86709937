"""Generations: what of the collection readers see.

Chroma has no transactions, so each chunk says for which generations it holds: from
`since` up to, not including, `until` (0: no end). A reader looks at the generation in the
collection's metadata and takes only chunks that hold in it (`snapshot.py`); a writer lays
down the chunks of generation g+1 beside the old ones and makes them count with one atomic
change, the generation's number (see `indexing/sync.py`). A source is thus seen old or new,
never half, and a writer that dies leaves nothing that anybody sees.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rag_stream.index.client import Record
from rag_stream.text.labels import LEAD

SCHEMA = 1
COMING = ".new"
"""What the name of an index ends with that is to take another's place (`indexing/rebuild.py`)."""
REBUILD_COMMAND = "python -m ingest --rebuild"
LABELLED = "labelled"
"""Metadata key: the generation in which a chunk that stayed was given another title."""
ROOT = "root"
"""Metadata key: the id of the root that a source is in (`indexing/roots.py`)."""
INGESTED = "ingested"
"""Metadata key: when a chunk, or the last change of the index, was written."""
_BOOKKEEPING = ("since", "until", LABELLED, INGESTED)


def ingested_now() -> str:
    """Now, as INGESTED has it: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(record: Record) -> tuple[int, int]:
    """The generations a chunk holds for: from the first number on, up to the second if not 0."""
    return int(record.metadata.get("since", 0)), int(record.metadata.get("until", 0))


def describe(record: Record) -> Mapping[str, Any]:
    """A chunk's public metadata: what was stored of it, without our bookkeeping."""
    return {key: value for key, value in labels_of(record).items() if key not in (ROOT, LEAD)}


def labels_of(record: Record) -> Mapping[str, Any]:
    """What was stored of a chunk but for when it was written and the generations it holds for."""
    return {key: value for key, value in record.metadata.items() if key not in _BOOKKEEPING}
