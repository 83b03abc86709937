"""Titles and addresses searched by words in any form, and by parts of words."""

import pytest

from rag_stream.lexical.names import matching, told, wanted

DOCUMENTS = [
    ("HTTP Proxies", "https://x.example/advanced/proxies.md", "en"),
    ("Timeouts for the client", "docs/time-outs.md", "en"),
    ("Häuser und Überblick", "docs/haeuser.md", "de"),
    ("代理设置与超时", "zh/%E4%BB%A3%E7%90%86.md", "zh"),
    ("响应式基础", "zh/reactivity-fundamentals.md", "zh"),
    ("", "src/RootPathMiddleware.py", None),
    ("Résumé of café owners", "https://x.example/caf%C3%A9", "fr"),
    ("プロキシの設定", "ja/proxy.md", "ja"),
]
LINES = [told(*document) for document in DOCUMENTS]
FOUND = {
    "proxy": [0, 7],
    "Proxies": [0, 7],
    "prox": [0, 7],
    "proxies http": [0],
    "HTTP the proxies": [0],
    "timeout": [1],
    "clients": [1],
    "of a client": [1],
    "haus": [2],
    "Haeuser": [2],
    "uberblick": [2],
    "ÜBERB": [2],
    "代理": [3],
    "設置": [3],
    "设置代理": [3],
    "如何设置代理": [3],
    "超时的代理": [3],
    "基础响应": [4],
    "响应超时": [],
    "应代": [],
    "root path": [5],
    "rootpath": [5],
    "cafe": [6],
    "resume": [6],
    "プロキシ": [7],
    "x.example": [0, 6],
    "x.example/adv": [0],
    "advanced/proxies.md": [0],
    "proxy timeout": [],
    "the of": [],
    "<": [],
    "": list(range(len(DOCUMENTS))),
}


@pytest.mark.parametrize("query", FOUND)
def test_each_word_is_found_in_any_form_or_as_a_part(query: str) -> None:
    assert matching(LINES, wanted(query, ["de", "fr"])) == FOUND[query]


def test_what_is_odd_or_long_is_searched_too() -> None:
    lines = [told("x" * 1_000_000, "%ff%00\ud800", "xx"), told("", "", None)]
    assert all(len(line) < 10_000 for line in lines)
    assert matching(lines, wanted("x\ud800 " * 50, [])) == []
    assert matching(lines, wanted("ff", ["xx"])) == [0]
