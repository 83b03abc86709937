"""What stands in front of a text about it, in all its forms."""

import pytest

from ingest.sources.markdown.convert import extract_markdown
from ingest.sources.markdown.front_matter import part_front_matter

DETAILS = {"description": "How to mend one", "tags": "roof, slate", "slug": "mend-roofs"}


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Roofs\ndescription: How to mend one\ntags: [roof, slate]\n"
        "slug: mend-roofs\n---",
        "---\r\ntitle: Roofs\r\ndescription: How to mend one\r\ntags:\r\n  - roof\r\n  - slate\r\n"
        "slug: mend-roofs\r\n---\r\n",
        "\ufeff---\nTitle: Roofs # working title\nsummary: >-\n  How to\n  mend one\n"
        "tags: roof, slate\nslug: 'mend-roofs'\n...",
        '+++\ntitle = "Roofs"\ndescription = "How to mend one"\nslug = "mend-roofs"\n'
        '[taxonomies]\ntags = ["roof", "slate"]\n+++',
        '{\n "title": "Roofs", "description": "How to mend one",\n "tags": ["roof", "slate"],\n'
        ' "slug": "mend-roofs"\n}',
        ';;;\n{"title": "Roofs", "description": "How to mend one", "tags": "roof,slate",'
        ' "slug": "mend-roofs"}\n;;;',
        "Title: Roofs\nDate: 2024-01-01\nDescription: How to\n  mend one\nTags: roof, slate\n"
        "Slug: mend-roofs\n",
        "---\nlayout: page\nseo:\n  description: How to mend one\n  slug: mend-roofs\n"
        "tags:\n  - {name: roof}\n  - name: slate\ntitle: Roofs\nnested:\n  title: Other\n---",
        "---\ntitle: Roofs: all of them {{ x }}\ndescription: How to mend one\n"
        "tags: roof, slate\nslug: mend-roofs\n---",
    ],
    ids=["yaml", "crlf", "bom", "toml", "json", "json signs", "bare", "nested", "broken"],
)
def test_every_form_is_read_and_is_no_text(front: str) -> None:
    found = extract_markdown(f"{front}\n\nSlates are nailed twice.\n")
    assert found.text == "Slates are nailed twice."
    assert found.title.startswith("Roofs")
    assert found.details == DETAILS


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Plain words", "Plain words"),
        ("title: 'Anna''s kitchen'", "Anna's kitchen"),
        ('title: "The \\"Blue\\" room"', 'The "Blue" room'),
        ('title: "From: above"\ntags:\n  - a\n- b', "From: above"),
        ("title: >-\n  A very long\n  title", "A very long title"),
        ("title: |\n  A block\n", "A block"),
        ("title: 1.10", "1.10"),
        ("title: 2024-01-01", "2024-01-01"),
        ("title: Use `tiny-tool` &amp; **friends** {#top}", "Use tiny-tool & friends"),
        ("title: __init__ and *args", "__init__ and *args"),
        ("title: The {{HTTPHeader('Accept')}} header", "The Accept header"),
        ("title: !ENV [A, b]", "H"),
        ("title:", "H"),
        ("title: null", "H"),
        ("title:\n  en: Nested", "H"),
        ("date: 2024-01-01", "H"),
        ("sidebar_label: In the menu", "H"),
        ("", "H"),
        ('title: "', '"'),
    ],
)
def test_titles_of_front_matter(front: str, title: str) -> None:
    assert extract_markdown(f"---\n{front}\n---\n# H\n").title == title


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("Teil 2: Die Pumpe's Lauf", "Teil 2: Die Pumpe's Lauf"),
        ("第二章: 給水", "第二章: 給水"),
        ("@decorators", "@decorators"),
        ("`ls` and more", "ls and more"),
        ("*args", "*args"),
    ],
)
def test_what_is_not_quoted_takes_nothing_else_along(value: str, title: str) -> None:
    front = f"title: {value}\ntags:\n  - Pumpe\n  - Wasser\ndescription: >\n  Wie sie\n  läuft."
    found = extract_markdown(f"---\n{front}\n---\nText.")
    assert (found.text, found.title) == ("Text.", title)
    assert found.details == {"description": "Wie sie läuft.", "tags": "Pumpe, Wasser"}


def test_the_name_in_menus_is_the_last_resort() -> None:
    assert extract_markdown("---\nsidebar_label: In the menu\n---\nText.").title == "In the menu"
    assert extract_markdown("---\nlinkTitle: Short\n---\n## Long\n").title == "Long"


def test_the_block_of_pandoc() -> None:
    found = extract_markdown("% A title\n% Anna Example\n% May 2024\n\nText.")
    assert (found.title, found.text) == ("A title", "Text.")


@pytest.mark.parametrize(
    "text",
    [
        "---\nA letter that begins with a rule.\n---\nAnd goes on.",
        '{"title": "all of it", "is": "data"} and more',
        "{{< shortcode >}}\ntext",
        '{\n "other": 1\n}\ntext',
        "+++\nnot closed",
        "---\ntitle: not closed\n\ntext",
        "Note: a text may begin so.\n\nAnd go on.",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert part_front_matter(text) == (None, text)


def test_front_matter_alone_leaves_no_text() -> None:
    found = extract_markdown("---\ntitle: Guides\nweight: 10\n---\n")
    assert (found.text, found.title) == ("", "Guides")


@pytest.mark.parametrize(
    "front",
    ["a: " + "[" * 20_000, "- " * 20_000, "a: &a [*a, *a]\ntags: *a", "x: " + "{" * 5_000],
)
def test_a_hostile_one_is_read_as_far_as_it_goes(front: str) -> None:
    assert extract_markdown(f"---\ntitle: T\n{front}\n---\nText.").text.endswith("Text.")


@pytest.mark.parametrize(
    ("front", "shown"),
    [
        (
            "---\n# Welcome\n\n- alpha one\n- beta two\n\n---",
            "# Welcome\n\n- alpha one\n- beta two",
        ),
        ("---\n- alpha\n- beta\n\n---", "- alpha\n- beta"),
        ("---\n# Notes\n---", "# Notes"),
        ("\ufeff---\n# Hinweis: Wartung\n\n...", "# Hinweis: Wartung\n\n..."),
        ("---\n# Open [a\n- x\n\n---", "# Open [a\n\n- x"),
        ("+++\n# Welcome\n+++", "# Welcome"),
    ],
)
def test_text_between_rules_is_no_front_matter(front: str, shown: str) -> None:
    assert extract_markdown(f"{front}\n\nMore text.").text == f"{shown}\n\nMore text."


@pytest.mark.parametrize("inner", ["", "\n", "# layout: page\n# title = x\n", "# about\nid: 1\n"])
def test_an_empty_front_is_one_all_the_same(inner: str) -> None:
    fields, text = part_front_matter(f"---\n{inner}---\nText")
    assert fields is not None
    assert text == "Text"


@pytest.mark.parametrize(
    "front",
    [
        "---yaml\ntitle: 水泵\ntags: a, b\n---",
        '---toml\ntitle = "水泵"\ntags = ["a", "b"]\n---',
        '---json\n{"title": "水泵", "tags": ["a", "b"]}\n---',
        '---\n{"title": "水泵", "tags": ["a", "b"]}\n---',
        "<!--\n.. title: 水泵\n.. tags: a, b\n.. date: 2024-01-01\n-->",
        "---\ntitle: 水泵\nmyst:\n  html_meta:\n    keywords: a, b\n---",
    ],
)
def test_other_forms(front: str) -> None:
    found = extract_markdown(f"{front}\n\nText.")
    assert (found.text, found.title, found.details) == ("Text.", "水泵", {"tags": "a, b"})
