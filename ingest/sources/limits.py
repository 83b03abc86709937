"""How long and how much fetching one address may take."""

from dataclasses import dataclass

from ingest.sources.patience import PATIENCE, Patience


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much one fetch may take: seconds, bytes (unpacked), hops."""

    connect_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 20_000_000
    max_redirects: int = 10
    patience: Patience = PATIENCE


LIMITS = Limits()
