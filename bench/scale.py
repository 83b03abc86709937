"""How long and how large the measurements are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds, streams and tokens of every scenario."""

    window_s: float = 4.0
    at_once: tuple[int, ...] = (1, 30)
    tokens: int = 200

    paced_tokens: int = 200
    paced_rate: int = 50
    first_ms: int = 300
    embedding_ms: int = 100
    rounds_of_streams: float = 1.5
    """How often each paced stream is renewed while it counts; once before that to warm up."""
    most_added_s: float = 0.250
    """The most that 95 in a hundred first tokens may be delayed where streams are held."""
    most_stretch: float = 1.10
    """And how much longer than ideal the median answer may take."""
    most_streams: int = 1024
    first_guess: int | None = None
    precision: float = 0.08

    log_tokens: tuple[int, ...] = (100, 1000, 4000)
    log_limit_s: float = 120.0
    open_streams: int = 50
    open_tokens: int = 60
    rest_s: float = 1.0

    chunks: int = 10_000
    chunk_sentences: int = 600
    searches: int = 200


FULL = Scale()
QUICK = Scale(
    window_s=0.3,
    tokens=50,
    paced_tokens=15,
    rounds_of_streams=1.0,
    most_added_s=5.0,
    most_stretch=20.0,
    most_streams=2,
    first_guess=2,
    precision=1.0,
    log_tokens=(10, 20),
    log_limit_s=20.0,
    open_streams=5,
    open_tokens=6,
    rest_s=0.1,
    chunks=200,
    chunk_sentences=30,
    searches=8,
)
"""For trying that everything works; its figures say nothing."""
