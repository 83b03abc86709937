"""Org files: what their readers see, as plain Markdown."""

import pytest

from ingest.sources.org import extract_org

TEXT = """\
#+TITLE: The *lamp* shop
#+DESCRIPTION: What we sell
#+FILETAGS: :lamps:oil:
# a comment
:PROPERTIES:
:ID: secret
:END:

Opening =a_b= and ~c*d*~ and /slanted/ *bold* _under_ +old+ words, 3*4*5.
See [[https://a.b/c][the plan]] and [[file:x.org]] on <2024-05-01 Wed>.[fn:1]

* TODO [#A] First part :tag:noted:
SCHEDULED: <2024-05-01 Wed>
:LOGBOOK:
secret
:END:
- one
  1. two

** Table
#+CAPTION: Prices
| Plan | Cost |
|------+------|
| Gull | 3    |

#+BEGIN_SRC python -n
# stays *so*
,* x
#+END_SRC
#+begin_quote
quoted /text/
#+end_quote
: literal *x*
#+begin_comment
secret
#+end_comment
* COMMENT Hidden
secret
** Below
secret
* Private :noexport:
secret
* Last
#+INCLUDE: "other.org" :lines "1-5"
[fn:1] The note.
"""


def test_what_readers_see() -> None:
    found = extract_org(TEXT.replace("\n", "\r\n"))
    assert found.title == "The lamp shop"
    assert found.details == {"description": "What we sell", "tags": "lamps, oil"}
    assert found.includes == ("other.org",)
    assert found.text == (
        "Opening `a_b` and `c*d*` and slanted bold under old words, 3*4*5.\n"
        "See the plan and x.org on 2024-05-01 Wed.[^1]\n\n"
        "# First part\n\n- one\n  1. two\n\n## Table\n\nPrices\n\n"
        "| Plan | Cost |\n| --- | --- |\n| Gull | 3 |\n\n"
        "```python\n# stays *so*\n* x\n```\n\n> quoted text\n\n    literal *x*\n\n"
        "# Last\n\n[^1] The note."
    )


def test_the_first_headline_is_the_title_where_none_is_given() -> None:
    assert extract_org("Text\n* Lamps =x=\n** More").title == "Lamps x"
    assert extract_org("Text").title == ""


@pytest.mark.parametrize("stray", [":note:", ":END:", ":end:", "  :Logbook:", "#+begin_comment"])
def test_what_nothing_ends_hides_nothing(stray: str) -> None:
    text = extract_org(f"* Kapitel\n{stray}\nText eins.\n\n* Zwei\nText zwei.").text
    assert "Text eins." in text
    assert text.endswith("# Zwei\n\nText zwei.")


@pytest.mark.parametrize("name", [":note:", ":LOGBOOK:", ":Properties:"])
@pytest.mark.parametrize("end", [":END:", ":end:", "  :End:  "])
def test_a_drawer_ends_before_the_next_headline(name: str, end: str) -> None:
    assert extract_org(f"* A\n{name}\nsecret\n{end}\nText").text == "# A\n\nText"
    text = extract_org(f"* A\n{name}\nshown\n* B\n{end}\nText").text
    assert "shown" in text
    assert text.endswith("# B\n\nText")


@pytest.mark.parametrize("name", ["src", "example", "quote", "COMMENT"])
def test_a_block_that_nothing_ends_is_none(name: str) -> None:
    text = extract_org(f"Text\n\n#+begin_{name}\nmore\n\n* B\nend").text
    assert text.endswith("more\n\n# B\n\nend")


def test_a_word_that_a_drawer_could_be_called_stays() -> None:
    assert extract_org("* A\n:note:\nText").text == "# A\n\n:note:\nText"


@pytest.mark.parametrize(
    ("before", "title"),
    [
        ("#+begin_src sh\n# a comment\nls\n#+end_src", "Wells"),
        ("#+begin_example\n## a comment\n#+end_example", "Wells"),
        ("#+begin_quote\n# one\n#+end_quote\n: # two", "Wells"),
        ("#+TITLE: Pumps\n#+begin_src sh\n# a comment\n#+end_src", "Pumps"),
    ],
)
def test_no_comment_in_code_is_a_title(before: str, title: str) -> None:
    assert extract_org(f"{before}\n\n* TODO Wells :deep:\nText").title == title


def test_code_alone_has_no_title() -> None:
    assert extract_org("#+begin_src sh\n# a comment\n#+end_src").title == ""
