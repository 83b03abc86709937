"""What only asks or joins, where no blanks part the words."""

import pytest

from rag_stream.text.particles import without_particles


@pytest.mark.parametrize(
    ("run", "parts"),
    [
        ("什么时候可以退货", ["时候", "退货"]),
        ("退货的期限是多少天", ["退货", "期限是", "天"]),
        ("請問圖書館為什麼關門", ["圖書館", "關門"]),
        ("返品の期限はいつですか", ["返品", "期限"]),
        ("ポンプを交換するには", ["ポンプ", "交換する"]),
        ("りんごはどこ", ["りんごは"]),
        ("ห้องสมุดเปิดเมื่อไร", ["ห้องสมุดเปิด"]),
        ("언제", []),
        ("会議室", ["会議室"]),
    ],
)
def test_parts_between_particles_are_left(run: str, parts: list[str]) -> None:
    assert without_particles(run) == parts
