"""`python -m ingest` on an index that was made otherwise: what it says, does and leaves."""

from pathlib import Path

from rag_stream.settings import Settings
from tests.support.recut import ALL, LONG, REFERENCE, WIDER, Command, events, index, write


def test_another_chunk_size_recuts_what_is_named_although_its_text_is_the_same(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    first = command("--json", *ALL)
    told = ["embedding_model", *["source"] * 3, "summary"]
    assert [event["event"] for event in events(first)] == told

    dry = command("--json", "--dry-run", "long.txt", "short.txt", **WIDER)
    done = command("--json", "long.txt", "short.txt", **WIDER)
    for run in (dry, done):
        recipe, long, short, _ = events(run)
        assert recipe["event"] == "recipe"
        assert recipe["differences"] == ["chunk size 300, now 500"]
        assert recipe["made"]["chunk_size"] == 300
        assert recipe["configured"]["chunk_size"] == 500
        assert "what is named here is cut anew, the rest stays as cut" in recipe["message"]
        assert run.stderr == ""
        assert (long["change"], short["change"]) == ("changed", "unchanged")
    metadata, texts, is_true = index(settings)
    assert (metadata["chunk_size"], metadata["mixed_cut"], is_true) == (500, True, True)
    assert max(map(len, texts["long.txt"])) > 300 >= max(map(len, texts["other.txt"]))

    mixed = command("--json", "long.txt", **WIDER)
    assert "may hold sources of another cut" in events(mixed)[0]["message"]
    command(*ALL, **WIDER)
    metadata, texts, is_true = index(settings)
    assert (metadata["chunk_size"], metadata["mixed_cut"], is_true) == (500, False, True)
    assert max(map(len, texts["other.txt"])) > 300
    assert "the index" not in command(*ALL, **WIDER).stderr


def test_another_profile_takes_its_cut_at_once_and_its_smoothing_at_a_rebuild(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    assert "the index" not in command(*ALL).stderr
    (tmp_path / "new.txt").write_text(LONG.replace("Sentence", "News"))
    done = command("new.txt", **REFERENCE)
    assert "smoothing 0.5 0.25, now none" in done.stderr
    assert "vectors keep the smoothing the index has" in done.stderr
    metadata, texts, is_true = index(settings)
    assert is_true
    assert (metadata["smoothing"], metadata["chunker"], metadata["mixed_cut"]) == (
        "0.5 0.25",
        "recursive",
        True,
    )
    assert max(map(len, texts["new.txt"])) > 900

    rebuilt = command("--rebuild", **REFERENCE)
    assert "all is embedded anew, chunks stay as cut" in rebuilt.stderr
    metadata, after, is_true = index(settings)
    assert (after, is_true) == (texts, True)
    assert (metadata["smoothing"], metadata["mixed_cut"]) == ("none", True)


def test_an_emptied_index_takes_up_what_is_configured_and_a_dry_run_knows(
    command: Command, settings: Settings, tmp_path: Path
) -> None:
    write(tmp_path)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "long.txt").write_text(LONG)
    command("docs")
    (docs / "long.txt").unlink()
    (docs / "empty.txt").write_text("\n")
    assert "removed docs/long.txt" in command("--prune", "docs").stdout
    dry = command("--dry-run", "long.txt", **REFERENCE)
    done = command("long.txt", **REFERENCE)
    assert (dry.returncode, dry.stderr, done.stderr) == (0, "", "")
    told = done.stdout.splitlines()[0]
    assert dry.stdout.splitlines()[0] == f"would be {told}"
    metadata, texts, is_true = index(settings)
    assert (metadata["chunker"], metadata["mixed_cut"], is_true) == ("recursive", False, True)
    assert max(map(len, texts["long.txt"])) > 900
