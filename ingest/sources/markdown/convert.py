"""Markdown to the words that its readers see, as plain Markdown. Pure."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ingest.sources.data_uris import without_data
from ingest.sources.extracted import Extracted
from ingest.sources.html import tidy_title
from ingest.sources.markdown.badges import is_badge
from ingest.sources.markdown.blocks import by_sign, normalize
from ingest.sources.markdown.brackets import is_no_link
from ingest.sources.markdown.front_matter import (
    details_of,
    label_of,
    part_front_matter,
    title_of,
)
from ingest.sources.markdown.html_inside import HtmlInside
from ingest.sources.markdown.lines import Lines
from ingest.sources.markdown.macros import Context, replace_macros
from ingest.sources.markdown.runs import pieces
from ingest.sources.markdown.scraps import without_scraps
from ingest.sources.markdown.tag_ends import ENDS, mark_ends
from ingest.sources.markdown.titles import bare_title, title_among
from ingest.sources.markdown.writer import Writer
from ingest.sources.plain_text import unix_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# markdown_it is imported where it is used: runs over other kinds need not wait for it.

_NESTED = 60
"""Lists and quotations below this depth are text: a hostile one shall not be a tree."""
_PLAIN = re.compile(r"(?:[^\W_]|[ \n.,;()'\"?/\u2010-\u2027-])*")
_MACRO = re.compile(r"[{<]|\]\[|\[\[")
_ANCHOR = re.compile(r"(?<=\S)[ \t]+\[#[\w.:-]+\]$")
_MARKED = re.compile(
    r"^\s*<(?:small|span|a|b|i|em|strong|sub|sup|font|u|mark|big)\b"
    r"|<[a-z]\w*\b[^<>]{0,500}\smarkdown(?:=[\"']?(?:1|block|span)[\"']?)?[\s>]",
    re.I,
)
"""Elements in a line, and such as say that there is Markdown in them."""
_STARS = re.compile(r"\*\*(?=\S)|(?<=\S)\*\*")


def extract_markdown(text: str, *, is_mdx: bool = False) -> Extracted:
    """What is indexed of a Markdown text; titled by its front matter or its first heading."""
    fields, text = part_front_matter(unix_lines(text))
    fields = fields or {}
    includes: list[str] = []
    lines = Lines(text, is_mdx, includes)
    common = lines.common()
    if lines.has_imports and not is_mdx:  # what is not called so is MDX all the same
        is_mdx = True
        includes.clear()
        common = Lines(text, is_mdx, includes).common()
    writer = Writer()
    parser = _parser(is_mdx)
    env = {"context": Context(is_mdx, includes)}
    inside = HtmlInside(writer, lambda words: _write_words(words, writer, inside, parser, env))
    tokens = parser.parse(common, env)
    mark_ends(tokens)
    _write(tokens, writer, inside, env)
    inside.close_to(0)
    whole = without_data(writer.whole())
    title = bare_title(title_of(fields)) or inside.title or title_among(writer.headings)
    title = title or bare_title(label_of(fields))
    return Extracted(
        whole,
        tidy_title(title),
        details_of(fields),
        tuple(dict.fromkeys(includes + inside.includes)),
    )


@cache
def _parser(is_mdx: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTED})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.disable(["footnote_tail", "footnote_inline", "text_join"])
    if is_mdx:
        parser.disable("code")
    parser.block.ruler.before("table", "by_sign", by_sign())
    parser.inline.ruler.before("link", "is_no_link", is_no_link)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # none is followed
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.core.ruler.at("normalize", normalize)
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state: Any) -> None:
    """Parse what is in lines, of which macros are read first; code never gets here."""
    from markdown_it.rules_core import StateCore, text_join

    env, parsed = state.env, []
    context = env["context"]
    context.references = env.get("references", {})
    for place, token in enumerate(state.tokens):
        if token.type == "inline":
            if state.tokens[place - 1].type == "heading_open":
                token.content = _ANCHOR.sub("", token.content)
            if (
                "{" in token.content
                or "<" in token.content
                or "][" in token.content
                or "[[" in token.content
            ):
                token.content = replace_macros(token.content, context)
            if _PLAIN.fullmatch(token.content):
                continue  # nothing to parse, as in most lines
            if (found := pieces(token.content)) is not None:
                token.children = found
                continue
            state.md.inline.parse(token.content, state.md, env, token.children)
            parsed.append(token)
    text_join(StateCore("", state.md, env, parsed))


def _write(tokens: "list[Token]", writer: Writer, inside: HtmlInside, env: dict[str, Any]) -> None:
    numbers: list[int | None] = []
    for token in tokens:
        kind = token.type
        if kind == "inline":
            _write_inline(token, writer, inside)
        elif kind == "html_block":
            # In MDX what is in an element is Markdown, too, and everywhere what is in a line.
            is_markdown = env["context"].is_mdx or _MARKED.search(token.content) is not None
            html = replace_macros(token.content, env["context"])
            inside.piece(html, token.meta.get(ENDS, {}), is_markdown=is_markdown)
        elif kind in ("fence", "code_block"):
            language = token.info.strip().split(" ")[0] if kind == "fence" else ""
            writer.fence(token.content, language)
        elif kind == "heading_open":
            writer.heading(int(token.tag[1]))
        elif kind in ("paragraph_open", "heading_close", "hr") or kind == "paragraph_close":
            writer.block(is_tight=token.hidden)
        elif kind in ("bullet_list_open", "ordered_list_open"):
            writer.list_begins(is_nested=bool(numbers))
            numbers.append(int(token.attrs.get("start", 1)) if kind[0] == "o" else None)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif kind == "list_item_open":
            marker = "- "
            if (number := numbers[-1]) is not None:
                marker = f"{number}. "
                numbers[-1] = number + 1
            writer.enter(marker)
        elif kind == "list_item_close":
            writer.leave()
        elif kind == "blockquote_open":
            writer.block()
            writer.enter("> ", "> ")
        elif kind == "blockquote_close":
            writer.leave(is_tight=False)
        else:
            _write_other(token, writer)


def _write_other(token: "Token", writer: Writer) -> None:
    kind = token.type
    if kind == "table_open":
        writer.table()
    elif kind == "tr_open":
        writer.row()
    elif kind in ("th_open", "td_open"):
        writer.cell(is_header=kind == "th_open")
    elif kind in ("th_close", "td_close"):
        writer.end_cell()
    elif kind == "table_close":
        writer.end_table()
    elif kind == "dd_open":
        writer.enter(": ")
    elif kind == "dd_close":
        writer.leave()
    elif kind in ("dt_open", "dt_close"):
        writer.block()
    elif kind in ("math_block", "math_block_label"):
        writer.block()
        writer.text(f"$$\n{token.content.strip()}\n$$")
        writer.block()
    elif kind == "footnote_reference_open":
        writer.block()
        writer.enter(f"[^{token.meta['label']}]: ", "")
    elif kind == "footnote_reference_close":
        writer.leave(is_tight=False)


def _write_inline(token: "Token", writer: Writer, inside: HtmlInside) -> None:
    if not token.children:
        writer.text(token.content)
        return
    depth = inside.depth
    stars = 0
    if "*" in token.content or "&" in token.content:
        stars = sum(child.content.count("**") for child in token.children if child.type == "text")
    for child in token.children:
        kind = child.type
        if kind == "text":
            text = child.content
            if stars and stars % 2 == 0:  # CommonMark does not see them beside some letters
                text = _STARS.sub("", text)
            writer.text(without_scraps(text))
        elif kind == "code_inline":
            writer.code(child.content)
        elif kind in ("softbreak", "hardbreak"):
            writer.line()
        elif kind == "html_inline":
            inside.piece(child.content, child.meta.get(ENDS, {}))
        elif kind == "link_open":
            inside.begin_link()
        elif kind == "picture":
            if not is_badge(child.meta["address"]):
                writer.image(child.content)
        elif kind == "image":
            if not is_badge(str(child.attrs.get("src", ""))):
                writer.image(_plain(child))
        elif kind in ("s_open", "s_close"):
            writer.text("~~")
        elif kind in ("math_inline", "math_inline_double"):
            signs = "$$" if kind.endswith("double") else "$"
            writer.text(f"\0{signs}{child.content}{signs}\0")
        elif kind == "footnote_ref":
            writer.text(f"[^{child.meta['label']}]")
    if inside.depth > depth:
        inside.close_to(depth)


def _write_words(
    words: str, writer: Writer, inside: HtmlInside, parser: "MarkdownIt", env: dict[str, Any]
) -> None:
    for token in parser.parseInline(words.replace("\n", " "), env):
        lead = words[: len(words) - len(words.lstrip())]
        writer.text(" " if lead else "")
        _write_inline(token, writer, inside)
        writer.text(" " if words[-1:].isspace() else "")


def _plain(image: "Token") -> str:
    return "".join(child.content for child in image.children or [] if child.type != "softbreak")
