"""Share links: unpacked as the playground packed them, and never more than a few KB."""

import json
import random
import tracemalloc

import pytest
from langserve.lzstring import LZString

from app.routes.share_link import MOST_CHARS, MOST_UNPACKED, chosen_by, unpacked
from rag_stream.errors import InvalidInputError

pack = LZString.compressToEncodedURIComponent
CHOSEN = {"configurable": {"k": 3, "filter": {"source": ["Wer fährt? 漢字"]}}}


def test_what_was_packed_is_unpacked() -> None:
    dice = random.Random(7)
    for alphabet in ("a", "ab", "aé漢\u2028\x00", '{"k": [1, 2]}'):
        for _ in range(200):
            text = "".join(dice.choices(alphabet, k=dice.randrange(400)))
            assert unpacked(pack(text)) == text


def test_a_link_gives_what_was_chosen() -> None:
    assert chosen_by("") == {}
    assert chosen_by(pack(json.dumps(CHOSEN))) == CHOSEN
    spaced = pack(json.dumps(CHOSEN)).replace("+", " ")
    assert chosen_by(spaced) == CHOSEN


def test_a_sign_beyond_16_bits_is_one_as_javascript_packs_it() -> None:
    assert chosen_by(pack('{"a": "\ud83c\udf89"}')) == {"a": "🎉"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "5",
        "{",
        '{"a": "\ud83d"}',
        '{"a": "\\ud83d"}',
        '{"a": ' + "[" * 2000 + "]" * 2000 + "}",
        '{"a": NaN}',
    ],
)
def test_what_is_no_object_of_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^config hash: expected one made by"):
        chosen_by(pack(text))


@pytest.mark.parametrize("link", ["nonsense", "ä", "A", "%00", "\ud83d", "N4I", "-" * MOST_CHARS])
def test_what_was_never_packed_is_refused(link: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^config hash: expected one made by"):
        chosen_by(link)


def test_a_link_that_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(InvalidInputError, match=r"expected at most 8000 characters, got 8001$"):
        chosen_by("A" * (MOST_CHARS + 1))


def test_a_link_of_the_greatest_length_takes_little_memory() -> None:
    """Each code of it stands for one more letter than the one before: 7 million together."""
    link = pack('{"a": "' + "x" * 3_000_000)
    assert len(link) < MOST_CHARS
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too long a text"):
            unpacked(link)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


def test_a_text_of_the_greatest_length_is_unpacked() -> None:
    assert len(unpacked(pack("x" * MOST_UNPACKED))) == MOST_UNPACKED
    with pytest.raises(ValueError, match="too long a text"):
        unpacked(pack("x" * (MOST_UNPACKED + 1)))
