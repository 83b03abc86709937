"""Chroma's log of changes, in its database: what of it the graphs hold, and what must stay.

Never opened by the process that runs the server: closing the file would give back the locks
that the server's own SQLite has on it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from rag_stream.index.graph_files import Graph

BUSY_S = 30.0
DAMAGES = (sqlite3.Error, OSError, ValueError, LookupError)
"""What a folder that cannot be written, or is not as this Chroma makes it, leads to."""
_TRIM_AT_ONCE = 2_000


class ChangeLog:
    """The database of an index folder, open; each call counts at once."""

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self._db = db
        self._folder = folder

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Self]:
        """Raises FileNotFoundError where there is none yet, sqlite3.Error."""
        path = folder / "chroma.sqlite3"
        path.stat()
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            yield cls(db, folder)
        finally:
            db.close()

    def keep(self) -> None:
        """Have Chroma throw nothing away by itself."""
        row = self._db.execute("SELECT config_json_str FROM embeddings_queue_config").fetchone()
        if row is not None and json.loads(row[0])["automatically_purge"]:
            kept = json.dumps({**json.loads(row[0]), "automatically_purge": False})
            self._db.execute("UPDATE embeddings_queue_config SET config_json_str = ?", (kept,))

    def graphs(self) -> list[Graph]:
        """The graph of every collection, files or not."""
        query = "SELECT id, collection FROM segments WHERE scope = 'VECTOR'"
        return [
            Graph(id, collection, self._folder / id, self.change(id))
            for id, collection in self._db.execute(query).fetchall()
        ]

    def change(self, graph: str) -> int:
        """Up to which change a graph holds."""
        query = "SELECT seq_id FROM max_seq_id WHERE segment_id = ?"
        row = self._db.execute(query, (graph,)).fetchone()
        return int(row[0]) if row else 0

    def set_change(self, graph: str, change: int) -> None:
        query = "REPLACE INTO max_seq_id (segment_id, seq_id) VALUES (?, ?)"
        self._db.execute(query, (graph, change))

    def collections(self) -> list[tuple[str, str, str]]:
        """Every collection that has vectors: tenant, database, name."""
        query = (
            "SELECT tenant_id, databases.name, collections.name FROM collections"
            " JOIN databases ON databases.id = database_id WHERE dimension IS NOT NULL"
        )
        return [(str(a), str(b), str(c)) for a, b, c in self._db.execute(query)]

    def ids_since(self, collection: str, change: int) -> list[str]:
        """The chunks that were changed after that change."""
        query = "SELECT DISTINCT id FROM embeddings_queue WHERE topic LIKE ? AND seq_id > ?"
        return [str(id) for (id,) in self._db.execute(query, (_topic(collection), change))]

    def has_all_of(self, graph: Graph) -> bool:
        """Whether the log has a vector of every chunk, so that the graph can be made from it."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM embeddings JOIN segments ON segments.id = segment_id"
            " WHERE collection = ? AND embedding_id NOT IN"
            " (SELECT id FROM embeddings_queue WHERE topic LIKE ? AND vector IS NOT NULL))"
        )
        found = self._db.execute(query, (graph.collection, _topic(graph.collection)))
        return not found.fetchone()[0]

    def forget_dropped(self) -> None:
        """Throw away the changes of collections that are no more; not the last, see `trim`."""
        self._db.execute(
            "DELETE FROM embeddings_queue WHERE substr(topic, -36) NOT IN"
            " (SELECT id FROM collections) AND seq_id < (SELECT MAX(seq_id) FROM embeddings_queue)"
        )

    def trim(self, graph: Graph) -> None:
        """Throw away what a graph holds; little by little, as a server may want to write."""
        # Not the last one: a new change gets the number after the highest that is there.
        query = (
            "DELETE FROM embeddings_queue WHERE seq_id IN (SELECT seq_id FROM embeddings_queue"
            " WHERE topic LIKE ? AND seq_id < MIN(?, COALESCE((SELECT MIN(seq_id) FROM max_seq_id"
            " JOIN segments ON segment_id = id WHERE collection = ?), 0)) LIMIT ?)"
        )
        values = (_topic(graph.collection), graph.change, graph.collection, _TRIM_AT_ONCE)
        while self._db.execute(query, values).rowcount > 0:
            pass


def _topic(collection: str) -> str:
    return f"%/{collection}"
