"""Everyday questions, which the documents of an index most likely do not answer.

About cooking, sport, stars, history, pets, the weather, travel and homework, in the words of
people who ask them; 521 in 27 languages. All but the English ones are about the same things in
the same order, so far as there are some.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

EDITION = 4
"""Of the questions and of what is made of their scores: another asks every index anew."""
_HEAD = "== "


@cache
def everyday() -> Mapping[str, tuple[str, ...]]:
    """The questions by the code of their language; read once."""
    text = (files(__package__) / "everyday.txt").read_text("utf-8")
    found: dict[str, list[str]] = {}
    questions: list[str] = []
    for line in filter(None, text.splitlines()):
        if line.startswith(_HEAD):
            questions = found.setdefault(line.removeprefix(_HEAD), [])
        else:
            questions.append(line)
    return {language: tuple(asked) for language, asked in found.items()}


def all_questions() -> list[str]:
    """Those of all languages, in their order."""
    return [question for questions in everyday().values() for question in questions]
