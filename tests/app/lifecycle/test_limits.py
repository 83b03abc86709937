"""How many of what kind, by the settings."""

import pytest

from app.lifecycle.limits import Limits
from rag_stream.settings import load_settings


@pytest.mark.parametrize(("most", "quarter"), [(1, 1), (4, 1), (5, 2), (1000, 250)])
def test_a_quarter_as_many_where_nothing_is_said(most: int, quarter: int) -> None:
    limits = Limits.of(load_settings(max_streams=most))
    assert limits == Limits.to(most) == Limits(most, quarter, quarter, 2.0)
    assert limits.queue == quarter


def test_what_is_said_holds() -> None:
    said = load_settings(max_streams=10, spare_streams=0, max_unread=7, place_timeout_s=0.5)
    assert Limits.of(said) == Limits(10, 0, 7, 0.5)
