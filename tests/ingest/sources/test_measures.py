"""What is counted of a page's parts."""

import pytest
from lxml import html

from ingest.sources.measures import measure
from ingest.sources.unseen import remove


@pytest.mark.parametrize(
    ("part", "choices", "fields"),
    [
        ("<button>Ja</button>", 1, 0),
        ("<button class=x></button>", 1, 0),
        ("<button><img src=a></button>", 1, 0),
        ("<button></button>", 0, 0),
        ("<select><option>Oui</select>", 1, 0),
        ("<input type=checkbox>", 1, 0),
        ("<input type=email name=a>", 1, 0),
        ("<input name=search_word>", 1, 0),
        ("<input name=author>", 1, 1),
        ("<textarea name=comment></textarea>", 0, 1),
    ],
)
def test_what_asks_its_readers(part: str, choices: int, fields: int) -> None:
    box = html.fromstring(f"<div class=a>Text{part}</div>")
    size = measure(box)[box]
    assert (size.choices, size.fields) == (choices, fields)


@pytest.mark.parametrize("words", ["Copy", "Kopieren", "Copier"])
def test_a_button_that_was_emptied_counts_no_more(words: str) -> None:
    box = html.fromstring(f"<div class=a>Text<button class=copy>{words}</button></div>")
    assert measure(box)[box].choices == 1
    remove(box[0])
    assert measure(box)[box].choices == 0


def test_pieces_of_code_are_counted() -> None:
    box = html.fromstring("<div class=a><pre>a</pre><div class=b><pre>b</pre></div></div>")
    sizes = measure(box)
    assert (sizes[box].code, sizes[box[1]].code) == (2, 1)
