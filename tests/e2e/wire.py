"""A member's phone without its screen: for what leads up to a story's point, and would be slow by clicks."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from playwright.async_api import APIRequestContext

PATIENCE_SECONDS = 30
Message = dict[str, Any]


@dataclass(frozen=True)
class Wire:
    """What is said, tapped or chosen ends when a new message of the app holds the words of ``then``."""

    request: APIRequestContext
    address: str

    async def says(self, text: str, *, then: str) -> str:
        return await self._does("text", {"content": text}, then)

    async def photographs(self, picture: str) -> None:
        """Words that follow at once belong to it."""
        await self._sends("image", {"picture": picture})

    async def taps(self, button: str, *, then: str) -> str:
        card = next(one for one in reversed(await self.messages()) if button in _buttons(one))
        return await self._does("card", {"message_id": card["id"], "key": _buttons(card)[button]}, then)

    async def chooses(self, *options: str, then: str) -> str:
        """On the last card that offers something."""
        card = next(one for one in reversed(await self.messages()) if "checkbox" in one.get("card", {}))
        box, [key] = card["card"]["checkbox"], _buttons(card).values()
        ids = [one["id"] for one in box["option_list"] if any(option in one["text"] for option in options)]
        selected = {box["question_key"]: ids}
        return await self._does("card", {"message_id": card["id"], "key": key, "selected": selected}, then)

    async def messages(self) -> list[Message]:
        """Of the app, as they look now."""
        answer = await self.request.get(f"{self.address}/chat")
        return [one for one in (await answer.json())["messages"] if one["from"] == "app"]

    async def about(self, words: str) -> int:
        """How many messages hold them."""
        return sum(words in _words(one) for one in await self.messages())

    async def _does(self, what: str, body: dict[str, Any], then: str) -> str:
        before = len(await self.messages())
        await self._sends(what, body)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            new = [_words(one) for one in (await self.messages())[before:]]
            if found := [words for words in new if then in words]:
                return found[-1]
            await asyncio.sleep(0.05)
        raise AssertionError(f"{body} was not answered with {then}, but with: {new}")

    async def _sends(self, what: str, body: dict[str, Any]) -> None:
        answer = await self.request.post(f"{self.address}/{what}", data=body)
        assert answer.ok, await answer.text()


def _buttons(message: Message) -> dict[str, str]:
    """Caption → key, while the card can be pressed."""
    card = message.get("card", {})
    if not card or card["state"]["inert_text"]:
        return {}
    found = {one["text"]: one["key"] for one in card.get("button_list", []) if "key" in one}
    return found | ({card["submit_button"]["text"]: card["submit_button"]["key"]} if "submit_button" in card else {})


def _words(message: Message) -> str:
    """As one reads it, a line each."""
    card = message.get("card", {})
    title, rows = card.get("main_title", {}), card.get("horizontal_content_list", [])
    options = [one["text"] for one in card.get("checkbox", {}).get("option_list", [])]
    lines = [message.get("content", ""), title.get("title", ""), title.get("desc", ""), card.get("sub_title_text", "")]
    return "\n".join([*lines, *(f"{row['keyname']}：{row['value']}" for row in rows), *options, *_buttons(message)])
