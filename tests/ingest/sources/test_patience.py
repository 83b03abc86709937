"""When an address is asked again."""

from datetime import UTC, datetime

import pytest

from ingest.sources.patience import NO_PATIENCE, Patience, seconds_of

NOW = datetime(2026, 11, 26, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("1", 1.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 14:00:30 +0200", 30.0),
        ("Thursday, 26-Nov-26 12:01:00 GMT", 60.0),
        ("Thu Nov 26 12:01:00 2026", 60.0),
        ("Thu, 26 Nov 2026 11:59:00 GMT", 0.0),  # over already
        ("9" * 99, float("9" * 99)),
        *(
            (odd, None)
            for odd in (None, "", "soon", "-1", "1.5", "\u0661", "Thu, 99 Nov", "1" * 101 + "x")
        ),
        *(
            (f"Wed, {date}", None)
            for date in (
                "21 Oct 2015 07:28:00 +99999999999999999999",
                "21 Oct 2015 07:28:00 -99999999999999999999",
                "99999999999999999999 Oct 2015 07:28:00 GMT",
                "21 Oct 2015 07:28:99999999999999999999 GMT",
                "21 Oct 99999999999999999999 07:28:00 GMT",
            )
        ),
    ],
)
def test_what_a_retry_after_asks_for(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


def test_a_date_is_held_against_the_clock() -> None:
    assert seconds_of("Fri, 01 Jan 2100 00:00:00 GMT") > 10**9  # type: ignore[operator]


def test_pauses_grow_and_differ_and_end() -> None:
    patience = Patience(tries=4, first_pause=1.0)
    for failed, longest in ((1, 1.0), (2, 2.0), (3, 4.0)):
        pauses = {patience.pause(failed, 0.0, None) for _ in range(50)}
        assert len(pauses) > 1
        assert all(pause is not None and longest / 2 <= pause <= longest for pause in pauses)
    assert patience.pause(4, 0.0, None) is None
    assert NO_PATIENCE.pause(1, 0.0, 0.0) is None


def test_what_the_server_asks_for_is_waited_for_and_no_less() -> None:
    patience = Patience(longest_pause=10.0)
    for asked_for in (0.0, 1.0, 10.0):
        pause = patience.pause(1, 0.0, asked_for)
        assert pause is not None
        assert asked_for <= pause <= asked_for + 1
    assert patience.pause(1, 0.0, 10.1) is None
    assert patience.pause(1, 0.0, 3600.0) is None


def test_the_whole_is_bounded() -> None:
    patience = Patience(tries=100, total=60.0)
    assert patience.pause(2, 55.0, 2.0) is not None
    assert patience.pause(2, 55.0, 6.0) is None
    assert patience.pause(20, 0.0, None) is None
