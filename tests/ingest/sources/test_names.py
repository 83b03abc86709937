"""Names: one for each path, always text, and nothing in them reaches a terminal raw."""

import json
import os
from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.names import is_root_name, name_of, shown

_BYTES = st.lists(
    st.sampled_from([b"\xe9", b"\xff", b"\x80", b"\\", b"x", b"e9", b"a", "é".encode(), b"\n"]),
    min_size=1,
    max_size=6,
).map(b"".join)


def path(name: bytes) -> PurePosixPath:
    return PurePosixPath(os.fsdecode(name))


def test_text_stays_as_it_is() -> None:
    for name in ("docs/a b.md", "café.md", "a\\b.md", "\\xzz.md", "日本.txt", "a\nb.md"):
        assert name_of(PurePosixPath(name)) == name


@given(_BYTES, _BYTES)
def test_every_path_has_a_name_of_its_own_that_is_text(one: bytes, other: bytes) -> None:
    names = name_of(path(one)), name_of(path(other))
    assert (names[0] == names[1]) == (one == other)
    for name in names:
        assert json.loads(json.dumps(name)) == name
        assert name.encode().decode() == name


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert shown("a\x1b[2Jb\nc\udcff\u202ed") == "a\\x1b[2Jb\\nc\\udcff\\u202ed"
    assert shown("a b é 日") == "a b é 日"


def test_what_is_long_keeps_its_beginning_and_its_end() -> None:
    cut = shown("begin" + "x" * 1_000_000 + "end")
    assert len(cut) < 620
    assert cut.startswith("begin")
    assert cut.endswith("end")


def test_what_a_folder_may_be_called() -> None:
    for name in ("Falcon", "docs 2", "Übersicht", "日本", "a.b-c_d", "x" * 100):
        assert is_root_name(name), name
    for name in ("", " a", "a ", "a/b", "a\\b", "c:d", ".", "..", ".a", "#a", "a\nb", "x" * 101):
        assert not is_root_name(name), name
