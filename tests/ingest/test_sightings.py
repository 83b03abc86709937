"""What is on most pages."""

import pytest

from ingest.sightings import NEEDED, Sightings


def test_what_is_on_half_of_the_pages_repeats() -> None:
    seen = Sightings()
    for number in range(10):
        ends = {"all"} | ({"half"} if number < 5 else set()) | ({"few"} if number < 4 else set())
        seen.add("", [*ends, "all", f"own {number}"])
    assert (seen.pages, seen.repeats()) == (10, {"all", "half"})


@pytest.mark.parametrize(("pages", "learned"), [(NEEDED - 1, set()), (NEEDED, {"all"})])
def test_of_a_few_pages_nothing_can_be_said(pages: int, learned: set[str]) -> None:
    seen = Sightings()
    for _ in range(pages):
        seen.add("", ["all"])
    assert seen.repeats() == learned


def test_a_folder_in_another_language_has_its_own() -> None:
    seen = Sightings()
    for folder, pages in (("en", 20), ("de", 9), ("fr", 7)):
        for _ in range(pages):
            seen.add(folder, [folder])
    assert seen.repeats() == {"en", "de"}


def test_the_most_frequent_are_kept() -> None:
    seen = Sightings()
    for number in range(10):
        seen.add("", [*(f"{n:03}" for n in range(300 if number % 2 else 100)), "z"])
    assert len(seen.repeats()) == 200
    assert {"z", "000", "099"} <= seen.repeats()
