"""How much is measured: all of it, or just enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of requests, by part."""

    faults_a_round: int = 250
    rounds: int = 4
    faults_at_once: int = 30
    cancels: int = 260
    """On each endpoint; some come before the model is asked and are no figure."""
    cancels_at_once: int = 6
    resumed: int = 500
    resumed_at_once: int = 50
    live: int = 50
    """Streams when the signal comes."""
    live_s: float = 4.0
    most_streams: int = 100
    burst: int = 1000
    hostile: int = 1000
    """Connections at a time."""
    readers: int = 60
    """Well-behaved ones, one after another."""


FULL = Scale()
QUICK = Scale(
    faults_a_round=12,
    rounds=2,
    faults_at_once=12,
    cancels=8,
    cancels_at_once=4,
    resumed=10,
    resumed_at_once=10,
    live=6,
    live_s=1.5,
    most_streams=5,
    burst=50,
    hostile=30,
    readers=5,
)
