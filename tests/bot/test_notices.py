"""A rectification notice from the check it rests on to its closure, as everybody's phone shows it."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.report import CHECK_REPORT
from core import clock
from core.cases.models import Case
from core.people.models import Organisation, OrgKind
from core.projects.models import Project, ProjectParty, SupervisionStatus
from notices.processes import NOTICES
from tests.bot.material import photo, words
from tests.town import Phone, Town, read, town

FOUND = ("3号楼5层临边没有栏杆", "6层配电箱没有上锁", "脚手架连墙件缺失", "塔吊限位器失灵", "基坑边堆载过大")
TITLE, NUMBER = "滨江花园一期 整改通知", "海澄质安改〔2026〕001号"
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # nine in the morning in China


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [CHECK_REPORT, *NOTICES]) as made:
        until(made, MONDAY)
        yield made


@pytest.fixture
async def small_place(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Town]:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with town(f"sqlite://{database}", tmp_path, [CHECK_REPORT, *NOTICES]) as made:
        until(made, MONDAY)
        yield made


def until(place: Town, moment: datetime) -> None:
    place.pass_time(seconds=(moment - clock.now()).total_seconds())


def day(month: int, number: int, hour: int = 9) -> datetime:
    """A minute after the full hour in China, in 2026."""
    return datetime(2026, month, number, hour, 1, tzinfo=clock.ZONE)


async def passes(place: Town, moment: datetime) -> None:
    until(place, moment)
    await place.house.engine.sweep()
    await place.settle()


async def checked(place: Town, *found: str) -> Phone:
    """林小舟 has reported what she found, and it needed no review."""
    lin = place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼"):
        await lin.says(said)
    for one in found:
        await lin.says(one)
        await lin.taps("确认，再记一条")
    for said in ("没有其他问题", "不选", "不选", "立即提交"):
        await lin.says(said)
    return lin


async def drafted(place: Town, *found: str, kind: str = "整改通知", repliers: str = "陈光泽、方知远") -> Phone:
    """Up to the summary, without reviewers and readers."""
    lin = await checked(place, *found)
    said = (kind, "滨江花园", "临港建工、正衡监理", "1", "跳过", "7个工作日", repliers, "不选", "不选")
    for one in ("新建通知", *said):
        await lin.says(one)
    return lin


async def issued(place: Town, *found: str, repliers: str = "陈光泽、方知远") -> Phone:
    """陈光泽, who has just been told of it."""
    lin = await drafted(place, *found, repliers=repliers)
    await lin.taps("立即提交")
    return place.phone("chen")


async def replies(phone: Phone, *statements: str) -> None:
    await phone.taps("回复")
    for number, statement in enumerate(statements, 1):
        await phone.together(photo(number), words(statement))
        await phone.taps("下一条" if number < len(statements) else "填好了")
    await phone.taps("回复", card=phone.last)


def lines(text: str, *numbers: int) -> list[str]:
    return [text.splitlines()[number] for number in numbers]


def since(phone: Phone, seen: int) -> list[str]:
    return [read(message) for message in phone.messages[seen:]]


# ── issuing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_all_that_follows_is_foretold_before_it_is_submitted(place: Town) -> None:
    lin = await drafted(place, *FOUND)
    assert read(lin.messages[-2]) == (
        "提交后的安排，请先看清：\n"
        "自11月23日的次日起算9天，其中工作日7天，11月28日至29日（周末）休息。截止12月2日（周三）24时。\n"
        "· 11月27日 09:00（截止前3个工作日）提醒陈光泽、方知远\n"
        "· 12月1日 09:00（截止前1个工作日）提醒陈光泽、方知远\n"
        "· 12月2日24时 到期\n"
        "· 12月3日 09:00（超期后1个工作日）提醒陈光泽、方知远、林小舟\n"
        "· 12月7日 09:00（超期后3个工作日）提醒陈光泽、方知远、林小舟、秦若岩\n"
        "· 12月11日 09:00（超期后7个工作日）提醒林小舟、秦若岩、罗敬川\n"
        "到期未回复的，由审核人提出处罚建议或者记录不良行为。"
    )
    assert lines(lin.text, 0, 1, 2, 6, 7) == [
        "通知：请核对",
        "提交后：待回复。提交后不能修改，请核对无误再提交。上报接收人：无。下达接收人：无。",
        "通知类型：整改通知",
        "截止日期：2026年12月2日24时前",
        "回复人：陈光泽、方知远",
    ]


async def test_each_replier_is_told_on_a_card_of_his_own(place: Town) -> None:
    chen = await issued(place, *FOUND)
    card = (
        f"待回复：通知回复\n{NUMBER} {TITLE}\n"
        "1.3号楼5层临边没有栏杆；2.6层配电箱没有上锁；3.脚手架连墙件缺失；4.塔吊限位器失灵；5.基坑边堆载过大\n"
        "回复人：{who}\n截止日期：12月2日24时\n后续安排：11月27日起提醒5次，逾期将处理\n[看详情]\n[回复]\n[签收]\n[申请延期]\n[暂停计时]"
    )
    assert [chen.text, place.phone("fang").text] == [card.format(who="陈光泽"), card.format(who="方知远")]
    assert place.phone("lin").text == f"已提交：{TITLE}\n编号：{NUMBER}\n状态：待回复\n查看详情"


async def test_a_term_is_typed_in_working_days_days_or_as_a_date(small_place: Town) -> None:
    lin = await checked(small_place, FOUND[0])
    for one in ("新建通知", "整改", "滨江花园"):
        await lin.says(one)
    assert await lin.says("临港建工") == (
        "请选择问题详情\n这个工程审核通过的检查记录\n☐0001号 11月23日 1条问题\n[确定]"
    )
    await lin.says("1")
    assert await lin.says("跳过") == (
        "请选择截止日期\n也可以回复：10天、5个工作日、12月5日。超期未整改将提出处罚建议或者记录不良行为\n"
        "3工作日：11月26日（周四）\n7工作日：12月2日（周三）\n15工作日：12月14日（周一）\n"
        "[3个工作日]\n[7个工作日]\n[15个工作日]"
    )
    assert await lin.says("昨天") == "「截止日期」没有看懂，请点按钮，或回复：5个工作日、10天、12月5日。"
    assert await lin.says("2025-01-01") == "截止日期不能早于11月24日，请重新选择。"
    assert await lin.says("400天") == "期限要在1到366天之间，请重新填写。"
    assert await lin.says("60个工作日") == (
        "2027年的放假安排还没有录入，不能推算工作日。请直接选定截止日期，或请管理员录入放假安排后再试。"
    )
    assert await lin.says("跳过") == "必须有「截止日期」，请点按钮或回复日期。"
    await lin.says("10天")
    assert read(lin.messages[-2]) == "自11月23日的次日起算10天，到12月3日（周四）。截止12月3日（周四）24时。"


async def test_without_a_passed_check_there_is_no_notice(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for one in ("新建通知", "整改", "滨江花园"):
        await lin.says(one)
    assert await lin.says("临港建工") == "这个工程还没有审核通过的检查记录，不能下发通知。"


async def test_a_replier_must_belong_to_an_addressee(small_place: Town) -> None:
    lin = await checked(small_place, FOUND[0])
    said = ("整改", "滨江花园", "临港建工", "1", "跳过", "7个工作日")
    for one in ("新建通知", *said):
        await lin.says(one)
    assert lin.text == "请选择回复人\n通知对象单位的人员，每人都要回复\n☐陈光泽 临港建工 项目经理\n[选好了]"
    for one in ("陈光泽", "不选", "不选"):
        await lin.says(one)
    assert "通知对象：海澄临港建工有限公司" in lin.text.splitlines()
    await lin.says("通知对象单位")
    await lin.says("正衡监理")
    seen = len(lin.messages)
    await lin.taps("立即提交", card=lin.last)
    refused, again = since(lin, seen)
    assert refused == "陈光泽不是通知对象单位的人员，请改选，或把其单位也选为通知对象。"
    assert again == "请选择回复人\n通知对象单位的人员，每人都要回复\n☐方知远 正衡监理 总监\n[选好了]"


async def test_the_units_that_read_the_check_are_ticked_and_the_contractor_comes_first(small_place: Town) -> None:
    lin, cast = small_place.phone("lin"), small_place.cast
    client = await Organisation.create(name="海澄滨江置业有限公司", short_name="滨江置业", kind=OrgKind.CLIENT)
    await ProjectParty.filter(project_id=cast.project.id, org_id=cast.chen.org_id).delete()
    for org, kind in ((client.id, OrgKind.CLIENT), (cast.chen.org_id, OrgKind.CONTRACTOR)):
        await ProjectParty.create(project_id=cast.project.id, org_id=org, kind=kind)
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "洞口没有盖板"):
        await lin.says(said)
    await lin.taps("确认，下一步")
    for said in ("不选", "方知远"):
        await lin.says(said)
    await lin.taps("修改")
    await lin.chooses("同时下发")
    await lin.taps("是")
    assert await lin.taps("立即提交") == (
        "请选择通知对象单位\n☐海澄临港建工有限公司\n☑南屿正衡监理有限公司\n☐海澄滨江置业有限公司\n[选好了]"
    )


async def test_a_check_may_ask_for_its_notice_at_once(place: Town) -> None:
    lin = place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "洞口没有盖板"):
        await lin.says(said)
    await lin.taps("确认，下一步")
    for said in ("不选", "不选"):
        await lin.says(said)
    await lin.taps("修改")
    await lin.chooses("同时下发")
    await lin.taps("是")
    assert (await lin.taps("立即提交")).splitlines()[0] == "请选择通知对象单位"
    for said in ("临港建工", "跳过", "7个工作日", "陈光泽", "不选", "不选"):
        await lin.says(said)
    assert lines(lin.text, 2, 3, 5) == [
        "通知类型：整改通知",
        "工程名称：滨江花园一期",
        "问题详情：海澄检〔2026〕0001号",
    ]
    await lin.taps("立即提交", card=lin.last)
    assert (await Case.get(process="notice")).number == NUMBER


async def test_a_reviewed_check_leads_to_its_notice_from_the_card_that_says_so(small_place: Town) -> None:
    lin, luo = small_place.phone("lin"), small_place.phone("luo")
    for said in ("上报", "滨江花园", "安全检查", "3号楼", "洞口没有盖板"):
        await lin.says(said)
    await lin.taps("确认，下一步")
    for said in ("罗敬川", "不选"):
        await lin.says(said)
    await lin.taps("修改")
    await lin.chooses("同时下发")
    await lin.taps("是")
    await lin.taps("立即提交")
    await luo.taps("通过")
    offer = lin.last  # nothing else is sent about it
    assert lin.text.splitlines()[-2:] == ["[看详情]", "[下发整改通知]"]
    waits = ["等您办理 1 份：", "· 滨江花园一期 下发整改通知", "  海澄检〔2026〕0001号｜在 林小舟 手上，刚刚"]
    assert (await lin.says("待办")).splitlines()[:3] == waits
    assert (await lin.taps("下发整改通知", card=offer)).splitlines()[0] == "请选择通知对象单位"


# ── answering and judging ────────────────────────────────────────────────────────────────────────────────────────────


async def test_five_findings_two_returned_answered_again_and_accepted(place: Town) -> None:
    chen = await issued(place, *FOUND)
    lin, fang = place.phone("lin"), place.phone("fang")
    await replies(chen, "已搭设栏杆", "已上锁", "连墙件已补齐", "限位器已更换", "堆载已清运")
    assert lin.text == (
        f"待审核回复：通知回复\n{NUMBER} {TITLE}\n"
        "1.已搭设栏杆；2.已上锁；3.连墙件已补齐；4.限位器已更换；5.堆载已清运\n逐条回复：5条，照片5张\n回复人：陈光泽\n"
        "[看详情]\n[全部通过]\n[逐条审核]"
    )
    await lin.taps("逐条审核")
    await lin.chooses("2.", "4.")
    await lin.says("锁没有钥匙")
    await lin.taps("照片看不清")
    await lin.taps("逐条审核", card=lin.last)
    assert lines(chen.text, 0, 2, 4) == [
        "待回复：通知回复",
        "2.锁没有钥匙；4.照片看不清",
        "截止日期：12月2日24时",
    ]
    await replies(chen, "已换新锁", "已重新拍照")
    await lin.taps("全部通过")
    assert lines(chen.text, 0, 2) == ["通知回复完结·已整改", "林小舟全部通过"]
    assert (await Case.get(process="notice")).state == "open"

    await replies(fang, "已督促", "已督促", "已督促", "已督促", "已督促")
    await lin.taps("全部通过")
    assert [read(m).splitlines()[0] for m in lin.messages[-2:]] == ["通知完结·已整改", f"已全部通过：{TITLE}"]
    assert (await Case.get(process="notice")).state == "closed"


async def test_a_notice_is_answered_by_its_number_and_never_after_closure(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    assert lines(await chen.says("回复 海澄质安改2026-1"), 0) == ["第 1 条（1/1）：请回复"]
    await chen.says("已搭设栏杆")
    await chen.taps("填好了")
    await chen.taps("回复", card=chen.last)
    await place.phone("lin").taps("全部通过")
    done = f"《{TITLE}》现在不需要您回复，状态：完结·已整改。发送“我回复的”查看。"
    assert await chen.says(f"回复 {NUMBER}") == done
    assert await chen.says("回复 海澄质安改2026-2") == (
        "没有找到需要您回复的这份通知，请核对文号，或发送“需我回复的”查看。"
    )
    assert await chen.says("延期 海澄质安改2026-1") == (
        f"《{TITLE}》现在不能申请延期：没有截止日期、已经到期、暂停计时，或者已经回复。"
    )


async def test_the_ledgers_show_who_owes_what(place: Town) -> None:
    chen = await issued(place, FOUND[0])
    lin = place.phone("lin")
    assert await chen.says("需我回复的") == (
        "需我回复的，共 1 份。发送“回复 文号”开始回复，需要更多时间发送“延期 文号”。\n【待回复】1 份\n"
        f"· {TITLE}\n  {NUMBER}｜在 陈光泽 手上，刚刚\n在页面上查看全部"
    )
    assert await lin.says("我上报的") == (
        f"我上报的，共 1 份。\n【待回复】1 份\n· {TITLE}\n  {NUMBER}\n在页面上查看全部"
    )
    await replies(chen, "已搭设栏杆")
    await replies(place.phone("fang"), "已督促整改")
    assert await chen.says("需我回复的") == "现在没有需要您回复的通知。"
    assert await lin.says("待我审核") == (
        "待我审核，共 2 份。\n【待审核回复】2 份\n"
        f"· {TITLE}\n  {NUMBER} 陈光泽的通知回复｜在 林小舟 手上，刚刚\n"
        f"· {TITLE}\n  {NUMBER} 方知远的通知回复｜在 林小舟 手上，刚刚\n在页面上查看全部"
    )
    await lin.taps("全部通过", card=next(m for m in lin.messages if "回复人：陈光泽\n" in read(m)))
    counted = "共 1 份，已完结 1 份，其中已整改 1 份。\n"
    rest = f"【完结·已整改】1 份\n· {TITLE}\n  {NUMBER}{{}}\n在页面上查看全部"
    assert await chen.says("我回复的") == f"我回复的，{counted}" + rest.format("")
    assert await lin.says("我审核的") == f"我审核的，{counted}" + rest.format(" 陈光泽的通知回复")
    hands = f"· {TITLE}\n  {NUMBER}｜待回复\n· {TITLE}\n  {NUMBER}{{}}｜在 林小舟 手上，刚刚"
    assert await lin.says("在谁手上 海澄质安改2026-1") == hands.format(" 方知远的通知回复")
    assert await place.phone("fang").says("在谁手上 海澄质安改2026-1") == hands.format("")
    assert await chen.says("我发送的") == "您还没有提交过记录。发送“上报”开始第一次上报。"
    assert await place.phone("luo").says("上报给我的") == ("没有上报给您的通知。有通知需要您审核时，会在这里通知您。")


async def test_the_judge_is_told_of_a_photo_that_was_used_before_and_the_replier_is_not(small_place: Town) -> None:
    chen = await issued(small_place, *FOUND[:2], repliers="陈光泽")
    lin = small_place.phone("lin")
    await chen.taps("回复")
    await chen.together(photo(), words("已搭设栏杆"))
    await chen.taps("下一条")
    await chen.together(photo(), words("已上锁"))
    await chen.taps("填好了")
    await chen.taps("回复", card=chen.last)
    assert lines(lin.text, 3, 5) == ["逐条回复：2条，照片2张", "照片核对：第2条有以前用过的照片"]
    await lin.taps("逐条审核")
    assert lines(read(lin.messages[-2]), -2) == ["  ⚠ 照片第1条已用过"]
    assert [one for one in map(read, chen.messages) if "用过" in one] == []


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_one_replier_lets_it_run_out(place: Town) -> None:
    chen = await issued(place, FOUND[0])
    lin, fang, luo, qin = (place.phone(one) for one in ("lin", "fang", "luo", "qin"))
    await replies(chen, "已搭设栏杆")
    await lin.taps("全部通过")
    quiet = len(chen.messages)

    await passes(place, day(11, 27))
    assert fang.text == f"《{TITLE}》要求在12月2日24时前回复，还有3个工作日。\n查看并办理，或发送“回复 {NUMBER}”"
    await passes(place, day(12, 1))
    assert fang.text == f"《{TITLE}》要求在12月2日24时前回复，只剩1个工作日。\n查看并办理，或发送“回复 {NUMBER}”"

    seen = len(lin.messages)
    await passes(place, day(12, 3, hour=0))
    assert lines(fang.text, 0, 4) == ["已超期：通知回复", "截止日期：12月2日24时"]
    late = f"通知回复已超期\n{NUMBER} {TITLE}\n1.3号楼5层临边没有栏杆\n回复人：方知远\n截止日期：12月2日24时"
    assert [luo.text, qin.text] == [late, late]
    assert since(lin, seen) == [
        late,
        f"待处理：超期处理\n{NUMBER} {TITLE} 超期处理（方知远）\n方知远到期没有回复《{TITLE}》，请选择怎样处理。\n"
        "审核人：林小舟\n[看详情]\n[提出处理意见]\n[不予处理]",
    ]
    await passes(place, day(12, 3))
    late, whose = f"《{TITLE}》已经超期，请立即整改并回复。", "\n回复人：方知远\n查看并办理"
    assert [fang.text, lin.text] == [f"{late}\n查看并办理，或发送“回复 {NUMBER}”", f"{late}{whose}"]
    await passes(place, day(12, 7))
    assert qin.text == f"《{TITLE}》超期3个工作日仍未回复。{whose}"
    await passes(place, day(12, 11))
    assert luo.text == f"《{TITLE}》超期7个工作日仍未回复。{whose}"
    assert len(chen.messages) == quiet

    assert lines(await lin.taps("提出处理意见"), 0) == ["请选择处理方式"]
    await lin.says("处罚建议书")
    await lin.says("逾期9天没有整改")
    await lin.taps("提出处理意见", card=lin.last)
    await luo.taps("批准")
    assert lines(lin.text, 0, 1, 3) == ["超期处理已形成", "海澄质安罚建〔2026〕001号", "处理方式：处罚建议书"]

    await replies(fang, "已督促整改")
    await lin.taps("全部通过")
    assert (await Case.get(process="notice")).state == "closed"


async def test_what_was_filled_in_outlives_the_deadline(small_place: Town) -> None:
    await issued(small_place, FOUND[0])
    fang = small_place.phone("fang")
    await fang.taps("回复")
    await fang.says("已督促整改")
    await passes(small_place, day(12, 3, hour=0))
    assert "整改说明：已督促整改" in (await fang.taps("回复")).splitlines()


async def test_more_time_is_asked_for_and_granted(place: Town) -> None:
    chen = await issued(place, FOUND[0], repliers="陈光泽")
    lin = place.phone("lin")
    assert await chen.says("延期 海澄质安改2026-1") == (
        "请选择延期至\n现在的截止日期是12月2日，从次日起算。也可以回复：10天、5个工作日、12月5日。\n"
        "3工作日：12月7日（周一）\n7工作日：12月11日（周五）\n15工作日：12月23日（周三）\n"
        "[3个工作日]\n[7个工作日]\n[15个工作日]"
    )
    await chen.taps("3个工作日")
    await chen.says("栏杆材料未到货")
    await chen.taps("跳过")
    await chen.taps("提交")
    assert lin.text == (
        "待审批：延期申请\n滨江花园一期 延期申请\n延期至：2026年12月7日24时前\n延期的原因：栏杆材料未到货\n"
        f"回复人：陈光泽\n文号：{NUMBER}\n[看详情]\n[同意]\n[不同意]"
    )
    await lin.taps("同意")
    assert lines(chen.text, 0, 1) == ["延期申请已同意", "林小舟同意"]
    await passes(place, day(12, 4))
    assert chen.text == f"《{TITLE}》要求在12月7日24时前回复，只剩1个工作日。\n查看并办理，或发送“回复 {NUMBER}”"


# ── stop-work ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stop_is_refused_then_approved_then_lifted(place: Town) -> None:
    lin = await drafted(place, FOUND[0], kind="停工", repliers="陈光泽")
    luo, chen = place.phone("luo"), place.phone("chen")
    await lin.taps("立即提交")
    assert lines(luo.text, 0, -2, -1) == ["待站长批准：通知", "[批准]", "[不批准]"]
    await luo.taps("不批准")
    await luo.says("依据不足")
    assert (lines(lin.text, 0, 1, -1), chen.messages) == (
        ["通知审核未通过", "罗敬川不批准，意见：依据不足", "[照此新建通知]"],
        [],
    )
    await lin.taps("照此新建通知")
    await lin.taps("立即提交", card=lin.last)
    await luo.taps("批准")
    assert lines(chen.text, 0, 1) == ["待回复：通知回复", "海澄质安停〔2026〕001号 滨江花园一期 停工通知"]
    assert (await Project.get(id=place.cast.project.id)).status is SupervisionStatus.STOPPED

    for said in ("新建通知", "复工", "滨江花园", "临港建工", "1"):
        await lin.says(said)
    assert lin.text == "请选择解除的停工通知\n只有复工通知需要选择\n☐001号 停工通知\n☐不选\n[确定]"
    await lin.chooses("停工通知")
    for said in ("跳过", "不设期限", "陈光泽", "不选", "不选"):
        await lin.says(said)
    await lin.taps("立即提交", card=lin.last)
    assert (await Project.get(id=place.cast.project.id)).status is SupervisionStatus.NORMAL
    assert await chen.says("回复 海澄质安复2026-1") == (
        "《滨江花园一期 复工通知》只需要签收，请发送“签收 海澄质安复〔2026〕001号”。"
    )
    assert lines(await chen.taps("签收"), 0, 1) == ["已签收：滨江花园一期 复工通知", "状态：完结"]
