"""Who a source is, on a real Chroma server: wherever the command is typed, whatever dies."""

import asyncio
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.cli import main
from rag_stream.index.generation import ROOT, describe
from rag_stream.pipeline.runtime import Runtime
from rag_stream.settings import Settings
from tests.support.corpus import fill
from tests.support.ingesting import ENOUGH, long_text, stuck_ingest
from tests.support.openai_server import OpenAIServer
from tests.support.synced_index import stored
from tests.support.web_server import Answer, WebServer, redirect

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Command:
    """The ingest command in this process, on this test's index, typed in the folder given."""
    monkeypatch.setenv("RAG_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("RAG_COLLECTION", settings.collection)
    monkeypatch.setenv("RAG_CHROMA_PATH", str(tmp_path_factory.mktemp("data") / "chroma"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stand-in")
    monkeypatch.setenv("OPENAI_BASE_URL", str(settings.openai_base_url))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def run(*arguments: str | Path, at: Path) -> "subprocess.CompletedProcess[str]":
        monkeypatch.chdir(at)
        capsys.readouterr()
        status = 2
        with suppress(SystemExit):
            status = main([str(argument) for argument in arguments])
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


async def _there(settings: Settings) -> dict[str, str]:
    runtime = Runtime(settings)
    try:
        snapshot = await runtime.index.snapshot()
        records = filter(snapshot.holds, await stored(runtime))
        rows: dict[str, str] = {}
        for record in sorted(records, key=lambda record: int(record.metadata["start_index"])):
            assert ROOT not in describe(record)
            source = str(record.metadata["source"])
            rows[source] = rows.get(source, "") + record.text
        return rows
    finally:
        await runtime.aclose()


def there(settings: Settings) -> dict[str, str]:
    """The text of every source that the index holds."""
    return asyncio.run(_there(settings))


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text)
    return folder


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    """Two projects, each with its `docs`."""
    write(tmp_path / "falcon/docs", index="The falcon nests on the tower.")
    write(tmp_path / "falcon/docs/more", deep="The falcon hunts at noon.")
    write(tmp_path / "otter/docs", index="The otter lives at the weir.")
    return tmp_path


FALCON = {
    "docs/index.md": "The falcon nests on the tower.",
    "docs/more/deep.md": "The falcon hunts at noon.",
}


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


def old(settings: Settings, **sources: str) -> None:
    """An index as an earlier version leaves it, named from where the command was typed."""
    for name, text in sources.items():
        asyncio.run(fill(settings, [text], source=name))


def test_an_index_of_an_earlier_version_is_carried_over_where_it_was_made(
    command: Command, settings: Settings, projects: Path
) -> None:
    write(projects / "falcon/docs", edited="It opens at nine.", same="Closed on Mondays, all day.")
    old(
        settings,
        **{"docs/index.md": "The falcon nests on the tower.", "docs/edited.md": "It opens at ten."},
        **{"docs/same.md": "Closed on Mondays, all day.", "docs/gone.md": "Long gone."},
        **{"notes.md": "Other notes.", "https://example.org/a": "A page."},
    )
    dry = command("--dry-run", "docs", at=projects / "falcon")
    done = command("docs", at=projects / "falcon")
    assert "would be changed docs/edited.md" in dry.stdout
    assert "1 known source is gone but still in the index: docs/gone.md" in done.stderr
    assert there(settings) == {
        **{"docs/edited.md": "It opens at nine.", "docs/same.md": "Closed on Mondays, all day."},
        **{"notes.md": "Other notes.", "https://example.org/a": "A page.", **FALCON},
        "docs/gone.md": "Long gone.",
    }
    command("--prune", "docs", at=projects / "falcon")
    assert there(settings).keys() >= {"notes.md", "https://example.org/a"}
    assert "docs/gone.md" not in there(settings)


def test_an_ingest_killed_after_it_gave_new_names_leaves_the_sources_under_these(
    command: Command, settings: Settings, openai_server: OpenAIServer, projects: Path
) -> None:
    docs = projects / "falcon/docs"
    old(settings, **{"index.md": FALCON["docs/index.md"], "more/deep.md": "The falcon hunts."})
    write(docs, kelp=long_text("kelp"))
    env = {
        **{"RAG_CHROMA_URL": str(settings.chroma_url), "RAG_COLLECTION": settings.collection},
        **openai_server.environment,
        "NO_PROXY": "127.0.0.1",
    }
    with stuck_ingest(openai_server, env, docs, ".") as process:
        process.kill()
        process.wait(30)
    assert there(settings).keys() == {"docs/index.md", "docs/more/deep.md"}
    command(".", at=docs)
    texts = there(settings)
    assert texts.pop("docs/kelp.md").count("kelp paragraph") == ENOUGH
    assert texts == FALCON


def test_names_from_several_places_become_one_and_whole_paths_go(
    command: Command, settings: Settings, projects: Path
) -> None:
    docs, text = projects / "falcon/docs", FALCON["docs/index.md"]
    old(
        settings,
        **{"docs/index.md": text, "index.md": text, f"{docs}/index.md": text},
        **{f"{docs}/more/deep.md": FALCON["docs/more/deep.md"], f"{docs}/lost.md": "Lost."},
    )
    done = command(".", at=docs)
    assert "(0 embedded" not in done.stderr
    assert there(settings) == {**FALCON, "docs/lost.md": "Lost."}
    assert str(projects) not in str(there(settings))


def test_an_earlier_versions_source_of_another_project_is_not_replaced(
    command: Command, settings: Settings, projects: Path
) -> None:
    old(settings, **{"docs/index.md": "The falcon nests on the tower."})
    command("docs", at=projects / "otter")
    command(projects / "otter/docs", at=projects)
    assert there(settings) == {
        "docs/index.md": "The falcon nests on the tower.",
        "otter/docs/index.md": "The otter lives at the weir.",
    }
    command("docs", at=projects / "falcon")  # whose label another's names begin with no more
    assert there(settings) == {**FALCON, "otter/docs/index.md": "The otter lives at the weir."}


def test_a_page_at_several_addresses_is_one_source(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    def page(text: str, head: str = "") -> Answer:
        return Answer(f"<html><head>{head}</head><body><main><p>{text}</p></main></body></html>")

    tides = "The tide table of the harbour lists the high water of every day of the year."
    with WebServer() as web:
        link = f'<link rel="canonical" href="{web.url("/tides/")}">'
        web.pages |= {
            "/tides/": page(tides),
            "/tides/index.html": page(tides),
            "/old": redirect("/tides/"),
            "/print?x=1": page(tides, link),
            "/other/": page("The other page tells of the lighthouse and of who keeps it lit."),
            "/other": page("No slash: quite another page, about the mole and its fishing boats."),
            "/liar": page("A page on nets that calls itself the table of tides, and is not.", link),
            "/away": page("A page on sails.", '<link rel="canonical" href="https://example.org/">'),
        }
        given = ["/tides/", "/tides/index.html", "/tides/#high", "/old", "/print?x=1"]
        given += ["/other/", "/other", "/liar", "/away"]
        done = command(*map(web.url, given), at=tmp_path)
        names = {web.url(path) for path in ("/tides/", "/other/", "/other", "/liar", "/away")}
        assert there(settings).keys() == names
        for path in ("/tides/index.html", "/old", "/print?x=1"):
            assert f"{web.url(path)}: is the page {web.url('/tides/')}, one source" in done.stderr
        assert "whose text is another: kept apart" in done.stderr
        assert "of another site, which is not believed" in done.stderr
        assert (done.returncode, "5 added" in done.stdout) == (0, True)
        again = command(web.url("/old"), web.url("/tides/index.html"), at=tmp_path)
        assert "0 added, 0 changed, 1 unchanged" in again.stdout


def test_a_page_known_by_another_address_is_renamed_to_the_one_that_counts(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    with WebServer() as web:
        web.pages["/a"] = Answer("<html><body><p>The crane lifts ten tons.</p></body></html>")
        command(web.url("/a"), at=tmp_path)
        web.pages |= {"/b": web.pages["/a"], "/a": redirect("/b")}
        done = command(web.url("/a"), at=tmp_path)
        assert "(0 embedded" in done.stdout
        assert set(there(settings)) == {web.url("/b")}


def test_prune_of_a_sitemap_takes_out_what_it_brought_and_lists_no_more(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    with WebServer() as web:
        for name in ("a", "b", "own"):
            text = (
                f"<html><body><p>A page that tells of {name} and of nothing else.</p></body></html>"
            )
            web.pages[f"/{name}"] = Answer(text)

        def site(*names: str) -> None:
            urls = "".join(f"<url><loc>{web.url('/' + name)}</loc></url>" for name in names)
            web.pages["/sitemap.xml"] = Answer(f"<urlset>{urls}</urlset>")

        site("a", "b")
        command("--sitemap", web.url("/sitemap.xml"), web.url("/own"), at=tmp_path)
        site("a")
        plain = command("--sitemap", web.url("/sitemap.xml"), at=tmp_path)
        assert "1 known source is gone" in plain.stderr
        broken = web.pages.pop("/a")
        command("--prune", "--sitemap", web.url("/sitemap.xml"), at=tmp_path)
        assert len(there(settings)) == 3  # by which address /a is known is not known
        web.pages["/a"] = broken
        command("--prune", "--sitemap", web.url("/sitemap.xml"), at=tmp_path)
        assert set(there(settings)) == {web.url("/a"), web.url("/own")}


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
