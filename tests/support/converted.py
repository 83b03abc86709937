"""Markdown, as its readers see it."""

from ingest.sources.markdown.convert import extract_markdown


def text_of(markdown: str, *, is_mdx: bool = False) -> str:
    return extract_markdown(markdown, is_mdx=is_mdx).text
