"""Keys in a config that are not ours: left alone, but for those that ours were meant by."""

import logging

import pytest

from rag_stream.errors import InvalidInputError
from rag_stream.foreign_keys import MOST_KEYS, MOST_TOLD, ForeignKeys
from rag_stream.options import Options


@pytest.fixture
def keys() -> ForeignKeys:
    return ForeignKeys(Options.model_fields)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "rag_stream.foreign_keys"]


FOREIGN = ["session_id", "thread_id", "checkpoint_ns", "checkpoint_id", "user_id"]
FOREIGN += ["message_history", "model", "temperature", "tenant", "kk", "q", "type", "search"]
FOREIGN += ["search_time", "search_tree", "searchTime", "research_type", "searcher_types"]
FOREIGN += ["search_type_id", "filler", "tilter", "filer_id", "filled", "Hilfe"]
FOREIGN += ["filter_id", "searching", "", " ", "\u03ba", "k" * 5000, "a\nb", "\ud800", "api_key"]


@pytest.mark.parametrize("key", FOREIGN)
def test_other_keys_are_ignored_whatever_they_hold(
    keys: ForeignKeys, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    for value in ("x", None, {"k": 1}, object()):
        assert keys.without({key: value, "k": 4}) == {"k": 4}
    (line,) = lines(caplog)
    assert line.startswith("config.configurable.")
    assert line.isprintable()
    assert len(line) < 200


def test_each_is_told_once(keys: ForeignKeys, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        keys.without({"session_id": "a secret", "thread_id": 1})
    told = lines(caplog)
    assert len(told) == 2
    assert "session_id" in told[0]
    assert "a secret" not in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_the_log_is_not_filled(keys: ForeignKeys, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(2 * MOST_TOLD):
        keys.without({f"made up {number}": 1})
    assert len(lines(caplog)) == MOST_TOLD + 1


def test_what_langchain_keeps_for_itself_is_not_worth_a_word(
    keys: ForeignKeys, caplog: pytest.LogCaptureFixture
) -> None:
    assert keys.without({"__pregel_read": object(), "__kay": 1, "__k": 2}) == {}
    assert lines(caplog) == []


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        *(("K", "k"), ("k ", "k"), ("_k", "k")),
        *(("serch_type", "search_type"), ("search-type", "search_type")),
        *(("searchType", "search_type"), ("SEARCH_TYPE", "search_type")),
        *(("searhc_tpye", "search_type"), ("search_typ", "search_type")),
        *(("searchtype", "search_type"), ("seach_tpye", "search_type")),
        *(("serch_type ", "search_type"), ("SERCH_TPYE", "search_type")),
        *(("serchTpye", "search_type"), ("serchtpye", "search_type")),
        *(("search_tipe", "search_type"), ("search_types", "search_type")),
        *(("filters", "filter"), ("Filter", "filter"), ("fliter", "filter"), ("filtr", "filter")),
    ],
)
def test_a_slip_of_the_pen_is_refused_with_the_right_spelling(
    keys: ForeignKeys, key: str, meant: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        keys.without({"k": 3, "session_id": "1", key: 4})
    assert str(refused.value) == (
        f"config.configurable.{key}: no such field, expected one of k, search_type, filter "
        f"(did you mean {meant!r}?)"
    )
    assert lines(caplog) == []


@pytest.mark.parametrize("key", ["top_k", "topK", "fetch_k", "lambda_mult", "search_kwargs"])
def test_what_retrievers_call_their_options_is_refused(keys: ForeignKeys, key: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{key}: no such field, expected one of k, search"):
        keys.without({key: 4})


def test_keys_are_bounded(keys: ForeignKeys) -> None:
    many = {f"x{number}": number for number in range(MOST_KEYS + 1)}
    with pytest.raises(InvalidInputError, match="expected at most 100 keys, got 101"):
        keys.without(many)
    assert keys.without(dict(list(many.items())[:MOST_KEYS])) == {}
