"""Failures of what is tried again and again beside requests: told once, until it goes well."""

from app.error_responses import log_failure


class RepeatedFailures:
    """Of one thing that is tried; it may fail for one reason, and then for another."""

    def __init__(self) -> None:
        self._told: str | None = None

    def failed(self, error: Exception) -> None:
        """Tell it in the log, unless it was told last."""
        if str(error) != self._told:
            self._told = str(error)
            log_failure(error)

    def went_well(self) -> None:
        """What fails from now on is told anew."""
        self._told = None
