"""How long things may take where sessions are kept, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """`wait_s`: for the turns before; `renew_s`: between two signs of life of open turns;
    `store_s`: how long an answer's end waits for its turn to be written, which is tried again
    after each of `pauses`; `clean_s`: between two removals of what is too old;
    `again_s`: between two attempts to open the database."""

    wait_s: float = 30.0
    renew_s: float = 1.5
    store_s: float = 2.0
    clean_s: float = 3600.0
    again_s: float = 1.0
    pauses: tuple[float, ...] = (0.25, 1.0, 3.0)
