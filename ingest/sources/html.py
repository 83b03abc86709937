"""The content and the title of a web page. Pure: text in, text out.

For pages of the reference program's structure the text is, character for
character, what its `WebBaseLoader` with a `SoupStrainer` yields: the same parser,
the same strainer, `get_text()`. Tests compare the two.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.sources.ends import Ends

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

# bs4, lxml and trafilatura are imported where they are used: together they cost a second,
# which `--help` and runs over Markdown need not pay.

CONTENT_CLASS = "post-content"
POST_CLASSES = (CONTENT_CLASS, "post-title", "post-header")

_MAX_TITLE = 200  # characters; a title is repeated with every chunk
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Extract:
    """What is indexed of a document. Both may be empty: no text, no title found."""

    text: str
    title: str


def extract_page(
    html: str, css_classes: Sequence[str] | None = None, ends: Ends | None = None
) -> Extract:
    """What of a web page is content: the elements of `css_classes`, or the main text.

    With None, `POST_CLASSES` apply to pages that have post content; of any other page
    the main text is taken, without menus, comments and footers, and without what `ends` knows.
    """
    html = _XML_DECLARATION.sub("", html, count=1)  # bs4 would warn of XML
    if "<" not in html:
        return Extract(html, "")  # text served as a page
    post = None
    if css_classes:
        post = _only(html, class_=_any_of(css_classes))
    elif any(name in html for name in POST_CLASSES):
        post = _post(html)
    strained = post.get_text() if post else ""
    found = bool(strained.strip())
    if post and found and (css_classes or post.find(class_=CONTENT_CLASS)):
        return Extract(strained, _title(html, post))
    from ingest.sources.content import main_content

    text, title = main_content(html, ends=ends)
    # Some themes use post-title or post-header around other content classes: there
    # the strainer would keep the headline and lose the article.
    if post and found and len(text) <= 2 * len(strained):
        return Extract(strained, _title(html, post))
    return Extract(text, tidy_title(title))


def declared_charset(body: bytes) -> str | None:
    """The encoding an HTML page names in its <meta>, as written there."""
    from bs4.dammit import EncodingDetector

    return EncodingDetector.find_declared_encoding(body, is_html=True)


def tidy_title(title: str) -> str:
    """A title on one line, of at most 200 characters."""
    title = " ".join(title.split())
    return title if len(title) <= _MAX_TITLE else title[: _MAX_TITLE - 1].rstrip() + "\u2026"


def _post(html: str) -> "BeautifulSoup":
    """What the reference's strainer keeps; where that is no content, what it misses."""
    post = _only(html, class_=POST_CLASSES)
    if CONTENT_CLASS in html and not post.find(class_=CONTENT_CLASS):
        # Given names, a strainer does not see class="post-content wide".
        return _only(html, class_=_any_of(POST_CLASSES))
    return post


def _any_of(css_classes: Sequence[str]) -> Callable[[str | None], bool]:
    wanted = set(css_classes)
    return lambda value: value is not None and not wanted.isdisjoint(value.split())


def _only(html: str, **criteria: Any) -> "BeautifulSoup":
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup
    from bs4.filter import SoupStrainer

    strainer = SoupStrainer(**criteria)
    try:
        return BeautifulSoup(html, "html.parser", parse_only=strainer)
    except ParserRejectedMarkup:
        # Broken beyond this parser; trafilatura's may still make sense of it.
        return BeautifulSoup("<p>", "html.parser", parse_only=strainer)


def _title(html: str, post: "BeautifulSoup | None") -> str:
    headline = post.select_one("h1.post-title, .post-title h1, .post-title") if post else None
    if headline and (text := tidy_title(headline.get_text())):
        return text
    head = _only(html, name=["title", "meta"])
    if (title := head.find("title")) and (text := tidy_title(title.get_text())):
        return text
    tag = head.find("meta", attrs={"property": "og:title"})
    return tidy_title(str(tag.get("content") or "")) if tag else ""
