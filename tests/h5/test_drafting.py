"""A form on a page is the same draft as in the conversation: saved answer by answer, checked, and submitted once."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse

from checks.report import CHECK_REPORT
from core.cases import drafts
from core.cases.models import Case, Draft
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Project, ProjectParty, SupervisionStatus
from notices.processes import NOTICES
from tests.h5.story import PUBLIC_URL, Browser, Cast, Station, photo, station_on, text
from tests.h5.test_any_process import ANSWER, PLAN

ABSENT = 424242


@pytest.fixture
async def site(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, [PLAN, ANSWER]) as made:
        yield made


async def post(browser: Browser, address: str, fields: dict[str, str], **headers: str) -> ClientResponse:
    sent = {"Origin": PUBLIC_URL} | headers
    return await browser.client.post(address, data=fields, headers=sent, allow_redirects=False)


async def begin(browser: Browser, process: str) -> str:
    answer = await post(browser, f"/h5/new/{process}", {"csrf": await browser.token()})
    assert answer.status == 303
    return answer.headers["Location"]


async def hidden(browser: Browser, address: str) -> dict[str, str]:
    page = await (await browser.get(address)).text()
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([\w-]*)">', page))


async def test_a_form_is_filled_in_checked_and_submitted(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    assert await begin(lin, "answer") == address
    filled = await hidden(lin, address) | {"words": "已加固", "depth": "", "then": "submit"}
    wrong = await post(lin, address, filled)
    assert (wrong.status, "请填写「实测深度」。" in text(await wrong.text()).splitlines()) == (422, True)
    right = await post(lin, address, await hidden(lin, address) | {"words": "已加固", "depth": "8.5", "then": "submit"})
    assert (right.status, right.headers["Location"]) == (303, f"{address}/summary")
    summary = (await lin.read(f"{address}/summary")).splitlines()
    assert summary[:7] == ["答复", "请核对：答复", "提交后：退回", "说明", "已加固", "实测深度", "8.5米"]
    done = await post(lin, f"{address}/submit", await hidden(lin, f"{address}/summary"))
    case = await Case.get(process="answer")
    assert (done.status, done.headers["Location"]) == (303, f"/h5/cases/{case.id}?told=sent")
    assert "已提交。接下来怎样办理，这里会显示，聊天里也会通知您。" in await lin.read(done.headers["Location"])
    again = await post(lin, f"{address}/submit", {"csrf": await lin.token()})
    back = await lin.get(address)
    assert again.headers["Location"] == back.headers["Location"] == f"/h5/cases/{case.id}?told=submitted"
    assert "这份草稿已经提交过了，这是提交后的记录，不能再修改。" in await lin.read(back.headers["Location"])
    assert await Draft.all().count() == 0


async def test_one_answer_is_saved_and_a_newer_one_stays(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    first, second = await hidden(lin, address), await hidden(lin, address)
    kept = await post(lin, f"{address}/answers/words", first | {"words": "已加固"})
    assert text(await kept.text()) == "11月20日 09:00 已保存到草稿。"
    stale = await post(lin, f"{address}/answers/words", second | {"words": "已拆除"})
    assert "这一项在别处改过了，现在是：已加固。您在这里填写的没有保存：已拆除。需要时请再改一次。" in text(
        await stale.text()
    )
    await post(lin, f"{address}/answers/words", first | {"words": "已加固，并已复核"})
    assert (await Draft.get()).data["answers"] == {"words": "已加固，并已复核"}


async def test_what_changed_since_it_was_checked_is_checked_again(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    await post(lin, address, await hidden(lin, address) | {"words": "已加固", "depth": "8.5"})
    checked = await hidden(lin, f"{address}/summary")
    await post(lin, address, await hidden(lin, address) | {"words": "已拆除", "depth": "8.5"})
    again = await post(lin, f"{address}/submit", checked)
    said = text(await again.text()).splitlines()
    assert (again.status, "已拆除" in said, await Case.all().count()) == (409, True, 0)
    assert "刚才在别处又改过，还没有提交。这是现在的内容，请重新核对后再提交。" in said
    done = await post(lin, f"{address}/submit", await hidden(lin, f"{address}/summary"))
    assert (done.status, (await Case.get()).data["words"]) == (303, "已拆除")


async def test_who_has_to_sign_in_again_comes_back_to_the_draft(site: Station) -> None:
    lin = await site.browser(site.cast.lin)
    address = await begin(lin, "answer")
    fields = await hidden(lin, address)
    site.clock.move(hours=13)
    late = await post(lin, f"{address}/answers/words", fields | {"words": "已加固"}, **{"HX-Request-Type": "partial"})
    said = await late.text()
    assert (late.status, text(said)) == (401, "登录已过期，刚才填的留在本机，还没有保存。\n重新登录，接着填")
    assert f'href="/login?next={quote(address, safe="")}"' in said


async def test_a_draft_is_thrown_away_only_by_its_owner(site: Station) -> None:
    lin, luo = await site.browser(site.cast.lin), await site.browser(site.cast.luo)
    address = await begin(lin, "answer")
    assert (await post(luo, f"{address}/discard", {"csrf": await luo.token()})).status == 404
    gone = await post(lin, f"{address}/discard", {"csrf": await lin.token()})
    assert (gone.status, gone.headers["Location"], (await lin.get(address)).status) == (303, "/h5/", 404)


async def test_nobody_is_named_who_may_not_be_chosen(site: Station) -> None:
    lin, cast = await site.browser(site.cast.lin), site.cast
    address = await begin(lin, "plan")
    fields = await hidden(lin, address)
    for chosen, was in ((cast.stranger, {}), (cast.chen, {}), (cast.stranger, {"was-experts": "of another page"})):
        answer = await post(lin, f"{address}/answers/experts", fields | {"experts": str(chosen.id)} | was)
        assert "「论证专家」中有不能选择的人员，请重新选择。" in text(await answer.text()).splitlines()
    await post(lin, f"{address}/answers/experts", fields | {"experts": str(cast.luo.id)})
    mine = await site.keep(photo(), cast.lin)
    theirs = await site.keep(photo("teal"), cast.luo)
    files = [
        await post(lin, f"{address}/answers/pictures/files", fields | {"evidence": str(e.id)}) for e in (mine, theirs)
    ]
    assert [one.status for one in files] == [200, 404]
    assert (await Draft.get()).data["answers"] == {"experts": [cast.luo.id], "pictures": [mine.id]}


@pytest.fixture
async def office(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, [CHECK_REPORT, *NOTICES]) as made:
        cast = made.cast
        await ProjectParty.create(project_id=cast.project.id, org_id=cast.chen.org_id, kind=OrgKind.CONTRACTOR)
        yield made


async def test_a_notice_that_lay_until_its_deadline_had_passed_says_what_to_change(office: Station) -> None:
    answers = {"kind": "rectification", "project": office.cast.project.id, "deadline": "2026-11-25"}
    begun = await drafts.begin(office.cast.lin.id, "notice", "submit", data={"answers": answers})
    lin = await office.browser(office.cast.lin)
    address = f"/h5/drafts/{begun.id}"
    assert "有一项需要改，请看标红的地方。" not in await lin.read(address)
    office.clock.move(hours=24 * 6)
    lin = await office.browser(office.cast.lin)
    page = await (await lin.get(address)).text()
    lines = text(page).splitlines()
    assert lines[lines.index("有一项需要改，请看标红的地方。") + 1] == "去看"
    assert ('href="#field-deadline"' in page, "截止日期不能早于11月27日，请重新选择。" in lines) == (True, True)


async def test_a_check_leads_to_its_notice_which_says_what_will_follow(office: Station) -> None:
    """HN-22, HN-30, BY-02, BY-06: from the switch in the check to the notice, as a browser without scripts does it."""
    cast = office.cast
    lin = await office.browser(cast.lin)
    check = await drafts.begin(cast.lin.id, "check_report", "submit", data={"answers": _checked(cast)})
    done = await post(lin, f"/h5/drafts/{check.id}/submit", {"csrf": await lin.token()})
    address = done.headers["Location"]
    notice = await Draft.get(process="notice")
    assert address == f"/h5/drafts/{notice.id}"
    asked = (await lin.read(address)).splitlines()
    of_check = asked.index("0001号 11月20日 1条问题")
    assert asked[of_check + 1] == "安全检查，3号楼"
    fields = await hidden(lin, address)
    found = await post(lin, address, fields | {"project-find": "bjhy", "then": "look"})
    assert "滨江花园一期" in text(await found.text()).splitlines()
    units = await post(lin, f"{address}/answers/addressee_units", fields | {"addressee_units": str(cast.chen.org_id)})
    assert "陈光泽" in text(await units.text()).splitlines()
    past = await post(lin, f"{address}/answers/deadline", fields | {"deadline": "2026-11-19"})
    assert "截止日期不能早于11月21日，请重新选择。" in text(await past.text()).splitlines()
    typed = notice.data["answers"] | {"addressee_units": str(cast.chen.org_id), "deadline-pick": "2026-11-25"}
    typed |= {"project": str(cast.project.id), "then": "submit"}
    lacking = await post(lin, address, fields | typed)
    assert (lacking.status, "请选择「回复人」。" in text(await lacking.text()).splitlines()) == (422, True)
    ready = await post(lin, address, await hidden(lin, address) | typed | {"repliers": str(cast.chen.id)})
    assert ready.headers["Location"] == f"{address}/summary"
    summary = (await lin.read(f"{address}/summary")).splitlines()
    assert summary[summary.index("截止日期") + 1] == "2026年11月25日24时前"
    foretold = summary[summary.index("提交后的安排") :]
    assert (
        foretold[1] == "自11月20日的次日起算5天，其中工作日3天，11月21日至22日（周末）休息。截止11月25日（周三）24时。"
    )
    assert "11月25日24时 到期" in foretold
    issued = await post(lin, f"{address}/submit", {"csrf": await lin.token()})
    case = await Case.get(process="notice")
    assert (issued.headers["Location"], case.state) == (f"/h5/cases/{case.id}?told=sent", "open")


async def test_nothing_of_others_is_taken_into_a_draft(office: Station) -> None:
    """Whatever number somebody posts: a project, a check and a unit of another station, or none at all."""
    cast = office.cast
    beside = await Organisation.create(name="椰湾市质安监督站", short_name="椰湾站", kind=OrgKind.STATION, code="椰湾")
    about: dict[str, Any] = {"supervision_no": "YW-7", "station_id": beside.id, "status": SupervisionStatus.NORMAL}
    school = await Project.create(name="远洋中学扩建", **about)
    he = await Person.create(userid="he", name="何川", org_id=beside.id, role=Role.SUPERVISOR)
    said = {"project": school.id, "check_type": "safety", "checked_location": "操场"}
    theirs = (await office.pages.engine.open("check_report", he, said, key="theirs")).case
    lin = await office.browser(cast.lin)
    address = await begin(lin, "notice")
    chosen = {"kind": "rectification", "project": cast.project.id}
    await Draft.all().update(data={"answers": chosen})
    for question, numbers, sentence in (
        ("project", (school.id, ABSENT), "没有找到这个工程，或者它不在您的范围内，请重新选择。"),
        ("cited_check", (theirs.id, ABSENT), "「问题详情」中有不能选择的内容，请重新选择。"),
        ("addressee_units", (cast.stranger.org_id, ABSENT), "「通知对象单位」中有不能选择的内容，请重新选择。"),
    ):
        for number in numbers:
            typed = await hidden(lin, address) | {question: str(number)}
            answer = await post(lin, f"{address}/answers/{question}", typed)
            assert (answer.status, sentence in text(await answer.text()).splitlines()) == (422, True), question
    assert (await Draft.get()).data["answers"] == chosen
    assert "远洋" not in await lin.read(address)


async def test_what_is_ticked_in_advance_is_believed(office: Station) -> None:
    """Units that the check went to are ticked on the notice's page, so their people are offered, and both are kept."""
    cast = office.cast
    lin, unit = await office.browser(cast.lin), str(cast.chen.org_id)
    answers = _checked(cast) | {"recipients": [cast.chen.id]}
    check = await drafts.begin(cast.lin.id, "check_report", "submit", data={"answers": answers})
    done = await post(lin, f"/h5/drafts/{check.id}/submit", {"csrf": await lin.token()})
    address = done.headers["Location"]
    page = await (await lin.get(address)).text()
    assert f'name="addressee_units" value="{unit}" checked' in page
    repliers = text(page[page.index('id="field-repliers"') : page.index('id="field-reviewers"')]).splitlines()
    assert "陈光泽" in repliers
    shown = await hidden(lin, address) | {"addressee_units": unit, "repliers": str(cast.chen.id)}
    await post(lin, f"{address}/answers/repliers", shown)
    kept = (await Draft.get(process="notice")).data["answers"]
    assert (kept["addressee_units"], kept["repliers"]) == ([unit], [cast.chen.id])


async def test_a_notice_that_was_begun_before_is_not_taken_for_the_new_one(office: Station) -> None:
    cast = office.cast
    lin = await office.browser(cast.lin)
    before = {"answers": {"project": cast.project.id, "cited_check": "424242", "deadline": "2026-12-02"}}
    notice = await drafts.begin(cast.lin.id, "notice", "submit", data=before)
    check = await drafts.begin(cast.lin.id, "check_report", "submit", data={"answers": _checked(cast)})
    done = await post(lin, f"/h5/drafts/{check.id}/submit", {"csrf": await lin.token()})
    page = (await lin.read(done.headers["Location"])).splitlines()
    assert "记录已提交。您还有一份没有提交的通知，是另一件事的；请先提交或者放弃它，再从这里下发通知。" in page
    assert (await Draft.get(id=notice.id)).data == before


def _checked(cast: Cast) -> dict[str, object]:
    found = [{"note": "临边未设防护栏杆"}]
    about = {"project": cast.project.id, "check_type": "safety", "checked_location": "3号楼"}
    return about | {"findings": found, "with_notice": True}
