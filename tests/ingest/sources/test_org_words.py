"""What stands in lines of Org: marks over two lines, macros, signs, pictures."""

import pytest

from ingest.sources.org import extract_org
from ingest.sources.org_words import words_of


@pytest.mark.parametrize(
    ("org", "text"),
    [
        ("Mit =-=, =+=, oder =*= davor, =a=b=.", "Mit `-`, `+`, oder `*` davor, `a=b`."),
        ("Siehe [[https://a.b/c][den\nPlan]] hier", "Siehe den\nPlan hier"),
        ("Ein *fetter\nText* und =ein\nBefehl=.", "Ein fetter\nText und `ein Befehl`."),
        ("*nicht\n\nfett*", "*nicht\n\nfett*"),
        ("src_python[:results raw]{print(1)} dann", "`print(1)` dann"),
        ("Warm @@html:<i>@@ist@@html:</i>@@ es \\\\", "Warm ist es "),
        ("<<ziel>>Das <<<Wort>>> gilt", "Das Wort gilt"),
        (
            "\\Sigma und \\deg{}C, $\\alpha$ und \\(\\beta\\), C:\\neu",
            "Σ und °C, $\\alpha$ und \\(\\beta\\), C:\\neu",
        ),
        ("H_{2}O, x^{n+1}, a_b", "H2O, x^n+1, a_b"),
        ("[[file:haus.png]] [[https://a.b][./haus.svg]] [[*水泵]] [[#ort]]", "  水泵 ort"),
        (
            "水{{{ver}}}、{{{kbd(C-c C-t)}}}、{{{gruss(Eva,Ali)}}}{{{weg}}}",
            "水1.0、C-c C-t、Hallo Eva und Ali",
        ),
    ],
)
def test_words(org: str, text: str) -> None:
    macros = {"ver": "1.0", "gruss": "Hallo $1 und $2"}
    assert words_of(org, macros) == text


def test_a_macro_of_the_file_is_what_it_stands_for() -> None:
    text = extract_org("#+MACRO: Firma Pumpen *$1*$2\n\nBei {{{firma(Nord)}}} kaufen.").text
    assert text == "Bei Pumpen Nord kaufen."


@pytest.mark.parametrize(
    ("org", "text"),
    [
        ("- 泵 :: 送水\n- 管 ::\n  连接", "- 泵: 送水\n- 管:\n  连接"),
        ("- Ein [[a][langer\n  Satz]]\n- Zwei", "- Ein langer\n  Satz\n- Zwei"),
        ("#+begin_export html\n<b>x</b>\n#+end_export\nText", "Text"),
        ("#+begin_quote\nEin *langer\nSatz*.\n#+end_quote", "> Ein langer\n> Satz."),
        ("- a\n  #+begin_src sh\n  ls\n    -l\n  #+end_src", "- a\n\n```sh\nls\n  -l\n```"),
        (
            "| <l>  | <10> |\n| Teil | Preis |\n|--\n| Rohr | 3 |",
            "| Teil | Preis |\n| --- | --- |\n| Rohr | 3 |",
        ),
    ],
)
def test_blocks(org: str, text: str) -> None:
    assert extract_org(org).text == text


def test_time_grows_with_the_length_alone() -> None:
    text = "=a [[b ~c *d {{{e( " * 20_000
    assert extract_org(text).text.count("[[b") == 20_000
