"""What was used last is kept, by count or by size."""

from hypothesis import given
from hypothesis import strategies as st

from rag_stream.lru import LRU


def test_what_was_not_used_for_longest_makes_room() -> None:
    cache: LRU[str, int] = LRU(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert cache.get("b") is None
    assert (cache.get("a"), cache.get("c"), len(cache)) == (1, 3, 2)


def test_looking_whether_it_is_there_is_no_use() -> None:
    cache: LRU[str, int] = LRU(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert "a" in cache
    cache.put("c", 3)
    assert "a" not in cache


def test_a_size_function_bounds_all_of_it_together() -> None:
    cache: LRU[str, str] = LRU(10, len)
    cache.put("a", "12345")
    cache.put("b", "12345")
    cache.put("a", "1234567")  # in place of five
    assert ("b" in cache, cache.get("a"), cache.size) == (False, "1234567", 7)
    cache.put("c", "x" * 11)
    assert (len(cache), cache.size) == (1, 7)


def test_what_is_larger_than_all_the_room_takes_none() -> None:
    cache: LRU[str, str] = LRU(10, len)
    for key in "abc":
        cache.put(key, key * 3)
    cache.put("d", "d" * 11)
    assert [key in cache for key in "abcd"] == [True, True, True, False]
    cache.put("a", "a" * 11)  # what it was is no longer true
    assert ("a" in cache, cache.size) == (False, 6)


def test_nothing_is_left_after_clear() -> None:
    cache: LRU[str, str] = LRU(10, len)
    cache.put("a", "12345")
    cache.clear()
    assert (cache.get("a"), len(cache), cache.size) == (None, 0, 0)


@given(
    st.integers(0, 8),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), max_size=40),
)
def test_it_is_never_larger_than_it_may_be_and_knows_its_size(
    most: int, puts: list[tuple[str, int]]
) -> None:
    cache: LRU[str, list[int]] = LRU(most, len)
    for key, size in puts:
        cache.put(key, [0] * size)
        kept = [value for key in "abcdef" if (value := cache.get(key)) is not None]
        assert cache.size == sum(map(len, kept)) <= most
        assert len(cache) == len(kept)
