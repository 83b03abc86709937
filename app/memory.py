"""What start-up leaves behind in memory."""

import ctypes
import gc
from contextlib import suppress


def settle() -> None:
    """Give back what start-up took and no longer needs, and look at the rest never again."""
    gc.collect()
    # What has been imported stays. A full collection, which stops all streams while it lasts,
    # need not look through it each time.
    gc.freeze()
    # Imports leave holes in the heap, 5 MB together. Only GNU's C library has this.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
