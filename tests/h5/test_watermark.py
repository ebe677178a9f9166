"""What is burned into photos: on pages and in papers the same copy, and only what the service knows."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from core.evidence import marking
from core.evidence.models import Evidence
from core.evidence.store import Store
from notices.papers import gathering
from tests.core.evidence import material
from tests.h5.story import Browser, Station, photo
from tests.h5.test_replies import noticed, replies, reply_of

PLACE = {"latitude": 20.0248, "longitude": 110.335, "label": "南渡江路18号", "accuracy": 12}


@pytest.fixture
def burned(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The lines of every watermark that is made."""
    made: list[list[str]] = []
    draw = marking._draw

    def noted(picture: Image.Image, lines: list[str], size: int) -> None:
        made.append(lines)
        draw(picture, lines, size)

    monkeypatch.setattr(marking, "_draw", noted)
    return made


async def read(browser: Browser, address: str) -> bytes:
    answer = await browser.get(address)
    assert answer.status == 200
    return await answer.read()


async def bytes_of(store: Store, one: Evidence) -> tuple[bytes, bytes, bytes]:
    return await store.get(one.original_key), await store.get(one.shown_key), await store.get(str(one.thumb_key))


async def test_a_photo_of_a_check_says_when_where_and_by_whom_on_pages_and_in_papers(
    office: Station, burned: list[list[str]]
) -> None:
    cast, store = office.cast, office.store
    taken = material.phone_photo()
    kept = await office.keep(taken, cast.lin)
    kept.taken_at = datetime(2026, 11, 20, 0, 58, tzinfo=UTC)
    await kept.save()
    before = await bytes_of(store, kept)
    lin, chen = await office.browser(cast.lin), await office.browser(cast.chen)
    assert await read(lin, f"/h5/evidence/{kept.id}/shown") == before[1]
    check = await office.report(findings=[{"photos": [kept.id], "place": PLACE, "note": "临边无防护"}], reviewers=[])
    notice = await noticed(office, cited_check=str(check.id))
    shown = await read(lin, f"/h5/cases/{check.id}/files/{kept.id}/shown")
    assert burned == [
        [
            "收到：2026-11-20 09:00",
            "拍摄：2026-11-20 08:58（手机时间）　监督员：林小舟",
            "工程：滨江花园一期　部位：3号楼 5层 临边",
            "定位：南渡江路18号",
            "坐标：北纬 20.02480°，东经 110.33500°（GCJ-02）",
        ]
    ]
    cast.project.name = "改了名的工程"
    await cast.project.save()
    reply = await reply_of(notice, cast.chen)
    assert await read(chen, f"/h5/cases/{reply.id}/files/{kept.id}/shown") == shown != before[1]
    draft = await gathering.draft_of(notice)
    assert await gathering.photos(draft, store) == {kept.id: shown}
    assert await bytes_of(store, kept) == before
    assert hashlib.sha256(before[0]).hexdigest() == kept.sha256
    assert len(burned) == 1


async def test_a_photo_of_a_reply_tells_who_handed_it_in_and_a_drawing_when_its_original_came(
    office: Station, burned: list[list[str]]
) -> None:
    cast = office.cast
    reply = await reply_of(await noticed(office), cast.chen)
    await replies(office, reply, _1=[photo("green")], _2=[photo("blue")], _3=[])
    drawn, original = await Evidence.filter(taken_by_id=cast.chen.id).order_by("-id")
    office.clock.move(hours=2)
    drawn.marks_id, drawn.created_at = original.id, office.clock.now()
    await drawn.save()
    lin = await office.browser(cast.lin)
    await read(lin, f"/h5/cases/{reply.id}/files/{drawn.id}/shown")
    assert burned == [["收到：2026-11-20 09:00　提交人：陈光泽　工程：滨江花园一期"]]


async def test_a_cover_says_when_it_came(office: Station, burned: list[list[str]]) -> None:
    cast = office.cast
    cover: Any = await office.keep(photo(), cast.lin)
    cast.project.cover_id = cover.id
    await cast.project.save()
    lin = await office.browser(cast.lin)
    assert await read(lin, f"/h5/projects/{cast.project.id}/cover/{cover.id}/shown") != await office.store.get(
        cover.shown_key
    )
    assert burned == [["收到：2026-11-20 09:00　上传人：林小舟　工程：滨江花园一期"]]
