"""What a run leaves behind that stops before its end."""


class Remains:
    """Kept up to date by the run, told by who hears that it stopped."""

    def __init__(self) -> None:
        self.is_untouched = False
        """Whether the index is still as it was before the run: it makes a new one beside it."""

    def __str__(self) -> str:
        return (
            "the index is as it was before" if self.is_untouched else "what was done before stays"
        )
