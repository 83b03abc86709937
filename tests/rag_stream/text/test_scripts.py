"""The one table of scripts without blanks, and the pairs that stand for their words."""

import pytest

from rag_stream.text.scripts import UNSPACED, UNSPACED_OR_HANGUL, pairs


@pytest.mark.parametrize(
    "run",
    [
        "东京",
        "人々",
        "とうきょう",
        "トーキョー",
        "กรุงเทพ",
        "ນະຄອນ",
        "မြန်မာ",
        "ភ្នំពេញ",
        "\U00020000\U0002a6d6",
    ],
)
def test_runs_of_scripts_without_blanks_are_found_whole(run: str) -> None:
    assert UNSPACED.findall(f"In {run}, 2 km on") == [run]
    assert UNSPACED_OR_HANGUL.findall(f"In {run}, 2 km on") == [run]


@pytest.mark.parametrize("text", ["word", "слово", "हिन्दी", "كلمة", "λόγος", "。「」", "2024"])
def test_other_scripts_and_punctuation_are_no_runs(text: str) -> None:
    assert UNSPACED_OR_HANGUL.search(text) is None


def test_korean_has_blanks_but_its_words_change_their_ends() -> None:
    assert UNSPACED.search("대한민국의") is None
    assert UNSPACED_OR_HANGUL.findall("대한민국의 수도") == ["대한민국의", "수도"]


def test_pairs_are_neighbours() -> None:
    assert pairs("东京塔") == ["东京", "京塔"]
    assert pairs("东") == []
