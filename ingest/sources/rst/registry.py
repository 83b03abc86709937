"""The directives and roles that docutils does not know, so that their words are read.

Nothing here reads a file, runs code or imports what a document names: that is done by Sphinx where
the documents are built, and what it would bring in is named instead.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

from ingest.sources.markdown.words import label_words

_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ ]+(?:\|[^|\n]+\|[ ]+)?([\w:.+-]+)::", re.M)
_ROLE = re.compile(r"(?<![\w:]):([\w.+-]+(?::[\w.+-]+)*):(?=`)|(?<=`):([\w.+-]+(?::[\w.+-]+)*):")
_TARGET = re.compile(r"(.*\S)\s*(?<!\\)<[^<>]*>\s*", re.S)
_PATH = re.compile(r"\S*/\S*|\S+\.\w{1,5}")
_BOXES = {
    "seealso": "See also", "todo": "Todo", "versionadded": "Added in version",
    "versionchanged": "Changed in version", "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version", "deprecated-removed": "Deprecated since version",
}  # fmt: skip
_CODE = {
    "code-block", "sourcecode", "prompt", "ipython", "doctest", "testcode", "testoutput", "jinja",
    "productionlist", "code-tab", "http", "highlighted", "console",
}  # fmt: skip
_NO_TEXT = {
    "toctree", "index", "currentmodule", "module", "py:module", "py:currentmodule", "highlight",
    "sectionauthor", "codeauthor", "moduleauthor", "tabularcolumns", "testsetup", "testcleanup",
    "graphviz", "digraph", "graph", "mermaid", "uml", "plantuml", "plot", "bibliography",
    "inheritance-diagram", "nbgallery", "youtube", "raw", "contents", "sectnum", "meta",
    "c:namespace", "cpp:namespace", "default-domain", "minigallery", "footbibliography",
}  # fmt: skip
_INCLUDED = re.compile(
    r"include|literalinclude|auto\w+|autodoc\w*|click|argparse|program-output|command-output"
    r"|doxygen\w+|jsonschema|openapi|pytest-\w+|mdinclude|apidoc|snippet"
)
_SHOWN_AS_CODE = re.compile(
    r"(?:py:|c:|cpp:|js:|rst:|std:)?(?:func|class|meth|mod|attr|exc|data|obj|const|any|type|macro|member"
    r"|var|struct|enum|enumerator|option|envvar|program|command|file|samp|makevar|keyword|token"
    r"|regexp|mimetype|fixture|confval|setting|dir|cdata|decorator|rst:dir|rst:role|property)"
)


_MODULE, _WITHIN = "rag-module", "rag-within"
"""Attributes of a document: the module that what comes is in, and whether it is in a class."""
_OF_MODULES = {"function", "class", "exception", "data", "decorator", "attribute"}
_OF_CODE = re.compile(r"[A-Z(._]")


class _AnyOptions(dict[str, Callable[[str], str]]):
    """Takes options of every name."""

    def __missing__(self, name: str) -> Callable[[str | None], str]:
        return lambda value: value or ""


class _Known(Directive):
    """What all of these have in common: anything may stand in them."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[Any] = _AnyOptions(name=lambda value: value or "")

    @property
    def words(self) -> str:
        return " ".join(self.arguments)

    def inside(self, *before: nodes.Node) -> list[nodes.Node]:
        """What stands in it, below what is shown before."""
        container = nodes.container()
        container += before
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]

    def shown(self, text: str) -> list[nodes.Node]:
        """Words as a paragraph, with what is marked up in them."""
        if not text.strip():
            return []
        inline, _messages = self.state.inline_text(text, self.lineno)
        return [nodes.paragraph("", "", *inline)]


class Box(_Known):
    """Something with a name of its own on it, such as what was new in a version."""

    def run(self) -> Sequence[nodes.Node]:
        version, more = (*self.words.split(None, 1), "", "")[:2]
        if "ver" not in self.name and "depr" not in self.name:
            return self.inside(*self.shown(_BOXES[self.name]), *self.shown(self.words))
        return self.inside(*self.shown(f"{_BOXES[self.name]} {version}: {more}".rstrip(": ")))


class Code(_Known):
    """Code, with the language that it is in."""

    def run(self) -> Sequence[nodes.Node]:
        code = "\n".join(self.content)
        language = self.words.split(" ")[0] if "`" not in self.words else ""
        caption = self.shown(str(self.options.get("caption", "")))
        return [*caption, nodes.literal_block(code, code, language=language)]


class NoText(_Known):
    """What shows nothing of its own."""

    def run(self) -> Sequence[nodes.Node]:
        if self.name.endswith("module"):
            self.state.document[_MODULE] = self.words
        return []


class Included(_Known):
    """What is taken from elsewhere when documents are built."""

    def run(self) -> Sequence[nodes.Node]:
        named = self.words or "\n".join(self.content).strip().split("\n")[0]
        return [nodes.comment("", "", included=named)]


class Signature(_Known):
    """What documents a thing of a program: its signatures, then what is said about it."""

    def run(self) -> Sequence[nodes.Node]:
        document, kind = self.state.document, self.name.rpartition(":")[2]
        if kind == "class" and not self.content and not _OF_CODE.search(self.words):
            return []  # docutils' own: how the next paragraph is to look
        module = document.get(_MODULE, "")
        lines = [line.strip() for line in "\n".join(self.arguments).split("\n") if line.strip()]
        if module and kind in _OF_MODULES and not document.get(_WITHIN):
            lines = [line if line.startswith(module) else f"{module}.{line}" for line in lines]
        if kind in ("class", "exception"):
            lines = [f"{kind} {line}" for line in lines]
        shown = [nodes.paragraph("", "", nodes.literal(line, line)) for line in lines]
        within, document[_WITHIN] = document.get(_WITHIN), True
        try:
            return self.inside(*shown)
        finally:
            document[_WITHIN] = within


class Words(_Known):
    """Anything else: what is in it, below its title."""

    def run(self) -> Sequence[nodes.Node]:
        title = "" if _PATH.fullmatch(self.words) else self.words
        is_condition = self.name in ("only", "ifconfig", "hlist", "glossary", "tags", "grid")
        return self.inside(*([] if is_condition else self.shown(title)))


def know(text: str) -> None:
    """Register what the text uses and docutils has not."""
    for name in {found[1].lower() for found in _DIRECTIVE.finditer(text)}:
        if (kind := _directive(name)) is not None:
            directives.register_directive(name, kind)
    for found in {(found[1] or found[2]).lower() for found in _ROLE.finditer(text)}:
        if not _has_role(found):
            roles.register_local_role(found, _role)  # type: ignore[arg-type]


def _directive(name: str) -> type[_Known] | None:
    bare = name.rpartition(":")[2]
    if name in _NO_TEXT:
        return NoText
    if _INCLUDED.fullmatch(name):
        return Included
    if name in _BOXES:
        return Box
    if name in _CODE or name == "code":
        return Code
    if name != "class" and name in vars(directives)["_directive_registry"]:
        return None
    if ":" in name or bare in ("function", "class", "method", "attribute", "data", "exception"):
        return Signature
    if bare in ("option", "envvar", "cmdoption", "describe", "object", "confval", "fixture"):
        return Signature
    return Words


def _has_role(name: str) -> bool:
    return name in vars(roles)["_role_registry"] or name in (
        "math",
        "code",
        "abbreviation",
        "acronym",
        "sup",
        "sub",
    )


def _role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Any,
    options: Any = None,
    content: Sequence[str] = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The words of a reference: its title where it has one, else what it refers to."""
    text = text.replace("\0", "")
    if name in ("pep", "rfc"):
        return [nodes.inline(text, f"{name.upper()} {text.partition('#')[0]}")], []
    if titled := _TARGET.fullmatch(text):
        return [nodes.inline(text, titled[1])], []
    if name in ("guilabel", "menuselection"):
        return [nodes.inline(text, label_words(text))], []
    shown = text.removeprefix("!")
    if shown.startswith("~"):
        shown = shown[1:].rpartition(".")[2]
    if name.rpartition(":")[2] == "doc":
        shown = shown.strip("/").rpartition("/")[2]
    if _SHOWN_AS_CODE.fullmatch(name):
        return [nodes.literal(text, shown)], []
    return [nodes.inline(text, shown)], []
