"""The template's wheel: what is in it, and its import where there is nothing else of ours."""

import subprocess
import zipfile

import pytest

from tests.support.elsewhere import PYTHON, Elsewhere
from tests.support.service import clean_environment


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"))


def python(elsewhere: Elsewhere, program: str) -> str:
    done = subprocess.run(
        [*PYTHON, "-c", program],
        cwd=elsewhere.folder,
        env=clean_environment(elsewhere.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_wheel_holds_all_that_the_template_needs(elsewhere: Elsewhere) -> None:
    names = set(zipfile.ZipFile(elsewhere.wheel).namelist())
    assert {"rag_stream/py.typed", "rag_stream/models/local/minilm.onnx"} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rag_stream"}


def test_the_process_knows_nothing_of_this_repository(elsewhere: Elsewhere) -> None:
    program = (
        "import rag_stream; from importlib.util import find_spec as find; "
        "print(rag_stream.__path__[0], find('app'), find('ingest'), find('tests'))"
    )
    assert python(elsewhere, program) == f"{elsewhere.template} None None None"


@pytest.mark.parametrize(
    "imports",
    [
        "from langserve import add_routes; from rag_stream import chain",
        "from rag_stream import chain; from langserve import add_routes",
        "import rag_stream; chain = rag_stream.chain",
        "import rag_stream.runnable; from rag_stream import RagChain, chain",
    ],
)
def test_the_chain_is_there_however_it_is_imported(elsewhere: Elsewhere, imports: str) -> None:
    assert python(elsewhere, f"{imports}; print(type(chain).__name__)") == "RagChain"
