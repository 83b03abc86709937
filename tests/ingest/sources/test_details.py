"""What a document says of itself is bounded, in every kind of document."""

import json

import pytest

from ingest.sources.details import bounded
from ingest.sources.extracted import Extracted
from ingest.sources.markdown.convert import extract_markdown
from ingest.sources.notebook import extract_notebook
from ingest.sources.org import extract_org
from ingest.sources.rst.convert import extract_rst

LONG = "lamp oil " * 1_000


def test_short_ones_stay_and_empty_ones_go() -> None:
    assert bounded({"slug": "a b", "tags": "", "description": "x" * 1_000}) == {
        "slug": "a b",
        "description": "x" * 1_000,
    }


def test_long_ones_end_with_a_word() -> None:
    found = bounded({"description": LONG, "tags": "oil, " * 900, "slug": "x" * 5_000})
    assert found["description"].endswith(("lamp\u2026", "oil\u2026"))
    assert found["tags"].endswith("oil\u2026")
    assert found["slug"] == "x" * 999 + "\u2026"
    assert all(900 < len(value) <= 1_000 for value in found.values())


@pytest.mark.parametrize(
    "found",
    [
        extract_markdown(f"---\ndescription: {LONG}\ntags: {LONG}\nslug: {LONG}\n---\nText"),
        extract_markdown(f'+++\nsummary = "{LONG}"\n+++\nText'),
        extract_rst(f".. meta::\n   :description: {LONG}\n   :keywords: {LONG}\n\nText"),
        extract_org(f"#+DESCRIPTION: {LONG}\n#+FILETAGS: :{'lamp:' * 900}\nText"),
        extract_notebook(
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "raw", "source": f"---\ndescription: {LONG}\n---"},
                        {"cell_type": "markdown", "source": "Text"},
                    ]
                }
            )
        ),
    ],
)
def test_each_kind_bounds_them(found: Extracted) -> None:
    assert found.text == "Text"
    assert found.details
    assert all(900 < len(value) <= 1_000 for value in found.details.values())
