"""Parts of pages as text: every word once, in order, unescaped and unglued."""

import pytest
from lxml.html import fromstring

from ingest.sources.markup import to_text
from ingest.sources.page_tree import parse


def text(body: str) -> str:
    return to_text(fromstring(f"<main>{body}</main>"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>A <b>b</b></h1><p>One.<p>Two.", "# A b\n\nOne.\n\nTwo."),
        ("<h2>Run <code>tool</code></h2>It runs.", "## Run tool\n\nIt runs."),
        ("<h3> </h3><p>a</p>", "a"),
        ("one<div>two</div>three", "one\n\ntwo\n\nthree"),
        ("<p>a\n  b&nbsp;c</p>", "a b c"),
        ("<p>12 Mill Lane<br>Oldtown</p>", "12 Mill Lane\nOldtown"),
        ("<p>one<hr>two</p>", "one\n\ntwo"),
        ("<blockquote><p>a</p><p>b<br>c</p></blockquote>d", "> a\n\n> b\n> c\n\nd"),
        ("<details><summary>Why?</summary><p>So.</p></details>", "Why?\nSo."),
        (
            "<div class=admonition><p class='admonition-title'>Warning</p><p>Hot.</p></div>",
            "Warning\nHot.",
        ),
        ("<figure><img src=x.png><figcaption>The yard.</figcaption></figure>", "The yard."),
        ("<div class=tab>A</div><div class=tab>B</div>", "A\n\nB"),
    ],
)
def test_blocks_lie_between_blank_lines(body: str, expected: str) -> None:
    assert text(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul><li>a<li>b</ul><p>c</p>", "- a\n- b\n\nc"),
        (
            "<ol><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li><li>e</li></ol>",
            "1. a\n2. b\n   1. c\n   2. d\n3. e",
        ),
        ("<ol start=9><li>a</li><li>b</li></ol>", "9. a\n10. b"),
        ("<ol><li value=4>a</li><li>b</li></ol>", "4. a\n5. b"),
        ("<ol reversed><li>a</li><li>b</li></ol>", "2. a\n1. b"),
        ("<ol type=a><li>x</li><li>y</li></ol>", "a. x\nb. y"),
        ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n\n  b\n- c"),
        ("<ul><li>a<br>b</li></ul>", "- a\n  b"),
        ("<ul><li>a<pre>x\ny</pre></li></ul>", "- a\n\n  ```\n  x\n  y\n  ```"),
        ("<ol><li><pre>x</pre></li><li>b</li></ol>", "1.\n   ```\n   x\n   ```\n2. b"),
        ("<ul><li><ul><li>a</li></ul></li><li>b</li></ul>", "  - a\n- b"),
        ("<ul><li></li><li>a</li></ul>", "- a"),
        ("<ul><li>PDF</li><li>Print</li><li>-</li></ul>", "- PDF\n- Print\n- -"),
        (
            "<ul><li><input type=checkbox checked> a<li><input type=checkbox> b</ul>",
            "- [x] a\n- [ ] b",
        ),
        (
            "<ul><li><h3>Basic</h3><div>9 euros</div></li><li><h3>All</h3>x</li></ul>",
            "### Basic\n\n9 euros\n\n### All\n\nx",
        ),
        ("<ol><li><div><h3>Unpack</h3></div><p>Now.</p></li></ol>", "### 1. Unpack\n\nNow."),
        ("<ol type=i><li>a<li>b</ol>", "i. a\nii. b"),
        ("<ol class='loweralpha simple' start=2><li>a<li>b</ol>", "b. a\nc. b"),
        ("<ol style='list-style-type: upper-roman'><li>a<li>b</ol>", "I. a\nII. b"),
        ("<ol style='list-style: lower-latin inside'><li>a<li>b</ol>", "a. a\nb. b"),
        ("<dl><dt>a<dd>b<dt>c<dt>d<dd>e</dl>", "a\n: b\n\nc\nd\n: e"),
        ("<dl><dt>a:</dt><dd>b</dd></dl>", "a:\nb"),
        ("<dl><dt>a<dd><dl><dt>b<dd>c</dl><dt>d<dd>e</dl>", "a\n: b\n: c\n\nd\n: e"),
        ("<dl><dt>a</dt><dd><p>b</p><p>c</p></dd></dl>", "a\n: b\n\nc"),
        ("<dl><dt>a</dt><dd><ul><li>b</li></ul></dd></dl>", "a\n- b"),
    ],
)
def test_lists_are_lists(body: str, expected: str) -> None:
    assert text(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>a <time>9.30</time>, <abbr title=x>ABC</abbr>.</p>", "a 9.30, ABC."),
        ("<p><kbd>Ctrl</kbd>+<kbd>K</kbd></p>", "Ctrl+K"),
        (
            "<p>Call <code>open_it()</code>, <i>then</i> <tt>b</tt>s.</p>",
            "Call `open_it()`, then `b`s.",
        ),
        ("<p><code>a</code><code>.b</code></p>", "`a.b`"),
        ("<p><code>a`b</code> <code> </code>c</p>", "a`b c"),
        ("<p><code><a href=x>halt</a></code></p>", "`halt`"),
        ("<p>in<b>ner</b> and in<wbr>ner</p>", "inner and inner"),
        (
            "<p>m<sup>2</sup>, H<sub>2</sub>O, 10<sup>6</sup>, 5<sup>th</sup></p>",
            "m2, H2O, 10^6, 5th",
        ),
        ("<p>said<sup><a href='#n'>1</a></sup> so</p>", "said[1] so"),
        ("<p>sagt<a href='#n'><sup>1</sup></a> er</p>", "sagt[1] er"),
        ("<p>10<a href='/log'><sup>6</sup></a> er</p>", "10^6 er"),
        ("<p><ruby>月<rt>げつ</rt></ruby>に</p>", "月(げつ)に"),
        ("<p><ruby>月<rp>[</rp><rt>げつ</rt><rp>]</rp></ruby>に</p>", "月[げつ]に"),
        ("<p>Price: <del>9.90</del> <ins>7.50</ins></p>", "Price: ~~9.90~~ 7.50"),
        ("<p><del> </del>a</p>", "a"),
        ("<p>He said <q>no</q>.</p>", 'He said "no".'),
        ("<p>Ab&shy;fall&shy;ge&#8203;bühr</p>", "Abfallgebühr"),
        ("<p>ผม\u200bรัก</p>", "ผม\u200bรัก"),
        ("<p><span>Bolts</span><span>400</span></p>", "Bolts 400"),
        ("<p>Do<span>nau</span><span>dampf</span>er</p>", "Donaudampfer"),
        ("<h1><span>W</span><span>ort</span></h1>", "# Wort"),
        ("<p><a href=a>Alder</a><a href=b>Birch</a></p>", "Alder Birch"),
        ("<label>Size<select><option>Small<option>Large</select></label>", "Size Small Large"),
        (
            "<p>snake_case_name, *args, a | b, 2 * 3, &lt;div&gt;, [x](y), ~t~, C:\\new</p>",
            "snake_case_name, *args, a | b, 2 * 3, <div>, [x](y), ~t~, C:\\new",
        ),
        ("<p># no heading<p>1. no item<p>- dash", "# no heading\n\n1. no item\n\n- dash"),
        ("<p>See <a href='https://x.example/a_b'>the file</a>.</p>", "See the file."),
        ("<p>a<img src='data:image/png;base64,AAAA' alt='A photo'>b</p>", "ab"),
        ("<p>sum <img class=math alt='a_1 + b'> is</p>", "sum a_1 + b is"),
        ("<svg><title>Icon</title><text>Cellar</text><text>Attic</text></svg>", "Cellar Attic"),
    ],
)
def test_what_stands_in_a_line_is_neither_glued_nor_split(body: str, expected: str) -> None:
    assert text(body) == expected


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        ("<mrow><mi>a</mi><mo>=</mo><mi>b</mi></mrow>", "a = b"),
        (
            "<semantics><mi>x</mi><annotation encoding='application/x-tex'>\\frac{1}{2}"
            "</annotation></semantics>",
            "\\frac{1}{2}",
        ),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1 / 2"),
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x ^ 2"),
    ],
)
def test_a_formula_is_one_line_and_there_once(math: str, expected: str) -> None:
    assert text(f"<p>It is <math>{math}</math>.</p>") == f"It is {expected}."


@pytest.mark.parametrize(
    "part",
    [
        "<blockquote>",
        "<ul><li>",
        "<b>",
        "<code>",
        "<table><tr><td>",
        "<dl><dt>a<dd>",
        "<sup>",
        "<del>",
    ],
)
def test_depth_costs_no_recursion_and_no_square(part: str) -> None:
    page = parse(f"<main>{part * 100_000}deep</main>")
    assert page is not None
    assert "deep" in to_text(page)
    nested = parse(f"<main>{part * 500}deep</main>")
    assert nested is not None
    assert "deep" in to_text(nested)
