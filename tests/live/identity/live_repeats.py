"""What repeats on most pages of a root: learned once, the same for a page alone and for all."""

import json
from pathlib import Path

import pytest

from rag_stream.errors import IndexEmptyError
from rag_stream.settings import Settings
from tests.support.identified import Command, there
from tests.support.ingesting import ENOUGH, long_text, stuck_ingest
from tests.support.openai_server import OpenAIServer
from tests.support.repeating import BANNER, CALL, PAGES, TOPICS, page, text_of
from tests.support.web_server import Answer, WebServer

CLEAN = {f"ferry/{name}.html": text_of(name) for name in TOPICS}
LEARNED = "2 texts that repeat at the ends of most of its 9 pages are left out of them"


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    """A folder of nine pages."""
    folder = tmp_path / "ferry"
    folder.mkdir()
    for name, html in PAGES.items():
        (folder / f"{name}.html").write_text(html)
    return folder


def test_a_page_has_the_same_text_with_all_others_alone_and_in_every_later_run(
    command: Command, settings: Settings, ferry: Path
) -> None:
    preview = command("--dry-run", ferry, at=ferry)
    assert LEARNED.replace("are", "would be") in preview.stderr
    first = command(ferry, at=ferry)
    assert (first.returncode, first.stderr) == (0, f"ingest: ferry: {LEARNED}\n")
    assert there(settings) == CLEAN
    for given in (ferry, ferry / "horn.html", ferry / "fuel.html"):
        again = command(given, at=ferry)
        assert (again.returncode, again.stderr) == (0, "")
        assert "0 added, 0 changed" in again.stdout
    changed = "The horn is sounded twice."
    (ferry / "horn.html").write_text(page("horn", changed))
    assert "0 added, 1 changed" in command("horn.html", at=ferry).stdout
    (ferry / "new.html").write_text(page("mast", "The mast is of spruce."))
    assert "1 added, 0 changed" in command("new.html", at=ferry).stdout
    texts = there(settings)
    assert changed in texts["ferry/horn.html"]
    assert "spruce" in texts["ferry/new.html"]
    assert BANNER not in str(texts)
    assert CALL not in str(texts)
    assert "0 added, 0 changed" in command(ferry, at=ferry).stdout
    shown = command("--show", "ferry/new.html", at=ferry).stdout
    assert "spruce" in shown
    assert CALL not in shown


def test_a_few_pages_say_nothing_of_what_repeats(
    command: Command, settings: Settings, ferry: Path
) -> None:
    (ferry / "fuel.html").unlink()
    (ferry / "crew.html").unlink()
    few = command(ferry, at=ferry)
    assert (few.returncode, few.stderr) == (0, "")
    assert CALL in there(settings)["ferry/horn.html"]
    for name in ("fuel", "crew"):
        (ferry / f"{name}.html").write_text(PAGES[name])
    grown = command(ferry, at=ferry)
    assert LEARNED in grown.stderr
    assert "2 added, 7 changed" in grown.stdout
    assert there(settings) == CLEAN


def test_an_index_that_was_made_without_stays_so_until_it_is_rebuilt(
    command: Command, settings: Settings, ferry: Path
) -> None:
    for name in TOPICS:  # one at a time, each in a root of its own
        command(f"{name}.html", at=ferry)
    assert "left out" not in command("--dry-run", ferry, at=ferry).stderr
    done = command(ferry, at=ferry)
    assert "0 added, 0 changed, 9 unchanged" in done.stdout
    assert LEARNED not in done.stderr
    assert CALL in there(settings)["ferry/horn.html"]
    rebuilt = command("--rebuild", "--json", ferry, at=ferry)
    events = [json.loads(line) for line in rebuilt.stdout.splitlines()]
    learned = {"event": "learned", "root": "ferry", "texts": 2, "pages": 9}
    assert learned in events
    assert there(settings) == CLEAN
    assert "0 added, 0 changed, 9 unchanged" in command(ferry, at=ferry).stdout


def test_what_was_learned_is_fixed_until_all_is_made_anew(
    command: Command, settings: Settings, ferry: Path
) -> None:
    command(ferry, at=ferry)
    other = "Write to the new office on the quay, every day from nine."
    for name, html in PAGES.items():
        (ferry / f"{name}.html").write_text(html.replace(CALL, other))
    done = command(ferry, at=ferry)
    assert "0 added, 9 changed" in done.stdout
    assert LEARNED not in done.stderr
    texts = there(settings)
    assert all(text.endswith(other) for text in texts.values())
    assert BANNER not in str(texts)
    few = command("--rebuild", ferry / "horn.html", at=ferry)
    assert LEARNED not in few.stderr
    assert there(settings) == texts
    assert LEARNED in command("--rebuild", ferry, at=ferry).stderr
    assert there(settings) == CLEAN


def test_it_goes_where_the_root_goes(command: Command, settings: Settings, ferry: Path) -> None:
    command(ferry, at=ferry)
    named = command("--as", "Otter", ferry, at=ferry)
    assert "0 added, 0 changed, 9 unchanged" in named.stdout
    assert "left out" not in named.stderr
    assert "0 added, 0 changed" in command("horn.html", at=ferry).stdout
    moved = ferry.rename(ferry.parent / "elsewhere")
    assert "0 added, 0 changed" in command("--as", "Otter", moved, at=moved).stdout
    texts = there(settings)
    assert texts == {name.replace("ferry", "Otter"): text for name, text in CLEAN.items()}


def test_folders_that_become_one_keep_the_texts_of_each(
    command: Command, settings: Settings, ferry: Path
) -> None:
    other, call = ferry.parent / "tug", "The tug's own crew wants old ropes and tins of paint."
    other.mkdir()
    for name, html in PAGES.items():
        (other / f"{name}.html").write_text(html.replace(CALL, call))
    for folder in (ferry, other):
        assert LEARNED in command(folder, at=folder).stderr
    before = there(settings)
    assert call not in str(before)
    one = command("--as", "fleet", ferry.parent, at=ferry.parent)
    assert (one.returncode, one.stderr) == (0, "")
    assert "0 added, 0 changed, 18 unchanged" in one.stdout
    assert there(settings) == {f"fleet/{name}": text for name, text in before.items()}
    (other / "horn.html").write_text(page("horn", "Twice.").replace(CALL, call))
    assert "0 added, 1 changed" in command("horn.html", at=other).stdout
    assert call not in str(there(settings))


def test_pages_that_are_taken_by_their_classes_stay_as_they_are(
    command: Command, settings: Settings, ferry: Path
) -> None:
    for name, html in PAGES.items():
        (ferry / f"{name}.html").write_text(html.replace('"b2"', '"post-content"'))
    done = command(ferry, at=ferry)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(there(settings).values()) == {CALL}


def test_with_the_reference_profile_pages_stay_as_they_are(
    command: Command, settings: Settings, ferry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_PROFILE", "reference")
    done = command(ferry, at=ferry)
    assert "9 added" in done.stdout
    assert "left out" not in done.stderr
    assert all(CALL in text and BANNER in text for text in there(settings).values())


def test_pages_of_the_web_share_it_with_their_part_of_the_site(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    with WebServer() as web:
        web.pages |= {f"/ferry/{name}": Answer(html) for name, html in PAGES.items()}
        web.pages["/ferry/mast"] = Answer(page("mast", "The mast is of spruce."))
        web.pages["/else"] = Answer(page("else", "A page of others, on the same host."))
        urls = "".join(f"<url><loc>{web.url('/ferry/' + name)}</loc></url>" for name in TOPICS)
        web.pages["/sitemap.xml"] = Answer(f"<urlset>{urls}</urlset>")
        clean = {web.url(f"/ferry/{name}"): text_of(name) for name in TOPICS}
        first = command("--sitemap", web.url("/sitemap.xml"), at=tmp_path)
        host = web.url("/").removeprefix("http://")
        assert first.stderr == f"ingest: {host}ferry/: {LEARNED}\n"
        assert there(settings) == clean
        asked = [path for path, _ in web.requests]
        assert sorted(asked) == sorted(["/sitemap.xml", *(f"/ferry/{name}" for name in TOPICS)])
        for given in (["/ferry/horn"], ["/ferry/fuel#x", "/ferry/crew"]):
            again = command(*map(web.url, given), at=tmp_path)
            assert "0 added, 0 changed" in again.stdout
        more = command(web.url("/ferry/mast"), web.url("/else"), at=tmp_path)
        assert "2 added" in more.stdout
        texts = there(settings)
        assert CALL not in texts[web.url("/ferry/mast")]
        assert CALL in texts[web.url("/else")]


def test_an_ingest_killed_after_it_has_learned_leaves_what_the_next_one_goes_by(
    command: Command, settings: Settings, openai_server: OpenAIServer, ferry: Path
) -> None:
    (ferry / "a.html").write_text(page("a", long_text("kelp").replace("\n\n", "</p><p>")))
    env = {
        **{"RAG_CHROMA_URL": str(settings.chroma_url), "RAG_COLLECTION": settings.collection},
        **openai_server.environment,
        "NO_PROXY": "127.0.0.1",
    }
    with stuck_ingest(openai_server, env, ferry, ".") as process:
        process.kill()
        process.wait(30)
    with pytest.raises(IndexEmptyError):
        there(settings)
    alone = command("horn.html", at=ferry)
    assert (alone.returncode, alone.stderr) == (0, "")
    assert there(settings) == {"ferry/horn.html": text_of("horn")}
    rest = command(".", at=ferry)
    assert (rest.returncode, rest.stderr) == (0, "")
    assert "9 added, 0 changed, 1 unchanged" in rest.stdout
    texts = there(settings)
    assert texts.pop("ferry/a.html").count("kelp paragraph") == ENOUGH
    assert texts == CLEAN
