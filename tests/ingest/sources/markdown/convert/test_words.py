"""Words without the signs around them."""

import pytest

from tests.support.converted import text_of


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Some *text* with `code` and __more__.", "Some text with `code` and more."),
        ("snake\\_case \\# 1\\. &lt;b&gt; &copy;", "snake_case # 1. <b> ©"),
        ("un**believ**able __init__.py", "unbelievable init.py"),
        ("**FastAPI <b>CLI</b>**는 좋다", "FastAPI CLI는 좋다"),
        ("a[^1] b\n\n[^1]: The note\n    goes on.", "a[^1] b\n\n[^1]: The note\ngoes on."),
        ('[text](https://a/b?c=d "Title") and <https://a.b/>', "text and https://a.b/"),
        ("[full][r], [r][], [r] and [none][x]\n\n[r]: https://a 'T'", "full, r, r and none"),
        ("see [`site_url`][settings.site_url].", "see `site_url`."),
        ("a [b](my file.md) c ![d](my pic.png)", "a b c d"),
        ("![a barn](b.png) ![](x.png) ![image.png](y.png)", "a barn"),
        ("[![Build](https://ci/b.svg)](https://ci)", "Build"),
        ("one  \ntwo<br>three<br/>\nfour", "one\ntwo\nthree\nfour"),
        ("- a\n- b\n  1. c\n  2. d\n- [x] done", "- a\n- b\n  1. c\n  2. d\n- [x] done"),
        ("3) c\n4) d", "3. c\n4. d"),
        ("> quoted\n> text\n>\n> more", "> quoted\n> text\n>\n> more"),
        ("Term\n: What it means\n", "Term\n: What it means"),
        ("==Marked== H~2~O x^2^ ~~old~~ ++ctrl+c++", "Marked H2O x2 ~~old~~ ctrl+c"),
        ("a == b and c == d, 1~2 ~3", "a == b and c == d, 1~2 ~3"),
        ("so :smile: it is 10:30:45", "so it is 10:30:45"),
        ("$x_1^2$ costs $5 or $6", "$x_1^2$ costs $5 or $6"),
        ("$$\na_1 * b_1\n$$", "$$\na_1 * b_1\n$$"),
        ("[[Page|shown]] and [[Other page#part]]", "shown and Other page"),
        ("20&nbsp;cm", "20 cm"),
        ("Head\n====\nSub\n---", "# Head\n\n## Sub"),
        ("***\n\ntext\n\n---", "text"),
        ("[TOC]\n\n* TOC\n{:toc}\n\ntext", "text"),
    ],
)
def test_words_without_signs(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_tables_are_tables() -> None:
    markdown = (
        "| Pan | Size |\n|-----|:----:|\n| `small|er` | x |\n"
        "| [big](/b) | 20&nbsp;cm<br>*(round)* |\n| a \\| b | |\n"
    ).replace("small|er", "small\\|er")
    assert text_of(markdown) == (
        "| Pan | Size |\n| --- | --- |\n| `small\\|er` | x |\n"
        "| big | 20 cm (round) |\n| a \\| b |  |"
    )


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("10<sup>6</sup> Hz and 10^6^ and 2^10^", "10^6 Hz and 10^6 and 2^10"),
        (
            "10<sup>-9</sup> 10^-9^ 10<sup>\u22129</sup> 10<sup> +3 </sup>",
            "10^-9 10^-9 10^\u22129 10^+3",
        ),
        ("**10**<sup>6</sup> 101<sub>2</sub>", "10^6 101_2"),
        ("# 10<sup>6</sup> Hz", "# 10^6 Hz"),
        (
            "| a | b |\n|-|-|\n| 10<sup>6</sup> | 2^10^ |",
            "| a | b |\n| --- | --- |\n| 10^6 | 2^10 |",
        ),
        ("<div>10<sup>6</sup> Hz</div>", "10^6 Hz"),
        ("1<sup>st</sup> x<sup>2</sup> H<sub>2</sub>O x^2^ 1^st^", "1st x2 H2O x2 1st"),
        ("2020<sup>[1](#f)</sup> 2020<sup><a href='#f'>1</a></sup>", "20201 20201"),
        ("`10<sup>6</sup>` $10^6$", "`10<sup>6</sup>` $10^6$"),
    ],
)
def test_powers_stay_apart_from_their_numbers(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


@pytest.mark.parametrize(
    "words",
    [
        "Der Wert [netto](ca. 3.5 Euro je St\u00fcck) gilt.",
        "See [a] (x.y z) and [b](see fig. 2, p. 7).",
        "[x](v. 1.2) and [y](#1 of 3)",
        "[km](per hour / day) and ![m](1/2 of it)",
    ],
)
def test_words_in_brackets_are_no_target(words: str) -> None:
    assert text_of(words) == words


def test_the_name_of_a_file_is_a_target() -> None:
    assert text_of("[a](my file.md#b) [c](<d e.md>) [f](g.md 'of h') [i](../j k.md)") == "a c f i"
