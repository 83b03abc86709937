"""Which words of a shortcode, macro, role or component a reader sees. Pure."""

import re
from collections.abc import Mapping

_NAMED = ("title", "label", "text", "header", "heading", "summary", "caption", "question")
_ONLY_OF_TABS = ("name", "items")
_OF_SOME = (  # which say something else, or nothing, of other components
    (re.compile(r"badge|callout|alert|note|tooltip", re.I), ("content",)),
    (re.compile(r"card|feature|hero|headline|accordion|step|param|field", re.I),
     ("subtitle", "description")),
    (re.compile(r"(?:file-?tree|tree)/?|folder", re.I), ("name",)),
)  # fmt: skip
_BESIDE = re.compile(
    r"tab|expand|details|note|tip|warning|info|caution|danger|important|notice|admonition|callout"
    r"|hint|alert|card|collapse|spoiler|accordion|panel|step|summary",
    re.I,
)
_TITLED = re.compile(
    r"tab|expand|details|note|tip|warning|info|caution|danger|important|notice|admonition|callout"
    r"|hint|alert|button|btn|card|collapse|spoiler|accordion|panel|step|summary|badge|tooltip|kbd"
    r"|section|heading|highlight-box|link|abbr|term",
    re.I,
)
_INCLUDES = re.compile(
    r"-?\s*#?(include|include[_-]\w+|rustdoc_include|readfile|embed-file|snippet)\b", re.I
)
_INCLUDING = re.compile(r"^[-#\s]*[\w-]+[\s(]*")
_ARGUMENT = re.compile(
    r"(?:([\w.-]+)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^\s\"'`=]+))"
)
_CALL = re.compile(r"\s*([\w.-]+)\s*\((.*)\)\s*", re.S)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")
_INLINE = re.compile(r"\s*(\w+?)_inline(?:\(.*\))?\s*", re.I | re.S)
_ICON = re.compile(r"octicon|fa[a-z]?|fa-\w+|material-\w+|iconify|mdi")
_TARGET = re.compile(r"(.*\S)\s*<[^<>]*>\s*", re.S)
_FILE = re.compile(r"(?:\.{0,2}/)?[\w@./\\-]*[\w-]\.\w{1,5}|[\w./@-]*/[\w./@-]+")
_SHOWN_AS_CODE = re.compile(
    r"code|file|command|program|option|envvar|samp|makevar|py(?::\w+)?|c(?::\w+)?|cpp:\w+|js:\w+"
    r"|class|func|meth|mod|attr|exc|data|obj|const|keyword|regexp|literal|mimetype|rst:\w+"
)


def shortcode_words(inner: str) -> str:
    """The words of `{{< name ... >}}` or `{% name ... %}`: its title, its label."""
    inner = inner.strip(" \t\n/-")
    name, _, rest = inner.partition(" ")
    name = name.strip()
    named: dict[str, str] = {}
    positional: list[str] = []
    for found in _ARGUMENT.finditer(rest):
        quoted = next((part for part in found.groups()[1:4] if part is not None), None)
        value = found[5] if quoted is None else quoted.replace('\\"', '"')
        if found[1]:
            named[found[1].lower()] = value
        elif quoted is not None:
            positional.append(value)
    if words := named_words(named, name):
        return words
    if _TITLED.match(name):
        return next((text for text in reversed(positional) if _reads(text)), "")
    return ""


def named_words(named: Mapping[str, str], name: str = "") -> str:
    """The words among named arguments."""
    names: tuple[str, ...] = (*_NAMED, *_ONLY_OF_TABS) if "tab" in name.lower() else _NAMED
    names += tuple(key for kind, keys in _OF_SOME if kind.search(name) for key in keys)
    found = [named[key] for key in names if named.get(key) and not _is_template(named[key])]
    words = dict.fromkeys(" ".join(text.split()) for text in found[:2])
    return ". ".join(words) or (named.get("alt", "") if "fig" in name or "im" in name else "")


def is_beside(inner: str) -> bool:
    """Whether the words of a shortcode are a title, and none within a sentence."""
    return _BESIDE.match(inner.strip(" \t\n/-")) is not None


def macro_words(inner: str, *, is_alone: bool) -> str:
    """The words of `{{ ... }}`: what a call to link something shows; a variable has none."""
    if inline := _INLINE.fullmatch(inner):
        return inline[1].replace("_", " ").capitalize()
    call = _CALL.fullmatch(inner)
    if call is None or is_alone:
        return ""  # alone on its line it places a menu, a table or an example
    strings = [found[1] or found[2] or "" for found in _STRING.finditer(call[2])]
    if "tooltip" in call[1].lower() or len(strings) == 1 or not strings[1:2]:
        return strings[0] if strings else ""
    return strings[1] or strings[0]


def role_words(name: str, code: str) -> str:
    """What MyST shows of a role; `code` has its backticks."""
    inner = code.strip("`").strip()
    if _ICON.fullmatch(name):
        return ""
    titled = _TARGET.fullmatch(inner)
    if titled is not None and name not in ("math", "code", "samp"):
        inner = titled[1]
    elif name == "math":
        return f"${inner}$"
    elif name in ("guilabel", "menuselection"):
        inner = label_words(inner)
    elif name == "doc":
        inner = inner.strip("/").rpartition("/")[2]
    if _SHOWN_AS_CODE.fullmatch(name):
        inner = inner.lstrip("!")
        inner = inner[1:].rpartition(".")[2] if inner.startswith("~") else inner
        return f"`{inner}`" if "`" not in inner else code
    return re.sub(r"([\\`*_\[\]<>&{}$~^|])", r"\\\1", inner)


def label_words(text: str) -> str:
    """What a button or a menu is called: no sign of the key that it is reached by."""
    return re.sub(r"&(?=[^\s&])|&(?=&)", "", text).replace("-->", "\u2023")


def is_include(opening: str, inner: str) -> str:
    """The file that a macro includes, or nothing."""
    if opening in ("{!", "{*"):
        name = inner.strip().split(" ")[0].strip("!\"'")
        return name if _FILE.fullmatch(name) else ""
    if not _INCLUDES.match(inner.strip()):
        return ""
    for argument in _ARGUMENT.finditer(inner):
        if argument[1] in ("file", "path", "src"):
            return argument[2] or argument[3] or argument[5] or ""
    rest = _INCLUDING.sub("", inner, count=1)
    found = _ARGUMENT.match(rest)
    return (found[2] or found[3] or found[5] or "").split(":")[0] if found else ""


def _reads(text: str) -> bool:
    return bool(text) and not _is_template(text) and (" " in text or not text[0].islower())


def _is_template(text: str) -> bool:
    return "{{" in text or "{%" in text
