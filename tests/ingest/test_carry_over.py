"""Names of earlier versions: which of them mean the files that are given now."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from langchain_core.documents import Document

from ingest.carry_over import is_same, recognised
from ingest.sources.discover import FileSource, find_sources
from rag_stream.errors import SourceError

LONG = "The falcon nests on the tower of the old town hall and hunts above the river at noon. "
OTHER = "The otter lives at the weir below the mill, where it swims and sleeps all winter long. "


def write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


async def known(base: Path, given: str, stored: Mapping[str, str]) -> dict[str, str]:
    """Of what is stored, which names mean what, by the end of its path."""

    async def read(source: FileSource) -> Document:
        if source.path.name == "bad.md":
            raise SourceError("bad.md: no text")
        if source.path.name == "worse.md":
            raise AttributeError("which no reader should raise")
        return Document(source.path.read_text())

    async def texts(sources: list[str]) -> Mapping[str, str]:
        return {name: stored[name] for name in sources}

    found = find_sources([given], base=base).sources
    path = (base / given).resolve()
    names = await recognised(found, stored, base=base, given=[path], read=read, texts=texts)
    return {name: real.as_posix() for name, real in names.items()}


async def test_typed_where_it_was_typed_before(tmp_path: Path) -> None:
    write(tmp_path, {"docs/a.md": LONG, "docs/b.md": LONG + OTHER, "notes/x.md": LONG})
    stored = {"docs/a.md": LONG, "docs/b.md": OTHER, "docs/gone.md": "Gone.", "notes/x.md": LONG}
    assert await known(tmp_path, "docs", stored) == {
        name: str(tmp_path / name) for name in ("docs/a.md", "docs/b.md", "docs/gone.md")
    }


async def test_typed_elsewhere_it_is_known_by_its_text(tmp_path: Path) -> None:
    write(tmp_path, {"p/docs/a.md": LONG, "p/docs/b.md": LONG})
    for base, given in ((tmp_path, "p/docs"), (tmp_path / "p/docs", "."), (tmp_path, "p")):
        for prefix in ("docs/", "", "p/docs/"):
            stored = {f"{prefix}{name}.md": LONG for name in ("a", "b", "gone")}
            here = ["a", "b"]
            # The others may be of any folder, unless their names lead through the one given.
            if prefix == "p/docs/" or (prefix == "docs/" and given != "p"):
                here.append("gone")
            want = {f"{prefix}{n}.md": str(tmp_path / f"p/docs/{n}.md") for n in here}
            assert await known(base, given, stored | {"sample/x.md": LONG}) == want


async def test_another_projects_names_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {"p/docs/a.md": LONG, "p/docs/b.md": LONG, "p/docs/licence.md": "Free."})
    stored = {"docs/a.md": OTHER, "docs/b.md": OTHER, "docs/licence.md": "Free."}
    for base, given in ((tmp_path / "p", "docs"), (tmp_path, "p"), (tmp_path / "p/docs", ".")):
        assert await known(base, given, stored) == {}


async def test_whole_paths_mean_one_place_whatever_is_there(tmp_path: Path) -> None:
    write(tmp_path, {"docs/a.md": LONG})
    here, beside = f"{tmp_path}/docs/", f"{tmp_path}/docs-2/a.md"
    stored = {f"{here}a.md": OTHER, f"{here}gone.md": OTHER, beside: LONG}
    assert await known(tmp_path, "docs", stored) == {
        f"{here}{name}.md": f"{here}{name}.md" for name in ("a", "gone")
    }


async def test_a_name_that_a_file_has_is_not_taken_for_one_that_is_gone(tmp_path: Path) -> None:
    write(tmp_path, {"docs/index.md": LONG, "docs/bad.md": "x"})
    stored = {"docs/index.md": LONG, "index.md": LONG, "bad.md": "x"}
    assert await known(tmp_path / "docs", ".", stored) == {
        **dict.fromkeys(("docs/index.md", "index.md"), str(tmp_path / "docs/index.md")),
        "bad.md": str(tmp_path / "docs/bad.md"),
    }


async def test_where_nothing_can_be_read_nothing_is_known(tmp_path: Path) -> None:
    for bad in ("docs/bad.md", "docs/worse.md"):
        write(tmp_path, {bad: "x"})
        assert await known(tmp_path, "docs", {bad: "x"}) == {}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (LONG, LONG + OTHER, True),
        (LONG + OTHER, OTHER + LONG, True),
        (LONG + OTHER, OTHER, False),
        (LONG, OTHER, False),
        ("The bill of 2024 is 1,310 euros.", "The bill of 2025 is 1,482 euros.", False),
        ("Two words", "two  WORDS!", True),
        ("Two words", "Other words", False),
        ("", "", True),
    ],
)
def test_texts_are_the_same_where_half_of_their_runs_are(old: str, new: str, *, same: bool) -> None:
    assert is_same(old, new) == same
