"""The command line of `python -m ingest`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.remains import Remains
from ingest.sources.names import is_root_name, shown
from rag_stream.errors import RagError, SettingsError

if TYPE_CHECKING:
    from rag_stream.settings import Settings


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Fill the index with documents, or bring it up to date with them.",
        epilog="Running it again reads and embeds only what changed. Exit status: 0 all went in, "
        "1 a source could not be read or more texts were left out than read (the others went "
        "in), 2 nothing could be done.",
    )
    add = parser.add_argument
    add(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="web address, file (.html, .md, .mdx, .rst, .ipynb, .org, .txt), folder",
    )
    add("--sample", action="store_true", help="the small corpus that comes with rag-stream")
    add("--sitemap", action="append", default=[], metavar="URL", help="every page a sitemap lists")
    add(
        "--css-class",
        action="append",
        metavar="CLASS",
        help="keep only elements of this class (again for more); without it post-content, "
        "post-title and post-header where a page has them, else the page's main text",
    )
    add(
        "--follow-links",
        action="store_true",
        help="follow links that lead out of a folder, too; without it they are named, left out",
    )
    add(
        "--include",
        action="append",
        default=[],
        metavar="PATTERN",
        help="read files of folders by path or name although they are no documents or of no known "
        "kind: 'node_modules', 'LICENSE*', '*.adoc' (again for more)",
    )
    add(
        "--allow-skipped",
        action="store_true",
        help="exit status 0 also where more text files were left out than read",
    )
    add(
        "--allow-private",
        action="store_true",
        help="let sitemaps and redirects lead to private, loopback and link-local addresses",
    )
    add("--as", dest="name", metavar="NAME", help="what the one folder given is called from now on")
    add(
        "--prune",
        action="store_true",
        help="take out what has vanished from the folders and sitemaps given, and nothing else",
    )
    add(
        "--remove",
        action="append",
        default=[],
        metavar="NAME",
        help="take out a source of the index by its name, or all that are in NAME/",
    )
    add("--show", metavar="SOURCE", help="print the chunks of a source, or of a part of its name")
    add(
        "--rebuild",
        action="store_true",
        help="embed the whole index anew, and cut the sources given anew",
    )
    add("--if-empty", action="store_true", help="do nothing where the index holds something")
    add("--dry-run", action="store_true", help="say what would change, write nothing")
    add("--json", action="store_true", help="one JSON object a line on standard output")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one ingest; returns the exit status."""
    options = parser().parse_intermixed_args(arguments)
    wanted = options.sources or options.sample or options.sitemap or options.remove
    if options.show is not None:
        if wanted or options.rebuild or options.prune:
            parser().error("--show only looks: expected no SOURCE, --rebuild or --prune beside it")
    elif not wanted and not options.rebuild:
        parser().error("expected a SOURCE, --sample, --sitemap URL or --rebuild, got none of them")
    if options.rebuild and (options.dry_run or options.if_empty):
        parser().error(
            "--rebuild writes to an index that is there: expected no --dry-run, --if-empty"
        )
    if options.prune and not wanted:
        parser().error("--prune takes out what is not named: expected a SOURCE, got none")
    if options.name is not None and not is_root_name(options.name):
        parser().error(
            f"--as: expected a name of at most 100 characters without / \\ : and not beginning "
            f"with . or #, got {options.name!r}"
        )
    remains = Remains()
    try:
        # Here and not at the top: they take seconds, and --help needs none of them.
        from ingest.pipeline import Request, run
        from rag_stream.credentials import settings_with_key
        from rag_stream.settings import unknown_variables

        request = Request(
            sources=tuple(options.sources),
            sample=options.sample,
            sitemaps=tuple(options.sitemap),
            css_classes=tuple(options.css_class) if options.css_class else None,
            prune=options.prune,
            rebuild=options.rebuild,
            dry_run=options.dry_run,
            if_empty=options.if_empty,
            follow_links=options.follow_links,
            include=tuple(options.include),
            allow_skipped=options.allow_skipped,
            allow_private=options.allow_private,
            as_json=options.json,
            remove=tuple(options.remove),
            name=options.name,
        )
        settings = settings_with_key()
        for line in unknown_variables():
            print(f"ingest: {line}", file=sys.stderr)
        if options.show is not None:
            return _show(options.show, settings, as_json=options.json)
        return asyncio.run(run(request, settings, remains))
    except SettingsError as error:
        print(f"ingest: {error}", file=sys.stderr)
        return 2
    except RagError as error:
        print(f"ingest: stopped: {error} ({remains})", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"ingest: interrupted ({remains})", file=sys.stderr)
        return 130


def _show(name: str, settings: "Settings", *, as_json: bool) -> int:
    from ingest.show import show

    try:
        return asyncio.run(show(name, settings, as_json=as_json))
    except RagError as error:
        print(f"ingest: {shown(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read has seen enough; Python would complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
