"""Which root a path is in, and what it is called."""

from pathlib import Path, PurePath

import pytest

from ingest.sources.roots import Roots, place, public_name
from rag_stream.indexing.roots import Root


def test_a_path_is_in_the_innermost_root_that_is_known() -> None:
    roots = Roots([])
    outer = roots.add(PurePath("/home/a/falcon"))
    inner = roots.add(PurePath("/home/a/falcon/docs"))
    assert roots.of(PurePath("/home/a/falcon/docs/x/y.md")) == (
        inner,
        PurePath("/home/a/falcon/docs"),
    )
    assert roots.of(PurePath("/home/a/falcon/notes.md")) == (outer, PurePath("/home/a/falcon"))
    assert roots.of(PurePath("/home/a/falcon-2/notes.md")) is None
    again = Roots([outer, inner])  # as another run reads them
    assert again.of(PurePath("/home/a/falcon/docs/x/y.md")) == (
        inner,
        PurePath("/home/a/falcon/docs"),
    )
    assert {root.id for root in again.inside(PurePath("/home/a"))} == {outer.id, inner.id}
    assert [root.id for root in again.inside(PurePath("/home/a/falcon/docs"))] == [inner.id]


def test_what_is_kept_of_a_path_cannot_be_read() -> None:
    root = Roots([]).add(PurePath("/home/alice/secret-project/docs"))
    assert root.label == "docs"
    assert not any(part in str(root) for part in ("alice", "secret-project", "/"))
    assert place(PurePath("/a/b")) != place(PurePath("/a/c"))


def test_labels_are_the_shortest_that_no_other_begins_with_or_ends_in() -> None:
    roots = Roots([])
    paths = ["/a/docs", "/a/otter/docs", "/b/otter/docs", "/c/otter", "/docs", "/"]
    labels = [roots.add(PurePath(path)).label for path in paths]
    assert labels == ["docs", "otter/docs", "b/otter/docs", "c/otter", "docs-2", "files"]


def test_a_label_is_not_what_old_names_or_the_sample_begin_with() -> None:
    taken = ("docs/index.md", "notes.md")
    assert Roots([]).add(PurePath("/a/docs"), taken).label == "a/docs"
    assert Roots([]).add(PurePath("/a/notes.md"), taken).label == "a/notes.md"
    assert Roots([]).add(PurePath("/a/sample"), taken).label == "a/sample"


def test_hundreds_of_roots_of_one_name_are_told_apart_in_a_moment() -> None:
    roots = Roots([])
    labels = [roots.add(PurePath(f"/work/{n}/docs")).label for n in range(500)]
    assert len(set(labels)) == 500
    assert labels[:3] == ["docs", "1/docs", "2/docs"]


def test_a_named_root_is_known_where_it_was_and_where_it_is() -> None:
    roots = Roots([])
    for number in range(20):
        root = roots.add(PurePath(f"/build/{number}/docs"), name="Falcon")
    assert (root.id, root.label, len(root.places)) == ("Falcon", "Falcon", 8)
    for number, is_known in ((19, True), (12, True), (3, False)):
        assert (roots.of(PurePath(f"/build/{number}/docs/a.md")) is not None) == is_known
    assert [r.id for r in roots.inside(PurePath("/build/19"))] == ["Falcon"]
    assert roots.inside(PurePath("/build/18")) == []


def test_of_a_named_and_an_unnamed_root_at_one_place_the_named_one_counts() -> None:
    spot = place(PurePath("/a/docs"))
    both = [Root("Falcon", "Falcon", (spot,)), Root(f"#{spot}", "docs", (spot,))]
    for known in (both, both[::-1]):
        roots = Roots(known)
        found = roots.of(PurePath("/a/docs/x.md"))
        assert found is not None
        assert found[0].id == "Falcon"
        assert len(roots.lying(PurePath("/a/docs"))) == 2


def test_a_name_that_is_anothers_label_is_refused() -> None:
    roots = Roots([])
    roots.add(PurePath("/a/docs"))
    with pytest.raises(ValueError, match="'docs' is what another folder is called"):
        roots.add(PurePath("/b"), name="docs")
    assert roots.add(PurePath("/a/docs"), name="docs").id == "docs"


def test_public_names_have_the_label_and_the_path_in_it() -> None:
    root = Root("#1", "docs")
    assert public_name(root, Path("/a/docs"), Path("/a/docs/x/y.md")) == "docs/x/y.md"
    assert public_name(root, Path("/a/docs"), Path("/a/docs")) == "docs"


def test_a_forgotten_root_is_not_found() -> None:
    roots = Roots([])
    root = roots.add(PurePath("/a/docs"))
    assert roots.of(PurePath("/a/docs/x")) is not None
    roots.forget(root.id)
    assert roots.of(PurePath("/a/docs/x")) is None
