"""Pictures of the page's states, to be looked at: in `tests/out/page/`.

One of each state; with PAGE_PICTURES=all in both themes and three widths.
"""

import os

from tests.support.browser import OUT, Tab
from tests.support.page import Page

ALL = os.environ.get("PAGE_PICTURES") == "all"
SIZES = {320: 700, 1280: 900, 2560: 1300} if ALL else {1280: 900}
SCHEMES = ("light", "dark") if ALL else ("light",)


async def picture(tab: Tab, name: str) -> None:
    folder = OUT / "page"
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES.items():
        await tab.page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            path = folder / f"{name}-{width}-{scheme}.png"
            await tab.page.screenshot(path=path, animations="disabled")
            wide = await Page(tab).is_wider_than_its_window()
            assert not wide, path.name
