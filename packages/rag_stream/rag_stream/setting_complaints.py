"""What is wrong with variables, in words that name them and show no secret."""

from collections.abc import Iterator

from pydantic import ValidationError


def complaints(error: ValidationError) -> Iterator[str]:
    """A sentence for each variable."""
    for item in error.errors():
        message = item["msg"].removeprefix("Value error, ")
        if not item["loc"]:
            yield message
            continue
        name = str(item["loc"][0])
        is_secret = name.endswith(("_KEY", "_TOKEN", "_KWARGS")) or name == "REDIS_URL"
        is_secret = is_secret or "@" in str(item["input"])  # an address with a password
        got = "" if is_secret else f", got {item['input']!r}"
        yield f"{name}: {message[0].lower()}{message[1:]}{got}"
