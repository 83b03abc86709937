"""What a caller may choose for one question: LangChain's configurable fields of the chain."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, get_type_hints

from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rag_stream.errors import InvalidInputError
from rag_stream.excerpts import few_fields, path_of, sentences, shown
from rag_stream.filters import Filter
from rag_stream.foreign_keys import ForeignKeys
from rag_stream.profiles import MAX_K, SearchType
from rag_stream.settings import Settings

MAX_VALUES = 100
MAX_VALUE_CHARS = 4_000


def _as_list(value: Any) -> Any:
    """One value may stand by itself; the blank ones that forms send are none."""
    values = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(values, list):
        return values
    if len(values) > MAX_VALUES:  # before each of them is looked at
        raise PydanticCustomError("too_long", "too many values", {"actual_length": len(values)})
    return [v for v in values if v != ""]


Value = Annotated[str, Field(strict=True, max_length=MAX_VALUE_CHARS)]
Values = Annotated[list[Value], BeforeValidator(_as_list), Field(max_length=MAX_VALUES)]


class FilterFields(BaseModel):
    """Only chunks with one of these values; a key without values filters nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Filter")

    source: Values = Field(default=[], title="Source", description="addresses or files")
    title: Values = Field(default=[], title="Title", description="titles of sources")

    @model_validator(mode="before")
    @classmethod
    def _few(cls, value: Any) -> Any:
        return few_fields(value, cls.model_fields)


class Options(BaseModel):
    """How documents are found for one question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    k: Annotated[int, Field(ge=1, le=MAX_K, strict=True)] = Field(
        title="Documents at most", description="fewer where the context is full before"
    )
    search_type: SearchType = Field(
        title="Search", description="by meaning (dense), by words (lexical), or by both"
    )
    filter: FilterFields = Field(title="Filter", description="only documents with these values")

    @property
    def where(self) -> Filter | None:
        """The filter as searches take it; None where it filters nothing."""
        return {key: values for key, values in self.filter.model_dump().items() if values} or None


_FOREIGN = ForeignKeys(Options.model_fields)


def chosen_of(configurable: Mapping[str, Any], beside: Collection[str] = ()) -> dict[str, Any]:
    """What a config chooses of ours, unchecked; of other keys the log is told once.

    `beside`: names that somebody above takes. Raises InvalidInputError for a key that one of ours
    must have been meant by.
    """
    ours = _FOREIGN.without({k: v for k, v in configurable.items() if k not in beside})
    return ours | {name: configurable[name] for name in beside if name in configurable}


def options_of(settings: Settings, configurable: Mapping[str, Any]) -> Options:
    """The options in force: the settings', but for what a config chooses.

    Raises InvalidInputError naming the field.
    """
    chosen = chosen_of(configurable)
    values: dict[str, Any] = {
        "k": settings.k,
        "search_type": settings.search_type,
        "filter": {},
    }
    for name in values:
        if chosen.get(name) is not None:
            values[name] = chosen[name]
    try:
        return Options.model_validate(values)
    except ValidationError as error:
        items = error.errors(include_url=False)
        raise InvalidInputError(sentences(map(_complaint, items))) from None


def option_specs(settings: Settings | None) -> list[ConfigurableFieldSpec]:
    """The fields as LangChain describes them to clients; defaults where settings are known."""
    defaults = {} if settings is None else options_of(settings, {}).model_dump()
    types = get_type_hints(Options, include_extras=True)
    return [
        ConfigurableFieldSpec(
            id=name,
            name=field.title,
            description=field.description,
            annotation=types[name],
            default=defaults.get(name),
        )
        for name, field in Options.model_fields.items()
    ]


def _complaint(item: Any) -> str:
    field = path_of(["config", "configurable", *item["loc"]])
    got = f"got {shown(item['input'])}"
    context = item.get("ctx", {})
    match item["type"]:
        case "extra_forbidden":
            return f"{field}: no such field, expected one of {', '.join(FilterFields.model_fields)}"
        case "literal_error":
            return f"{field}: expected {context['expected']}, {got}"
        case "greater_than_equal" | "less_than_equal" | "int_type":
            return f"{field}: expected a whole number from 1 to {MAX_K}, {got}"
        case "too_long":
            return f"{field}: expected at most {MAX_VALUES} values, got {context['actual_length']}"
        case "string_too_long":
            return f"{field}: expected at most {MAX_VALUE_CHARS} characters, {got}"
        case "string_type" | "list_type":
            return f"{field}: expected a string or a list of strings, {got}"
        case "string_unicode":
            return f"{field}: expected text, got half of a surrogate pair"
        case _:
            return f"{field}: expected an object of lists of strings, {got}"
