"""A page at several addresses; what a sitemap brought and lists no more."""

from pathlib import Path

from rag_stream.settings import Settings
from tests.support.identified import Command, there
from tests.support.web_server import Answer, WebServer, redirect


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
            "/told": Answer(
                page(tides).body,
                headers={
                    "Content-Type": "text/html",
                    "Link": f'<{web.url("/tides/")}>; rel="canonical"',
                },
            ),
            "/moved": page("Moved.", "<meta http-equiv=refresh content='0; url=/tides/'>"),
            "/other/": page("The other page tells of the lighthouse and of who keeps it lit."),
            "/other": page("No slash: quite another page, about the mole and its fishing boats."),
            "/liar": page("A page on nets that calls itself the table of tides, and is not.", link),
            "/away": page("A page on sails.", '<link rel="canonical" href="https://example.org/">'),
        }
        given = [
            "/tides/",
            "/tides/index.html",
            "/tides/#high",
            "/old",
            "/print?x=1",
            "/told",
            "/moved",
        ]
        given += ["/other/", "/other", "/liar", "/away"]
        done = command(*map(web.url, given), at=tmp_path)
        names = {web.url(path) for path in ("/tides/", "/other/", "/other", "/liar", "/away")}
        assert there(settings).keys() == names
        for path in ("/tides/index.html", "/old", "/print?x=1", "/told", "/moved"):
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
