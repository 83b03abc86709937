"""What a model is made with."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag_stream.errors import SettingsError
from rag_stream.models.parameters import Parameters, made
from rag_stream.settings import load_settings


class Model(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(default="m", alias="model")
    most: int | None = Field(default=None, alias="max_tokens")
    temperature: float | None = None
    max_retries: int = 2


class ByAliasOnly(BaseModel):
    request_timeout: float = Field(default=1, alias="timeout")


def test_what_the_user_says_wins_by_whatever_name() -> None:
    parameters = Parameters(Model, "V", {"most": 5})
    assert parameters.offer(9, "max_tokens")
    assert parameters.offer(0, "max_retries")
    assert not parameters.offer(1, "no_such", "nor_such")
    assert parameters.values == {"most": 5, "max_retries": 0}
    assert Model(**parameters.values).most == 5


def test_the_first_name_that_the_class_takes_is_used() -> None:
    parameters = Parameters(ByAliasOnly, "V", {})
    assert parameters.offer(7, "request_timeout", "timeout")
    assert parameters.values == {"timeout": 7}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"temprature": 1}, "^V: Model takes no 'temprature'; did you mean 'temperature'[?]$"),
        ({"xyz": 1}, "^V: Model takes no 'xyz'$"),
        ({"model": "x"}, "^V: the model's name has a variable of its own$"),
    ],
)
def test_what_the_class_does_not_take_is_refused(given: dict[str, Any], complaint: str) -> None:
    kind = type("Model", (Model,), {"__annotations__": {}})
    with pytest.raises(SettingsError, match=complaint):
        Parameters(kind, "V", given)


def test_sampling_is_set_where_the_class_has_it() -> None:
    settings = load_settings(temperature=0.3, max_tokens=7)
    parameters = Parameters(Model, "V", {})
    parameters.offer_sampling(settings)
    assert parameters.values == {"temperature": 0.3, "max_tokens": 7}
    with pytest.raises(SettingsError, match="^RAG_TEMPERATURE: ByAliasOnly takes no 'temperature'"):
        Parameters(ByAliasOnly, "V", {}).offer_sampling(settings)
    Parameters(ByAliasOnly, "V", {}).offer_sampling(load_settings())


def test_what_a_class_finds_wrong_is_told_without_values() -> None:
    with pytest.raises(SettingsError, match="^V: 'p:m' cannot be made: max_retries: ") as caught:
        made(lambda: Model(max_retries="sk-secret"), "p:m", "V")  # type: ignore[arg-type]
    assert "sk-secret" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ValidationError)

    def fails() -> None:
        raise RuntimeError("sk-secret")

    with pytest.raises(SettingsError, match=r"^V: 'p:m' cannot be made \(RuntimeError\)$"):
        made(fails, "p:m", "V")
