"""The pages of a notice and of the replies to it: finding by finding, before and after, round by round (BY-04 … 06)."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from checks.report import CHECK_REPORT
from core.cases.models import Case, Draft, Participant
from core.people.models import OrgKind, Person, Role
from core.projects.models import Post, ProjectMember, ProjectParty
from notices import marks
from notices.processes import NOTICES
from tests.core.evidence import material
from tests.h5.story import Station, station_on, text
from tests.h5.test_drafting import post

WORDINGS = ("临边无防护", "配电箱未上锁", "基坑积水")
TODAY = "2026-11-20"
NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")


@pytest.fixture
async def station(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, *NOTICES)) as made:
        cast = made.cast
        await ProjectParty.create(project_id=cast.project.id, org_id=cast.chen.org_id, kind=OrgKind.CONTRACTOR)
        yield made


def picture(turned: int) -> bytes:
    """The same site, turned: another photo to everybody."""
    return material.saved(material.site().rotate(turned, expand=True, resample=Image.Resampling.BICUBIC))


async def noticed(station: Station, *more: Person, **changes: Any) -> Case:
    """林小舟 has issued a notice on three findings, the first two with a photo."""
    cast = station.cast
    before = [await station.keep(picture(turned), cast.lin) for turned in (0, 90)]
    found: list[dict[str, Any]] = [{"note": wording} for wording in WORDINGS]
    for finding, photo in zip(found, before, strict=False):
        finding["photos"] = [photo.id]
    check = await station.report(findings=found, reviewers=[])
    data = {
        "kind": "rectification",
        "project": cast.project.id,
        "addressee_units": [str(cast.chen.org_id)],
        "cited_check": str(check.id),
        "deadline": "2026-12-02",
        "repliers": [cast.chen.id, *(one.id for one in more)],
    }
    key = f"notice-{await Case.all().count()}"
    return (await station.pages.engine.open("notice", cast.lin, data | changes, key=key)).case


async def reply_of(notice: Case, person: Person) -> Case:
    return await Case.get(parent_id=notice.id, process="notice_reply", author_id=person.id)


async def replies(station: Station, reply: Case, **photos: list[bytes]) -> None:
    """``_1`` are the photos of the first finding; what is named is answered."""
    person = await Person.get(id=reply.author_id)
    answers = []
    for name, pictures in photos.items():
        number = int(name.removeprefix("_"))
        kept = [(await station.keep(one, person)).id for one in pictures]
        answers.append({"finding": number, "statement": f"第{number}条已整改", "photos": kept, "done_on": TODAY})
    key = f"reply-{reply.id}-{(await Case.get(id=reply.id)).version}"
    await station.pages.engine.perform(reply.id, "reply", person, {"answers": answers}, key=key)


def part(page: str, begin: str, end: str) -> list[str]:
    """The lines between these two, the first included."""
    lines = page.splitlines()
    start = lines.index(begin)
    return lines[start : lines.index(end, start)]


async def test_the_judge_sees_each_finding_with_its_answer_and_what_was_used_before(station: Station) -> None:
    cast = station.cast
    notice = await noticed(station)
    reply = await reply_of(notice, cast.chen)
    await replies(station, reply, _1=[picture(0)], _2=[picture(180), picture(180)], _3=[])
    lin = await station.browser(cast.lin)
    page = await lin.read(f"/h5/cases/{reply.id}")
    assert part(page, "第1轮，3项中剩3项", "第 3 条") == [
        *("第1轮，3项中剩3项", "第 1 条", "/ 3", "待审核", "临边无防护", "第 1 轮"),
        *("整改前", "整改后", "与这一条整改前的照片相同", "第1条已整改", "11月20日完成，11月20日 09:00 回复"),
        *("第 2 条", "/ 3", "待审核", "配电箱未上锁", "第 1 轮"),
        *("整改前", "整改后", "第2条已用过", "第2条已整改", "11月20日完成，11月20日 09:00 回复"),
    ]
    chen = await station.browser(cast.chen)
    assert "相同" not in await chen.read(f"/h5/cases/{reply.id}")


async def test_a_paper_that_is_still_made_can_be_looked_for_again(station: Station) -> None:
    notice = await noticed(station)
    lin = await station.browser(station.cast.lin)
    lines = (await lin.read(f"/h5/cases/{notice.id}")).splitlines()
    at = lines.index("文书")
    assert lines[at + 1 : at + 5] == ["责令整改通知书", notice.number, "文书正在生成，请稍等几秒再刷新。", "刷新"]


async def test_the_button_that_stands_out_comes_last_where_the_thumb_rests(station: Station) -> None:
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    chen, lin = await station.browser(cast.chen), await station.browser(cast.lin)
    assert (await chen.read(f"/h5/cases/{reply.id}")).splitlines()[-3:] == ["签收", "回复", "×"]
    await replies(station, reply, _1=[picture(0)], _2=[], _3=[])
    assert (await lin.read(f"/h5/cases/{reply.id}")).splitlines()[-3:] == ["逐条审核", "全部通过", "×"]


async def test_a_photo_of_another_record_is_named_only_to_who_may_see_that(station: Station) -> None:
    cast = station.cast
    first = await noticed(station)
    await replies(station, await reply_of(first, cast.chen), _1=[picture(45)], _2=[], _3=[])
    station.clock.move(days=3)
    reply = await reply_of(await noticed(station), cast.chen)
    await replies(station, reply, _1=[], _2=[], _3=[picture(45)])
    said = "以前用过：海澄质安改〔2026〕001号，11月20日"
    lin = await station.browser(cast.lin)
    assert said in (await lin.read(f"/h5/cases/{reply.id}")).splitlines()
    assert "以前用过" not in await lin.read(f"/h5/cases/{(await reply_of(first, cast.chen)).id}")


async def test_rounds_are_all_kept_and_what_was_returned_says_why(station: Station) -> None:
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    await replies(station, reply, _1=[], _2=[picture(30)], _3=[])
    lin, chen = await station.browser(cast.lin), await station.browser(cast.chen)
    station.clock.move(hours=1)
    form = {"verdicts-1": "accept", "verdicts-2": "return", "verdicts-2-reason": "照片看不清", "verdicts-3": "accept"}
    assert (await lin.does(reply, "judge", **form)).status == 303
    page = await chen.read(f"/h5/cases/{reply.id}")
    assert part(page, "第2轮，3项中剩1项", "第 3 条") == [
        *("第2轮，3项中剩1项", "第 1 条", "/ 3", "已通过", "临边无防护", "第 1 轮"),
        *("整改前", "整改后", "没有照片", "第1条已整改", "11月20日完成，11月20日 09:00 回复"),
        *("林小舟 11月20日 10:00 审核", "第 2 条", "/ 3", "已退回", "配电箱未上锁", "第 1 轮"),
        *("整改前", "整改后", "第2条已整改", "11月20日完成，11月20日 09:00 回复", "退回原因：照片看不清"),
        "林小舟 11月20日 10:00 审核",
    ]
    station.clock.move(hours=1)
    await replies(station, reply, _2=[picture(30)])
    again = part(await lin.read(f"/h5/cases/{reply.id}"), "第 2 条", "第 3 条")
    assert again[4:8] == ["第 2 轮", "整改前", "整改后", "第1轮第2条已用过"]
    assert again[10:13] == ["以前的回复（1）", "第 1 轮", "已退回"]
    await lin.does(reply, "judge", **{"verdicts-2": "accept"})
    assert "3项全部通过" in (await chen.read(f"/h5/cases/{reply.id}")).splitlines()


async def test_a_return_without_a_reason_stays_open_with_what_was_chosen(station: Station) -> None:
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    await replies(station, reply, _1=[], _2=[], _3=[])
    lin = await station.browser(cast.lin)
    refused = await lin.does(reply, "judge", **{"verdicts-1": "accept", "verdicts-2": "return", "verdicts-3": "accept"})
    page = await refused.text()
    assert refused.status == 422
    assert "请填写第2条退回的原因。" in text(page).splitlines()
    assert 'name="verdicts-2" value="return" checked' in page
    missing = await lin.does(reply, "judge", **{"verdicts-1": "accept"})
    assert "还有第2、3条没有审核，请补齐后再提交。" in text(await missing.text()).splitlines()


async def test_the_replier_sees_what_comes_with_names_and_dates(station: Station) -> None:
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    chen = await station.browser(cast.chen)
    page = (await chen.read(f"/h5/cases/{reply.id}")).splitlines()
    assert page[page.index("截止日期") :][:3] == ["截止日期", "12月2日24时", "剩 12 天"]
    start = page.index("后续安排")
    assert page[start : start + 11] == [
        *("后续安排", "11月27日 09:00", "截止前3个工作日提醒：陈光泽", "12月1日 09:00", "截止前1个工作日提醒：陈光泽"),
        *("12月2日24时", "截止日期到期", "12月3日 09:00", "超期后1个工作日提醒：陈光泽、林小舟"),
        *("12月7日 09:00", "超期后3个工作日提醒：陈光泽、林小舟、秦若岩"),
    ]
    stranger = await station.browser(cast.stranger)
    assert (await stranger.get(f"/h5/cases/{reply.id}")).status == 404


async def test_whoever_replies_gets_no_originals_of_what_the_inspector_took(station: Station) -> None:
    """His reply holds the inspector's photos; an original tells the device and where exactly somebody stood."""
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    (before, *_), *_ = reply.data["photos"]
    address, page = f"/h5/cases/{reply.id}/files/{before}", f"/h5/cases/{reply.id}"
    lin, chen = await station.browser(cast.lin), await station.browser(cast.chen)
    assert [(await one.get(f"{address}/original")).status for one in (lin, chen)] == [200, 404]
    assert [(await (await one.get(page)).text()).count("/original") for one in (lin, chen)] == [2, 0]
    assert (await chen.get(f"{address}/shown")).status == 200


async def test_what_is_only_to_be_signed_for_threatens_nobody(station: Station) -> None:
    cast = station.cast
    told = "由审核人提出处罚建议或者记录不良行为"
    notice = await noticed(station, kind="bad_conduct", deadline="2026-12-02")
    await station.pages.engine.perform(notice.id, "approve", cast.luo, {}, key="approve")
    chen = await station.browser(cast.chen)
    page = await chen.read(f"/h5/cases/{(await reply_of(notice, cast.chen)).id}")
    assert ("后续安排" in page, told in page, "签收后，后面的提醒不再发送。" in page) == (True, False, True)


async def test_the_notice_shows_who_has_answered_and_others_only_what_is_theirs(station: Station) -> None:
    cast = station.cast
    wu = await Person.create(
        userid="wu", name="吴明", mobile="10000000041", org_id=cast.chen.org_id, role=Role.PARTICIPANT
    )
    await ProjectMember.create(project_id=cast.project.id, person_id=wu.id, org_id=wu.org_id, post=Post.SAFETY_OFFICER)
    notice = await noticed(station, wu)
    await replies(station, await reply_of(notice, wu), _1=[], _2=[], _3=[])
    lin, chen = await station.browser(cast.lin), await station.browser(cast.chen)
    page = await lin.read(f"/h5/cases/{notice.id}")
    assert part(page, "回复情况", "第 1 条") == [
        *("回复情况", "陈光泽", "临港建工", "待回复", "第1轮，3项中剩3项"),
        *("吴明", "临港建工", "待审核回复", "第1轮，3项中剩3项"),
    ]
    assert part(page, "第 1 条", "第 2 条")[:5] == ["第 1 条", "/ 3", "临边无防护", "吴明", "待审核"]
    assert part(page, "最近截止", "回复情况")[:3] == ["最近截止", "12月2日24时", "剩 12 天"]
    own = part(await chen.read(f"/h5/cases/{notice.id}"), "回复情况", "第 1 条")
    assert own == ["回复情况", "陈光泽", "临港建工", "待回复", "第1轮，3项中剩3项"]


async def test_a_check_and_its_notices_lead_to_each_other(station: Station) -> None:
    cast = station.cast
    notice = await noticed(station)
    check = await Case.get(process="check_report")
    lin, luo, chen = [await station.browser(one) for one in (cast.lin, cast.luo, cast.chen)]
    page = await lin.read(f"/h5/cases/{check.id}")
    assert part(page, "相关记录", "人员") == ["相关记录", "整改通知", "待回复", notice.number]
    assert "下发整改通知" in page.splitlines()
    assert "下发整改通知" not in (await luo.read(f"/h5/cases/{check.id}")).splitlines()
    passed = ("审核通过", check.number)
    for address in (f"/h5/cases/{notice.id}", f"/h5/cases/{(await reply_of(notice, cast.chen)).id}"):
        assert part(await lin.read(address), "相关记录", "文书") == ["相关记录", "安全检查", *passed]
    await Participant.filter(case_id=check.id, person_id=cast.chen.id).delete()
    assert "相关记录" not in (await chen.read(f"/h5/cases/{notice.id}")).splitlines()


async def test_a_stop_that_was_put_right_leads_to_the_notice_that_lifts_it(station: Station) -> None:
    cast, engine = station.cast, station.pages.engine
    stop = await noticed(station, kind="stop_work")
    lin, luo = await station.browser(cast.lin), await station.browser(cast.luo)
    await engine.perform(stop.id, "approve", cast.luo)
    reply = await reply_of(stop, cast.chen)
    await replies(station, reply, _1=[], _2=[], _3=[])
    begin, page = "下发复工通知", f"/h5/cases/{stop.id}"
    assert begin not in (await lin.read(page)).splitlines()
    await engine.perform(reply.id, "accept", cast.lin)
    assert begin in (await lin.read(page)).splitlines()
    assert begin not in (await luo.read(page)).splitlines()
    begun = await post(lin, f"{page}/begin/notice", {"csrf": await lin.token()})
    answers = (await Draft.get(person_id=cast.lin.id)).data["answers"]
    assert (begun.status, answers["kind"], answers["lifts"]) == (303, "resume_work", str(stop.id))
    await engine.open("notice", cast.lin, answers, key="lift")
    assert begin not in (await lin.read(page)).splitlines()
    refused = await post(lin, f"{page}/begin/notice", {"csrf": await lin.token()})
    said = f"《{stop.title}》不是还没有解除的停工通知，不需要下发复工通知。"
    assert (refused.status, said in text(await refused.text()).splitlines()) == (409, True)


async def test_whoever_decides_on_a_notice_sees_what_was_found(station: Station) -> None:
    notice = await noticed(station, kind="stop_work")
    luo, chen = await station.browser(station.cast.luo), await station.browser(station.cast.chen)
    page = await luo.read(f"/h5/cases/{notice.id}")
    assert part(page, "问题 1", "问题 2")[:4] == ["问题 1", "/ 3", "一般", "临边无防护"]
    assert (await luo.does(notice, "approve")).status == 303
    page = (await chen.read(f"/h5/cases/{notice.id}")).splitlines()
    assert ("问题 1" in page, page[page.index("第 1 条") + 3]) == (False, "临边无防护")


async def test_whoever_only_reads_a_notice_reads_what_is_wrong(station: Station) -> None:
    cast = station.cast
    xu = await Person.create(userid="xu", name="许若", org_id=cast.chen.org_id, role=Role.PARTICIPANT, admitted_at=NOW)
    await ProjectMember.create(project_id=cast.project.id, person_id=xu.id, org_id=xu.org_id, post=Post.OTHER)
    notice = await noticed(station, recipients=[xu.id])
    answer = await (await station.browser(xu)).get(f"/h5/cases/{notice.id}")
    page = await answer.text()
    assert part(text(page), "问题 1", "问题 2")[:4] == ["问题 1", "/ 3", "一般", "临边无防护"]
    assert "/files/" not in page


async def test_who_grants_more_time_sees_the_deadline_that_it_would_move(station: Station) -> None:
    cast = station.cast
    reply = await reply_of(await noticed(station), cast.chen)
    data = {"until": "2026-12-08", "reason": "配电箱由厂家定制"}
    asked = (await station.pages.engine.open("extension", cast.chen, data, key="more", parent=reply)).case
    lin, chen = await station.browser(cast.lin), await station.browser(cast.chen)
    page = await lin.read(f"/h5/cases/{asked.id}")
    assert part(page, "截止日期", "在谁手上") == ["截止日期", "12月2日24时", "剩 12 天"]
    assert part(await chen.read(f"/h5/cases/{reply.id}"), "延期申请", "人员")[:2] == ["延期申请", "待审批"]
    assert (await lin.does(asked, "grant")).status == 303
    assert "截止日期" not in (await lin.read(f"/h5/cases/{asked.id}")).splitlines()


async def test_a_deadline_that_stands_still_and_a_return_that_was_wrong_are_shown(station: Station) -> None:
    cast, engine = station.cast, station.pages.engine
    reply = await reply_of(await noticed(station), cast.chen)
    pause = await engine.open("pause", cast.luo, {"reason": "等待检测结果"}, key="pause", parent=reply)
    lin, chen, luo = [await station.browser(one) for one in (cast.lin, cast.chen, cast.luo)]
    page = (await chen.read(f"/h5/cases/{reply.id}")).splitlines()
    assert [one for one in page if "暂停计时" in one] == [
        *("待回复·暂停计时", "截止日期（暂停计时）", "自11月20日起暂停计时：等待检测结果。"),
        *("暂停计时，恢复后重新安排", "暂停计时", "自11月20日起暂停计时：等待检测结果。"),
    ]
    assert "剩 12 天" not in page
    assert (await lin.does(pause.case, "resume")).status == 303
    await replies(station, reply, _1=[], _2=[], _3=[])
    form = {"verdicts-1": "accept", "verdicts-2": "return", "verdicts-2-reason": "照片看不清", "verdicts-3": "accept"}
    await lin.does(reply, "judge", **form)
    mark = next(iter(await marks.of_reply(reply))).key
    data = {"mark": mark, "statement": "照片清楚"}
    appeal = (await engine.open("appeal", cast.chen, data, key="appeal", parent=reply)).case
    assert "待回复·有异议" in (await lin.read(f"/h5/cases/{reply.id}")).splitlines()
    about = f"关于 {reply.data['number']} {reply.title}"
    assert about in (await luo.read(f"/h5/cases/{appeal.id}")).splitlines()
    assert (await luo.does(appeal, "correct", reason="照片看得清")).status == 303
    page = (await lin.read(f"/h5/cases/{reply.id}")).splitlines()
    assert "待审核回复·已更正" in page
    assert "异议成立，更正11月20日退回第2条：照片看得清" in page
    assert part("\n".join(page), "第1轮，3项中剩3项", "第 2 条")[3] == "待审核"
    await lin.does(reply, "judge", **{"verdicts-1": "accept", "verdicts-2": "accept", "verdicts-3": "accept"})
    assert "完结·已整改·已更正" in (await chen.read(f"/h5/cases/{reply.id}")).splitlines()


async def test_what_ends_with_a_void_notice_says_on_whose_word_and_why(station: Station) -> None:
    """The parts of it that are still open end by the system, and what had ended before has another reason."""
    cast, engine = station.cast, station.pages.engine
    notice = await noticed(station)
    reply = await reply_of(notice, cast.chen)
    answered = (await engine.open("pause", cast.chen, {"reason": "等待检测结果"}, key="one", parent=reply)).case
    await replies(station, reply, _1=[], _2=[], _3=[])
    lin, chen = await station.browser(cast.lin), await station.browser(cast.chen)
    form = {"verdicts-1": "accept", "verdicts-2": "return", "verdicts-2-reason": "照片看不清", "verdicts-3": "accept"}
    await lin.does(reply, "judge", **form)
    mark = next(iter(await marks.of_reply(reply))).key
    begun = {
        "pause": {"reason": "台风停工"},
        "extension": {"until": "2026-12-08", "reason": "配电箱由厂家定制"},
        "appeal": {"mark": mark, "statement": "照片清楚"},
    }
    open_ones = [(await engine.open(one, cast.chen, data, key=one, parent=reply)).case for one, data in begun.items()]
    await engine.open("voiding", cast.luo, {"reason": "依据有误"}, key="void", parent=notice)
    said = ["决定人：", "罗敬川", "作废的原因：", "依据有误", "系统"]
    for case in (reply, *open_ones):
        page = (await chen.read(f"/h5/cases/{case.id}")).splitlines()
        assert page[page.index("通知已作废", page.index("办理过程")) + 1 :][:5] == said
    owed = await (await chen.get(f"/h5/cases/{reply.id}")).text()
    assert re.findall(r'class="state state-(\w+)">(.*?)<', owed)[0] == ("warn", "通知已作废")
    assert "待回复" not in text(owed) and "项中剩" not in text(owed)
    page = (await chen.read(f"/h5/cases/{notice.id}")).splitlines()
    assert page[page.index("办理过程") + 1 :][:6] == ["作废", *said]
    assert "各自办理" not in page
    page = (await chen.read(f"/h5/cases/{answered.id}")).splitlines()
    assert page[page.index("办理过程") + 1 :][:2] == ["已回复", "系统"]
    assert "通知已作废" not in page
