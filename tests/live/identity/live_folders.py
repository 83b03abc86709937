"""Who a source is, wherever the command is typed; what goes, and what is shown."""

from pathlib import Path

from rag_stream.index.generation import ROOT
from rag_stream.settings import Settings
from tests.support.identified import FALCON, Command, old, there, write
from tests.support.web_server import Answer, WebServer


def test_a_folder_is_one_set_of_sources_however_it_is_named(
    command: Command, settings: Settings, projects: Path
) -> None:
    docs = projects / "falcon/docs"
    (projects / "link").symlink_to(docs)
    first = command("docs", at=projects / "falcon")
    assert "2 added" in first.stdout
    for at, given in (
        (docs, "."),
        (projects, "falcon/docs"),
        (projects, docs),
        (projects, "link"),
        (projects, "link/more"),
        (docs / "more", "deep.md"),
        (docs, ".."),
        (projects / "falcon", projects / "link" / "index.md"),
    ):
        again = command(given, at=at)
        assert (again.returncode, again.stderr) == (0, "")
        assert "0 added, 0 changed" in again.stdout
        assert there(settings) == FALCON


def test_folders_of_one_name_stand_side_by_side_and_keep_what_they_are_called(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("docs", at=projects / "falcon")
    command("docs", at=projects / "otter")
    both = {**FALCON, "otter/docs/index.md": "The otter lives at the weir."}
    assert there(settings) == both
    for at in (projects / "otter", projects / "falcon"):
        assert "0 added, 0 changed" in command("docs", at=at).stdout
    assert "0 added, 0 changed" in command(projects, at=projects).stdout
    assert there(settings) == both
    assert str(projects) not in str(there(settings))


def test_files_given_alone_are_told_apart_and_are_the_folders_when_that_is_given(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("index.md", at=projects / "otter/docs")
    command("index.md", at=projects / "falcon/docs")
    assert set(there(settings)) == {"index.md", "docs/index.md"}
    done = command("docs", at=projects / "falcon")
    assert "1 added, 0 changed, 1 unchanged" in done.stdout
    texts = there(settings)
    assert texts.pop("index.md") == "The otter lives at the weir."
    assert texts == FALCON


def test_a_name_is_kept_by_the_folder_and_follows_it(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("docs", at=projects / "falcon")
    named = command("--as", "Falcon", "docs", at=projects / "falcon")
    assert "renamed 2 known sources" in named.stdout
    assert "(0 embedded, 0 deleted)" in named.stdout
    wanted = {f"Falcon/{name.removeprefix('docs/')}": text for name, text in FALCON.items()}
    assert there(settings) == wanted
    assert "0 added" in command("docs", at=projects / "falcon").stdout
    (projects / "falcon/docs").rename(projects / "moved")
    assert "0 added, 0 changed" in command("--as", "Falcon", "moved", at=projects).stdout
    assert "0 added, 0 changed" in command(".", at=projects / "moved").stdout
    assert there(settings) == wanted
    taken = command("--as", "Falcon", "otter", at=projects)
    assert "2 known sources are gone" in taken.stderr  # said by name, so it is the same root


def test_a_name_that_is_anothers_or_of_no_folder_is_refused(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("docs", at=projects / "falcon")
    before = there(settings)
    other = command("--as", "docs", "docs", at=projects / "otter")
    assert (other.returncode, "what another folder is called" in other.stderr) == (2, True)
    two = command("--as", "x", "otter", "falcon", at=projects)
    assert (two.returncode, "one SOURCE that is a folder" in two.stderr) == (2, True)
    for name in ("a/b", "", " a", ".", "#a", "a\nb", "x:y"):
        refused = command("--as", name, "otter", at=projects)
        assert (refused.returncode, "--as: expected a name" in refused.stderr) == (2, True)
    assert there(settings) == before


def test_what_has_vanished_is_told_and_pruned_below_what_was_given_alone(
    command: Command, settings: Settings, projects: Path
) -> None:
    """A file that was renamed and edited: its old text goes with `--prune`."""
    falcon, otter = projects / "falcon/docs", projects / "otter/docs"
    write(otter, gone="The otter sleeps.")
    page = Answer("<html><body><p>A page about basil and thyme.</p></body></html>")
    with WebServer({"/page": page}) as web:
        command(falcon, otter, web.url("/page"), at=projects)
        url = web.url("/page")
    (falcon / "index.md").rename(falcon / "start.md")
    write(falcon, start="The falcon nests on the mast.")
    (otter / "gone.md").unlink()
    (falcon / "more/deep.md").unlink()
    write(falcon / "more", other="Another text.")

    plain = command("docs", at=projects / "falcon")
    assert (
        "ingest: 2 known sources are gone but still in the index: docs/index.md, " in plain.stderr
    )
    assert "`python -m ingest --prune docs` takes them out" in plain.stderr
    assert "docs/index.md" in there(settings)
    part = command("--prune", "docs/more", at=projects / "falcon")
    assert "removed docs/more/deep.md" in part.stdout
    assert "docs/index.md" in there(settings)
    whole = command("--prune", "docs", at=projects / "falcon")
    assert "removed docs/index.md" in whole.stdout
    left = there(settings)
    assert left.keys() == {
        *("docs/start.md", "docs/more/other.md", url),
        *("otter/docs/index.md", "otter/docs/gone.md"),
    }
    assert "known source" not in command("docs", at=projects / "falcon").stderr
    assert "removed otter/docs/gone.md" in command("--prune", ".", at=projects).stdout


def test_a_folder_inside_that_vanished_is_pruned_with_the_one_around_it(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("falcon/docs", "otter/docs", at=projects)
    command(".", at=projects)
    (projects / "otter/docs/index.md").unlink()
    (projects / "otter/docs").rmdir()
    assert "1 known source is gone" in command(".", at=projects).stderr
    command("--prune", ".", at=projects)
    assert there(settings) == FALCON


def test_what_nobody_wants_any_more_is_taken_out_by_name(
    command: Command, settings: Settings, projects: Path
) -> None:
    old(settings, **{"https://example.org/a": "A page.", "https://example.org/a/b": "Another."})
    command("falcon/docs", "otter/docs", at=projects)
    dry = command("--dry-run", "--remove", "docs", at=projects)
    assert "would be removed docs/more/deep.md" in dry.stdout
    done = command("--remove", "docs", "--remove", "https://example.org/a", at=projects)
    assert (done.returncode, "3 removed" in done.stdout) == (0, True)
    assert there(settings).keys() == {"https://example.org/a/b", "otter/docs/index.md"}
    unknown = command("--remove", "docs", at=projects)
    assert (unknown.returncode, "no source is called so" in unknown.stderr) == (1, True)


def test_show_prints_what_is_in_the_index(
    command: Command, settings: Settings, projects: Path
) -> None:
    write(
        projects / "falcon/docs", odd=f"# Odd\n\nA bell \x07 and \x1b[2J.\n\n{'More of it. ' * 20}"
    )
    command("falcon", at=projects)
    one = command("--show", "odd", at=projects)
    assert one.stdout.startswith("falcon/docs/odd.md: 1 chunks\n")
    assert "title: Odd\n" in one.stdout
    assert r"A bell \x07 and \x1b[2J." in one.stdout
    several = command("--show", "DOCS/", at=projects)
    assert several.stdout.startswith("3 sources have that in their names")
    machine = command("--show", "falcon/docs/index.md", "--json", at=projects)
    assert '"text": "The falcon nests on the tower."' in machine.stdout
    assert ROOT not in machine.stdout
    unknown = command("--show", "falcon/docs/indx.md", at=projects)
    assert unknown.returncode == 2
    assert "near it are falcon/docs/index.md" in unknown.stderr
    assert "expected no SOURCE" in command("--show", "x", "falcon", at=projects).stderr


def test_of_a_folder_that_moved_it_is_told_what_is_left_of_it_and_how_it_goes(
    command: Command, settings: Settings, projects: Path
) -> None:
    command("falcon/docs", at=projects)
    (projects / "falcon/docs").rename(projects / "manual")
    moved = command("manual", at=projects)
    assert moved.returncode == 0
    (line,) = moved.stderr.splitlines()
    assert line.startswith("ingest: manual has the same texts as docs, known from another place")
    assert "`python -m ingest --remove docs` takes the old ones out" in line
    assert command("manual", at=projects).stderr == ""
    command("--remove", "docs", at=projects)
    assert set(there(settings)) == {"manual/index.md", "manual/more/deep.md"}
    (projects / "manual").rename(projects / "handbook")
    again = command("handbook", at=projects)
    assert "manual is gone, and 2 known sources of it are still in the index" in again.stderr
    assert command("otter/docs", at=projects).stderr == ""
