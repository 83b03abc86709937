"""Names with capitals: whose they are."""

import pytest

from ingest.sources.markdown.html_names import is_html, with_small_names


@pytest.mark.parametrize("name", ["BR", "TABLE", "P", "H2", "SCRIPT", "VIDEO", "DETAILS"])
def test_in_capitals_they_are_htmls(name: str) -> None:
    assert is_html(name, is_mdx=False)
    assert is_html(name, is_mdx=True)


@pytest.mark.parametrize("name", ["Br", "Table", "Span", "tR"])
def test_with_some_they_are_where_nothing_else_has_them(name: str) -> None:
    assert is_html(name, is_mdx=False)
    assert not is_html(name, is_mdx=True)


@pytest.mark.parametrize("name", ["Details", "Button", "Video", "Tabs", "API", "T", "FAQ", "H7"])
def test_others_are_components(name: str) -> None:
    assert not is_html(name, is_mdx=False)
    assert not is_html(name, is_mdx=True)


def test_a_line_with_small_names() -> None:
    line = '<DIV><Tabs></TABLE> <BR/> <API x="<P>"> `<B>` List<B> <H1 ID=a>'
    small = '<div><Tabs></table> <br/> <API x="<p>"> `<B>` List<B> <h1 ID=a>'
    assert with_small_names(line) == small
