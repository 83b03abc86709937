"""The one line in which a run says what of the index is made otherwise."""

from dataclasses import replace

import pytest

from ingest.recipe import Comparison, How, configured
from rag_stream.indexing.recipe import Cut, Recipe
from rag_stream.indexing.smoothing import HEADINGS
from rag_stream.settings import load_settings

DEFAULT = Recipe(Cut("sentences", 4, 300, 0), (0.5, 0.25), "m", headings=HEADINGS)
REFERENCE = Recipe(Cut("recursive", 1, 1_000, 200), (), "m")
WIDER = replace(DEFAULT, cut=replace(DEFAULT.cut, size=500))
PLAIN = replace(DEFAULT, weights=())
BEFORE = replace(DEFAULT, headings=None)
TOLD = f"{HEADINGS.version} {HEADINGS.weight:g} {HEADINGS.lead:g}"


def test_each_profile_has_a_recipe() -> None:
    assert configured(load_settings(), "m") == DEFAULT
    assert configured(load_settings(profile="reference"), "m") == REFERENCE
    assert configured(load_settings(chunk_size=500), "m") == WIDER


def test_there_is_nothing_to_say_of_an_index_made_as_configured() -> None:
    assert Comparison("rag", replace(DEFAULT, dimension=384), DEFAULT).line() is None


@pytest.mark.parametrize(
    ("made", "now", "how", "line"),
    [
        (
            DEFAULT,
            WIDER,
            "ingest",
            "was made otherwise: chunk size 300, now 500; what is named here is cut anew, the "
            "rest stays as cut; `--rebuild SOURCE...` redoes all",
        ),
        (
            DEFAULT,
            PLAIN,
            "ingest",
            "was made otherwise: smoothing 0.5 0.25, now none; vectors keep the smoothing the "
            "index has; `--rebuild` takes up the new one",
        ),
        (
            REFERENCE,
            DEFAULT,
            "ingest",
            "was made otherwise: chunker recursive 1, now sentences 4, chunk size 1000, now 300, "
            f"overlap 200, now 0, smoothing none, now 0.5 0.25, headings none, now {TOLD}; "
            "what is named here is cut anew, the rest stays as cut; vectors keep the smoothing "
            "the index has; vectors keep leaning on headings as the index's do; "
            "`--rebuild SOURCE...` redoes all",
        ),
        (
            BEFORE,
            DEFAULT,
            "ingest",
            f"was made otherwise: headings none, now {TOLD}; vectors keep leaning on headings as "
            "the index's do; `--rebuild` takes up the new one",
        ),
        (
            BEFORE,
            DEFAULT,
            "rebuild",
            f"was made otherwise: headings none, now {TOLD}; all is embedded anew",
        ),
        (
            replace(DEFAULT, is_mixed=True),
            DEFAULT,
            "ingest",
            "may hold sources of another cut; what is named here is cut anew, the rest stays as "
            "cut; `--rebuild SOURCE...` redoes all",
        ),
        (
            DEFAULT,
            WIDER,
            "rebuild",
            "was made otherwise: chunk size 300, now 500; all is embedded anew, chunks stay as "
            "cut: `--rebuild SOURCE...` cuts anew too",
        ),
        (
            DEFAULT,
            PLAIN,
            "rebuild",
            "was made otherwise: smoothing 0.5 0.25, now none; all is embedded anew",
        ),
        (
            DEFAULT,
            WIDER,
            "rebuild sources",
            "was made otherwise: chunk size 300, now 500; what is named here is cut anew, the "
            "rest stays as cut, all is embedded anew",
        ),
    ],
)
def test_what_differs_and_what_the_run_does(made: Recipe, now: Recipe, how: How, line: str) -> None:
    assert Comparison("rag", made, now).line(how) == f"the index 'rag' {line}"


def test_what_was_found_out_is_told_even_where_it_is_as_configured() -> None:
    assert Comparison("rag", DEFAULT, DEFAULT, is_found_out=True).line() == (
        "the index 'rag' did not record how it was made, as its chunks tell with chunker "
        "sentences 4, chunk size 300, overlap 0, smoothing 0.5 0.25"
    )
    line = Comparison("rag", DEFAULT, WIDER, is_found_out=True).line()
    assert line is not None
    assert "smoothing 0.5 0.25; was made otherwise: chunk size 300, now 500; what" in line


def test_a_dry_run_does_not_find_out() -> None:
    line = Comparison("rag", None, DEFAULT).line()
    assert line == "the index 'rag' does not record how it was made; an ingest finds out"
