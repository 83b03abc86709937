"""What HTML's elements are to readers of a page."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
CELLS = frozenset(("td", "th"))
BLOCKS = (
    HEADINGS
    | CELLS
    | frozenset(
        """
        address article aside blockquote body br caption center dd details dialog dir div dl dt
        fieldset figcaption figure footer form header hgroup hr html legend li main menu nav ol
        optgroup p pre section summary table tbody tfoot thead tr ul
        """.split()  # noqa: SIM905
    )
)
"""What begins a paragraph of its own, or a line."""
