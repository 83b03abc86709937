"""HTML between the lines."""

import pytest

from tests.support.converted import text_of


def test_html_inside_becomes_its_text() -> None:
    markdown = (
        '<p align="center">A <b>bold</b> word and <code>a_b</code>.<br>A <a href="/">b</a></p>\n'
        "<ul><li>one<li>two</ul>\n<dl><dt>T<dd>D</dl>\n"
        '<pre lang="sh"><code>a &lt; b\n  c</code></pre>\n'
    )
    assert text_of(markdown) == (
        "A bold word and `a_b`.\nA b\n\n- one\n- two\n\nT\n: D\n\n```sh\na < b\n  c\n```"
    )


def test_tables_of_html() -> None:
    markdown = (
        "<table>\n<thead><tr><th>Plan</th><th>Cost</th></tr></thead>\n"
        "<tr><td><p>Gannet</p><p>big</p></td><td>3 | 4</td></tr>\n"
        "<tr><td>\n\n**Tern** `x`\n\n</td><td><ul><li>5<li>6</ul></td></tr>\n</table>"
    )
    assert text_of(markdown) == (
        "| Plan | Cost |\n| --- | --- |\n| Gannet big | 3 \\| 4 |\n| Tern `x` | 5 6 |"
    )
    assert text_of("<table><tr><td>alone</td></tr></table>") == "alone"


def test_markdown_between_elements() -> None:
    markdown = "<details>\n<summary>More</summary>\n\n## Inside\n\n- **a**\n\n</details>\n\nAfter"
    assert text_of(markdown) == "More\n\n## Inside\n\n- a\n\nAfter"


UPPER = [
    ("one<BR>two<BR/>three", "one\ntwo\nthree"),
    ("<P ALIGN=center>\nHello <B>you</B>\n</P>\n\nmore", "Hello you\n\nmore"),
    (
        "<TABLE BORDER=1>\n<TR><TH>Plan<TH>Cost\n<TR><TD>Tern<TD>5\n</TABLE>",
        "| Plan | Cost |\n| --- | --- |\n| Tern | 5 |",
    ),
    (
        "<TABLE\n  BORDER=1>\n<TR><TD>a</TD><TD>b</TD></TR>\n</TABLE>",
        "|  |  |\n| --- | --- |\n| a | b |",
    ),
    ("<UL>\n<LI>one\n<LI>two\n</UL>", "- one\n- two"),
    ("<PRE>\na\n  b\n</PRE>", "```\na\n  b\n```"),
    ("<H2>Title</H2>\n\nwords", "## Title\n\nwords"),
    ("<CENTER><FONT COLOR=red>red</FONT></CENTER>", "red"),
    ("10<SUP>9</SUP> and <TT>c</TT>", "10^9 and c"),
    ("<P><CODE>a_b</CODE></P>", "`a_b`"),
    ("<DIV HIDDEN>secret</DIV>\n\nshown", "shown"),
    ('<DIV STYLE="display:none">secret</DIV>\n\nshown', "shown"),
    ("<SCRIPT>\nvar secret\n</SCRIPT>\n\nshown", "shown"),
    ("<TEMPLATE>secret</TEMPLATE>\n\nshown", "shown"),
    ("<DETAILS>\n<SUMMARY>More</SUMMARY>\n\n- **a**\n\n</DETAILS>", "More\n\n- a"),
]


@pytest.mark.parametrize(("markdown", "text"), UPPER)
@pytest.mark.parametrize("is_mdx", [False, True])
def test_html_in_capitals_is_html(markdown: str, text: str, is_mdx: bool) -> None:
    assert text_of(markdown, is_mdx=is_mdx) == text


@pytest.mark.parametrize(
    ("markdown", "text", "mdx"),
    [
        ("one<Br>two", "one\ntwo", "onetwo"),
        (
            "<Table>\n<Tr><Td>a</Td><Td>b</Td></Tr>\n</Table>",
            "|  |  |\n| --- | --- |\n| a | b |",
            "ab",
        ),
        ('<Details title="More">\n\nwords\n\n</Details>', "More\n\nwords", "More\n\nwords"),
        ('<Video title="How it hums" src="a.mp4" />', "How it hums", "How it hums"),
        ('<Tab label="Linux">\n\nwords\n\n</Tab>', "Linux\n\nwords", "Linux\n\nwords"),
        ('<API title="Calls" />', "Calls", "Calls"),
        ('<Menu.Item label="Save" />', "Save", "Save"),
        ("A list of List<P> and Map<B> here", "A list of List and Map here", None),
    ],
)
def test_with_one_capital_it_is_in_markdown_alone(
    markdown: str, text: str, mdx: str | None
) -> None:
    assert text_of(markdown) == text
    assert text_of(markdown, is_mdx=True) == (text if mdx is None else mdx)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (
            "<div class=x>\nBild\n</div>\n```sh\n{: .a }\n\nls\n```\nText",
            "Bild\n\n```sh\n{: .a }\n\nls\n```\n\nText",
        ),
        ('<figure markdown="span">\n  ![水泵](a.png)\n  <figcaption>Ein *Bild*</figcaption>\n'
         "</figure>", "水泵\n\nEin Bild"),
        ("<div class=grid markdown>\n**Eins** und `zwei`\n</div>", "Eins und `zwei`"),
        ("<div class=markdown>\n2 ** 3 ** 4\n</div>", "2 ** 3 ** 4"),
    ],
)  # fmt: skip
def test_markdown_beside_and_within_elements(markdown: str, text: str) -> None:
    assert text_of(markdown) == text
