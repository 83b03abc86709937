"""What importing a part of the package brings along: modules are counted, not seconds."""

import subprocess
import sys

import pytest

HEAVY = {"langchain_core", "chromadb", "openai", "bs4", "onnxruntime", "tantivy", "numpy"}


def imported(code: str) -> set[str]:
    """The modules of a fresh interpreter after running the code."""
    code += "\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("import rag_stream", 120),
        ("import rag_stream.errors", 120),
        ("import rag_stream.index.server_process", 160),
        ("import rag_stream.settings", 450),
        ("import ingest.cli; ingest.cli.parser().format_help()", 160),
    ],
)
def test_a_light_part_brings_nothing_heavy(code: str, most: int) -> None:
    modules = imported(code)
    assert not modules & HEAVY
    assert len(modules) <= most


def test_help_comes_without_the_program() -> None:
    shown = imported(
        "import sys, ingest.cli\nsys.stdout = sys.__stdout__\n"
        "try: ingest.cli.main(['--help'])\nexcept SystemExit as end: assert end.code == 0"
    )
    assert not shown & (HEAVY | {"pydantic", "httpx", "ingest.pipeline"})


def test_the_chain_is_there_when_it_is_asked_for() -> None:
    modules = imported("from rag_stream import RagChain, chain\nassert type(chain) is RagChain")
    assert "langchain_core" in modules
    assert not modules & {"chromadb", "openai", "bs4", "onnxruntime"}


def test_the_chain_is_one_object() -> None:
    code = "import rag_stream, rag_stream.runnable as r\nassert rag_stream.chain is r.chain"
    assert "rag_stream.runnable" in imported(f"{code}\nassert 'chain' in dir(rag_stream)")


def test_another_name_is_an_error() -> None:
    imported(
        "import rag_stream\n"
        "try: rag_stream.chian\n"
        "except AttributeError as error: assert 'chian' in str(error)\n"
        "else: raise SystemExit(1)"
    )


def test_importing_everything_opens_nothing() -> None:
    """No thread, no socket, no file of ours: importing does no work."""
    code = (
        "import sys, threading\n"
        "opened = []\n"
        "sys.addaudithook(lambda name, given: opened.append(name) "
        "if name in ('socket.connect', 'subprocess.Popen', 'os.posix_spawn') "
        "else None)\n"
        "import app.server, ingest.pipeline\n"
        "assert not opened, opened\n"
        "assert threading.active_count() == 1"
    )
    assert "app.server" in imported(code)
