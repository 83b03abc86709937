"""reStructuredText, with what Sphinx adds to it, to plain Markdown. Pure."""
