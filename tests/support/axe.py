"""axe-core, run in a tab: what of a page keeps people out."""

from typing import Any

from tests.support import js
from tests.support.browser import Tab

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(tab: Tab) -> list[str]:
    """Of the page as it is shown now: the rule, and where; empty is good."""
    source = (js.packages(js.AXE) / "axe-core" / "axe.min.js").read_text("utf-8")
    # By the browser itself: the page's policy lets no script in.
    await tab.page.evaluate(f"() => {{ {source}\n}}")
    found: dict[str, Any] = await tab.page.evaluate(
        "tags => axe.run({ runOnly: tags, resultTypes: ['violations'] })"
        ".then(({ violations }) => ({ violations }))",
        _RULES,
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
