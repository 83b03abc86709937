"""The command line of `python -m ingest`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ingest.remains import Remains
from rag_stream.errors import RagError, SettingsError


def parser() -> argparse.ArgumentParser:
    """The options, as `--help` shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Fill the index with documents, or bring it up to date with them.",
        epilog="Running it again embeds only what changed. Exit status: 0 all went in, "
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
    add("--prune", action="store_true", help="take out every source this command does not name")
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
    options = parser().parse_args(arguments)
    wanted = options.sources or options.sample or options.sitemap
    if not wanted and not options.rebuild:
        parser().error("expected a SOURCE, --sample, --sitemap URL or --rebuild, got none of them")
    if options.rebuild and (options.dry_run or options.if_empty):
        parser().error(
            "--rebuild writes to an index that is there: expected no --dry-run, --if-empty"
        )
    if options.prune and not wanted:
        parser().error("--prune takes out what is not named: expected a SOURCE, got none")
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
        )
        settings = settings_with_key()
        for line in unknown_variables():
            print(f"ingest: {line}", file=sys.stderr)
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
