"""What the evaluation counts, on ranges small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.eval import metrics, span
from bench.eval.metrics import Match
from bench.eval.span import Span

SPANS = st.lists(
    st.builds(
        lambda corpus, start, length: Span(corpus, start, start + length),
        st.sampled_from("ab"),
        st.integers(0, 60),
        st.integers(1, 25),
    ),
    max_size=8,
)


def a(start: int, end: int) -> Span:
    return Span("a", start, end)


def characters(spans: list[Span]) -> list[tuple[str, int]]:
    """One by one, each when it comes first."""
    every = [(one.corpus, place) for one in spans for place in range(one.start, one.end)]
    return list(dict.fromkeys(every))


def test_characters_count_once() -> None:
    found = [a(0, 10), a(5, 20), Span("b", 0, 100)]
    assert span.size(found) == 120
    assert metrics.match(found, [a(10, 30)]) == Match(0.5, 10 / 120, 10 / 130)
    assert metrics.match([a(10, 30)], [a(10, 30)]) == Match(1, 1, 1)
    assert metrics.match([], [a(0, 1)]) == Match(0, 0, 0)


def test_f1_is_the_harmonic_mean() -> None:
    assert Match(0.5, 1.0, 0.5).f1 == pytest.approx(2 / 3)
    assert Match(0.0, 0.0, 0.0).f1 == 0.0


def test_the_same_place_in_another_corpus_is_another_place() -> None:
    assert metrics.match([Span("b", 0, 10)], [a(0, 10)]).recall == 0


def test_a_budget_cuts_within_a_range_and_skips_what_came_before() -> None:
    assert span.cut([a(0, 10), a(5, 20), a(30, 40)], 17) == [a(0, 10), a(10, 17)]
    assert span.cut([a(0, 10), a(30, 40)], 100) == [a(0, 10), a(30, 40)]
    assert span.cut([a(0, 10)], 0) == []


def test_a_hit_holds_half_of_a_reference() -> None:
    found, wanted = [a(0, 10), a(10, 16)], [a(8, 20)]
    assert not metrics.is_hit(found, wanted, 1)
    assert metrics.is_hit(found, wanted, 2)


def test_characters_needed() -> None:
    curve = np.array([0.0, 0.5, 0.5, 0.9])
    assert metrics.characters_needed(curve, 0.5) == 1
    assert metrics.characters_needed(curve, 0.6) == 3
    assert metrics.characters_needed(curve, 0.95) is None


@given(SPANS, SPANS)
def test_ranges_count_as_their_characters_do(found: list[Span], wanted: list[Span]) -> None:
    seen, asked = characters(found), set(characters(wanted))
    assert span.size(found) == len(seen)
    assert span.shared(found, wanted) == len(asked & set(seen))
    assert characters(list(span.fresh(found))) == seen
    assert span.size(span.fresh(found)) == sum(one.end - one.start for one in span.fresh(found))
    curve = metrics.recall_curve(found, wanted, 150)
    for budget in (0, 1, 7, 40, 150):
        assert characters(span.cut(found, budget)) == seen[:budget]
        recall = metrics.match(span.cut(found, budget), wanted).recall
        assert curve[budget] == pytest.approx(recall)


def test_a_bootstrap_is_the_same_each_time_and_holds_its_mean() -> None:
    ours = [1.0, 0.0, 1.0, 1.0] * 20
    theirs = [0.0, 0.0, 1.0, 0.5] * 20
    found = metrics.paired_bootstrap(ours, theirs)
    assert found == metrics.paired_bootstrap(ours, theirs)
    assert found.mean == pytest.approx(0.375)
    assert 0.27 < found.low < found.mean < found.high < 0.48
    assert metrics.paired_bootstrap(ours, ours) == (0, 0, 0)
    with pytest.raises(ValueError, match="as many of both"):
        metrics.paired_bootstrap(ours, theirs[1:])
