"""Files that are written into a text."""

from ingest.sources.data_uris import without_data

DATA = "RCCCPP3m8cJrMPkOx90B5Ih1" * 99


def test_their_insides_are_cut() -> None:
    assert without_data(f"a data:image/png;base64,{DATA} b") == "a data:image/png;base64,\u2026 b"
    assert without_data(f"url(data:font/woff2;charset=utf-8;base64,{DATA}==)") == (
        "url(data:font/woff2;charset=utf-8;base64,\u2026)"
    )


def test_short_ones_and_other_long_words_stay() -> None:
    for text in ("data:text/plain;base64,SGk=", DATA, f"sha256 {DATA};base64,"):
        assert without_data(text) == text


def test_those_over_several_lines_are_cut_and_what_follows_stays() -> None:
    lines = "\n".join([DATA[:76]] * 20)
    assert without_data(f"data:image/png;base64,{lines}\nAAA==\nmore words") == (
        "data:image/png;base64,\u2026\nmore words"
    )
