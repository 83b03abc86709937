"""What a web page is called: in its head, or in an element that only looks like a heading."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def title_of(page: "HtmlElement") -> str:
    """The page's name for itself; empty where it has none."""
    title = page.find(".//head/title")
    if title is not None and (text := "".join(title.itertext()).strip()):
        return text
    for meta in page.iter("meta"):
        if meta.get("property") == "og:title":
            return meta.get("content") or ""
    return ""


def make_title(page: "HtmlElement") -> None:
    """Make a heading of the box that Doxygen writes in its place.

    The groups that it names in the same box come behind it.
    """
    for box in page.iter("div"):
        around = box.getparent()
        if around is None or around.get("class") != "headertitle" or box.get("class") != "title":
            continue
        if next(box.iter("h1"), None) is None:
            box.tag = "h1"
            for groups in [one for one in box if one.get("class") == "ingroups"]:
                box.addnext(groups)
        return
