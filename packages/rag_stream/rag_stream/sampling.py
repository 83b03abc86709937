"""What one question asks of how the model words its answer, beside the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

SAMPLING = "__sampling"
"""Where a config's `configurable` has it: for code that calls the chain, not for its clients."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """None, or nothing, for what is left to the settings; in the terms of OpenAI's API."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value not in (None, ())}


def sampling_of(configurable: Mapping[str, Any]) -> Sampling | None:
    """What code has put there; what came over a network is no Sampling, and counts for nothing."""
    given = configurable.get(SAMPLING)
    return given if isinstance(given, Sampling) and given.asked else None
