"""Notebooks: text, code, what was printed."""

import json

import pytest

from ingest.sources.notebook import extract_notebook
from rag_stream.errors import SourceError


def notebook(*cells: dict[str, object], **metadata: object) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4})


def test_cells_in_order_with_what_they_printed() -> None:
    found = extract_notebook(
        notebook(
            {
                "cell_type": "markdown",
                "source": ["# Lamps\n", "The **lamp** is violet. <!-- x -->"],
            },
            {
                "cell_type": "code",
                "source": "print(`1`)\n",
                "outputs": [
                    {"output_type": "stream", "text": ["\x1b[31mone\x1b[0m\n", "two\n"]},
                    {"output_type": "execute_result", "data": {"text/plain": ["3"]}},
                    {
                        "output_type": "display_data",
                        "data": {"image/png": "iVBORw0KGgo" * 99, "text/plain": "<Figure at 0x1>"},
                    },
                    {"output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": []},
                ],
            },
            {"cell_type": "code", "source": ""},
            {"cell_type": "markdown", "source": "![a](attachment:b.png)", "attachments": {"b": 1}},
            language_info={"name": "julia"},
        )
    )
    assert found.title == "Lamps"
    assert found.text == (
        "# Lamps\n\nThe lamp is violet.\n\n```julia\nprint(`1`)\n```\n\n```\none\ntwo\n```\n\n"
        "```\n3\n```\n\n```\nKeyError: 'a'\n```\n\na"
    )


def test_the_third_format_and_front_matter() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old"]},
        {"cell_type": "code", "input": ["a = 1"], "outputs": []},
    ]
    old = json.dumps({"worksheets": [{"cells": cells}], "metadata": {}})
    assert extract_notebook(old).text == "## Old\n\n```python\na = 1\n```"
    raw = {"cell_type": "raw", "source": "---\ntitle: Roofs\ndescription: How\n---\n"}
    found = extract_notebook(notebook(raw, {"cell_type": "markdown", "source": "Text"}))
    assert (found.title, found.text, found.details) == ("Roofs", "Text", {"description": "How"})


def test_long_output_is_cut() -> None:
    output = {"output_type": "stream", "text": "line of a log\n" * 10_000}
    found = extract_notebook(notebook({"cell_type": "code", "source": "a", "outputs": [output]}))
    assert len(found.text) < 5_000


def test_of_one_long_line_the_beginning_stays() -> None:
    output = {"output_type": "stream", "text": ", ".join(map(str, range(2_000)))}
    found = extract_notebook(notebook({"cell_type": "code", "source": "a", "outputs": [output]}))
    assert "\n0, 1, 2, 3" in found.text
    assert found.text.endswith("\n\u2026\n```")


@pytest.mark.parametrize("kind", ["text/markdown", "text/html"])
def test_code_that_is_cut_is_closed(kind: str) -> None:
    code = "valve = 1\n" * 1_000
    shown = f"```\n{code}```" if kind == "text/markdown" else f"<pre><code>{code}</code></pre>"
    output = {"output_type": "display_data", "data": {kind: shown}}
    after = {"cell_type": "markdown", "source": "After *it*."}
    cells = {"cell_type": "code", "source": "", "outputs": [output]}, after
    found = extract_notebook(notebook(*cells)).text
    assert len(found) < 5_000
    assert found.count("```") == 2
    assert found.endswith("```\n\nAfter it.")


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", "[" * 100_000, '{"cells": 1}', "null"])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="expected a notebook"):
        extract_notebook(text)


@pytest.mark.parametrize("nothing", [None, [], "x", 3])
@pytest.mark.parametrize("name", ["metadata", "kernelspec", "language_info", "outputs", "data"])
def test_what_is_left_empty_costs_no_notebook(name: str, nothing: object) -> None:
    output = {"output_type": "stream", "text": "printed", "data": {}} | {name: nothing}
    code = {"cell_type": "code", "source": "a = 1", "outputs": [output]} | {name: nothing}
    metadata = {"kernelspec": {}, "language_info": {}} | {name: nothing}
    whole = {"cells": [code], "metadata": metadata} | {name: nothing}
    found = extract_notebook(json.dumps(whole))
    printed = "" if name == "outputs" else "\n\n```\nprinted\n```"
    assert found.text == f"```python\na = 1\n```{printed}"


@pytest.mark.parametrize(("level", "signs"), [(None, "#"), ("2", "#"), (3, "###"), (9, "######")])
def test_a_heading_of_any_level(level: object, signs: str) -> None:
    cell = {"cell_type": "heading", "level": level, "source": "Old"}
    assert extract_notebook(notebook(cell)).text == f"{signs} Old"


def test_outputs_that_are_none_are_left_out() -> None:
    cell = {"cell_type": "code", "source": "a", "outputs": [None, "b", {"text": "c"}]}
    assert extract_notebook(notebook(cell)).text == "```python\na\n```\n\n```\nc\n```"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"text/markdown": ["Das **Ergebnis** ist\n", "`3`."]}, "Das Ergebnis ist\n`3`."),
        (
            {
                "text/plain": "<IPython.core.display.HTML object>",
                "text/html": "<p>水は<b>3</b></p>",
            },
            "水は3",
        ),
        (
            {
                "text/plain": "   a  b\n0  1  2",
                "text/html": "<style>x{}</style><table><tr><th></th><th>a</th><th>b</th></tr>"
                "<tr><th>0</th><td>1</td><td>2</td></tr></table>",
            },
            "|  | a | b |\n| --- | --- | --- |\n| 0 | 1 | 2 |",
        ),
        ({"text/plain": "3", "text/html": "<b>3</b>"}, "```\n3\n```"),
        ({"text/plain": "<__main__.Pumpe object>"}, "```\n<__main__.Pumpe object>\n```"),
    ],
)
def test_what_is_shown_is_read_as_it_is_shown(data: dict[str, object], text: str) -> None:
    output = {"output_type": "display_data", "data": data}
    cell = {"cell_type": "code", "source": "x", "outputs": [output]}
    assert extract_notebook(notebook(cell)).text == f"```python\nx\n```\n\n{text}"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("hide-input", "```python\nx\n```\n\n```\n3\n```"),
        ("remove-input", "```\n3\n```"),
        ("remove_output", "```python\nx\n```"),
        ("remove-cell", ""),
    ],
)
def test_a_cell_that_a_book_leaves_out_is_none_of_it(tag: str, text: str) -> None:
    output = {"output_type": "stream", "text": "3"}
    cell = {"cell_type": "code", "source": "x", "outputs": [output], "metadata": {"tags": [tag, 1]}}
    assert extract_notebook(notebook(cell)).text == text
