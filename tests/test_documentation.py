"""What README, docs/ and the files beside them say is so: settings, errors, links, paths, calls."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import AliasChoices

import app.errors
import rag_stream.errors
from rag_stream.errors import RagError
from rag_stream.settings import Settings, load_settings
from tests.support.paths import ROOT

PACKAGE = ROOT / "packages" / "rag_stream"
EXAMPLES = ROOT / "docs" / "examples"
OUTSIDE_DOCS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", PACKAGE / "README.md")
PAGES = sorted([*OUTSIDE_DOCS, *ROOT.glob("docs/*.md")])
# Made when they are needed, or somebody else's.
NOT_OURS = {".env", "model.safetensors", "questions.csv", "tests/out/page/"}
# Of the ingest command, of the start, and one that is always told as one of its kinds.
NEVER_SENT = {"bad_source", "index_busy", "bad_setting", "model_timeout"}

_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \| (?:`(.*?)` )?\|", re.MULTILINE)
_LINE = re.compile(r"^#([A-Z][A-Z0-9_]+)=(.*)$", re.MULTILINE)
_ERRORS = re.compile(r"^\| (`[a-z_]+`.*?) \| (\d.*?) \|", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(
    r"[\w.*-]+(/[\w.*-]+)*(/|\.(csv|env|example|json|lock|md|mjs|onnx|py|safetensors|sh|toml|txt|yaml))"
)


def variable_of(field: str) -> str:
    """The name that users set a field by."""
    alias = Settings.model_fields[field].validation_alias
    assert isinstance(alias, AliasChoices)
    return str(alias.choices[0])


VARIABLES = {variable_of(field): field for field in Settings.model_fields}


def settings_of(lines: Sequence[tuple[str, str]], folder: Path) -> Settings:
    """The settings where a `.env` file has these lines."""
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines))
    return load_settings()


@pytest.mark.parametrize(("page", "form"), [("docs/settings.md", _ROW), (".env.example", _LINE)])
def test_every_setting_stands_there_once_with_its_default(
    page: str, form: re.Pattern[str], tmp_path: Path
) -> None:
    lines = form.findall((ROOT / page).read_text())
    assert sorted(name for name, _ in lines) == sorted(VARIABLES)
    unset = load_settings()
    assert settings_of(lines, tmp_path).model_dump() == unset.model_dump()
    for name, value in lines:
        assert settings_of([(name, value)], tmp_path).model_dump() == unset.model_dump(), name
        assert (value == "") == (getattr(unset, VARIABLES[name]) is None), name


@pytest.mark.parametrize("page", [*PAGES, ROOT / ".env.example"], ids=lambda page: page.name)
def test_the_variables_it_names_are_settings(page: Path) -> None:
    named = set(re.findall(r"\bRAG_[A-Z0-9_]+\b", page.read_text()))
    assert named <= set(VARIABLES)


def kinds_of(error: type[RagError]) -> Iterator[type[RagError]]:
    yield error
    for kind in error.__subclasses__():
        if kind.__module__ in (rag_stream.errors.__name__, app.errors.__name__):
            yield from kinds_of(kind)


def test_every_error_stands_there_with_its_status() -> None:
    told: dict[str, set[int]] = {}
    for codes, statuses in _ERRORS.findall((ROOT / "docs/http.md").read_text()):
        names, numbers = _CODE.findall(codes), [int(n) for n in re.findall(r"\d{3}", statuses)]
        for place, name in enumerate(names):
            told.setdefault(name, set()).add(numbers[place] if len(numbers) > 1 else numbers[0])
    ours: dict[str, set[int]] = {}
    for kind in kinds_of(RagError):
        if kind.code not in NEVER_SENT:
            ours.setdefault(kind.code, set()).add(kind.status_code)
    assert told == ours


def anchors_of(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_its_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_it_names_are_there(page: Path) -> None:
    text = page.read_text()
    named = {code for code in _CODE.findall(_BLOCK.sub("", text)) if _PATH.fullmatch(code)}
    if page.name == "architecture.md":  # its pictures name files, too
        named |= {name.group() for name in re.finditer(r"[\w/]+\.py\b", text)}
    for path in named - NOT_OURS:
        bases = (page.parent, ROOT, PACKAGE / "rag_stream")
        assert any(list(base.glob(path)) for base in bases), path


EXAMPLES_IN = {"python": ("ask.py", "in_python.py"), "js": ("ask.mjs",), "": ("ask.sh",)}


def calls_of(page: str) -> Iterator[tuple[str, str]]:
    """What a page shows of asking the service or the chain, and in which language."""
    for language, block in _BLOCK.findall((ROOT / page).read_text()):
        if language in ("python", "js"):
            # Imports and what they are for may stand apart in an example.
            yield from ((language, part) for part in block.strip().split("\n\n"))
        elif "curl" in block:
            commands = re.split(r"(?<!\\)\n", re.sub(r" +# .*", "", block.strip()))
            yield from ((language, command) for command in commands)


def as_on_pages(example: str) -> str:
    """An example's text with the default address where it takes that of RAG_URL."""
    url = "http://127.0.0.1:8000/rag"
    for taken in (f'os.environ.get("RAG_URL", "{url}")', f'process.env.RAG_URL ?? "{url}"'):
        example = example.replace(taken, f'"{url}"')
    for name, served in (("RAG_URL", url), ("CHAT_URL", url.replace("/rag", "/chat"))):
        example = re.sub(rf'"\${name}([^"]*)"', rf"{served}\1", example)
    return example.replace("$run_id", "$RUN_ID")


@pytest.mark.parametrize("page", ["README.md", "docs/http.md"])
def test_its_calls_are_those_of_the_examples(page: str) -> None:
    calls = list(calls_of(page))
    assert calls
    for language, call in calls:
        written = [as_on_pages((EXAMPLES / name).read_text()) for name in EXAMPLES_IN[language]]
        assert any(call in example for example in written), call


def test_the_hooks_before_a_commit_are_what_lint_runs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert lint is not None
    commands = [line.strip().replace("$(BIN)", ".venv/bin") for line in lint[1].splitlines()]
    config: Any = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    assert [hook["entry"] for hook in config["repos"][0]["hooks"]] == commands


def test_the_package_has_the_licence_and_says_that_it_is_typed() -> None:
    assert (PACKAGE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert (PACKAGE / "rag_stream" / "py.typed").exists()
