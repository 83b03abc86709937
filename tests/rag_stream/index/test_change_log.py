"""Chroma's own tables, as this release makes them: what is read and written there stands there.

They are private to Chroma. Whoever takes a newer release learns here what has changed.
"""

import json
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_stream.index.change_log import ChangeLog
from rag_stream.index.graph_files import NAMES, _PlainUnpickler
from tests.support.index_folder import NAME, end, graph_of, records, served

TABLES = {
    "segments": {"id", "collection", "scope"},
    "max_seq_id": {"segment_id", "seq_id"},
    "collections": {"id", "name", "dimension", "database_id"},
    "databases": {"id", "name", "tenant_id"},
    "embeddings": {"segment_id", "embedding_id"},
    "embeddings_queue": {"seq_id", "topic", "id", "vector"},
    "embeddings_queue_config": {"config_json_str"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,100 chunks, of which the first 1,000 are in the graph's files; some deleted since."""
    import asyncio

    folder = tmp_path_factory.mktemp("log") / "chroma"

    async def fill() -> None:
        async with served(folder) as (client, collection):
            await client.upsert(collection, records(0, 1_100))
            await client.delete(collection, ["chunk-0", "chunk-1"])

    asyncio.run(fill())
    end(folder)
    return folder


@pytest.fixture
def changes(folder: Path) -> Iterator[ChangeLog]:
    with ChangeLog.open(folder) as log:
        yield log


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_the_columns_that_are_used(folder: Path, table: str) -> None:
    db = sqlite3.connect(folder / "chroma.sqlite3")
    try:
        columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    finally:
        db.close()
    assert TABLES[table] <= columns


def test_the_log_is_kept_and_says_so_as_it_is_asked(folder: Path) -> None:
    db = sqlite3.connect(folder / "chroma.sqlite3")
    try:
        (config,) = db.execute("SELECT config_json_str FROM embeddings_queue_config").fetchone()
        assert json.loads(config)["automatically_purge"] is False
        with ChangeLog.open(folder) as log:
            log.keep()
        assert db.execute("SELECT COUNT(*) FROM embeddings_queue").fetchone()[0] >= 1_102
    finally:
        db.close()


def test_the_graph_is_the_folder_of_its_id_and_holds_a_thousand_changes(
    folder: Path, changes: ChangeLog
) -> None:
    (graph,) = changes.graphs()
    assert graph.folder == graph_of(folder)
    assert graph.change == changes.change(graph.id)
    # The numbers begin at 1, and a thousand changes at a time are written to its files.
    assert graph.change == 1_000
    assert changes.change("none") == 0


def test_the_changes_since_are_told_by_id(changes: ChangeLog) -> None:
    (graph,) = changes.graphs()
    since = set(changes.ids_since(graph.collection, graph.change))
    assert since == {record.id for record in records(1_000, 100)} | {"chunk-0", "chunk-1"}
    assert len(changes.ids_since(graph.collection, 0)) == 1_100
    assert changes.ids_since("another", 0) == []


def test_whether_every_vector_stands_in_the_log(changes: ChangeLog) -> None:
    (graph,) = changes.graphs()
    assert changes.has_all_of(graph)


def test_the_collections_are_told_by_the_names_that_a_client_needs(changes: ChangeLog) -> None:
    assert changes.collections() == [("default_tenant", "default_database", NAME)]


def test_a_graph_has_these_files_head_and_names(folder: Path) -> None:
    graph = graph_of(folder)
    assert {path.name for path in graph.iterdir()} == {
        "header.bin",
        "data_level0.bin",
        "length.bin",
        "link_lists.bin",
        NAMES,
    }
    _, _, capacity, count, size = struct.unpack_from("<iQQQQ", (graph / "header.bin").read_bytes())
    assert count == 1_000
    assert capacity >= count
    # Up to 64 links of 4 bytes and their number, the vector, the entry's number.
    assert size == 4 + 64 * 4 + 384 * 4 + 8
    with (graph / NAMES).open("rb") as file:
        names = _PlainUnpickler(file).load()
    assert names["total_elements_added"] == count
    assert names["id_to_label"].keys() == {record.id for record in records(0, 1_000)}


def test_what_the_graph_holds_is_thrown_away_but_never_the_last_change(folder: Path) -> None:
    with ChangeLog.open(folder) as log:
        (graph,) = log.graphs()
        log.trim(graph)
        assert len(log.ids_since(graph.collection, 0)) == 102 + 1  # and the last that it holds
        assert not log.has_all_of(graph)


def test_a_folder_without_a_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), ChangeLog.open(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
