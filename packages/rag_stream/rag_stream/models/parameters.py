"""What a model is made with: what the service sets, and over it what its user says."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rag_stream.errors import SettingsError
from rag_stream.settings import Settings

T = TypeVar("T")

CHAT_KWARGS = "RAG_MODEL_KWARGS"
EMBEDDINGS_KWARGS = "RAG_EMBEDDINGS_KWARGS"

MAX_TOKENS = (
    "max_tokens",
    "max_output_tokens",
    "max_completion_tokens",
    "num_predict",
    "max_new_tokens",
)
_MODEL = {"model", "model_name", "model_id"}


class Parameters:
    """The parameters that a model's class takes, and the values they are to have."""

    def __init__(self, kind: type[Any], variable: str, given: Mapping[str, Any]) -> None:
        """`given` by the user in `variable`. Raises SettingsError for what `kind` does not take."""
        self._kind = kind
        self._fields = _fields(kind)
        self._given = given
        self._variable = variable
        self.values: dict[str, Any] = dict(given)
        for name in given:
            if {name, self._fields.get(name)} & _MODEL:
                raise SettingsError(f"{variable}: the model's name has a variable of its own")
            if name not in self._fields and not _takes_anything(kind):
                near = get_close_matches(name, self._fields, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise SettingsError(f"{variable}: {kind.__name__} takes no {name!r}{hint}")

    @property
    def names(self) -> Collection[str]:
        """Every keyword that the class takes."""
        return self._fields.keys()

    def offer(self, value: Any, *names: str) -> bool:
        """Set the first of `names` that the class takes; what the user gave stays.

        Says whether there was one.
        """
        for name in names:
            if name in self._fields:
                if self._fields[name] not in {self._fields.get(given) for given in self._given}:
                    self.values[name] = value
                return True
        return False

    def object_of(self, name: str) -> Mapping[str, Any]:
        """The parameters within one parameter that the user gave. Raises SettingsError."""
        value = self._given.get(name) or {}
        if not isinstance(value, Mapping):
            raise SettingsError(f"{self._variable}: {name}: expected an object")
        return value

    def add_to(self, name: str, entries: Mapping[str, Any]) -> None:
        """Add to a parameter that is an object; what the user gave of it stays."""
        self.values[name] = {**entries, **self.object_of(name)}

    def offer_sampling(self, settings: Settings) -> None:
        """RAG_TEMPERATURE and RAGMAX_TOKENS. Raises SettingsError where the class has none."""
        for variable, value, names in (
            ("RAG_TEMPERATURE", settings.temperature, ("temperature",)),
            ("RAGMAX_TOKENS", settings.max_tokens, MAX_TOKENS),
        ):
            if value is not None and not self.offer(value, *names):
                raise SettingsError(f"{variable}: {self._kind.__name__} takes no {names[0]!r}")


def made(make: Callable[[], T], model: str, variable: str) -> T:
    """The model that `make` makes. Raises SettingsError for what its class finds wrong.

    Only the names of parameters and pydantic's own words are passed on: nothing of values.
    """
    try:
        return make()
    except SettingsError:
        raise
    except ValidationError as error:
        wrong = "; ".join(_complaint(item) for item in error.errors()) or "bad value"
        raise SettingsError(f"{variable}: {model!r} cannot be made: {wrong}") from error
    except Exception as error:
        what = type(error).__name__
        raise SettingsError(f"{variable}: {model!r} cannot be made ({what})") from error


def _complaint(item: Any) -> str:
    where = ".".join(map(str, item["loc"]))
    words = str(item["msg"]).removeprefix("Value error, ")
    return f"{where}: {words}" if where else words


def _fields(kind: type[Any]) -> dict[str, str]:
    """Which keyword sets which field."""
    if not issubclass(kind, BaseModel):
        return {}
    config = kind.model_config
    by_name = config.get("populate_by_name") or config.get("validate_by_name")
    keywords = {}
    for name, field in kind.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, str):
            keywords[alias] = name
        if by_name or not isinstance(alias, str):
            keywords[name] = name
    # Hugging Face's chat model is made by another way than its class's own.
    other_way = getattr(kind, "from_model_id", None)
    if other_way is not None:
        keywords |= {name: name for name in signature(other_way).parameters if name != "kwargs"}
    return keywords


def _takes_anything(kind: type[Any]) -> bool:
    return not issubclass(kind, BaseModel) or kind.model_config.get("extra") == "allow"
