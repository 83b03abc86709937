"""Vectors kept from run to run: which are taken, which are made, and which are not believed."""

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from bench.eval import kept as kept_vectors
from bench.eval.kept import KeptEmbeddings
from bench.eval.models import default_name, keeping, local_models
from bench.eval.vector_store import VectorStore


class Lengths(Embeddings):
    """Tells texts apart by their lengths, and counts what it is asked."""

    def __init__(self, first: float = 1.0) -> None:
        self.first = first
        self.asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.asked += texts
        return [[self.first, len(text) / 10, 0.5] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        return [self.first, -len(text) / 10, 0.5]


PROBES = sum(map(len, kept_vectors.PROBES.values()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "vectors.sqlite3"


async def test_a_text_is_embedded_once_in_all_runs(path: Path) -> None:
    inner = Lengths()
    with closing(VectorStore(path)) as store:
        kept = KeptEmbeddings(inner, "m@1", store)
        first = await kept.aembed_documents(["one", "three", "one"])
        assert await kept.aembed_documents(["three"]) == [first[1]]
        assert inner.asked[PROBES:] == ["one", "three"]
        assert store.told() == {"m@1": (0, 2 + PROBES)}
    again = Lengths()
    with closing(VectorStore(path)) as store:
        kept = KeptEmbeddings(again, "m@1", store)
        assert await kept.aembed_documents(["three", "one", "seven"]) == [
            first[1],
            first[0],
            pytest.approx([1.0, 0.5, 0.5]),
        ]
        assert again.asked[PROBES:] == ["seven"]
        assert store.told() == {"m@1": (2, 1 + PROBES)}


async def test_questions_passages_and_models_are_kept_apart(path: Path) -> None:
    with closing(VectorStore(path)) as store:
        kept = KeptEmbeddings(Lengths(), "m@1", store)
        (passage,) = await kept.aembed_documents(["one"])
        question = await kept.aembed_query("one")
        assert question != passage
        assert await kept.aembed_query("one") == question
        other = KeptEmbeddings(Lengths(first=3.0), "m@2", store)
        assert (await other.aembed_query("one"))[0] == 3.0
        assert await kept.aembed_query("one") == question


async def test_anew_takes_nothing_of_earlier_runs_and_leaves_its_own(path: Path) -> None:
    for is_anew, expected in ((False, 1), (True, 1), (False, 0)):
        inner = Lengths()
        with closing(VectorStore(path, is_anew=is_anew)) as store:
            kept = KeptEmbeddings(inner, "m@1", store)
            await kept.aembed_documents(["one"])
            await kept.aembed_documents(["one"])
            assert inner.asked[PROBES:] == ["one"] * expected


async def test_a_model_that_has_changed_gets_none_of_its_old_vectors(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(VectorStore(path)) as store:
        await KeptEmbeddings(Lengths(), "m@1", store).aembed_documents(["one"])
        await KeptEmbeddings(Lengths(), "n@1", store).aembed_documents(["one"])
    with closing(VectorStore(path)) as store:
        changed = KeptEmbeddings(Lengths(first=9.0), "m@1", store)
        assert await changed.aembed_documents(["one"]) == [pytest.approx([9.0, 0.3, 0.5])]
        assert "m@1 makes other vectors than it did" in capsys.readouterr().err
        untouched = Lengths()
        await KeptEmbeddings(untouched, "n@1", store).aembed_documents(["one"])
        assert untouched.asked[PROBES:] == []


def test_those_not_used_for_longest_make_room(path: Path) -> None:
    vectors = {f"text {number}": np.full(3, number, np.float32) for number in range(10)}
    with closing(VectorStore(path)) as store:
        store.keep("m", "passage", vectors)
    with closing(VectorStore(path, most=4)) as store:
        assert len(store.find("m", "passage", list(vectors)[:3])) == 3
    with closing(VectorStore(path)) as store:
        left = store.find("m", "passage", vectors)
        assert set(left) >= {"text 0", "text 1", "text 2"}
        assert len(left) == 4
        assert left["text 2"].tolist() == [2, 2, 2]


@pytest.mark.parametrize("content", [b"no database" * 400, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_made_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with closing(VectorStore(path)) as store:
        store.keep("m", "query", {"one": np.ones(3, np.float32)})
        assert set(store.find("m", "query", ["one", "two"])) == {"one"}


def test_a_file_of_another_shape_is_made_anew(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE vectors (something TEXT)")
        database.commit()
    with closing(VectorStore(path)) as store:
        store.keep("m", "query", {"one": np.ones(3, np.float32)})
        assert store.find("m", "query", ["one"])


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        VectorStore(tmp_path / "file" / "vectors.sqlite3")


def test_a_run_goes_on_where_another_does_not_stop_writing(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(VectorStore(path, wait_s=0.05)) as store:
        store.keep("m", "query", {"one": np.ones(3, np.float32)})
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            store.keep("m", "query", {"two": np.ones(3, np.float32)})
            assert "1 vectors of m are not kept" in capsys.readouterr().err
            assert set(store.find("m", "query", ["one", "two"])) == {"one"}
            other.execute("ROLLBACK")
        store.keep("m", "query", {"two": np.ones(3, np.float32)})
        assert set(store.find("m", "query", ["one", "two"])) == {"one", "two"}


def _fill(path: Path, run: int) -> None:
    with closing(VectorStore(path)) as store:
        for number in range(40):
            texts = [f"{run} {number}", f"both {number}"]
            store.keep("m", "passage", {text: np.full(8, number, np.float32) for text in texts})
            assert len(store.find("m", "passage", texts)) == 2


def test_two_runs_at_a_time_lose_nothing(path: Path) -> None:
    runs = [
        multiprocessing.get_context("spawn").Process(target=_fill, args=(path, n)) for n in (1, 2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert [run.exitcode for run in runs] == [0, 0]
    with closing(VectorStore(path)) as store:
        texts = [f"{who} {number}" for who in ("1", "2", "both") for number in range(40)]
        found = store.find("m", "passage", texts)
        assert len(found) == 120
        assert all(set(vector) == {float(text.split()[1])} for text, vector in found.items())


async def test_the_services_own_model_with_its_vectors_kept_is_the_same_model(path: Path) -> None:
    models, _ = local_models()
    assert models[0].name == default_name()
    plain = models[0].build()
    with closing(VectorStore(path)) as store:
        kept = keeping(plain, store)
        assert kept.fingerprint == plain.fingerprint
        texts = ["Bees dance.", "Tea is served at five."]
        await kept.embed_chunks(texts)
        assert np.asarray(await kept.embed_chunks(texts)) == pytest.approx(
            np.asarray(await plain.embed_chunks(texts)), abs=1e-6
        )
        assert await kept.embed_question(texts[0]) == pytest.approx(
            await plain.embed_question(texts[0]), abs=1e-6
        )
