"""What the stories about the phones share."""

import asyncio

from playwright.async_api import Locator, Page

from simulator.world import World
from tests.simulator.conftest import Caller, Service

PATIENCE_SECONDS = 30
REVIEW = {
    "card_type": "button_interaction",
    "task_id": "review-1",
    "source": {"desc": "质安监督", "desc_color": 0},
    "main_title": {"title": "检查记录待审核", "desc": "林越 提交"},
    "horizontal_content_list": [{"keyname": "工程", "value": "海悦花园"}],
    "button_selection": {
        "question_key": "grade",
        "title": "等级",
        "option_list": [{"id": "a", "text": "合格"}, {"id": "b", "text": "基本合格"}],
    },
    "button_list": [{"text": "通过", "style": 1, "key": "pass"}, {"text": "不通过", "style": 3, "key": "reject"}],
}


def phone(page: Page, userid: str) -> Locator:
    return page.get_by_test_id(f"phone-{userid}")


async def send_card(api: Caller, touser: str, card: dict[str, object]) -> str:
    """Answers the response code."""
    answer = await api.send(touser, "template_card", template_card=card)
    assert answer["errcode"] == 0
    return str(answer.get("response_code", ""))


async def heard(service: Service, world: World, event: str, times: int = 1) -> list[dict[str, str]]:
    """Once it has come so many times: what was tapped is still on its way from the browser."""

    def told() -> list[dict[str, str]]:
        return [told for told in service.heard if event in (told.get("Event"), told.get("MsgType"))]

    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(told()) < times:  # noqa: ASYNC110  # the browser sends it
            await asyncio.sleep(0.01)
    await world.settled()
    return told()
