"""What watches over private names notices what it is there for."""

import pytest

from tests.support.private_names import Use, private_names, problem_of, unbounded, unlisted, unused


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (Use("no_such_package:name", "app/x.py"), "No module named 'no_such_package'"),
        (Use("langserve.playground:_gone", "app/x.py"), "no '_gone' (used in app/x.py)"),
        (Use("langserve.api_handler:APIHandler._gone", "app/x.py"), "there is no '_gone'"),
        (Use("langserve.playground:_get_mimetype", "app/x.py", ("path", "how")), "takes no how"),
    ],
)
def test_a_name_that_is_gone_or_takes_less_is_told(use: Use, words: str) -> None:
    assert words in (problem_of(use) or "")


def test_what_only_instances_have_is_found() -> None:
    assert problem_of(Use("langserve.api_handler:APIHandler._run_name", "app/x.py")) is None


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from langserve.playground import _get_mimetype", ["_get_mimetype"]),
        ("from openai._constants import X", ["_constants"]),
        ("import openai._constants", ["_constants"]),
        ("import langserve\nlangserve.server._x()", ["_x"]),
        ("def f(client): return client._server._session", ["_server", "_session"]),
        ("f(_schema_format='x')", ["_schema_format"]),
        (
            "from langserve.api_handler import APIHandler\n"
            "class A(APIHandler):\n  def f(self): return self._run_name",
            ["_run_name"],
        ),
        (
            "import langserve.api_handler\n"
            "class A(langserve.api_handler.APIHandler):\n"
            "  def _get_config_and_input(self): ...",
            ["_get_config_and_input"],
        ),
        # Ours, and Python's.
        ("class A:\n  def _f(self): return self._f()", []),
        ("from rag_stream.x import _y\nfrom . import _z", []),
        ("import os\nos._exit(1)\nfrom sys import _getframe", []),
        ("import asyncio\nclass A(asyncio.Protocol):\n  def _f(self): ...", []),
        ("pair._replace(a=1)", []),
        ("def f(_x): ...\nf(_x=1)", []),
    ],
)
def test_private_names_of_other_packages_are_found(source: str, names: list[str]) -> None:
    assert sorted(set(private_names(source))) == names


def test_a_list_that_lacks_a_name_or_has_one_too_many_is_told() -> None:
    where = "app/playground/assets.py"
    listed = Use("langserve.playground:_get_mimetype", where)
    assert f"{where}: _get_mimetype" in unlisted(["app/playground"], [])
    assert f"{where}: _get_mimetype" not in unlisted(["app/playground"], [listed])
    stale = [Use("langserve.playground:_other", where), Use("x:_get_mimetype", "app/none.py")]
    assert unused([listed, *stale]) == stale


def test_a_package_without_an_upper_bound_is_told() -> None:
    listed = [Use("langserve.playground:_get_mimetype", "x"), Use("orjson:_x", "x")]
    assert unbounded(listed) == ["orjson"]
