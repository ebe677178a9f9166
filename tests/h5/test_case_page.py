"""The page of a check: what each reader sees, and the steps taken from it."""

import re

import pytest

from core.cases.models import HistoryRow, Participant
from tests.h5.story import PUBLIC_URL, Station, text

GONE = "没有找到\n没有找到这条记录，或者您无权查看。\n请从消息或首页重新打开。\n返回首页"


async def test_the_chief_sees_everything_about_the_check_and_what_he_may_do(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    station.clock.move(hours=2, minutes=20)
    assert (await luo.read(f"/h5/cases/{case.id}")).splitlines() == [
        *("监督检查记录", "海澄检〔2026〕0001号", "滨江花园一期 安全检查", "待审核"),
        *("在谁手上", "轮到您办理", "（或 秦若岩）", "已等 2 小时"),
        *("工程名称", "滨江花园一期", "抽查类型", "安全检查", "抽查部位", "3号楼 5层 临边"),
        *("问题 1", "/ 1", "一般", "临边未设防护栏杆"),
        *("人员", "监督员", "林小舟", "海澄站 监督员", "立即提交 · 11月20日 09:00"),
        *("上报接收人", "罗敬川", "海澄站 站长", "11月20日 11:20 已打开"),
        *("秦若岩", "海澄站 分管领导", "11月20日 09:00 已通知，尚未打开"),
        *("下达接收人", "陈光泽", "临港建工 项目经理", "尚未通知"),
        *("办理过程", "立即提交", "林小舟", "海澄站 监督员", "11月20日 09:00"),
        *("不通过", "不通过的原因", "必填", "返回", "确认不通过"),
        *("不通过", "通过", "×"),
    ]


async def test_the_chief_approves_with_one_press(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    answer = await luo.does(case, "pass")
    assert (answer.status, answer.headers["Location"]) == (303, f"/h5/cases/{case.id}")
    page = (await luo.read(f"/h5/cases/{case.id}")).splitlines()
    assert page[2:5] == ["滨江花园一期 安全检查", "审核通过", "您已于 11月20日 09:00 办理（通过）。"]
    assert "通过 · 11月20日 09:00" in page
    assert page[-2:] == ["返回首页", "×"]


async def test_the_second_chief_is_told_who_decided(station: Station) -> None:
    case = await station.report()
    luo, qin = await station.browser(station.cast.luo), await station.browser(station.cast.qin)
    still_open = await qin.form(case, "pass")
    station.clock.move(minutes=5)
    await luo.does(case, "pass")
    late = await qin.post(case, "pass", still_open)
    assert late.status == 409
    assert text(await late.text()).splitlines()[3:5] == [
        "审核通过",
        "《滨江花园一期 安全检查》已由罗敬川于 11月20日 09:05 办理（通过），无需再处理。",
    ]
    again = (await qin.read(f"/h5/cases/{case.id}")).splitlines()
    assert again[4] == "已由罗敬川于 11月20日 09:05 办理（通过），无需您再处理。"


async def test_a_double_press_acts_once(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    fields = await luo.form(case, "pass")
    answers = [await luo.post(case, "pass", fields) for _ in range(2)]
    assert [a.status for a in answers] == [303, 303]
    assert await HistoryRow.filter(case_id=case.id).count() == 2


async def test_a_refusal_needs_its_reason_and_keeps_what_was_typed(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    empty = await luo.does(case, "fail", opinion="  ")
    assert empty.status == 422
    assert "请填写「不通过的原因」。" in text(await empty.text()).splitlines()
    long = "照片太暗，看不清临边。" * 50
    answer = await luo.does(case, "fail", opinion=long)
    page = await answer.text()
    assert answer.status == 422
    assert "「不通过的原因」最多 500 个字，现在是 550 个字，请精简后重发。" in text(page).splitlines()
    assert re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL) == [long]
    assert await HistoryRow.filter(case_id=case.id).count() == 1


async def test_the_author_reads_why_it_did_not_pass(station: Station) -> None:
    case = await station.report()
    luo, lin = await station.browser(station.cast.luo), await station.browser(station.cast.lin)
    await luo.does(case, "fail", opinion="请补拍<b>东侧</b>照片\n再上报")
    page = (await lin.read(f"/h5/cases/{case.id}")).splitlines()
    assert page[3] == "审核未通过"
    timeline = page[page.index("办理过程") :]
    assert timeline[1:7] == [
        *("不通过", "不通过的原因：", "请补拍&lt;b&gt;东侧&lt;/b&gt;照片", "再上报", "罗敬川", "海澄站 站长"),
    ]


async def test_the_contractor_sees_nothing_before_it_is_passed(station: Station) -> None:
    case = await station.report()
    chen, luo = await station.browser(station.cast.chen), await station.browser(station.cast.luo)
    early, missing = await chen.get(f"/h5/cases/{case.id}"), await chen.get("/h5/cases/999999")
    assert (early.status, missing.status) == (404, 404)
    assert await early.text() == await missing.text()
    assert text(await early.text()) == GONE
    await luo.does(case, "pass")
    page = (await chen.read(f"/h5/cases/{case.id}")).splitlines()
    assert page[2:4] == ["滨江花园一期 安全检查", "审核通过"]


async def test_the_contractor_does_not_learn_who_opened_it_when(station: Station) -> None:
    case = await station.report()
    luo, chen = await station.browser(station.cast.luo), await station.browser(station.cast.chen)
    await luo.does(case, "pass")
    page = (await chen.read(f"/h5/cases/{case.id}")).splitlines()
    people = page[page.index("人员") : page.index("办理过程")]
    assert people == [
        *("人员", "监督员", "林小舟", "海澄站 监督员", "立即提交 · 11月20日 09:00"),
        *("上报接收人", "罗敬川", "海澄站 站长", "通过 · 11月20日 09:00", "秦若岩", "海澄站 分管领导"),
        *("下达接收人", "陈光泽", "临港建工 项目经理"),
    ]


@pytest.mark.parametrize("number", ["0", "999999", "999999999999999999999999", "-1", "1.0", "x", "٣", "%00"])
async def test_a_guessed_number_gets_the_same_answer(station: Station, number: str) -> None:
    await station.report()
    stranger = await station.browser(station.cast.stranger)
    answer = await stranger.get(f"/h5/cases/{number}")
    assert (answer.status, text(await answer.text())) == (404, GONE)


async def test_nobody_takes_a_step_that_is_not_theirs(station: Station) -> None:
    case = await station.report()
    luo, lin = await station.browser(station.cast.luo), await station.browser(station.cast.lin)
    chen, stranger = await station.browser(station.cast.chen), await station.browser(station.cast.stranger)
    key = (await luo.form(case, "pass"))["key"]
    own = [await browser.token() for browser in (lin, chen, stranger)]
    answers = [
        await browser.post(case, "pass", {"csrf": csrf, "key": key})
        for browser, csrf in zip((lin, chen, stranger), own, strict=True)
    ]
    assert [a.status for a in answers] == [409, 404, 404]
    await case.refresh_from_db()
    assert case.state == "pending"


async def test_an_unknown_action_changes_nothing(station: Station) -> None:
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    fields = await luo.form(case, "pass")
    answer = await luo.post(case, "burn", fields)
    assert (answer.status, await HistoryRow.filter(case_id=case.id).count()) == (409, 1)


async def test_looking_is_noted_once_and_only_for_those_it_has_reached(station: Station) -> None:
    case = await station.report()
    luo, qin = await station.browser(station.cast.luo), station.cast.qin
    await luo.read(f"/h5/cases/{case.id}")
    first = station.clock.at
    station.clock.move(hours=1)
    await luo.read(f"/h5/cases/{case.id}")
    seats = {p.person_id: p.opened_at for p in await Participant.filter(case_id=case.id, slot="reviewers")}
    assert seats == {station.cast.luo.id: first, qin.id: None}


async def test_a_check_without_findings_says_so(station: Station) -> None:
    case = await station.report(findings=[], reviewers=[], recipients=[])
    lin = await station.browser(station.cast.lin)
    page = (await lin.read(f"/h5/cases/{case.id}")).splitlines()
    assert page[3] == "审核通过（监督内档）"
    assert page[page.index("问题") + 1] == "未发现问题。"


async def test_everything_a_finding_holds_is_on_the_page(station: Station) -> None:
    citation = {"text": "临边洞口未设置防护栏杆", "basis": "JGJ 80-2016", "clause": "第 4.1.1 条", "usual_days": 3}
    finding = {
        "terms": [{"id": "s1", **citation}],
        "violations": [{"id": "v1", "text": "未设置安全警示标志", "severity": "critical"}],
        "note": "东侧约 12 米\n无防护",
        "place": {"latitude": 20.02058, "longitude": 110.35041, "label": "3号楼 东侧", "accuracy": 18},
        "severity": "critical",
    }
    case = await station.report(findings=[finding])
    luo = await station.browser(station.cast.luo)
    page = (await luo.read(f"/h5/cases/{case.id}")).splitlines()
    assert page[page.index("问题 1") : page.index("人员")] == [
        *("问题 1", "/ 1", "重大"),
        *("标准", "临边洞口未设置防护栏杆", "JGJ 80-2016 第 4.1.1 条", "一般整改期限 3 个工作日"),
        *("违法违规", "未设置安全警示标志", "东侧约 12 米", "无防护"),
        *("3号楼 东侧", "在工程位置东北方向约 77 米处", "北纬 20.02058°，东经 110.35041°（GCJ-02，误差约 18 米）"),
    ]


async def test_what_a_member_types_is_only_ever_text(station: Station) -> None:
    case = await station.report(checked_location="<script>alert(2)</script>' onload='x")
    luo = await station.browser(station.cast.luo)
    answer = await luo.does(case, "fail", opinion="<script>alert(1)</script>{{ 7*7 }}\x00\x07]]>")
    assert answer.status == 303
    page = await (await luo.get(f"/h5/cases/{case.id}")).text()
    assert re.findall(r"<script(?! src=)", page) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}]]&gt;" in page


async def test_who_sent_it_urges_from_its_page(station: Station) -> None:
    case = await station.report()
    lin, chen = await station.browser(station.cast.lin), await station.browser(station.cast.chen)
    station.clock.move(hours=3)
    page = await (await lin.get(f"/h5/cases/{case.id}")).text()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([\w-]+)">', page))
    address, sent = f"/h5/cases/{case.id}/urge", {"Origin": PUBLIC_URL}
    for _ in range(2):  # a double press
        answer = await lin.client.post(address, data=fields, headers=sent, allow_redirects=False)
        assert answer.status == 303
    page_after = (await lin.read(f"/h5/cases/{case.id}")).splitlines()
    assert [line for line in page_after if "催办" in line] == ["催办罗敬川、秦若岩"]  # and no button until tomorrow
    late = await lin.client.post(address, data=fields | {"key": "0" * 32}, headers=sent)
    assert (late.status, "罗敬川、秦若岩今天已经催办过，明天可以再催。" in text(await late.text())) == (409, True)
    foreign = await chen.client.post(address, data=fields | {"csrf": await chen.token()}, headers=sent)
    assert (foreign.status, text(await foreign.text())) == (404, GONE)
