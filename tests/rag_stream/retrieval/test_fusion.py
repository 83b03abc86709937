import random

from hypothesis import given
from hypothesis import strategies as st

from rag_stream.retrieval.fusion import FRONT, LEXICAL_WEIGHT, Candidate, Fusion, Place, Worth, fuse

ids = st.text("abcdefgh", min_size=1, max_size=2)
rankings = st.lists(st.tuples(ids, st.floats(0.0, 1.0)), max_size=30).map(
    lambda pairs: sorted(pairs, key=lambda pair: -pair[1])
)


def test_a_chunk_found_twice_knows_both_places():
    found = fuse([("a", 0.6), ("b", 0.5)], [("b", 12.0), ("c", 6.0)])
    assert found == [
        Candidate("b", 0.5 + LEXICAL_WEIGHT, Place(2, 0.5), Place(1, 12.0)),
        Candidate("c", 0.5 + LEXICAL_WEIGHT / 2, None, Place(2, 6.0)),
        Candidate("a", 0.6, Place(1, 0.6), None),
    ]


def test_one_side_may_be_empty():
    assert fuse([], []) == []
    assert [c.id for c in fuse([("a", 0.2), ("b", 0.1)], [])] == ["a", "b"]
    assert [(c.id, c.score) for c in fuse([], [("a", 3.0)])] == [("a", LEXICAL_WEIGHT)]


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
    lifted = [c for c in found if 1 in (c.dense and c.dense.rank, c.lexical and c.lexical.rank)]
    rest = [c.score for c in found if c not in lifted]
    assert rest == sorted(rest, reverse=True)
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


def test_a_chunk_that_only_words_proposed_has_its_own_cosine():
    found = fuse([("a", 0.6), ("b", 0.5)], [("c", 6.0)], 6.0, {"c": 0.1})
    assert [(c.id, c.dense) for c in found] == [
        ("c", Place(None, 0.1)),
        ("a", Place(1, 0.6)),
        ("b", Place(2, 0.5)),
    ]
    assert found[0].score == 0.1 + LEXICAL_WEIGHT


def test_the_best_match_of_words_is_worth_what_it_covers_of_the_question():
    """The nearest chunk by meaning is beaten by all the words, not by a fifth of them."""
    dense = [("near", 0.45), ("said", 0.3)]
    for covered, first in ((0.2, "near"), (1.0, "said")):
        assert fuse(dense, [("said", 10.0 * covered)], 10.0)[0].id == first


def test_more_than_all_the_words_is_worth_no_more():
    one, other = (fuse([("a", 0.2)], [("a", score)], 10.0)[0].score for score in (10.0, 25.0))
    assert one == other == 0.2 + LEXICAL_WEIGHT


def test_the_clear_winner_by_meaning_stays_in_front_of_many_that_share_words():
    dense = [("it", 0.5), *((f"n{n}", 0.3) for n in range(40))]
    lexical = [(f"n{n}", 9.0 + n / 100) for n in reversed(range(40))]
    found = fuse(dense, lexical, 10.0)
    assert "it" in [c.id for c in found[:FRONT]]
    assert next(c for c in found if c.id == "it").score == 0.5


def test_the_clear_winner_by_words_stays_in_front_of_many_that_are_nearer():
    dense = [(f"n{n}", 0.9 - n / 100) for n in range(40)]
    lexical = [("it", 6.0), ("other", 5.0)]
    cosines = {"it": 0.0, "other": 0.0}
    assert "it" in [c.id for c in fuse(dense, lexical, 10.0, cosines)[:FRONT]]
    little = [("it", 4.0), ("other", 3.0)]
    assert "it" not in [c.id for c in fuse(dense, little, 10.0, cosines)[:FRONT]]


def test_one_of_many_equals_is_no_winner():
    dense = [(f"n{n}", 0.9 - n / 100) for n in range(40)]
    lexical = [("one", 9.0), ("two", 9.0)]
    found = fuse(dense, lexical, 10.0, {"one": -0.5, "two": -0.5})
    assert {c.id for c in found[:FRONT]} == {"n0", "n1", "n2", "n3"}


@given(rankings, rankings, st.floats(0.05, 2.0), st.floats(-0.5, 0.9))
def test_neither_the_middle_nor_the_scale_of_cosines_matters(dense, lexical, scale, middle):
    """A model whose cosines lie between 0.8 and 0.9 ranks as one whose lie between 0 and 1."""
    # No two scores so near that moving them makes them equal.
    dense = [(id, round(score, 3)) for id, score in dense]
    lexical = [(id, round(score, 3)) for id, score in lexical]
    moved = [(id, middle + scale * score) for id, score in dense]
    before = fuse(dense, lexical, 0.7, worth=Worth(0.5))
    after = {c.id: c.score for c in fuse(moved, lexical, 0.7, worth=Worth(0.5 * scale))}
    shift = middle if dense else 0.0
    for one in before:
        assert abs(after[one.id] - (shift + scale * one.score)) < 1e-6


def test_a_ranking_made_again_knows_what_has_been_learnt_since():
    dense, lexical, cosines = [("a", 0.6), ("b", 0.5)], [("c", 6.0)], {"c": 0.3}
    fusion = Fusion(dense, lexical, 6.0, Worth(0.1))
    assert [(c.id, c.score) for c in fusion.ranked()] == [("a", 0.6), ("c", 0.6), ("b", 0.5)]
    assert [(c.id, c.score) for c in fusion.ranked(cosines)] == [
        ("a", 0.6),
        ("b", 0.5),
        ("c", 0.4),
    ]
    assert fusion.ranked(cosines) == fuse(dense, lexical, 6.0, cosines, Worth(0.1))


def test_a_nearest_chunk_that_says_nothing_keeps_no_place_in_front():
    dense = [("it", 0.9), *((f"n{n}", 0.8) for n in range(40))]
    lexical = [(f"n{n}", 9.0 + n / 100) for n in reversed(range(40))]
    for meaning in (1.0, 0.5):
        found = fuse(dense, lexical, 10.0, worth=Worth(0.8, meaning))
        assert ("it" in [c.id for c in found[:FRONT]]) == (meaning == 1.0)
        assert next(c for c in found if c.id == "it").score == meaning * 0.9


def test_what_is_kept_stays_in_front_and_no_winner_gives_way_to_it() -> None:
    dense = [(id, 0.9 - 0.01 * place) for place, id in enumerate("abcdefgh")]
    lexical = [("h", 8.0), ("g", 4.0)]
    plain = [c.id for c in Fusion(dense, lexical, 8.0, Worth(0.001)).ranked()]
    assert plain == ["a", "b", "c", "h", "d", "e", "f", "g"]
    kept = [c.id for c in Fusion(dense, lexical, 8.0, Worth(0.001), ("f", "x")).ranked()]
    assert kept == ["a", "f", "h", "x", "b", "c", "d", "e", "g"]
    front = [c.id for c in Fusion(dense, lexical, 8.0, Worth(0.001), ("b", "c")).ranked()]
    assert front == ["a", "b", "c", "h", "d", "e", "f", "g"]
