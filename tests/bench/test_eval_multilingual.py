"""The same questions in several languages: what is read, what is asked, and of which articles."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.eval import languages
from bench.eval.dataset import load
from bench.eval.fields import DatasetError
from bench.eval.language_case import Outcome, Pair, asked_of, half_of
from bench.eval.multilingual import Item, load_translations
from bench.eval.span import Span
from bench.eval.wording import has_words
from tests.support.paths import ROOT

SAMPLE = ROOT / "tests" / "data" / "eval"
ARTICLE = "The key hangs in the post office."
QUESTION = {"id": "q1", "question": "Where is the key?", "article": 0, "start": 17, "end": 32}


def written(folder: Path, name: str = "en", **changes: Any) -> Path:
    told = {"articles": [ARTICLE], "questions": [QUESTION]} | changes
    (folder / f"{name}.json").write_text(json.dumps(told, ensure_ascii=False))
    return folder


def test_articles_and_where_they_have_the_answers(tmp_path: Path) -> None:
    (told,) = load_translations(written(tmp_path)).values()
    assert dict(told.articles) == {"en-00": ARTICLE}
    assert dict(told.items) == {"q1": Item("q1", "Where is the key?", 0, Span("en-00", 17, 32))}
    assert told.words(told.items["q1"]) == "the post office"


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert load_translations(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"articles": []}, "en.json: expected an object with a list of articles"),
        ({"articles": [" "]}, "articles, item 0: expected text, got ' '"),
        ({"articles": [ARTICLE] * 101}, "expected at most 100 articles, got 101"),
        ({"questions": 7}, "expected an object with a list of questions"),
        ({"questions": [7]}, "questions, item 0: expected an object, got 7"),
        ({"questions": [QUESTION, QUESTION]}, "item 1, id: expected another one each, got 'q1'"),
        ({"questions": [QUESTION | {"id": 3}]}, "item 0, id: expected text, got 3"),
        ({"questions": [QUESTION | {"question": ""}]}, "item 0, question: expected text, got ''"),
        ({"questions": [QUESTION | {"article": 1}]}, "article: expected less than 1, got 1"),
        ({"questions": [QUESTION | {"article": "0"}]}, "article: expected a number from 0 up"),
        ({"questions": [QUESTION | {"start": -1}]}, "start: expected a number from 0 up, got -1"),
        ({"questions": [QUESTION | {"end": 17}]}, "expected the place of an answer within the 33"),
        ({"questions": [QUESTION | {"end": 99}]}, "characters of article 0, got 17 to 99"),
        ({"questions": [QUESTION | {"start": 16, "end": 17}]}, "got 16 to 17"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DatasetError) as caught:
        load_translations(written(tmp_path, **changes))
    assert complaint in str(caught.value)
    assert str(tmp_path / "en.json") in str(caught.value)


def test_a_file_that_is_no_json_or_of_no_language_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text("{")
    with pytest.raises(DatasetError, match=r"en\.json: expected JSON"):
        load_translations(tmp_path)
    (tmp_path / "en.json").write_bytes(b"\xff")
    with pytest.raises(DatasetError, match=r"en\.json: expected UTF-8"):
        load_translations(tmp_path)
    (tmp_path / "en.json").unlink()
    with pytest.raises(DatasetError, match="expected a language's code"):
        load_translations(written(tmp_path, "English"))


def test_the_sample_says_the_same_in_each_of_its_languages() -> None:
    told = load(SAMPLE).translations
    assert set(told) == {"de", "en", "ru", "zh"}
    english = told["en"]
    for one in told.values():
        assert list(one.items) == list(english.items)
        assert len(one.articles) == len(english.articles)
        for item in one.items.values():
            assert item.article == english.items[item.id].article
        assert len({item.text for item in one.items.values()}) == len(one.items)


def test_english_questions_are_asked_where_the_others_articles_have_the_answers() -> None:
    told = load(SAMPLE).translations
    (item,) = asked_of(told, Pair("en", "zh"), ["q04", "unknown"])
    assert item.text == told["en"].items["q04"].text
    assert told["zh"].words(item) == "十天"


def test_the_default_set_is_a_part_and_the_same_each_time() -> None:
    told = load(SAMPLE).translations
    few = languages.chosen_pairs(told, is_full=False)
    every = languages.chosen_pairs(told, is_full=True)
    assert few == [Pair("de", "de"), Pair("zh", "zh"), Pair("en", "zh")]
    assert set(few) < set(every)
    assert len(every) == 4 + 3
    assert [pair.label for pair in every][-1] == "en -> zh"
    assert list(languages.chosen_ids(told, few[0], is_full=False)) == list(told["de"].items)


def test_of_many_questions_the_default_set_has_every_fourth(tmp_path: Path) -> None:
    questions = [QUESTION | {"id": f"q{number}"} for number in range(200)]
    told = load_translations(written(tmp_path, questions=questions))
    pair = Pair("en", "en")
    some = list(languages.chosen_ids(told, pair, is_full=False))
    assert some == [f"q{number}" for number in range(0, 200, 4)]
    assert len(languages.chosen_ids(told, pair, is_full=True)) == 200


def test_half_of_the_articles_are_of_both_halves_of_the_questions() -> None:
    told = load(SAMPLE).translations["en"]
    some = half_of(told)
    assert list(some) == ["en-00", "en-01", "en-04", "en-05"]
    halves = {item.half for item in told.items.values() if item.answer.corpus in some}
    assert len(halves) == 2


@pytest.mark.parametrize(
    ("said", "wanted", "is_so"),
    [
        ("It takes thirty-five minutes. [1]", "Thirty-five minutes", True),
        ("It takes thirty minutes.", "thirty-five minutes", False),
        ("There are 308 points.", "8", False),
        ("See the first. [8]", "8", False),
        ("单程需要三十五分钟。[2]", "三十五分钟", True),
        ("单程需要 3\uff15 分钟", "35分钟", True),
        ("单程需要三十分钟。", "三十五分钟", False),
        ("जेरेड एलन के पास १३६ सैक थे।", "जेरेड एलन", True),
        ("जेरड एलन", "जेरेड एलन", False),
        ("كان عدد القضايا 136.", "136", True),
        ("Anything.", "...", False),
    ],
)
def test_an_answer_has_the_words_or_not(said: str, wanted: str, is_so: bool) -> None:
    assert has_words(said, wanted) == is_so


def outcome(*, is_there: bool, margin: float) -> Outcome:
    item = Item("q", "Why?", 0, Span("en-00", 0, 1))
    return Outcome(item, is_there=is_there, is_refused=margin < 0, margin=margin)


def test_what_is_refused_and_what_could_be() -> None:
    ones = [outcome(is_there=True, margin=value) for value in (0.1, 0.2, 0.3, 0.4)]
    ones += [outcome(is_there=False, margin=value) for value in (-0.2, -0.1, 0.05, 0.15)]
    assert languages.refused(ones) == (0.5, 0.0)
    curve = languages.curve_of(ones)
    assert max(1 - one.wrongly_answered for one in curve if one.wrongly_refused == 0) == 0.75


def test_an_answer_within_so_many_characters() -> None:
    one = outcome(is_there=True, margin=0.0)
    one.needed = {"dense": 1_200, "lexical": None}
    assert one.within("dense", 2_000)
    assert not one.within("dense", 1_000)
    assert not one.within("lexical", 4_000)
