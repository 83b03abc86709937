"""The signs of Markdown dialects at the beginnings of lines, as patterns. Pure."""

import re

FENCE = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)])[ ]+)?(`{3,}|~{3,})[ \t]*(.*)$")
ITEM = re.compile(r"[ >]*(?:[-*+]|\d{1,9}[.)])[ ]+")
COLONS = re.compile(r"\s*(:{3,})[ \t]*(.*?)[ \t]*$")
BOX = re.compile(
    r"(?:!!!|\?\?\?\+?|///)[ ]+([\w-]+(?:[ ]+[\w-]+)*?)[ ]*(?:\"(.*)\"|\|[ ]*(.*))?[ ]*$"
)
TAB = re.compile(r"===[!+]*[ ]+\"(.*)\"[ ]*$")
CALLOUT = re.compile(r"([ >]*>[ ]*)\[!([\w-]+)(?:\|[^\]]*)?\][+-]?[ ]*(.*)$")
ONLY_TAGS = re.compile(
    r"(?:\{\{[<%](?!/\*)(?:(?![%>]\}\}).){1,400}[%>]\}\}[ \t]*|\{%(?:(?!%\}).){1,400}%\}[ \t]*)+"
)
MATH_LABEL = re.compile(r"^(\s*\$\$)[ \t]*\{#[^{}\n]*\}[ \t]*$")
SHORTCODE = re.compile(r"\{\{[<%](?!/\*)")
TAG = re.compile(r"\{\{[<%](.*?)[%>]\}\}|\{%-?(.*?)-?%\}")
IMPORT = re.compile(
    r"(?:import\s+(?:[\w$*{][^'\"]*\sfrom\s+)?['\"][^'\"]+['\"];?[ \t]*)+$"
    r"|import\s+(?:\w+\s*,\s*)?\{\s*$"
)
EXPORT = re.compile(r"export\s+(?:default\b|const\b|let\b|var\b|function\b|async\b|class\b|\*|\{)")
INCLUDE = re.compile(
    r"\s*(?:;?-+8<-+\s*\"?([^\"\s]*)\"?|<<<\s*(?:@/)?([\w./][^\s{\[]*).*"
    r"|\{[!*]\s*(\S+?)(?:\s[^{}]*)?\s*[!*]\}|\{\{\s*#\w*include\s+([^\s}:]+)[^}]*\}\}"
    r"|!include\s+(\S+))\s*$"
)
NO_TEXT = re.compile(
    r"\s*(?:\[(?://|comment|#)\]:\s.*|\[\[?_?TOC_?\]?\]|\{:[^{}]*\}|\([\w.:/ -]+\)=|\+\+\+"
    r"|(?:[*-]|1\.) TOC|\*\[[^\[\]\n]+\]:\s.*)\s*$",
    re.I,
)
JSX_ONLY = re.compile(
    r"\s*(?:</?(?:[A-Z][\w.]*|div|section|article|details|center|aside|figure|main)?"
    r"(?:\s(?:[^<>{}\"]|\"[^\"]*\"|\{[^{}]*\}|\{\{[^{}]*\}\})*)?/?>\s*)+$"
)
OPEN_TAG = re.compile(r"\s*<[A-Z][\w.]*(?:\s(?:[^<>]|=>)*)?$|\s*\{\{[<%](?!.*[%>]\}\})")
LONGEST = 4_000  # characters; what goes on for longer is no element
COMMENT_TAG = re.compile(r"\{(%)-?\s*comment\b[^{}]*\}|\{\{[<%]\s*comment\s*[%>]\}\}")
RAW = re.compile(r"\{%-?\s*(end)?(?:raw|verbatim)\s*-?%\}")
CELL_OPTION = re.compile(r"\s*(?::[\w-]+:|(?:#|//|--|%)\|)")
"""What says of a piece of code how it is run and shown; of MyST, and of Quarto."""
UNSHOWN_OPTION = re.compile(r"\s*(?:#|//|--|%)\|\s*(?:echo|include)\s*:\s*(?:false|no)\s*$", re.I)
UNSHOWN_CELL = re.compile(r"\{\w+[^{}]*\b(?:echo|include)\s*=\s*(?:FALSE|F)\b")
SHOWN_TITLE = re.compile(r"(?:title|filename|caption|header|label)=(?:\"([^\"]*)\"|'([^']*)')")
LABEL = re.compile(r"\[([^\]\[]{1,80})\]\s*$")
MAY_SAY = re.compile(r"[{]|<!--|raw|verbatim|\A(?:im|ex)port")
"""In a line that begins with a letter: it may be more than words."""
