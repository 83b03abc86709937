"""Scripts that put no blanks between words, and how their runs become terms."""

import re

_RANGES = {
    "han": (
        "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
        "\u3031-\u3035\u3041-\u3096\u309d-\u30ff\u31f0-\u31ff",  # kana, with their signs
    ),
    "south-east asia": (
        "\u0e01-\u0e4f\u0e81-\u0ecf",  # Thai, Lao
        "\u1000-\u109f\u1780-\u17d3",  # Burmese, Khmer
    ),
    # It does put blanks, but adds endings to what stands between them.
    "hangul": ("\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",),
}
_UNSPACED = "".join(map("".join, (_RANGES["han"], _RANGES["south-east asia"])))

UNSPACED = re.compile(f"[{_UNSPACED}]+")
"""A run of characters of scripts without blanks."""
UNSPACED_OR_HANGUL = re.compile(f"[{_UNSPACED}{''.join(_RANGES['hangul'])}]+")
"""The same, Korean too."""


def pairs(run: str) -> list[str]:
    """Every two characters of a run that stand together; none of a single one."""
    return [run[at : at + 2] for at in range(len(run) - 1)]
