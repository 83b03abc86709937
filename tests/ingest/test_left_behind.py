"""Folders that were moved: what is told of what is known of them from before."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.left_behind import Placed, left_behind
from ingest.sources.roots import Roots

PAGES = {f"/{n}.md": f"Page {n} is about pump {n}, which hums at night." for n in range(20)}


async def lines(
    tmp_path: Path,
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    was: str = "old/docs",
    to: str = "new/docs",
    name: str | None = None,
    is_file: bool = False,
) -> list[str]:
    """What is told of sources that were at `was`, by their paths, where others are at `to` now."""
    roots = Roots([])
    old = roots.add(tmp_path / was, is_file=is_file)
    new = roots.add(tmp_path / to, name=name, is_file=is_file)
    texts = {f"{old.label}{path}": text for path, text in before.items()}
    known = dict.fromkeys(texts, old.id)
    texts |= {f"{new.label}{path}": text for path, text in now.items()}
    known |= {f"{new.label}{path}": new.id for path in now}

    async def some(sources: list[str]) -> Mapping[str, str]:
        assert len(sources) <= 12
        return {source: texts[source] for source in sources if source in texts}

    return await left_behind([Placed(new, tmp_path / to)], [old], known, some)


async def test_what_is_gone_for_certain_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "manual").mkdir()
    assert await lines(tmp_path, PAGES, PAGES, was="docs", to="manual") == [
        "docs is gone, and 20 known sources of it are still in the index; manual has the same "
        "texts: `python -m ingest --remove docs` takes the old ones out; with --as NAME a folder "
        "is the same one wherever it lies"
    ]


async def test_where_nobody_can_look_it_may_have_been_moved(tmp_path: Path) -> None:
    (line,) = await lines(tmp_path, PAGES, PAGES, was="a b/c d", to="x/y/docs", name="Handbook")
    assert line == (
        "Handbook has the same texts as c d, known from another place; if that folder was moved, "
        "20 known sources of it are still in the index: `python -m ingest --remove 'c d'` takes "
        "the old ones out; with --as NAME a folder is the same one wherever it lies"
    )


async def test_a_file_is_a_file(tmp_path: Path) -> None:
    one = {"": "The pump hums at night, and nobody minds."}
    (line,) = await lines(tmp_path, one, one, was="a.md", to="b.md", is_file=True)
    assert line == (
        "a.md is gone, and 1 known source of it is still in the index; b.md has the same texts: "
        "`python -m ingest --remove a.md` takes the old ones out"
    )


@pytest.mark.parametrize("was", ["docs", "old/docs"])
async def test_a_copy_beside_it_is_none_of_it(tmp_path: Path, was: str) -> None:
    (tmp_path / was).mkdir(parents=True)
    assert await lines(tmp_path, PAGES, PAGES, was=was, to="old/copies/docs") == []


async def test_other_texts_of_the_same_names_are_another_folder(tmp_path: Path) -> None:
    others = {path: f"Quite another text of {path} and its owls." for path in PAGES}
    assert await lines(tmp_path, PAGES, others) == []
    assert await lines(tmp_path, PAGES, {}) == []
    assert await lines(tmp_path, {}, PAGES) == []
    few = dict(list(PAGES.items())[:5])
    assert await lines(tmp_path, PAGES, few) == []
    assert len(await lines(tmp_path, few, PAGES)) == 1


async def test_some_may_have_been_edited_meanwhile(tmp_path: Path) -> None:
    edited = {
        path: text if int(path[1:-3]) % 4 else "This page is written anew, about owls."
        for path, text in PAGES.items()
    }
    assert len(await lines(tmp_path, PAGES, edited)) == 1
