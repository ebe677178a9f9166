"""The page runs under a strict policy and never turns text into markup."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

STATIC = Path("simulator/static")


async def test_the_page_works_under_a_strict_policy_and_asks_nobody_else(chromium: Browser, desk: str) -> None:
    strict = await chromium.new_page()
    refused: list[str] = []
    asked: set[str] = set()
    policy = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'"
    strict.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    strict.on("request", lambda request: asked.add(request.url.split("/")[2]))

    async def with_policy(route: object) -> None:
        answer = await route.fetch()  # type: ignore[attr-defined]
        headers = {**answer.headers, "content-security-policy": policy}
        await route.fulfill(response=answer, headers=headers)  # type: ignore[attr-defined]

    await strict.route(f"{desk}/", with_policy)
    await strict.goto(desk)
    await strict.get_by_test_id("plus-LinYue").click()
    await strict.get_by_test_id("attach-place-LinYue").click()
    await expect(strict.get_by_test_id("map").locator("svg.map")).to_be_visible()
    assert refused == []
    assert asked == {desk.removeprefix("http://")}


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if (tag == "script" and "src" not in names) or tag == "style":
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on") or name == "style"]


def test_the_page_has_no_inline_script_style_or_handler() -> None:
    reader = _Inline()
    reader.feed((STATIC / "index.html").read_text("utf-8"))

    assert reader.found == []


@pytest.mark.parametrize("script", sorted(STATIC.rglob("*.js")), ids=lambda script: script.stem)
def test_no_script_ever_parses_markup_or_code(script: Path) -> None:
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createContextualFragment"

    assert re.findall(dangerous, script.read_text("utf-8")) == []
