"""Names of other packages that nobody promised us: are they there, and are all listed?"""

import ast
import importlib
import inspect
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

OURS = {"rag_stream", "app", "ingest"}
_PROMISED = {"_replace", "_asdict", "_fields", "_make", "_field_defaults"}
"""Of named tuples, documented with their underscore."""


@dataclass(frozen=True)
class Use:
    """A private or undocumented name, `module:attribute.attribute`, and where we use it."""

    name: str
    where: str
    parameters: tuple[str, ...] = ()
    """What is passed by name, or what an override of ours is called with."""

    def __str__(self) -> str:
        return self.name


def problem_of(use: Use) -> str | None:
    """What is wrong with a name in the installed packages; None where nothing is."""
    module, _, path = use.name.partition(":")
    try:
        value: Any = importlib.import_module(module)
    except ImportError as error:
        return f"{use.name}: {error} (used in {use.where})"
    for attribute in path.split("."):
        try:
            value = _attribute(value, attribute)
        except AttributeError:
            return f"{use.name}: there is no {attribute!r} (used in {use.where})"
    if not use.parameters:
        return None
    known = inspect.signature(value).parameters
    missing = [name for name in use.parameters if name not in known]
    return f"{use.name}: takes no {', '.join(missing)} (used in {use.where})" if missing else None


def _attribute(value: Any, name: str) -> Any:
    """An attribute; of a class also one that its instances have."""
    try:
        return getattr(value, name)
    except AttributeError:
        if not inspect.isclass(value):
            raise
    for kind in value.__mro__:
        if name in vars(kind).get("__annotations__", {}):
            return None
        if name in _stored_by(kind):
            return None
    raise AttributeError(name)


@cache
def _stored_by(kind: type) -> set[str]:
    try:
        return _stored(ast.parse(textwrap.dedent(inspect.getsource(kind))))
    except (OSError, TypeError):  # written in C
        return set()


def _stored(tree: ast.AST) -> set[str]:
    """Names that code assigns or defines, attributes of whatever included."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def unlisted(folders: Iterable[str], uses: Iterable[Use]) -> list[str]:
    """Private names that sources use and the list lacks, as `file: name`."""
    listed = {(use.where, part) for use in uses for part in _parts(use)}
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            names = set(private_names(path.read_text(encoding="utf-8")))
            found += [f"{where}: {name}" for name in sorted(names) if (where, name) not in listed]
    return found


def unused(uses: Iterable[Use]) -> list[Use]:
    """What is listed for a file that does not have it."""
    return [u for u in uses if re.split("[.:]", u.name)[-1] not in _text(ROOT / u.where)]


def unbounded(uses: Iterable[Use]) -> list[str]:
    """Packages whose names are listed and whose next major version neither pyproject keeps out."""
    wanted = []
    for folder in (ROOT, ROOT / "packages" / "rag_stream"):
        project = tomllib.loads(_text(folder / "pyproject.toml"))["project"]
        extras = project.get("optional-dependencies", {}).values()
        for lines in (project["dependencies"], *extras):
            wanted += map(Requirement, lines)
    bounded = {
        canonicalize_name(one.name)
        for one in wanted
        if any("<" in s.operator for s in one.specifier)
    }
    packages = packages_distributions()
    named = {canonicalize_name(packages[re.split("[.:]", u.name)[0]][0]) for u in uses}
    return sorted(named - bounded)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _parts(use: Use) -> list[str]:
    return [*re.split("[.:]", use.name), *use.parameters]


def private_names(source: str) -> Iterator[str]:
    """The names with an underscore that a source uses of packages other than ours."""
    tree = ast.parse(source)
    imported = dict(_imported(tree))
    own = _stored(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _of_import(node)
        elif isinstance(node, ast.Call):
            yield from (k.arg for k in node.keywords if _is_private(k.arg) and k.arg not in own)
        elif isinstance(node, ast.Attribute) and _is_private(node.attr):
            base = node.value
            is_standard = isinstance(base, ast.Name) and _is_standard(imported.get(base.id, ""))
            if not is_standard and node.attr not in own and node.attr not in _PROMISED:
                yield node.attr
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node, imported)


def _of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return  # from beside it
        paths = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        paths = [alias.name for alias in node.names]
    for path in paths:
        if path.split(".")[0] not in OURS and not _is_standard(path):
            yield from filter(_is_private, path.split("."))


def _of_class(node: ast.ClassDef, imported: dict[str, str]) -> Iterator[str]:
    """What a class overrides, or reads of itself, that a base of another package has."""
    bases = [base for each in node.bases if (base := _resolved(each, imported)) is not None]
    named = {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    read = {
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    }
    for name in filter(_is_private, named | read):
        for base in bases:
            try:
                _attribute(base, name)
            except AttributeError:
                continue
            yield name


def _resolved(node: ast.expr, imported: dict[str, str]) -> type | None:
    """A base class that comes from a package that is neither ours nor Python's."""
    text = ast.unparse(node.value if isinstance(node, ast.Subscript) else node)
    first, *rest = text.split(".")
    path = ".".join([imported.get(first, ""), *rest]).strip(".")
    if not path or path.split(".")[0] in OURS or _is_standard(path):
        return None
    module, _, name = path.rpartition(".")
    value = getattr(importlib.import_module(module), name)
    return value if inspect.isclass(value) else None


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((a.asname or a.name, f"{node.module}.{a.name}") for a in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.split(".")[0]
                yield alias.asname or whole, whole


def _is_private(name: str | None) -> bool:
    return name is not None and name.startswith("_") and not name.startswith("__")


def _is_standard(path: str) -> bool:
    return path.split(".")[0] in sys.stdlib_module_names
