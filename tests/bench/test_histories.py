"""What a talk before a question adds to its first token: as a table."""

from bench.histories import GOING_ON, NONE, UNSEEN, added_ms, table


def test_what_is_added_is_told_question_by_question_and_marked_over_the_goal() -> None:
    firsts = {
        NONE: [10.0, 20.0, 10.0],
        GOING_ON: [12.0, 21.0, 13.0],
        UNSEEN: [16.0, 30.0, 16.0],
    }
    assert added_ms(firsts, GOING_ON) == 2.0
    *_, row = table({"packaged": firsts}).splitlines()
    assert row == ("| packaged | 10.0 ms | 13.0 ms | 2.0 ms | 16.0 ms | 6.0 ms (over the goal) |")
