"""What a token costs on each endpoint: measured for a moment, and put into a table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.endpoints import Costs, Scale, endpoints, main, ratio_of, table
from tests.support.paths import ROOT
from tests.support.service import clean_environment


@pytest.mark.services
def test_a_quick_look_measures_every_endpoint_that_is_there(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.endpoints", "--quick", "--out", str(tmp_path)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "endpoints.md").read_text() in done.stdout
    written = json.loads((tmp_path / "endpoints.json").read_text())
    assert {"/rag/stream", "/api/chat"} <= set(written["ratios"])
    assert set(written["ratios"]) <= {kind.path for kind in endpoints()}
    assert written["ratios"]["/rag/stream"] == {"1": 1.0, "2": 1.0}


def test_a_ratio_is_that_of_the_middle_round_and_one_over_the_goal_is_marked() -> None:
    costs = {
        "/rag/stream": Costs({1: [10.0, 20.0, 10.0]}, {1: [5.0, 5.0, 5.0]}),
        "/api/chat": Costs({1: [12.0, 21.0, 13.0]}, {1: [4_000.0, 4.0, 5_000.0]}),
    }
    assert ratio_of(costs, "/api/chat", 1) == 1.2
    *_, base, chat = table(costs, Scale(readers=(1,))).splitlines()
    assert base == "| `/rag/stream` | 10.0 | 5 | 1.00 |"
    assert chat == "| `/api/chat` | 13.0 | 4,000 | 1.20 (over the goal) |"


def test_no_rounds_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--rounds", "0"])
    assert "expected at least 1, got 0" in capsys.readouterr().err
