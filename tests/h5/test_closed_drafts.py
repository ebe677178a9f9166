"""A draft whose step somebody else has taken: it says so, what was filled in stays readable, nothing is submitted."""

from core import clock
from core.cases import drafts, filling
from core.cases.models import Case, Draft, HistoryRow, Participant
from core.people.models import Person, Role
from tests.h5.story import Station, photo, text
from tests.h5.test_drafting import hidden, post
from tests.h5.test_replies import noticed, replies, reply_of

KEPT = "下面是您填过的内容，可以查看和复制，不能再提交。"
BY_QIN = "《滨江花园一期 安全检查》已由秦若岩于 11月20日 09:00 办理（通过），无需再处理。"


async def begun(station: Station, case: Case, person: Person, action: str, **answers: str) -> str:
    """In the conversation."""
    engine = station.pages.engine
    process = engine.process(case.process)
    draft = await filling.begin_step(person, process, case, process.steps(case.state, action)[0])
    draft.data["answers"] |= answers
    await draft.save()
    return f"/h5/drafts/{draft.id}"


def said(page: str) -> list[str]:
    lines = text(page).splitlines()
    return lines[: lines.index("还存在本机的内容")]


async def history() -> int:
    return await HistoryRow.all().count()


async def test_who_comes_back_reads_who_was_faster_and_his_own_words(station: Station) -> None:
    cast, case = station.cast, await station.report()
    address = await begun(station, case, cast.luo, "fail", opinion="三层东侧的照片\n看不清楼层")
    await station.pages.engine.perform(case.id, "pass", cast.qin, key="qin")
    luo, steps = await station.browser(cast.luo), await history()
    page = ["没有提交", "不通过：滨江花园一期 安全检查", "查看这份记录", f"{BY_QIN}{KEPT}"]
    page += ["不通过的原因", "三层东侧的照片", "看不清楼层"]
    for way in (f"/h5/cases/{case.id}/steps/fail", address):
        answer = await luo.client.get(way)
        assert (answer.status, said(await answer.text())) == (200, page)
    token = await luo.token()
    for at in ("/submit", ""):
        answer = await post(luo, address + at, {"csrf": token, "then": "submit"})
        assert (answer.status, said(await answer.text())) == (409, page)
    assert (await history(), await drafts.current(cast.luo.id)) == (steps, None)
    listed = await luo.read("/h5/lists/todo?tab=drafts")
    assert "监督检查记录·不通过\n滨江花园一期 安全检查\n不能再提交\n11月20日 09:00 填写\n查看" in listed
    answer = await post(luo, f"{address}/discard", {"csrf": token})
    assert (answer.status, await Draft.all().count()) == (303, 0)


async def withdrawn(station: Station, notice: Case) -> None:
    await station.pages.engine.open("voiding", station.cast.luo, {"reason": "依据有误"}, key="void", parent=notice)


async def test_a_reply_to_a_notice_that_was_withdrawn_keeps_its_words_and_photos(office: Station) -> None:
    cast, notice = office.cast, await noticed(office)
    reply, chen = await reply_of(notice, cast.chen), await office.browser(cast.chen)
    address = (await chen.get(f"/h5/cases/{reply.id}/steps/reply")).headers["Location"]
    picture, late = [(await office.keep(photo(colour), cast.chen)).id for colour in ("teal", "navy")]
    fields = await hidden(chen, address)
    attached = {"csrf": await chen.token(), "key": "0" * 32}
    await post(chen, f"{address}/replies/1/photos", attached | {"evidence": str(picture)})
    await withdrawn(office, notice)
    told = await post(chen, f"{address}/answers/answers", fields | {"answers-1": "东侧已装栏杆"})
    sentence = "《滨江花园一期 整改通知》已由系统于 11月20日 09:00 办理（作废），无需再处理。"
    assert (told.status, text(await told.text())) == (200, f"{sentence}填过的内容都留着。\n查看")
    from_the_queue = await post(chen, f"{address}/replies/2/photos", attached | {"evidence": str(late)})
    answer = await chen.get(address)
    page = await answer.text()
    assert (from_the_queue.status, answer.status) == (200, 200)
    assert said(page)[3:] == [f"{sentence}{KEPT}", "第1条", "东侧已装栏杆"]
    assert [f'src="/h5/evidence/{one}/thumb"' in page for one in (picture, late)] == [True, True]
    assert (await chen.get(f"/h5/evidence/{picture}/shown")).status == 200
    assert (await (await office.browser(cast.stranger)).get(address)).status == 404


async def test_words_and_photos_that_come_after_the_answers_of_another_window_are_kept(office: Station) -> None:
    cast = office.cast
    reply, chen = await reply_of(await noticed(office), cast.chen), await office.browser(cast.chen)
    address = (await chen.get(f"/h5/cases/{reply.id}/steps/reply")).headers["Location"]
    fields, picture = await hidden(chen, address), await office.keep(photo(), cast.chen)
    await replies(office, reply, _1=[], _2=[], _3=[])
    await office.pages.engine.perform(reply.id, "accept", cast.lin, key="accept")
    attached = {"csrf": await chen.token(), "key": "0" * 32, "evidence": str(picture.id)}
    assert (await post(chen, f"{address}/replies/2/photos", attached)).status == 200
    late = await post(chen, address, fields | {"answers-3": "已抽水", "then": "submit"})
    page = await late.text()
    done = "《滨江花园一期 整改通知》已由林小舟于 11月20日 09:00 办理（全部通过），无需再处理。"
    assert (late.status, said(page)[3:]) == (409, [f"{done}{KEPT}", "第3条", "已抽水"])
    assert f'src="/h5/evidence/{picture.id}/thumb"' in page


async def test_what_was_written_before_the_last_round_is_not_sent_into_the_next(office: Station) -> None:
    """陈光泽 begins to answer, and another window of his answers first; the answers come back."""
    cast, engine = office.cast, office.pages.engine
    reply = await reply_of(await noticed(office), cast.chen)
    address = await begun(office, reply, cast.chen, "reply")
    draft = await Draft.get()
    draft.data["replying"] = {"pieces": {"2": {"statement": "已加锁", "photos": []}}, "trail": []}
    await draft.save()
    await replies(office, reply, _1=[], _2=[], _3=[])
    verdicts = [{"finding": n, "accepted": n != 2, "reason": "" if n != 2 else "锁没有锁上"} for n in (1, 2, 3)]
    await engine.perform(reply.id, "judge", cast.lin, {"verdicts": verdicts}, key="judge")
    chen = await office.browser(cast.chen)
    anew = (await chen.get(f"/h5/cases/{reply.id}/steps/reply")).headers["Location"]
    earlier = "这里填的是在那以前的，要办理请从记录的页面重新填写。"
    done = "《滨江花园一期 整改通知》已由林小舟于 11月20日 09:00 办理（逐条审核）"
    old = said(await (await chen.get(address)).text())
    assert (anew != address, old[3:]) == (True, [f"{done}。{earlier}{KEPT}", "第2条", "已加锁"])
    assert "退回原因：锁没有锁上" in (await chen.read(anew)).splitlines()


async def test_a_reason_posted_too_late_is_shown_again(station: Station) -> None:
    case = await station.report()
    luo, qin = await station.browser(station.cast.luo), await station.browser(station.cast.qin)
    fields = await luo.form(case, "fail")
    await qin.does(case, "pass")
    late = await luo.post(case, "fail", fields | {"opinion": "三层东侧\n看不清<b>"})
    page = await late.text()
    lines = text(page).splitlines()
    at = lines.index("刚才填写的内容，需要的请先复制")
    assert (late.status, lines[at - 1 : at + 3]) == (
        409,
        [BY_QIN, "刚才填写的内容，需要的请先复制", "不通过的原因", "三层东侧"],
    )
    assert "\n看不清&lt;b&gt;</dd>" in page


async def test_a_form_posted_after_the_sign_in_ended_is_shown_again(station: Station) -> None:
    """By a browser without scripts; a token of another session is told like that, too."""
    case = await station.report()
    luo = await station.browser(station.cast.luo)
    fields = await luo.form(case, "fail") | {"opinion": "三层东侧<script>"}
    other = fields | {"csrf": await (await station.browser(station.cast.qin)).token()}
    shown = ["刚才填写的内容，需要的请先复制", "不通过的原因", "三层东侧&lt;script&gt;"]
    outdated = await luo.post(case, "fail", other)
    said = ["请刷新后再试", "这个页面已经过期，刚才的操作没有提交。请重新打开后再办理。", *shown, "重新打开"]
    assert (outdated.status, text(await outdated.text()).splitlines()) == (403, said)
    station.clock.move(hours=12)
    late = await luo.post(case, "fail", fields)
    said = ["请重新登录", "登录已过期，刚才的操作没有提交。请重新登录后再办理。", *shown, "重新登录"]
    assert (late.status, text(await late.text()).splitlines()) == (401, said)
    foreign = await luo.post(case, "fail", fields, Origin="https://evil.example")
    assert (foreign.status, text(await foreign.text()).splitlines()) == (401, said[:2] + said[-1:])
    assert await history() == 1


async def test_a_draft_posted_after_the_sign_in_ended_is_shown_again(station: Station) -> None:
    lin = await station.browser(station.cast.lin)
    begun_at = await post(lin, "/h5/new/check_report", {"csrf": await lin.token()})
    address = begun_at.headers["Location"]
    fields = await hidden(lin, address)
    station.clock.move(hours=12)
    typed = {"checked_location": "3号楼 5层", "check_type": "safety", "with_notice": "true"}
    typed |= {"findings-c0ffee01-note": "临边没有栏杆", "findings-c0ffee01-severity": "major"}
    typed |= {"project": str(station.cast.project.id), "recipients": str(station.cast.chen.id)}  # named to nobody
    typed |= {"entry": "7"}
    late = await post(lin, address, fields | typed | {"then": "save"})
    lines = text(await late.text()).splitlines()
    assert (late.status, lines[2:-1]) == (
        401,
        [
            *("刚才填写的内容，需要的请先复制", "抽查部位", "3号楼 5层", "抽查类型", "安全检查"),
            *("同时下发整改通知", "是"),
            *("问题", "临边没有栏杆", "严重程度", "较大"),
        ],
    )


async def test_verdicts_posted_after_the_sign_in_ended_are_shown_again(office: Station) -> None:
    reply = await reply_of(await noticed(office), office.cast.chen)
    await replies(office, reply, _1=[], _2=[], _3=[])
    lin = await office.browser(office.cast.lin)
    form = {"verdicts-1": "accept", "verdicts-2": "return", "verdicts-2-reason": "照片看不清"}
    fields = await lin.form(reply, "judge") | form
    office.clock.move(hours=12)
    late = await lin.post(reply, "judge", fields)
    lines = text(await late.text()).splitlines()
    said = ["逐条审核 第1条", "通过", "逐条审核 第2条", "退回", "逐条审核 第2条", "照片看不清"]
    assert (late.status, lines[3:-1]) == (401, said)


async def test_who_was_replaced_reads_his_own_words_and_nothing_of_the_record(station: Station) -> None:
    cast, case = station.cast, await station.report()
    address = await begun(station, case, cast.luo, "fail", opinion="看不清楼层")
    await Person.filter(id=cast.luo.id).update(role=Role.SUPERVISOR, org_id=cast.chen.org_id)
    await Participant.filter(case_id=case.id, person_id=cast.luo.id).update(left_at=clock.now())
    await station.pages.engine.perform(case.id, "pass", cast.qin, key="qin")
    luo = await station.browser(cast.luo)
    page = said(await (await luo.get(address)).text())
    assert page[2:] == [f"这一步已经不由您办理。{KEPT}", "不通过的原因", "看不清楼层"]
