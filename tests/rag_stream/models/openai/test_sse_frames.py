"""Parsing an OpenAI-style stream, however its bytes arrive."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.http.response import TooLongError
from rag_stream.models.openai.sse_frames import MOST_LINE, Frame, FrameParser, is_plain, join


def frame(text: str | None = None, **choice: Any) -> dict[str, Any]:
    delta = {} if text is None else {"content": text}
    choices = [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None, **choice}]
    return {"id": "c", "object": "chat.completion.chunk", "choices": choices}


USAGE = {"id": "c", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}


def wire(frames: list[dict[str, Any]], *, newline: str = "\n") -> bytes:
    lines = [f"data: {json.dumps(f, ensure_ascii=False)}{newline * 2}" for f in frames]
    return "".join([*lines, f"data: [DONE]{newline * 2}"]).encode()


def parsed(pieces: list[bytes]) -> list[Frame]:
    parser = FrameParser()
    frames = [frame for piece in pieces for frame in parser.feed(piece)]
    assert parser.done
    return frames


@given(st.lists(st.text(), max_size=12), st.data(), st.sampled_from(["\n", "\r\n"]))
def test_however_the_bytes_are_cut_the_answer_is_the_same(
    texts: list[str], data: st.DataObject, newline: str
) -> None:
    frames = [frame(text) for text in texts] + [frame(finish_reason="stop"), USAGE]
    body = wire(frames, newline=newline)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    found = parsed(pieces)
    assert [f for f in found if isinstance(f, dict) and f not in frames] == []
    assert all(map(is_plain, found))
    whole = join(found)
    assert (whole.text, whole.finish_reason, whole.usage) == (
        "".join(texts),
        "stop",
        USAGE["usage"],
    )


def test_comments_events_and_missing_spaces_are_taken() -> None:
    body = b': processing\n\nevent: x\ndata:{"choices":[]}\n\ndata:[DONE]\n\n'
    assert parsed([body]) == [{"choices": []}]


def test_what_is_not_json_is_an_error() -> None:
    with pytest.raises(ValueError, match="JSON|unexpected|expected|literal"):
        list(FrameParser().feed(b"data: {broken\n\n"))


def test_nothing_is_read_after_the_end() -> None:
    parser = FrameParser()
    assert list(parser.feed(b'data: [DONE]\n\ndata: {"choices": []}\n\n')) == []


@pytest.mark.parametrize(
    "unusual",
    [
        {"error": {"message": "x"}},
        {"choices": None},
        {"choices": [frame("a")["choices"][0]] * 2},
        frame(delta={"tool_calls": [{"index": 0}]}),
        frame(delta={"function_call": {"name": "f"}}),
        frame(delta={"refusal": "no"}),
        frame("a", logprobs={"content": []}),
        {"choices": [{"index": 0, "finish_reason": "stop"}]},
    ],
)
def test_more_than_text_is_not_plain(unusual: dict[str, Any]) -> None:
    assert not is_plain(unusual)


def test_text_with_a_role_is_plain() -> None:
    assert is_plain(frame(delta={"role": "assistant", "content": "", "refusal": None}))


def test_a_last_frame_without_its_lines_end_is_kept_for_the_end() -> None:
    parser = FrameParser()
    assert list(parser.feed(b'data: {"choices": []}')) == []
    assert list(parser.feed(b"\n")) == [{"choices": []}]
    assert list(parser.feed(b"\n")) == []


RUN = [frame(text) for text in ["Once", " upon", ' "a"\n', " \\ time", "", " 👩\u200d👧\u2028"]]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_frames_that_differ_in_their_text_only_come_as_one_text(
    newline: str, spaces: tuple[str, str], ascii_only: bool
) -> None:
    lines = [json.dumps(f, ensure_ascii=ascii_only, separators=spaces) for f in RUN]
    body = "".join(f"data: {line}{newline * 2}" for line in lines).encode()
    first, rest = FrameParser().feed(body)
    assert first == RUN[0]
    assert rest == "".join(f["choices"][0]["delta"]["content"] for f in RUN[1:])


@pytest.mark.parametrize(
    "between",
    [
        frame(delta={"tool_calls": [{"index": 0}]}),
        frame(delta={"content": "x", "refusal": "no"}),
        frame("x", logprobs={"content": []}),
        frame("x", finish_reason="length"),
        frame("x") | {"usage": {"prompt_tokens": 1}},
        frame("x") | {"error": {"message": "broken"}},
        frame("x") | {"obfuscation": "aZ4"},
    ],
)
def test_a_frame_that_differs_in_more_comes_whole(between: dict[str, Any]) -> None:
    body = wire([RUN[0], RUN[1], between, RUN[3], RUN[4]])
    assert list(FrameParser().feed(body)) == [RUN[0], RUN[1], between, RUN[3], RUN[4]]


@pytest.mark.parametrize(
    "broken", [b'a","b":"c', b'a"', b"a\\", b"a\\x", b"a\tb", b'"}}]}\n\ndata: {', b"\xff"]
)
def test_what_is_no_text_is_not_taken_for_one(broken: bytes) -> None:
    good = b'data: {"choices":[{"delta":{"content":"good"}}]}\n\n'
    feed = FrameParser().feed(good + good.replace(b"good", broken) + good)
    assert next(feed) == {"choices": [{"delta": {"content": "good"}}]}
    try:
        alone = list(FrameParser().feed(good.replace(b"good", broken)))
    except ValueError:
        with pytest.raises(ValueError, match="."):
            list(feed)
    else:
        assert list(feed)[: len(alone)] == alone


def test_a_text_that_also_stands_elsewhere_in_its_frame_teaches_nothing_wrong() -> None:
    tricky = [
        {"model": '"content":"a"', "choices": [{"delta": {"content": "a"}}]},
        {"meta": {"content": "a"}, "choices": [{"delta": {"content": "a"}}]},
        {"meta": {"content": "a"}, "choices": [{"delta": {"content": "b"}}]},
        {"meta": {"content": "c"}, "choices": [{"delta": {"content": "a"}}]},
    ]
    lines = [f"data: {json.dumps(f, separators=(',', ':'))}\n\n" for f in tricky * 2]
    assert list(FrameParser().feed("".join(lines).encode())) == tricky * 2


def test_a_line_that_does_not_end_is_not_kept() -> None:
    parser = FrameParser()
    for _ in range(MOST_LINE // 1_024):
        assert list(parser.feed(b"x" * 1_024)) == []
    with pytest.raises(TooLongError, match=f"^a line of more than {MOST_LINE} bytes$"):
        list(parser.feed(b"x"))


def test_a_line_that_grows_by_pieces_is_joined_once() -> None:
    """Joined at each piece, it would take the square of its length."""
    parser = FrameParser()
    text = "y" * 1_000_000
    line = json.dumps(frame(text)).encode()
    assert [list(parser.feed(part)) for part in (b"data: ", *_bytes_of(line))][-1] == []
    (found,) = parser.feed(b"\n\n")
    assert found == frame(text)


def _bytes_of(line: bytes) -> list[bytes]:
    return [line[at : at + 7] for at in range(0, len(line), 7)]


def test_frames_before_a_line_that_does_not_end_are_handed_on() -> None:
    parser = FrameParser()
    frames = parser.feed(wire([frame("a")])[: -len("data: [DONE]\n\n")] + b"x" * 3_000_000)
    assert next(frames) == frame("a")
    with pytest.raises(TooLongError):
        next(frames)


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b":\n", b"xdata: 1\n", b": data: 1\n"])
def test_lines_that_say_nothing_are_passed_over(line: bytes) -> None:
    parser = FrameParser()
    assert list(parser.feed(line * 1_000 + wire([frame("a")]))) == [frame("a")]
    assert parser.done


def test_a_frame_of_countless_parts_is_not_parsed() -> None:
    with pytest.raises(TooLongError, match="^JSON of more than 50000 parts$"):
        list(FrameParser().feed(b"data: [" + b"[]," * 60_000 + b"[]]\n"))
