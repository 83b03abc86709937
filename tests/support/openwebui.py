"""Open WebUI from its wheel: its server in a process of its own, its page driven as by a person."""

import json
from typing import Any, Self

import httpx
from playwright.async_api import Locator, Page, expect

from tests.support.paths import ROOT
from tests.support.service import Service

_PROGRAM = ROOT / ".venv-openwebui" / "bin" / "open-webui"
# As docs/openai.md says.
_HEADERS = {"X-Citation-Style": "openwebui", "X-Task": "{{TASK}}"}
_ALONE = {
    "OFFLINE_MODE": "true",
    "WEBUI_AUTH": "False",
    "WEBUI_SECRET_KEY": "secret",
    "ENABLE_OLLAMA_API": "false",
    # Else it loads a model of its own, for documents of its own.
    "RAG_EMBEDDING_ENGINE": "openai",
}


class OpenWebUI(Service):
    """Its server with one connection: to `base`, which ends in /v1."""

    def __init__(self, base: str) -> None:
        super().__init__(
            [str(_PROGRAM), "serve", "--host", "127.0.0.1", "--port", "{port}"],
            ready="/health",
            deadline=150,
        )
        connection = {"0": {"enable": True, "headers": _HEADERS}}
        self.environment |= {
            **_ALONE,
            "PYTHONPATH": "",
            "DATA_DIR": str(self.folder / "data"),
            "OPENAI_API_BASE_URL": base,
            "OPENAI_API_KEY": "none",
            "OPENAI_API_CONFIGS": json.dumps(connection),
            "ENABLE_FORWARD_USER_INFO_HEADERS": "true",
        }

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._sign_in()
        except BaseException:
            self.kill()
            raise
        return self

    def chat(self, chat_id: str) -> dict[str, Any]:
        """A conversation as it is kept."""
        return self._ask("GET", f"/api/v1/chats/{chat_id}")

    def _sign_in(self) -> None:
        """As the one user that there is without authentication, who has seen what is new."""
        self._token = ""
        nobody = {"email": "", "password": ""}
        self._token = self._ask("POST", "/api/v1/auths/signin", nobody)["token"]
        seen = {"ui": {"version": self._ask("GET", "/api/version")["version"]}}
        self._ask("POST", "/api/v1/users/user/settings/update", seen)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False) as client:
            answer: dict[str, Any] = (
                client.request(method, path, json=body).raise_for_status().json()
            )
        return answer


class ChatPage:
    """Its page with one conversation."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._box = page.locator("#chat-input")
        self._messages = page.locator("#messages-container")
        self.answers = self._messages.locator(".chat-assistant")

    @classmethod
    async def open(cls, page: Page, url: str) -> Self:
        """Open a new conversation."""
        await page.goto(url)
        chat = cls(page)
        await expect(chat._box).to_be_visible(timeout=30_000)
        return chat

    async def ask(self, question: str) -> None:
        await self._box.click()
        await self._page.keyboard.type(question)
        await self._page.keyboard.press("Enter")

    async def reload(self) -> None:
        await self._page.reload()
        await expect(self._messages).to_be_visible(timeout=30_000)

    async def stop(self) -> None:
        await self._page.get_by_role("button", name="Stop").click()

    def button(self, name: str) -> Locator:
        """One below or within the answers: of a marker, of the sources, of a question."""
        return self._messages.get_by_role("button", name=name)

    async def source(self, marker: Locator) -> tuple[str, str, str]:
        """What a marker opens: the title, the passages, the address that the title leads to."""
        await marker.click()
        window = self._page.get_by_role("dialog")
        title = window.get_by_role("link").first
        shown = await title.inner_text(), await window.locator(".prose").inner_text()
        address = await title.get_attribute("href") or ""
        await window.get_by_role("button", name="Close citation modal").click()
        return *shown, address

    @property
    def id(self) -> str:
        """Of the conversation, once something has been asked in it."""
        return self._page.url.rpartition("/")[2]
