"""The paper of a notice: made after the issue, sealed into the history, seen on its page, and checked by anybody."""

import asyncio
import hashlib
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.printing import PAUSES, Printer, _TakenOver
from bot.seals import Seals
from checks.report import CHECK_REPORT
from core.cases import history
from core.cases.models import Case, HistoryRow, OutboxRow
from core.evidence.models import Evidence
from core.evidence.store import Store
from core.papers import queue
from core.papers.models import PaperRow, PaperState
from core.people.models import Person
from h5.session import Sessions
from notices.papers import auditing
from notices.papers.gathering import photos
from notices.papers.paper import RectificationNotice
from notices.papers.rendering import PaperFailed, Press
from notices.processes import NOTICES
from tests.bot.test_notices import FOUND, MONDAY, NUMBER, checked, drafted, since, until
from tests.h5.story import text
from tests.notices import story
from tests.notices.papers.material import codes, seal, words
from tests.town import Town, photo, town

READY = "《滨江花园一期 整改通知》的文书已生成：责令整改通知书，海澄质安改〔2026〕001号，共{pages}页。\n查看文书"


@asynccontextmanager
async def built(url: str, folder: Path, **settings: object) -> AsyncIterator[Town]:
    async with town(url, folder, [CHECK_REPORT, *NOTICES], papers=True, **settings) as made:
        until(made, MONDAY)
        yield made


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with built(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture
async def small_place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    """Its station has a seal."""
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    (tmp_path / "海澄.png").write_bytes(seal())
    async with built(f"sqlite://{database}", tmp_path, seals=tmp_path) as made:
        yield made


async def asks(place: Town, path: str, person: Person | None = None, **headers: str) -> tuple[int, bytes, str]:
    """Status, body and content type of a page, as this member's phone gets it; nobody: without signing in."""
    async with (
        aiohttp.ClientSession(cookies=signed_in(place, person)) as session,
        session.get(place.service + path, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.read(), answer.content_type


def signed_in(place: Town, person: Person | None) -> dict[str, str]:
    response = web.Response()
    if person is not None:
        Sessions(place.house.settings).enter(response, person)
    return {name: morsel.value for name, morsel in response.cookies.items()}


async def reads(place: Town, path: str, person: Person | None = None) -> str:
    status, body, _ = await asks(place, path, person)
    return f"{status}\n{text(body.decode())}"


async def issued_with_photos(place: Town) -> Case:
    """Two findings, the first with two photos."""
    lin = place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼"):
        await lin.says(said)
    await lin.together(*(("send_image", (photo("orange", n),)) for n in (1, 2)), ("type_text", (FOUND[0],)))
    await lin.taps("确认，再记一条")
    await lin.says(FOUND[1])
    await lin.taps("确认，下一步")
    for said in ("不选", "不选", "立即提交"):
        await lin.says(said)
    said = ("新建通知", "整改通知", "滨江花园", "临港建工", "1", "请立即整改。", "7个工作日", "陈光泽", "不选", "不选")
    for one in said:
        await lin.says(one)
    await lin.taps("立即提交")
    return await Case.get(process="notice")


async def test_the_paper_follows_the_notice_and_anybody_can_check_it(place: Town) -> None:
    notice = await issued_with_photos(place)
    chen, lin = place.phone("chen"), place.phone("lin")
    assert [chen.text, lin.text] == [READY.format(pages=3)] * 2

    row = await PaperRow.get(case_id=notice.id)
    folder = f"/h5/cases/{notice.id}/paper"
    status, pdf, kind = await asks(place, f"{folder}/document.pdf", place.cast.chen)
    assert (status, kind, hashlib.sha256(pdf).hexdigest()) == (200, "application/pdf", row.sha256)
    said = words(pdf)
    for sentence in (
        "我站监督人员林小舟于2026年11月23日对滨江花园一期（监督注册号：HC-2026-001）进行了安全检查",
        "1.〔一般〕3号楼5层临边没有栏杆照片1-1、1-2，见附件。",
        "请于2026年12月2日24时前完成整改",
        "回复人：陈光泽（施工单位项目经理）。",
        "期限说明：自11月23日的次日起算9天，其中工作日7天，11月28日至29日（周末）休息。",
        "签发人：林小舟",
    ):
        assert said.count(sentence) == 1, sentence

    _, page, kind = await asks(place, f"{folder}/2.png", place.cast.chen)
    assert (kind, codes(page)) == ("image/png", [f"{place.house.settings.public_url}/verify/{row.code}"])
    assert await reads(place, f"/verify/{row.code}") == (
        "200\n文书核验\n海澄质安改〔2026〕001号\n责令整改通知书\n现行有效\n签发单位\n海澄市质安监督站\n"
        "文书\n责令整改通知书\n文号\n海澄质安改〔2026〕001号\n签发日期\n2026年11月23日\n工程名称\n滨江花园一期\n"
        "页数\n3 页\n怎样核对\n您手上的文书，文书名称、文号、单位、日期、工程和页数应当与上面完全一致。"
        "这份文书只签发过一个版本，二维码能打开本页的就是现行版本；有一处不一致，请向签发单位核实。\n"
        f"PDF 文件的摘要值（SHA-256）：\n{row.sha256[:32]}\n{row.sha256[32:]}\n送达回证上印的摘要值应当与此相同。\n"
        "本页不显示个人信息，也不需要登录。"
    )


async def test_its_hash_is_sealed_and_it_can_be_set_again(small_place: Town) -> None:
    notice = await issued_with_photos(small_place)
    row = await PaperRow.get(case_id=notice.id)
    note = await HistoryRow.get(case_id=notice.id, action="paper")
    sealed = json.loads(note.content)
    assert sealed["data"] == {"pages": 3, "paper": "责令整改通知书", "sha256": row.sha256}
    assert sealed["attachments"][str(row.pdf_id)] == row.sha256
    store = small_place.house.store
    assert [broken async for _, broken in history.verify_all(store) if broken is not None] == []
    assert [fault async for fault in auditing.faults()] == []

    paper = RectificationNotice.model_validate(row.printed)
    async with Press() as press:
        assert (await press.render(paper, await photos(paper, store), seal())).sha256 == row.sha256
    await PaperRow.all().update(sha256="0" * 64)
    assert [fault async for fault in auditing.faults()] == [
        f"paper {row.id}: it is not the one that the history of case {notice.id} has sealed"
    ]


async def test_the_page_of_a_notice_and_of_a_reply_show_the_paper_to_those_who_may_see_it(small_place: Town) -> None:
    notice = await issued_with_photos(small_place)
    cast, folder = small_place.cast, f"/h5/cases/{notice.id}/paper"
    reply = await Case.get(process="notice_reply")
    for case in (notice, reply):
        _, page, _ = await asks(small_place, f"/h5/cases/{case.id}", cast.chen)
        assert re.findall(r'<img src="([^"]*/paper/[^"]*)"', page.decode()) == [f"{folder}/{n}.png" for n in (1, 2, 3)]
        assert page.decode().count(f'href="{folder}/document.pdf"') == 1
    answers = [await asks(small_place, f"{folder}/{name}", cast.fang) for name in ("document.pdf", "1.png")]
    answers += [await asks(small_place, f"{folder}/{name}", cast.chen) for name in ("4.png", "0.png", "x", "1.png.png")]
    assert [(status, kind) for status, _, kind in answers] == [(404, "text/html")] * 6
    assert (await asks(small_place, f"{folder}/1.png"))[0] == 302
    assert await small_place.phone("chen").says("文书 海澄质安改2026-1") == (
        f"责令整改通知书 {NUMBER}\n已生成，共3页。\n查看文书"
    )
    assert await small_place.phone("fang").says(f"文书 {NUMBER}") == (
        f"没有找到这份文书，或者您无权查看。请发送“文书 文号”，例如：文书 {NUMBER}"
    )


async def test_a_renderer_that_fails_holds_up_no_notice_and_somebody_is_told(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise PaperFailed("排版程序中途退出，文书没有生成，请稍后再试。")

    with monkeypatch.context() as broken:
        broken.setattr(Press, "render", fails)
        lin = await drafted(place, FOUND[0], repliers="陈光泽")
        chen, luo = place.phone("chen"), place.phone("luo")
        await lin.taps("立即提交")
        for pause in PAUSES:
            assert (await PaperRow.get()).state == PaperState.WANTED
            place.pass_time(seconds=pause.total_seconds())
            await place.settle()
    row = await PaperRow.get()
    told = (
        f"《滨江花园一期 整改通知》（{NUMBER}）已经下发，照常有效，但文书没有生成。\n"
        "原因：排版程序中途退出，文书没有生成，请稍后再试。\n"
        f"请告诉管理员；处理好以后，发送“重做文书 {NUMBER}”。"
    )
    assert (row.state, row.attempts) == (PaperState.FAILED, len(PAUSES) + 1)
    assert [lin.text, luo.text] == [told] * 2
    assert (await Case.get(process="notice")).state == "open"
    assert chen.card_with("回复").id == chen.last.id

    seen = len(chen.messages)
    assert await chen.says(f"重做文书 {NUMBER}") == "只有监督站的人员可以重做文书。"
    await lin.says(f"重做文书 {NUMBER}")
    assert since(lin, -1) == [READY.format(pages=1)]
    assert since(chen, seen)[1:] == [READY.format(pages=1)]


async def test_several_printers_share_the_work(migrated_url: str, tmp_path: Path) -> None:
    async with story.station(migrated_url) as station, Press() as press:
        check = await station.checked()
        for _ in range(4):
            await station.notice(check=check)
        store = Store.open(str(tmp_path / "media"))
        printers = [Printer(station.engine, store, press, Seals(None), "http://zhian.example") for _ in range(3)]
        while sum(await asyncio.gather(*(one.once() for one in printers))):
            pass
        assert [(row.state, row.attempts) for row in await PaperRow.all()] == [(PaperState.MADE, 1)] * 4
        assert await HistoryRow.filter(action="paper").count() == 4
        told = (
            await OutboxRow.filter(dedupe_key__startswith="paper:").order_by("id").values_list("recipient", flat=True)
        )
        assert sorted(map(str, told)) == ["chen"] * 4 + ["lin"] * 4


async def test_a_printer_that_was_held_up_for_longer_than_its_lease_changes_nothing(
    sqlite_template: Path, tmp_path: Path
) -> None:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path, [CHECK_REPORT, *NOTICES]) as place:
        until(place, MONDAY)
        lin = await drafted(place, FOUND[0], repliers="陈光泽")
        await lin.taps("立即提交")
        slow, printer = await queue.claim(), place.house.printer
        await PaperRow.all().update(lease_until=None)
        fast = await queue.claim()
        assert slow is not None
        assert fast is not None
        await printer._make(fast)
        with pytest.raises(_TakenOver):
            await printer._make(slow)
        await printer._failed(slow, "还没有做好。")
        assert [(row.state, row.error) for row in await PaperRow.all()] == [(PaperState.MADE, "")]
        assert await HistoryRow.filter(action="paper").count() == 1
        assert await Evidence.filter(source="system").count() == 2


async def test_who_guesses_learns_nothing_and_is_slowed_down(small_place: Town) -> None:
    unknown = (
        "404\n没有查到\n没有查到这份文书。\n请核对文书每页下方印的网址；若确实无误，这份文书可能不是真的，"
        "请向落款的监督站核实。"
    )
    assert {await reads(small_place, f"/verify/{code}") for code in ("x", "A" * 22, "%00" * 22, "é", "A" * 400)} == {
        unknown
    }
    answers = [(await asks(small_place, "/verify/" + "A" * 22))[0] for _ in range(60)]
    assert (answers.count(404), answers.count(429)) == (55, 5)
    assert await reads(small_place, "/verify/x") == "429\n请稍后再查\n查询太频繁了，请过一分钟再试。"


async def test_whoever_decides_on_a_notice_sees_what_it_will_look_like(small_place: Town) -> None:
    await checked(small_place, FOUND[0])
    lin = small_place.phone("lin")
    said = ("停工通知", "滨江花园", "临港建工", "1", "跳过", "7个工作日", "陈光泽", "不选", "不选", "立即提交")
    for one in ("新建通知", *said):
        await lin.says(one)
    notice, cast = await Case.get(process="notice"), small_place.cast
    address = f"/h5/cases/{notice.id}/draft.pdf"
    _, page, _ = await asks(small_place, f"/h5/cases/{notice.id}", cast.luo)
    assert page.decode().count(f'href="{address}"') == 1
    _, pdf, kind = await asks(small_place, address, cast.luo)
    assert (kind, words(pdf).count("草稿，尚未签发，不具有效力")) == ("application/pdf", 2)
    assert (await asks(small_place, address, cast.chen))[0] == 404
    await small_place.phone("luo").taps("批准")
    assert (await asks(small_place, address, cast.luo))[0] == 404
    assert lin.text == READY.replace("整改", "停工").replace("质安改", "质安停").format(pages=2)


async def test_the_record_of_service_is_printed_as_it_stands(small_place: Town) -> None:
    notice = await issued_with_photos(small_place)
    cast, address = small_place.cast, f"/h5/cases/{notice.id}/service.pdf"
    await asks(small_place, f"/h5/cases/{(await Case.get(process='notice_reply')).id}", cast.chen)
    _, page, _ = await asks(small_place, f"/h5/cases/{notice.id}", cast.lin)
    assert page.decode().count(f'href="{address}"') == 1
    status, pdf, kind = await asks(small_place, address, cast.lin)
    said, row = words(pdf), await PaperRow.get(case_id=notice.id)
    assert (status, kind) == (200, "application/pdf")
    assert said.startswith("海澄市质安监督站送达回证海澄质安改〔2026〕001号")
    for sentence in (
        "送达文书《责令整改通知书》（海澄质安改〔2026〕001号）",
        row.sha256,
        "陈光泽项目经理临港建工—2026-11-23",
    ):
        assert said.count(sentence) == 1, sentence
    assert (await asks(small_place, address, cast.chen))[0] == 404
    reply = (
        f"/h5/cases/{(await Case.get(process='notice_reply')).id}"  # beside which everybody finds the notice's paper
    )
    offered = [(await asks(small_place, reply, one))[1].decode().count(address) for one in (cast.lin, cast.chen)]
    assert offered == [1, 0]
