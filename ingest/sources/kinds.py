"""Which kind of document a file is, and what is none. By names; a few are looked into."""

import re
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Literal

Kind = Literal["html", "markdown", "mdx", "plain", "rst", "notebook", "org"]

KIND_BY_SUFFIX: dict[str, Kind] = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".md", ".markdown", ".mkd", ".mdown", ".mkdn", ".rmd", ".qmd"), "markdown"),
    ".mdx": "mdx",
    **dict.fromkeys((".rst", ".rest"), "rst"),
    ".ipynb": "notebook",
    ".org": "org",
    **dict.fromkeys((".txt", ".text"), "plain"),
}

_HEAD = 4_096  # bytes of a file that are looked at
_NO_FOLDERS = re.compile(
    r"node_modules|bower_components|jspm_packages|__pycache__|(?:site|dist)-packages"
    r"|.*\.(?:egg|dist)-info"
)
_NO_DOCUMENTS = re.compile(
    r"(?:[\w.-]*[-_])?(?:requirements|constraints)(?:[-_.][\w.-]*)?\.(?:txt|in)|cmakelists\.txt"
    r"|meson_options\.txt|(?:robots|humans|ads)\.txt"
    r"|(?:package-lock|npm-shrinkwrap)\.json|pnpm-lock\.yaml|go\.sum|.*\.lock",
    re.I,
)
_LICENCE = re.compile(
    r"(?:(?:un)?licen[cs]es?|copying|copyright|notices?"
    r"|third[-_ ]?party[-_ ]?(?:licen[cs]es?|notices?))(?:[-_.][\w.+-]+)?",
    re.I,
)
_LICENCE_WORDS = re.compile(
    r"permission\s+is\s+hereby\s+granted|permission\s+to\s+use,\s+copy|redistribution\s+and\s+use"
    r"|general\s+public\s+licen[cs]e|apache\s+licen|mozilla\s+public|creative\s+commons"
    r"|free\s+and\s+unencumbered|boost\s+software|all\s+rights\s+reserved",
    re.I,
)
_CODE_NAMES = re.compile(
    r"(?:make|gnumake|docker|container|rake|gem|pip|proc|vagrant|jenkins|brew|just)file.*|build"
    r"|workspace|version|codeowners|owners|gradlew|manifest(?:\.in)?|py\.typed|configure|cname",
    re.I,
)
_CODE_SUFFIXES = frozenset(
    """
    py pyi pyx pxd ipy js mjs cjs jsx ts tsx mts cts vue svelte astro css scss sass less styl
    c h cc cpp cxx hpp hh hxx inl m mm cs fs fsx vb java kt kts scala groovy gradle clj cljs cljc
    edn go rs rb erb php pl pm t r jl lua tcl swift dart ex exs erl hrl hs lhs elm ml mli nim zig
    v vhd sv asm s d pas f f90 f95 ada lisp el scm rkt sh bash zsh fish ps1 psm1 bat cmd awk sed
    sql graphql gql proto thrift capnp wasm wat cu glsl vert frag hlsl cmake mk mak am ac m4 in
    make ninja bazel bzl tf tfvars hcl nix dhall json jsonc json5 jsonl ndjson yaml yml toml ini
    cfg conf config properties env editorconfig xml xsd xsl xslt dtd rng svg plist csv tsv psv po
    pot mo qm map lock sum mod diff patch log out err snap bib inv db sqlite dat data vim vimrc
    example dist service socket desktop spec gemspec podspec nuspec csproj fsproj sln vcxproj
    pbxproj http pem crt key sig ics vcf srt vtt gpx kml geojson obj stl ply pyc typed pth whl
    toc idx
    """.split()  # noqa: SIM905
)


def kind_of(path: PurePath) -> Kind | None:
    """What reads a file; None for what nothing does."""
    return KIND_BY_SUFFIX.get(path.suffix.lower())


def is_no_folder(path: Path) -> bool:
    """Whether what is in a folder is not this project's documents: packages, environments.

    Nor is what Sphinx made the pages beside it of, which it puts there for a link on each.
    """
    if _NO_FOLDERS.fullmatch(path.name) is not None or (path / "pyvenv.cfg").is_file():
        return True
    return path.name == "_sources" and (path.parent / "_static").is_dir()


def is_no_document(path: Path) -> bool:
    """Whether a file of a kind that is read is none: a list of packages, a licence's text."""
    name = path.name
    if _NO_DOCUMENTS.fullmatch(name):
        return True
    stem = name.removesuffix(path.suffix) if kind_of(path) else name
    if not _LICENCE.fullmatch(stem):
        return False
    if stem.isupper():
        return True
    # `license.md` may also be a page on how to get one.
    return _LICENCE_WORDS.search(_head(path).decode("utf-8", "replace")) is not None


def is_text_of_unknown_kind(path: Path) -> bool:
    """Whether people might read in a file that nothing here reads; code, data and media are not."""
    suffix = path.suffix[1:].lower()
    if kind_of(path) or suffix in _CODE_SUFFIXES or _CODE_NAMES.fullmatch(path.name):
        return False
    if _NO_DOCUMENTS.fullmatch(path.name) or _LICENCE.fullmatch(path.name):
        return False
    head = _head(path)
    if b"\0" in head or head.startswith((b"#!", b"%PDF", b"{\\rtf", b"-----BEGIN ")):
        return False
    text = head.decode("utf-8", "ignore").strip()
    words = sum(char.isalpha() or char in " \n" for char in text)
    return (
        len(text) > 0 and len(text.encode()) > 0.9 * len(head.strip()) and words > 0.6 * len(text)
    )


def suffix_of(path: PurePath) -> str:
    """What a file's kind is called where files are counted: `.pdf`, `.html.j2`."""
    suffixes = path.suffixes
    if len(suffixes) > 1 and suffixes[-2].lower() in KIND_BY_SUFFIX:
        return "".join(suffixes[-2:]).lower()
    return path.suffix.lower() or "without suffix"


def matches(path: PurePath, patterns: tuple[str, ...]) -> bool:
    """Whether a path below a folder, its name or a folder above it is meant by a pattern."""
    named = (path.as_posix(), *path.parts, *(above.as_posix() for above in path.parents))
    return any(fnmatchcase(name, pattern.rstrip("/")) for pattern in patterns for name in named)


def may_hold(folder: PurePath, patterns: tuple[str, ...]) -> bool:
    """Whether a pattern means something in a folder."""
    return matches(folder, patterns) or any(
        fnmatchcase(folder.name, part)
        for pattern in patterns
        for part in PurePath(pattern).parts[:-1]
        if part.strip("*")
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""
