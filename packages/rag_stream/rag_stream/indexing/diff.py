"""What has to change in the index for one source: pure, without any I/O."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.documents import Document

from rag_stream.index.client import Record
from rag_stream.index.generation import INGESTED, ROOT, labels_of


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk as it shall stand in the index."""

    id: str
    text: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between a source's stored chunks and its new ones."""

    add: list[Chunk] = field(default_factory=list)
    keep: list[Chunk] = field(default_factory=list)
    retire: list[Record] = field(default_factory=list)
    relabel: list[tuple[Mapping[str, Any], list[str]]] = field(default_factory=list)
    """Metadata that changed on kept chunks (a new title), with the ids it changed on.

    None for what a chunk has no more.
    """

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.retire or self.relabel)


def chunk_id(source: str, start_index: int, text: str) -> str:
    """A chunk's id: 32 hex digits of the hash of its source, position and text."""
    content = f"{source}\0{start_index}\0{text}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def chunks_of(documents: Sequence[Document]) -> list[Chunk]:
    """Split documents as chunks with their ids; the same chunk twice counts once."""
    chunks = {}
    for document in documents:
        metadata = document.metadata
        key = chunk_id(metadata["source"], metadata["start_index"], document.page_content)
        chunks[key] = Chunk(key, document.page_content, metadata)
    return list(chunks.values())


def plan(stored: Sequence[Record], wanted: Sequence[Chunk]) -> Plan:
    """What to add, keep and retire so that the source's chunks are those wanted."""
    before = {record.id: record for record in stored}
    after = {chunk.id: chunk for chunk in wanted}
    kept = [id for id in after if id in before]
    return Plan(
        add=[chunk for id, chunk in after.items() if id not in before],
        keep=[after[id] for id in kept],
        retire=[record for id, record in before.items() if id not in after],
        relabel=_relabel(before, [after[id] for id in kept]),
    )


def record_of(
    chunk: Chunk,
    vector: Any,
    since: int,
    when: str,
    kept: Record | None,
    labels: Mapping[str, Any],
) -> Record:
    """A chunk as it is written: new in a generation, at that time, or `kept` with another vector.

    `labels`: what changes with that, so that a vector never stands beside another's labels.
    """
    if kept is None:
        metadata = {**chunk.metadata, "since": since, "until": 0, INGESTED: when}
    else:
        metadata = {**kept.metadata, **labels}
    return Record(chunk.id, chunk.text, metadata, 0.0, vector)


def _relabel(
    before: Mapping[str, Record], kept: Sequence[Chunk]
) -> list[tuple[Mapping[str, Any], list[str]]]:
    groups: dict[tuple[tuple[str, Any], ...], list[str]] = {}
    for chunk in kept:
        old, new = labels_of(before[chunk.id]), chunk.metadata
        # The root stays known where a source is named in another way.
        gone = dict.fromkeys(sorted(old.keys() - new.keys() - {ROOT}))
        changed = tuple((k, v) for k, v in {**new, **gone}.items() if old.get(k) != v)
        if changed:
            groups.setdefault(changed, []).append(chunk.id)
    return [(dict(changed), ids) for changed, ids in groups.items()]
