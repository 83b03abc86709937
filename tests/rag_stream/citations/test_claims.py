"""A marker stands for the sentence that it ends, or that it begins."""

import pytest

from rag_stream.citations import claims


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so ", "It is so"),
        ("It was. It is so", "It is so"),
        ("It was. It is so. ", "It is so."),
        ('It was. "It is so." ', '"It is so."'),
        (". It is so, ", "It is so,"),
        (", and it is so (", "and it is so"),
        ("Dr. No met J. Smith, e.g. Anna. As Miller et al. say ", "As Miller et al. say"),
        ("It costs 3.5 or more", "It costs 3.5 or more"),
        ("# Title\n\n- It is so ", "It is so"),
        ("1. It was.\n2. It is so ", "It is so"),
        ("| it | is so ", "it | is so"),
        ("It is\nso ", "It is\nso"),
        ("Go. Do it:\n\n```sh\nmake\nrain. Now\n```\n", "Do it:\n\n```sh\nmake\nrain. Now\n```"),
        ("Do it so.\n\n```sh\nmake\n```\n", "```sh\nmake\n```"),
        ("Do it:\n```\nmake\n```\nIt is so ", "It is so"),
        ("It was:\nIt is so ", "It is so"),
        ("\u5b83\u662f\u3002\u5b83\u4e0d\u662f\u3002", "\u5b83\u4e0d\u662f\u3002"),
        ("Wait ... it is so", "Wait ... it is so"),
        ("", ""),
        (". \n- ", ""),
    ],
)  # fmt: skip
def test_the_claim_before_a_marker(text: str, expected: str) -> None:
    start, end = claims.before(text)
    assert text[start:end] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" says so. And", " says so."),
        (", it is so! It", "it is so!"),
        (" says so\n", " says so"),
        ("\n\nIt is so.\n", "It is so."),
        (" says e.g. so. And", " says e.g. so."),
        (" " + "word " * 100, ("word " * 100)[:399].strip()),
    ],
)
def test_the_claim_after_a_marker(text: str, expected: str) -> None:
    for end in range(len(text) + 1):
        span = claims.after(text[:end], is_last=False)
        if span is not None:
            break
    assert span is not None
    assert text[span.start : span.end] == expected.strip()
    assert claims.after(text + " More. To come.\n", is_last=False) == span


@pytest.mark.parametrize("text", [" says so", " says so.", " says so. ", " e.g. Anna"])
def test_the_claim_after_a_marker_may_be_uncertain(text: str) -> None:
    assert claims.after(text, is_last=False) is None
    span = claims.after(text, is_last=True)
    assert span is not None
    assert text[span.start : span.end] == text.strip()


@pytest.mark.parametrize(
    ("text", "has_led", "expected"),
    [
        ("", False, True),
        (". ", False, True),
        ("It is so ", False, False),
        ("It is so. ", False, False),
        (" says so. ", True, True),
        (" says so ", True, False),
        (" says so. It is. ", True, False),
        ("According to ", False, True),
        ("It was. As shown in the source ", False, True),
        ("Sources:\n", False, True),
        ("It is so.\n- ", False, True),
    ],
)
def test_markers_that_lead(text: str, has_led: bool, expected: bool) -> None:
    assert claims.leads(text, has_led) is expected


def test_markers_that_stand_together() -> None:
    assert all(map(claims.joins, ("", " ", ", ", " and ", ";", "\u3001")))
    assert not any(map(claims.joins, (". ", "\n", " so ", " and so ", "\n- ")))
