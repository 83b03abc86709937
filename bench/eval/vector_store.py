"""Vectors on disk, from one run to the next: each is made once for a model and a text.

One SQLite file, which two runs may use at a time; what is written is there whole or not at all.
Those not used for longest make room.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.progress import say

Kind = Literal["query", "passage"]
Vector: TypeAlias = NDArray[np.float32]

MOST = 200_000
"""Vectors kept: 350 MB at 384 numbers each."""
WAIT_S = 60.0
_AT_ONCE = 500
_MADE = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, model TEXT NOT NULL, run TEXT NOT NULL, used REAL NOT NULL,
    vector BLOB NOT NULL
) WITHOUT ROWID"""


class VectorStore:
    """What earlier runs have made, and this one; for one thread."""

    def __init__(
        self, path: Path, *, is_anew: bool = False, most: int = MOST, wait_s: float = WAIT_S
    ) -> None:
        """`is_anew`: nothing of earlier runs is taken; what this one makes takes its place.

        `wait_s`: for another run that is writing. A file that is damaged is made anew.
        Raises OSError where it cannot be written.
        """
        self._run = f"{time.time_ns()}"
        self._is_anew = is_anew
        self._most = most
        self._reused: dict[bytes, str] = {}
        self._made: dict[bytes, str] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = _opened(path, wait_s)
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            try:
                self._database = _opened(path, wait_s)
            except sqlite3.DatabaseError as error:
                raise OSError(f"{path}: cannot be written: {error}") from error

    def find(self, model: str, kind: Kind, texts: Iterable[str]) -> dict[str, Vector]:
        """The vectors there are for these texts."""
        keys = {_key(model, kind, text): text for text in texts}
        found = {}
        for some in _parts(list(keys)):
            marks = ",".join("?" * len(some))
            rows = self._database.execute(
                f"SELECT key, run, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608
                some,
            )
            for key, run, vector in rows:
                if run != self._run and self._is_anew:
                    continue
                if key not in self._made:
                    self._reused[key] = model
                found[keys[key]] = np.frombuffer(vector, dtype="<f4")
        return found

    def keep(self, model: str, kind: Kind, vectors: Mapping[str, Vector]) -> None:
        """Add vectors, all of them or none; none where there is no room, which is said."""
        now = time.time()
        rows = []
        for text, vector in vectors.items():
            key = _key(model, kind, text)
            self._made[key] = model
            self._reused.pop(key, None)
            rows.append((key, model, self._run, now, np.asarray(vector, dtype="<f4").tobytes()))
        try:
            with self._database:
                self._database.executemany("REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)", rows)
        except (
            sqlite3.OperationalError
        ) as error:  # the disk is full, or another run goes on writing
            say(f"{len(rows):,} vectors of {model} are not kept: {error}")

    def forget(self, model: str) -> int:
        """Take out all that a model has made; how many there were."""
        with self._database:
            gone = self._database.execute("DELETE FROM vectors WHERE model = ?", (model,)).rowcount
        self._reused = {key: of for key, of in self._reused.items() if of != model}
        return gone

    def told(self) -> dict[str, tuple[int, int]]:
        """By model: how many different texts had their vectors from earlier runs, how many not."""
        models = dict.fromkeys([*self._reused.values(), *self._made.values()])
        reused, made = list(self._reused.values()), list(self._made.values())
        return {model: (reused.count(model), made.count(model)) for model in models}

    def close(self) -> None:
        """Record what was used, make room, and close."""
        now = time.time()
        with suppress(sqlite3.OperationalError), self._database:  # where another run has it
            self._database.executemany(
                "UPDATE vectors SET used = ? WHERE key = ?", [(now, key) for key in self._reused]
            )
            self._database.execute(
                "DELETE FROM vectors WHERE key IN "
                "(SELECT key FROM vectors ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (self._most,),
            )
        self._database.close()


def _opened(path: Path, wait_s: float) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=wait_s)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        with database:
            database.execute(_MADE)
            database.execute("SELECT key, model, run, used, vector FROM vectors LIMIT 1").fetchall()
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database


def _key(model: str, kind: Kind, text: str) -> bytes:
    told = "\0".join((model, kind, text)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).digest()


def _parts(keys: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE))
