import random

from hypothesis import given
from hypothesis import strategies as st

from rag_stream.retrieval.fusion import Candidate, Place, fuse

ids = st.text("abcdefgh", min_size=1, max_size=2)
rankings = st.lists(st.tuples(ids, st.floats(0.0, 1.0)), max_size=30).map(
    lambda pairs: sorted(pairs, key=lambda pair: -pair[1])
)


def test_a_chunk_found_twice_knows_both_places():
    found = fuse([("a", 0.6), ("b", 0.5)], [("b", 12.0), ("c", 6.0)])
    assert found == [
        Candidate("b", 0.5 + 0.8, Place(2, 0.5), Place(1, 12.0)),
        Candidate("c", 0.5 + 0.4, None, Place(2, 6.0)),
        Candidate("a", 0.6, Place(1, 0.6), None),
    ]


def test_one_side_may_be_empty():
    assert fuse([], []) == []
    assert [c.id for c in fuse([("a", 0.2), ("b", 0.1)], [])] == ["a", "b"]
    assert [(c.id, c.score) for c in fuse([], [("a", 3.0)])] == [("a", 0.8)]


def test_scores_of_zero_or_below_change_nothing():
    assert fuse([("a", 0.4)], [("a", 0.0)])[0].score == 0.4
    assert [c.id for c in fuse([("a", -0.1), ("b", -0.3)], [])] == ["a", "b"]


def test_an_id_that_comes_twice_counts_where_it_comes_first():
    found = fuse([("a", 0.9), ("b", 0.8), ("a", 0.1)], [])
    assert [(c.id, c.dense) for c in found] == [("a", Place(1, 0.9)), ("b", Place(2, 0.8))]


@given(rankings, rankings)
def test_every_chunk_comes_once_and_best_first(dense, lexical):
    found = fuse(dense, lexical)
    assert sorted(c.id for c in found) == sorted({id for id, _ in [*dense, *lexical]})
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert all(c.dense is not None or c.lexical is not None for c in found)


@given(rankings, st.randoms(use_true_random=False))
def test_the_order_of_equals_is_not_left_to_chance(lexical, chance: random.Random):
    level = [(id, 0.5) for id in sorted({id for id, _ in lexical})]
    shuffled = level[:]
    chance.shuffle(shuffled)
    assert [c.id for c in fuse(level, lexical)] == [c.id for c in fuse(shuffled, lexical)]


@given(rankings, rankings, st.floats(0.5, 50.0))
def test_the_scale_of_lexical_scores_does_not_matter(dense, lexical, factor):
    lexical = [(id, round(score, 3)) for id, score in lexical]
    scaled = [(id, score * factor) for id, score in lexical]
    before = {c.id: c.score for c in fuse(dense, lexical)}
    after = {c.id: c.score for c in fuse(dense, scaled)}
    assert all(abs(before[id] - after[id]) < 1e-6 for id in before)
