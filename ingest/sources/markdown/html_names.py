"""Which elements with a capital are HTML's own, and which are components. Pure."""

import re

_PROSE = frozenset(
    """
    a abbr acronym address b big blockquote br caption center cite col colgroup dd del dfn
    dir div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li nobr ol p pre q s samp
    small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr
    """.split()  # noqa: SIM905
)
_OTHERS = frozenset(
    """
    area article aside audio base basefont bdi bdo body button canvas code data datalist details
    dialog embed fieldset figcaption figure footer form frame frameset head header html iframe input
    label legend link main map mark menu meta meter nav noframes noscript object optgroup option
    output param picture progress rp rt ruby script section select source style summary svg
    template textarea time title track video
    """.split()  # noqa: SIM905
)
"""Names that libraries of components have, too: `<Details>`, `<Button>`, `<Video>`."""
_CAPITALS = re.compile(r"(?<![\w`])</?([A-Z]+[1-6]?)(?=[\s/>])")


def is_html(name: str, *, is_mdx: bool) -> bool:
    """Whether an element that is written with capitals is HTML's: `<BR>`, and `<Br>` but in MDX.

    There a name with one capital is always a component's.
    """
    lower = name.lower()
    if name.isupper():
        return lower in _PROSE or lower in _OTHERS
    return not is_mdx and lower in _PROSE


def with_small_names(line: str) -> str:
    """The line with the names of HTML's elements that are all in capitals in small letters."""

    def small(tag: re.Match[str]) -> str:
        return tag[0].lower() if is_html(tag[1], is_mdx=True) else tag[0]

    return _CAPITALS.sub(small, line)
