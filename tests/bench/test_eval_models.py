"""The models that are compared: their times, and what is asked of which of them."""

from pathlib import Path

import pytest

from bench.eval import embedding_times, language_goals
from bench.eval.bed import Ground
from bench.eval.findings import Findings
from bench.eval.language_case import BUDGETS, SEARCHES, Pair
from bench.eval.models import RELEASES, Model, default_model, default_name, local_models
from rag_stream.settings import LOCAL_EMBEDDINGS

PAIRS = [Pair("zh", "zh"), Pair("de", "de"), Pair("en", "zh")]


def model(name: str) -> Model:
    return Model(name, local_models()[0][0].build)


def findings(name: str, **changes: float) -> Findings:
    """All good but for what is changed."""
    found = Findings("languages", "Languages")
    label = model(name).label
    for pair in PAIRS:
        own = f"{label} {pair.label}"
        found.figures |= {f"{own} {budget}": 1.0 for budget in BUDGETS}
        found.figures |= {f"{own} {search} 4000": 1.0 for search in SEARCHES}
        found.figures |= {f"{own} absent refused": 0.9, f"{own} refused": 0.02, f"{own} words": 0.9}
    found.figures |= {f"{label} {what}": value for what, value in changes.items()}
    language_goals.add(found, model(name), PAIRS)
    return found


def missed(found: Findings) -> list[str]:
    return [goal.what for goal in found.goals if not goal.is_reached]


def test_a_model_of_many_languages_is_held_against_all_goals() -> None:
    name = "local:another"
    assert findings(name).is_reached
    assert missed(findings(name, **{"zh 4000": 0.96})) == [
        "own language (zh, de): answer in 4,000",
        "zh: answer in 4,000",
    ]
    assert missed(findings(name, **{"en -> zh 2000": 0.89})) == [
        "English questions over others (zh): answer in 2,000"
    ]
    assert missed(findings(name, **{"de absent refused": 0.79})) == ["de: absent refused"]
    assert missed(findings(name, **{"de refused": 0.031})) == ["de: answerable refused"]
    assert missed(findings(name, **{"zh words": 0.81})) == ["zh: answer has the words"]
    assert missed(findings(name, **{"en -> zh hybrid 4000": 0.99})) == [
        "en -> zh: lost against the better way of searching"
    ]


def test_the_questions_that_nothing_was_chosen_on_are_what_counts() -> None:
    held = {"zh held out 4000": 0.96, "de held out refused": 0.05}
    assert missed(findings("local:another", **held)) == [
        "own language (zh, de): answer in 4,000",
        "zh: answer in 4,000",
        "de: answerable refused",
    ]


def test_an_english_one_is_not_held_against_other_languages_refusals() -> None:
    found = findings(LOCAL_EMBEDDINGS, **{"en -> zh 2000": 0.3, "zh absent refused": 0.0})
    assert found.is_reached
    assert "knows English" in " ".join(found.remarks)
    assert missed(findings(LOCAL_EMBEDDINGS, **{"zh words": 0.5})) == ["zh: answer has the words"]


def test_the_default_model_is_there_and_first() -> None:
    models, lines = local_models()
    assert models[0].name == default_name()
    assert default_model([model("local:another"), models[0]]) is models[0]
    assert default_model([model("local:another")]).name == "local:another"
    assert {one.name for one in models} | {line.split()[0] for line in lines} == set(RELEASES)


async def test_each_time_is_of_one_question_and_one_chunk(tmp_path: Path) -> None:
    embedder = Ground(tmp_path).plain
    told = await embedding_times.times(embedder, ["Who?", "Where is it?"], ["A text."] * 12)
    assert told.question_ms > 0
    assert told.chunk_ms > 0


def test_what_others_use_of_a_core_is_told() -> None:
    assert embedding_times.used_by_others(busy_s=3.0, own_s=2.0, took_s=2.0) == 0.5
    assert embedding_times.used_by_others(busy_s=1.9, own_s=2.0, took_s=2.0) == 0.0  # rounded


@pytest.mark.parametrize("named", [(), ("local:another",)])
def test_a_ground_has_the_models_it_is_given(tmp_path: Path, named: tuple[str, ...]) -> None:
    ground = Ground(tmp_path, models=[model(name) for name in named])
    assert [one.name for one in ground.models] == list(named or (default_name(),))
    other = model("local:third")
    assert ground.of(other).model is other
    assert ground.model is not other
    assert ground.of(other).plain is ground.of(other).plain
