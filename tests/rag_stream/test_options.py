"""What a caller may choose: taken over, bounded, described; complaints name the field."""

from typing import Any

import pytest
from pydantic import create_model

from rag_stream.errors import InvalidInputError
from rag_stream.options import Options, option_specs, options_of
from rag_stream.settings import load_settings


def test_without_a_choice_the_settings_hold() -> None:
    options = options_of(load_settings(k=7, search_type="dense"), {})
    assert (options.k, options.search_type, options.where) == (7, "dense", None)


def test_a_choice_wins_over_the_settings() -> None:
    chosen = {"k": 3, "search_type": "lexical", "filter": {"source": "a.md"}}
    options = options_of(load_settings(), chosen)
    assert (options.k, options.search_type) == (3, "lexical")
    assert options.where == {"source": ["a.md"]}


def test_what_is_null_is_not_chosen() -> None:
    settings = load_settings()
    nothing = {"k": None, "search_type": None, "filter": None}
    assert options_of(settings, nothing) == options_of(settings, {})


def test_keys_of_other_runnables_are_none_of_ours() -> None:
    settings = load_settings()
    assert options_of(settings, {"thread_id": "1"}) == options_of(settings, {})
    with pytest.raises(InvalidInputError, match=r"configurable\.serch_type: no such field"):
        options_of(settings, {"serch_type": "dense"})


@pytest.mark.parametrize("blank", [{}, {"source": []}, {"source": ""}, {"title": ["", ""]}])
def test_blanks_that_forms_send_filter_nothing(blank: Any) -> None:
    assert options_of(load_settings(), {"filter": blank}).where is None


def test_several_values_and_keys_filter_together() -> None:
    chosen = {"filter": {"source": ["a", "b"], "title": "T"}}
    assert options_of(load_settings(), chosen).where == {"source": ["a", "b"], "title": ["T"]}


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"k": 0}, "k: expected a whole number from 1 to 100, got 0"),
        ({"k": 101}, "k: expected a whole number from 1 to 100, got 101"),
        ({"k": 10**30}, "k: expected a whole number from 1 to 100, got 1000"),
        ({"k": "4"}, "k: expected a whole number from 1 to 100, got '4'"),
        ({"k": True}, "k: expected a whole number from 1 to 100, got True"),
        ({"k": 2.5}, "k: expected a whole number from 1 to 100, got 2.5"),
        ({"k": [4]}, r"k: expected a whole number from 1 to 100, got \[4\]"),
        ({"search_type": "mmr"}, "search_type: expected 'hybrid', 'dense' or 'lexical', got 'mmr'"),
        ({"search_type": 1}, "search_type: expected 'hybrid', 'dense' or 'lexical', got 1"),
        ({"filter": "a.md"}, "filter: expected an object of lists of strings, got 'a.md'"),
        ({"filter": ["a"]}, r"filter: expected an object of lists of strings, got \['a'\]"),
        ({"filter": {"author": "x"}}, "filter.author: no such field, expected one of source, tit"),
        ({"filter": {"source": 4}}, "filter.source: expected a string or a list of strings, got 4"),
        ({"filter": {"source": {"$ne": 1}}}, "filter.source: expected a string or a list of"),
        ({"filter": {"source": ["a", 4]}}, r"filter.source.1: expected a string or a list of"),
        (
            {"filter": {"source": ["a"] * 101}},
            "filter.source: expected at most 100 values, got",
        ),
        ({"filter": {"title": "x" * 4001}}, "filter.title.0: expected at most 4000 characters"),
        ({"filter": {"source": "\ud800"}}, "filter.source.0: expected text, got half of a surr"),
    ],
)
def test_bad_choices_are_named(chosen: Any, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^config\.configurable\.{complaint}") as failed:
        options_of(load_settings(), chosen)
    assert len(str(failed.value)) < 200


def test_all_complaints_are_told() -> None:
    with pytest.raises(InvalidInputError, match=r"configurable\.k: .*; .*search_type: "):
        options_of(load_settings(), {"k": 0, "search_type": "x"})


def test_clients_are_told_the_bounds_and_the_defaults_in_force() -> None:
    fields: dict[str, Any] = {
        spec.id: (spec.annotation, spec.default) for spec in option_specs(load_settings(k=9))
    }
    schema = create_model("Configurable", **fields).model_json_schema()
    assert set(schema["properties"]) == set(Options.model_fields)
    count = schema["properties"]["k"]
    assert (count["minimum"], count["maximum"], count["default"]) == (1, 100, 9)
    assert schema["properties"]["search_type"]["enum"] == ["hybrid", "dense", "lexical"]
    assert set(schema["$defs"]["FilterFields"]["properties"]) == {"source", "title"}


def test_before_the_settings_are_read_there_are_no_defaults() -> None:
    assert {spec.default for spec in option_specs(None)} == {None}
