"""Vectors kept for a while: what goes first, and many threads at once."""

import threading

import numpy as np

from rag_stream.models.vector_cache import VectorCache


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    cache = VectorCache(2)
    batch = np.arange(6, dtype=np.float32).reshape(3, 2)
    cache.keep({"a": batch[0], "b": batch[1]})
    assert set(cache.known(["a"])) == {"a"}
    cache.keep({"c": batch[2]})
    assert set(cache.known(["a", "b", "c"])) == {"a", "c"}
    assert cache.known(["c"])["c"].base is None


def test_the_cache_is_shared_by_threads() -> None:
    cache = VectorCache(50)

    def work(offset: int) -> None:
        for i in range(300):
            cache.keep({str(offset + i): np.zeros(2, dtype=np.float32)})
            cache.known([str(offset + i - 1)])

    threads = [threading.Thread(target=work, args=(n * 100,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache.known(map(str, range(700)))) == 50
