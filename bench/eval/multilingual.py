"""The same questions about the same articles in several languages, a JSON file each.

`zh.json`: `{"articles": [text], "questions": [{"id", "question", "article", "start", "end"}]}`.
An `id` is the same question in every file, so that English ones can be asked of Chinese articles;
`start` and `end` are the answer's place in the article.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.eval.fields import DatasetError, place, read_text, text
from bench.eval.span import Span

ENGLISH = "en"
MOST_ARTICLES = 100
"""A filter of the service's takes no more, and near topics are asked by one."""
HELD_OUT = "held out"
HALVES = ("tuned on", HELD_OUT)
"""Of the questions: those about articles of an even number, which settings may be chosen on."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Item:
    """A question about one of the articles, and where that says the answer."""

    id: str
    text: str
    article: int
    answer: Span

    @property
    def half(self) -> str:
        return HALVES[self.article % 2]


@dataclass(frozen=True, slots=True)
class Translation:
    """The articles in one language, by name and in order, and the questions by id."""

    language: str
    articles: Mapping[str, str]
    items: Mapping[str, Item]

    def words(self, item: Item) -> str:
        """What the article says the answer is."""
        return self.articles[item.answer.corpus][item.answer.start : item.answer.end]

    def among(self, ids: Sequence[str]) -> list[Item]:
        """The questions of these ids that there are."""
        return [self.items[one] for one in ids if one in self.items]


def load_translations(folder: Path) -> dict[str, Translation]:
    """Every `LANGUAGE.json` of a folder, none where there is none. Raises DatasetError."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        if not _LANGUAGE.fullmatch(path.stem):
            raise DatasetError(f"{path}: expected a language's code for a name, as de.json")
        found[path.stem] = _translation(path)
    return found


def _translation(path: Path) -> Translation:
    try:
        told = json.loads(read_text(path))
    except ValueError as error:
        raise DatasetError(f"{path}: expected JSON, got {error}") from None
    articles = {
        f"{path.stem}-{number:02d}": text(one, f"{path}, articles, item {number}")
        for number, one in enumerate(_list(told, "articles", path))
    }
    if len(articles) > MOST_ARTICLES:
        raise DatasetError(
            f"{path}: expected at most {MOST_ARTICLES} articles, got {len(articles)}"
        )
    names = list(articles)
    items: dict[str, Item] = {}
    for number, one in enumerate(_list(told, "questions", path)):
        where = f"{path}, questions, item {number}"
        item = _item(one, names, articles, where)
        if item.id in items:
            raise DatasetError(f"{where}, id: expected another one each, got {item.id!r} again")
        items[item.id] = item
    return Translation(path.stem, articles, items)


def _list(told: Any, key: str, path: Path) -> list[Any]:
    value = told.get(key) if isinstance(told, dict) else None
    if not isinstance(value, list) or not value:
        raise DatasetError(f"{path}: expected an object with a list of {key}")
    return value


def _item(told: Any, names: Sequence[str], articles: Mapping[str, str], where: str) -> Item:
    if not isinstance(told, dict):
        raise DatasetError(f"{where}: expected an object, got {told!r}")
    number = place(told.get("article"), f"{where}, article")
    if number >= len(names):
        raise DatasetError(f"{where}, article: expected less than {len(names)}, got {number}")
    name = names[number]
    start, end = (place(told.get(key), f"{where}, {key}") for key in ("start", "end"))
    said = articles[name][start:end]
    if end > len(articles[name]) or not said.strip():
        raise DatasetError(
            f"{where}, start, end: expected the place of an answer within the "
            f"{len(articles[name])} characters of article {number}, got {start} to {end}"
        )
    id, question = (text(told.get(key), f"{where}, {key}") for key in ("id", "question"))
    return Item(id, question, number, Span(name, start, end))
