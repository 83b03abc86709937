"""reStructuredText, and what Sphinx adds to it, to what its readers see."""

from pathlib import Path

import pytest

from ingest.sources.rst.convert import extract_rst


def text_of(rst: str) -> str:
    return extract_rst(rst).text


@pytest.mark.parametrize(
    ("rst", "text"),
    [
        ("Title\n=====\n\nSub\n---\n\nDeep\n~~~~", "# Title\n\n## Sub\n\n### Deep"),
        ("A *b* **c** ``d_e`` f\\_g `h <https://i>`_ j_\n\n.. _j: x", "A b c `d_e` f_g h j"),
        ("- a\n- b\n\n  1. c\n  2. d\n\nText", "- a\n- b\n  1. c\n  2. d\n\nText"),
        ("Term\n  What it *means*", "Term\n: What it means"),
        (":Author: Anna\n:Date: today", "Author: Anna\nDate: today"),
        (":orphan:\n\nText", "Text"),
        (".. a comment\n\n   more\n\nText", "Text"),
        ("Code::\n\n  a *b* |c|\n    d", "Code:\n\n```\na *b* |c|\n  d\n```"),
        (".. code-block:: python\n   :linenos:\n   :caption: a.py\n\n   a = 1",
         "a.py\n\n```python\na = 1\n```"),
        (">>> a\n1", "```pycon\n>>> a\n1\n```"),
        ("| one\n| two", "one\ntwo"),
        ("a [1]_\n\n.. [1] The note.", "a [^1]\n\n[^1]: The note."),
        (".. image:: a.png\n   :alt: A barn", "A barn"),
        (".. figure:: a.png\n\n   The *barn*", "The barn"),
        (".. |x| replace:: words\n\nSome |x| and |unknown|.", "Some words and unknown."),
        ("-a, --all  Take all.\n-b FILE   Take one.",
         "`-a`, `--all`\n: Take all.\n\n`-b FILE`\n: Take one."),
        ("H\\ :sub:`2`\\ O :math:`x^2`", "H2O $x^2$"),
        (".. note:: Oil *it*.", "Note\n\nOil it."),
        (".. admonition:: Mine\n\n   Inner", "Mine\n\nInner"),
        (".. contents::\n\nText", "Text"),
        (".. raw:: html\n\n   <b>secret</b>\n\nText", "Text"),
    ],
)  # fmt: skip
def test_what_docutils_knows(rst: str, text: str) -> None:
    assert text_of(rst) == text


@pytest.mark.parametrize(
    ("rst", "text"),
    [
        (":ref:`the plan <plan>`, :doc:`/guide/start`, :term:`pan`", "the plan, start, pan"),
        (":py:func:`~a.b.c`, :meth:`!d`, :envvar:`E_F`, :kbd:`Ctrl`", "`c`, `d`, `E_F`, Ctrl"),
        (":unheard-of:`words`", "words"),
        (":guilabel:`&Datei` :menuselection:`A --> R&D && B`", "Datei A \u2023 RD & B"),
        ("Pumpe : Gerät : alt\n   Läuft.\n\nRohr\n   Hält.",
         "Pumpe : Gerät : alt\n: Läuft.\n\nRohr\n: Hält."),
        ("a) erst\nb) dann\n\nText\n\nIV. vier\nV. fünf",
         "a. erst\nb. dann\n\nText\n\nIV. vier\nV. fünf"),
        (".. toctree::\n   :maxdepth: 2\n\n   a\n   b\n\nText", "Text"),
        (".. versionadded:: 3.1\n   The *lamp*.", "Added in version 3.1: The lamp."),
        (".. deprecated:: 2.0 Use it not.", "Deprecated since version 2.0: Use it not."),
        (".. seealso::\n\n   More", "See also\n\nMore"),
        (".. py:function:: a.b(c_d, *e)\n              f(g)\n   :noindex:\n\n   Does it.",
         "`a.b(c_d, *e)`\n\n`f(g)`\n\nDoes it."),
        (".. module:: a\n.. class:: B(c)\n\n   .. method:: d(e)\n\n      Does it.",
         "`class a.B(c)`\n\n`d(e)`\n\nDoes it."),
        (".. class:: wide\n\nText :pep:`8`", "Text PEP 8"),
        (".. option:: --all, -a\n\n   Takes all.", "`--all, -a`\n\nTakes all."),
        (".. tab-set::\n\n   .. tab-item:: Linux\n\n      Inner", "Linux\n\nInner"),
        (".. only:: html\n\n   Shown", "Shown"),
        (".. glossary::\n\n   pan\n     A vessel.", "pan\n: A vessel."),
        (".. index:: single: a\n.. _target:\n\nText", "Text"),
        (".. unheard-of:: Title\n   :option: x\n\n   Inner", "Title\n\nInner"),
    ],
)  # fmt: skip
def test_what_sphinx_and_others_add(rst: str, text: str) -> None:
    assert text_of(rst) == text


def test_tables() -> None:
    simple = "====  ====\nPlan  Cost\n====  ====\nGull  *3*\nTern  a|b\n====  ===="
    grid = "+------+------+\n| Plan | Cost |\n+======+======+\n| Gull | 3    |\n+------+------+"
    of_list = (
        ".. list-table::\n   :header-rows: 1\n\n   * - Plan\n     - Cost\n   * - Gull\n     - 3"
    )
    of_csv = ".. csv-table:: Prices\n   :header: Plan, Cost\n\n   Gull, 3"
    start = "| Plan | Cost |\n| --- | --- |\n| Gull | 3 |"
    assert text_of(simple) == f"{start}\n| Tern | a\\|b |"
    assert [text_of(grid), text_of(of_list)] == [start, start]
    assert text_of(of_csv) == f"Prices\n\n{start}"


def test_cells_that_span_rows_stand_in_the_first_of_them() -> None:
    grid = """
+------+-----+------+
| Teil | Maß | Wert |
+======+=====+======+
| 泵   | a   | 1    |
|      +-----+------+
|      | b   | 2    |
+------+-----+------+
| Rohr | c          |
+------+-----+------+
| Hahn | d   | 3    |
|      |     +------+
|      |     | 4    |
+------+-----+------+"""
    lines = text_of(grid).split("\n")
    assert lines[2:] == [
        *("| 泵 | a | 1 |", "|  | b | 2 |", "| Rohr | c |  |", "| Hahn | d | 3 |", "|  |  | 4 |"),
    ]


def test_title_and_meta() -> None:
    found = extract_rst(
        ".. meta::\n   :description: How to\n   :keywords: a, b\n\nUse ``x``\n=======\n"
    )
    assert found.title == "Use x"
    assert found.details == {"description": "How to", "tags": "a, b"}
    assert extract_rst("Only text.").title == ""


@pytest.mark.parametrize(
    "rst",
    [
        ".. include:: {path}",
        ".. literalinclude:: {path}",
        ".. csv-table::\n   :file: {path}",
        ".. raw:: html\n   :file: {path}",
        ".. automodule:: {path}",
    ],
)
def test_no_file_is_read_and_what_is_included_is_named(rst: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    path = str(tmp_path / "secret.txt")
    found = extract_rst(f"Before.\n\n{rst.format(path=path)}\n\nAfter.")
    assert "secret words" not in found.text
    assert found.text.startswith("Before.")
    assert found.text.endswith("After.")
    assert found.includes in ((), (path,))
    assert ("table" in rst or "raw" in rst) == (found.includes == ())


@pytest.mark.parametrize(
    "rst",
    ["Title\n==\n\n`a\n\n*b\n\n.. image::\n\n|c|_ d__", ".. code-block::\n   x\n", "=\n=", "``"],
)
def test_what_is_malformed_is_read_as_far_as_it_goes(rst: str) -> None:
    found = text_of(f"{rst}\n\nAfter.")
    assert found.endswith("After.") or "After." in found
    assert "System Message" not in found


def test_lines_of_any_length() -> None:
    assert len(text_of("word " * 20_000)) > 90_000


@pytest.mark.parametrize(
    ("rst", "text"),
    [
        ("10\\ :sup:`6` Hz", "10^6 Hz"),
        ("10\\ :sup:`-9` and 2\\ :superscript:`10`", "10^-9 and 2^10"),
        ("**10**\\ :sup:`+3` and 101\\ :sub:`2`", "10^+3 and 101_2"),
        ("1\\ :sup:`st` x\\ :sup:`2` H\\ :sub:`2`\\ O", "1st x2 H2O"),
        ("10\\ |six|\n\n.. |six| replace:: :sup:`6`", "10^6"),
    ],
)
def test_powers_stay_apart_from_their_numbers(rst: str, text: str) -> None:
    assert text_of(rst) == text


@pytest.mark.parametrize(
    ("rst", "title", "details"),
    [
        (
            "Rohre\n=====\n\n:date: 2024-01-01\n:tags: Wasser, Rohr\n:slug: rohre\n\nText.",
            "Rohre",
            {"tags": "Wasser, Rohr", "slug": "rohre"},
        ),
        (":title: 水泵\n:summary: 很短\n:author: 某人\n\nText.", "水泵", {"description": "很短"}),
        (":orphan:\n\nText.", "", {}),
        (
            ".. title: Pumpen\n.. tags: a, b\n.. description: Kurz\n\nText.",
            "Pumpen",
            {"tags": "a, b", "description": "Kurz"},
        ),
        ("---\ntitle: Hähne\ntags: [x]\n---\n\nText.", "Hähne", {"tags": "x"}),
    ],
)
def test_front_matter_of_every_form(rst: str, title: str, details: dict[str, str]) -> None:
    found = extract_rst(rst)
    assert (found.title, found.details) == (title, details)
    assert found.text.removeprefix("# Rohre").strip() == "Text."


@pytest.mark.parametrize("rst", ["Text.\n\n:title: a", ":tags: a\n:Farbe: rot", ":author: Eva"])
def test_fields_of_the_text_stay(rst: str) -> None:
    assert ": " in text_of(rst)


@pytest.mark.parametrize("text", ["*a **b " * 60_000, "|a|b|\n" * 60_000, "{" * 400_000 + "}"])
def test_a_paragraph_with_too_many_marks_is_words(text: str) -> None:
    """Each of these took hours."""
    found = extract_rst(f"Before *it*.\n\n{text}\n\nAfter *it*.\n").text
    assert found.startswith("Before it.")
    assert found.endswith("After it.")
    assert len(found) > 300_000
