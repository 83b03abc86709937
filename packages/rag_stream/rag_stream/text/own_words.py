"""The service's own sentences: which of a language's to say. Pure."""

from collections.abc import Mapping

_ENGLISH = "en"
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant", "yue")
_SAME = {"no": "nb", "nn": "nb", "iw": "he", "in": "id"}


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text of a language (`de`, `pt-BR`, `zh-Hant`), or of English where there is none."""
    code = language.lower()
    base = code.partition("-")[0]
    if code.startswith(_TRADITIONAL):
        return texts.get("zh-Hant", texts["zh"])
    return texts.get(_SAME.get(base, base), texts[_ENGLISH])
