"""The lowest rank comes first, also after changes."""

import random

from app.lifecycle.ranking import Rank, Ranking


def test_the_lowest_comes_first() -> None:
    ranking = Ranking()
    assert ranking.first() is None
    ranking.put("b", (1, 0))
    ranking.put("a", (0, 5))
    assert ranking.first() == "a"
    ranking.put("a", (1, 5))
    assert ranking.first() == "b"
    ranking.discard("b")
    ranking.discard("b")
    assert (ranking.first(), len(ranking)) == ("a", 1)


def test_it_agrees_with_looking_at_all_of_them() -> None:
    dice = random.Random(7)
    ranking, told = Ranking(), dict[str, Rank]()
    for number in range(5000):
        name = str(dice.randrange(20))
        if dice.random() < 0.3:
            ranking.discard(name)
            told.pop(name, None)
        else:
            told[name] = dice.randrange(-5, 5), number
            ranking.put(name, told[name])
        assert ranking.first() == min(told, key=told.__getitem__, default=None)
        assert len(ranking) == len(told)
