"""What a browser says of itself in lists: what it has, what it takes and how gladly."""


def tags_in(if_none_match: str) -> list[str]:
    """The tags of what it has; a proxy that compresses marks them as weak."""
    return [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]


def weights_in(accept: str) -> dict[str, float]:
    """How gladly each thing of a list is taken: from 0, not at all, to 1."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        thing, *parameters = (piece.strip() for piece in part.split(";"))
        weights[thing] = max(weights.get(thing, 0.0), _weight(parameters))
    return weights


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
