"""The title of a text."""

import pytest

from ingest.sources.markdown.convert import extract_markdown


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("```\n# a comment\n```\n# The title", "The title"),
        ("~~~sh\n# a\n```\n# b\n~~~\n# The title #", "The title"),
        ("Quick tour\n==========\n\nText.", "Quick tour"),
        ("Quick\ntour\n---\n\nText.", "Quick tour"),
        ("## Changing the oil\n\ntext\n\n## More", "Changing the oil"),
        ("### Deep\n\n## Less deep\n", "Less deep"),
        ("## First\n\n# Main\n", "Main"),
        ("#hashtag\n\ntext", ""),
        ("no heading", ""),
        ("#   spaced \t out  \n", "spaced out"),
        ("# **Setup** of `tiny-tool` &amp; friends", "Setup of tiny-tool & friends"),
        ("# First steps { #first-steps }", "First steps"),
        ("# First steps {#first-steps .wide}", "First steps"),
        ("# First steps {: #first }", "First steps"),
        ("# Premiers pas {/* #premiers */}", "Premiers pas"),
        ("[![B](https://a/b.svg)](https://a)\n\n# [Tool](https://t) ![logo](l.png)", "Tool"),
        ('<h1 align="center">Tiny <em>tool</em></h1>\n\n## Install', "Tiny tool"),
        ("<h1>\n  <img src=a.png alt='Tiny tool'>\n</h1>\n", "Tiny tool"),
        ("<head><title>Old page</title></head>\n\nText", "Old page"),
        ("# _Never_ `<div>` twice :tada:", "Never <div> twice"),
        ("# snake\\_case and \\*star", "snake_case and *star"),
        ('<div hidden>\n\n# Draft\n\n</div>\n\n# Real "one"', 'Real "one"'),
        ("# A ##", "A"),
        ("#  A# ", "A#"),
        ("# A # b #", "A # b"),
        ("#\tA\t#", "A"),
    ],
)
def test_titles(markdown: str, title: str) -> None:
    assert extract_markdown(markdown).title == title
