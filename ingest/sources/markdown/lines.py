"""The lines of a Markdown dialect as lines of common Markdown. Pure.

Boxes, tabs and directives lose their signs and keep their titles and what is in them; imports,
includes and long comments go. Code is left as it is.
"""

import re
from dataclasses import dataclass, field

from ingest.sources.markdown import directives, signs
from ingest.sources.markdown.code_tags import code_tag
from ingest.sources.markdown.comments import Comments
from ingest.sources.markdown.fences import Fence
from ingest.sources.markdown.frames import Frames
from ingest.sources.markdown.html_names import with_small_names
from ingest.sources.markdown.including import included
from ingest.sources.markdown.macros import shown_shortcodes
from ingest.sources.markdown.modules import Modules
from ingest.sources.markdown.raw import raw_words
from ingest.sources.markdown.whole_lines import whole_lines
from ingest.sources.markdown.words import shortcode_words


@dataclass(slots=True)
class Lines:
    """Goes through the lines of one text."""

    text: str
    is_mdx: bool
    includes: list[str] = field(default_factory=list)
    _out: list[str] = field(default_factory=list)
    _frames: Frames = field(default_factory=Frames)
    _fence: Fence = field(default_factory=Fence)
    _list_indent: int | None = None
    _was_blank: bool = True
    _was_code: bool = False
    _in_comment: str = ""
    _is_raw: bool = False
    _comments: Comments = field(init=False)
    _modules: Modules = field(init=False)

    def __post_init__(self) -> None:
        self._comments = Comments(self.text)
        self._modules = Modules(self.text, is_mdx=self.is_mdx)

    @property
    def has_imports(self) -> bool:
        """Whether a module is imported outside of code."""
        return self._modules.has_imports

    def common(self) -> str:
        """All of them."""
        for line, at in whole_lines(self.text, lambda: bool(self._fence.sign or self._in_comment)):
            self._line(line, at)
        return "\n".join(self._out)

    def _line(self, line: str, at: int) -> None:
        if self._in_comment:
            end = line.find(self._in_comment)
            if end < 0:
                return
            line = line[end + len(self._in_comment) :]
            if self._in_comment.endswith("comment"):
                line = line.partition("}")[2].lstrip("}")
            self._in_comment = ""
        if self._modules.is_open and not self._fence.sign:
            self._modules.leave_out(line)
            return
        if not line and not self._fence.sign:
            self._put("")
            return
        if not self._frames.is_open:
            if self._fence.sign:
                self._code(line)
                return
            if line[0].isalpha() and not self._is_raw and not signs.MAY_SAY.search(line):
                if self._was_blank:
                    self._list_indent = None
                self._put(line)  # words, as nearly all lines are
                return
        bare = line.strip()
        indent = 0
        if line[:1] in (" ", "\t"):
            indent = len(line[: len(line) - len(line.lstrip())].expandtabs(4))
        if bare and not self._fence.sign:
            self._frames.leave(indent)
        if cut := self._frames.cut:
            line = line.expandtabs(4)[min(indent, cut) :]
            indent = max(0, indent - cut)
        if self._fence.sign:
            self._code(line)
        elif not bare:
            self._put("")
        elif self._is_indented_code(indent) and not signs.SHORTCODE.match(bare):
            self._out.append(shown_shortcodes(line))
            self._was_code, self._was_blank = True, False
        elif not (self._open_or_close(line, bare, indent) or self._frames.is_in_options(bare)):
            self._words(line, bare, indent, at)

    def _put(self, line: str) -> None:
        self._out.append(line)
        self._was_blank = not line
        if line:
            self._was_code = False

    def _paragraph(self, words: str, indent: int = 0) -> None:
        self._out += ["", " " * indent + words, ""] if words else [""]
        self._was_blank, self._was_code = True, False

    def _is_indented_code(self, indent: int) -> bool:
        if self.is_mdx or not (self._was_blank or self._was_code):
            return False
        return indent >= 4 + (self._list_indent or 0)

    def _code(self, line: str) -> None:
        if self._fence.tag_end is not None:
            self._out.append(self._fence.take(line) or "")
        elif (include := included(line)) is not None:
            self.includes.append(include)
        elif (shown := self._fence.take(line)) is not None:
            self._put(shown_shortcodes(shown))
            self._was_blank = False

    def _open_or_close(self, line: str, bare: str, indent: int) -> bool:
        if self._frames.is_full:
            return False
        if fence := signs.FENCE.match(line) if "```" in line or "~~~" in line else None:
            return self._fenced(line, fence, indent)
        if bare[0] not in ":!?/=":
            return False
        if colons := signs.COLONS.match(line):
            return self._colons(colons, indent)
        if box := signs.BOX.match(bare):
            if bare.startswith("///"):
                self._paragraph(directives.box_title(box[1], box[3]), indent)
                return True
            self._paragraph(directives.box_title(box[1], box[2]), indent)
        elif tab := signs.TAB.match(bare):
            self._paragraph(tab[1], indent)
        else:
            return bare == "///"
        self._frames.indent(indent + 4)
        return True

    def _fenced(self, line: str, fence: re.Match[str], indent: int) -> bool:
        sign, info = fence[1], fence[2].strip()
        if not info and self._frames.is_end(sign):
            self._paragraph("")
            return True
        if sign[0] == "`" and "`" in info:
            return False
        if info.startswith("{") and (named := directives.NAME.match(info)):
            directive = directives.read(named[1], named[2].strip())
            if not directive.is_code:
                self._directive(sign, directive, indent)
                return True
            self._out.append(line[: fence.end(1)] + directive.language)
            self._fence.begin(sign, fence.start(1), has_options=True)
            return True
        if self._out and self._out[-1].lstrip().startswith("<"):
            self._out.append("")  # which an element of HTML goes on to
        title = signs.SHOWN_TITLE.search(info) or signs.LABEL.search(info)
        if title:
            self._paragraph(title[1] or title[title.lastindex or 1], indent)
        self._put(
            line[: fence.end(1)]
            + re.split(r"[\s{\[,]", info.lstrip("{."), maxsplit=1)[0].rstrip("}")
        )
        is_unshown = signs.UNSHOWN_CELL.match(info) is not None
        self._fence.begin(sign, fence.start(1), is_unshown=is_unshown)
        return True

    def _colons(self, colons: re.Match[str], indent: int) -> bool:
        sign, rest = colons[1], colons[2]
        if not rest:
            self._frames.close(sign)
            self._paragraph("")
            return True
        if directives.MODULE.fullmatch(rest):
            self.includes.append(rest)
            self._frames.indent(indent + 1, is_dropped=True)
            self._paragraph("")
            return True
        self._directive(sign, directives.read_colons(rest), indent)
        return True

    def _directive(self, sign: str, directive: directives.Directive, indent: int) -> None:
        if directive.includes:
            self.includes.append(directive.includes)
        self._frames.enclose(sign, is_dropped=directive.is_dropped)
        self._paragraph(directive.words, indent)

    def _words(self, line: str, bare: str, indent: int, at: int) -> None:
        if (self._is_raw or "raw" in line or "verbatim" in line) and not signs.RAW.fullmatch(bare):
            line, self._is_raw = raw_words(line, is_raw=self._is_raw)
            bare = line.strip()
        if item := signs.ITEM.match(line):
            self._list_indent = len(item[0])
        elif self._was_blank and self._list_indent and indent < min(2, self._list_indent):
            self._list_indent = None
        if (include := included(line)) is not None:
            self.includes += [include] if include else []
            return
        if signs.NO_TEXT.match(line):
            self._put("")
        elif self._is_code_tag(bare, at):
            return
        elif raw := signs.RAW.fullmatch(bare):
            self._is_raw = not raw[1]
        elif closing := self._comments.block(bare, at):
            self._in_comment = closing
        elif self._modules.begins(line, at, was_blank=self._was_blank):
            self._modules.leave_out(line)
        elif callout := signs.CALLOUT.match(line):
            self._out += [callout[1] + (callout[3] or callout[2].capitalize()), callout[1].rstrip()]
        elif signs.ONLY_TAGS.fullmatch(bare):
            found = (shortcode_words(tag[1] or tag[2] or "") for tag in signs.TAG.finditer(bare))
            self._tags(bare, [words for words in found if words], indent)
        elif self.is_mdx and signs.JSX_ONLY.match(with_small_names(line)):
            self._out += ["", bare, ""]
        else:
            self._put(self._without_comment(line, at))

    def _tags(self, bare: str, words: list[str], indent: int) -> None:
        if "include" in bare or "readfile" in bare or "embed" in bare:
            self._put(" " * indent + bare)  # whose file is named where macros are read
            return
        self._paragraph(". ".join(words), 0 if self._list_indent is None else indent)

    def _is_code_tag(self, bare: str, at: int) -> bool:
        """Begin code where a tag encloses some."""
        found = code_tag(bare, self.text[at : at + signs.LONGEST].lstrip())
        if found is None:
            return False
        self._put(f"```{found.language}")
        self._fence.begin_tag(found.end)
        return True

    def _without_comment(self, line: str, at: int) -> str:
        """The line up to a comment that goes on in the next ones."""
        if not self._is_raw:
            line, self._in_comment = self._comments.without(line, at)
        return line
