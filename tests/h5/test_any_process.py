"""A process that nobody wrote a page for has one: its forms, deadline, children and slots come from the declaration."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest

from core.cases.declaration import AUTHOR, START, SYSTEM, Children, Deadline, Policy, Process, Slot, State, Step
from core.cases.models import Case
from core.forms import Choice, Day, Form, Number, People, Photos, Place, Switch, Text, Voices
from core.people.models import REVIEWER_ROLES
from core.projects import finding
from h5.assets import ROOT
from h5.kinds import RICH
from tests.core.evidence import material
from tests.h5.story import Station, photo, station_on, text


class Plan(Form):
    topic: Annotated[str, Text("方案名称")]
    depth: Annotated[float, Number("开挖深度", unit="米")]
    begins: Annotated[str, Day("计划开工日期", short="计划开工")]
    place: Annotated[dict[str, object] | None, Place("方案位置")] = None
    pictures: Annotated[list[int], Photos("附图")] = []
    talks: Annotated[list[int], Voices("说明")] = []
    experts: Annotated[list[int], People("论证专家", "experts")] = []


class Review(Form):
    remark = True
    verdict: Annotated[str, Choice("论证结论", {"agree": "同意", "change": "修改后同意"})]
    depth: Annotated[float, Number("建议深度", unit="米", most=50)]
    day: Annotated[str | None, Day("复核日期", hint="可不填")] = None
    site: Annotated[bool, Switch("需要到场")] = False


class Photographed(Form):
    taken: Annotated[list[int], Photos("现场照片")]


PLAN = Process(
    name="plan",
    title="专项方案",
    word="方案",
    heading=lambda view: str(view.data["topic"]),
    slots=(
        Slot(AUTHOR, "申报人"),
        Slot("experts", "论证专家", policy=Policy.ALL, offers=finding.station(*REVIEWER_ROLES)),
    ),
    states=(
        State(
            "argued",
            "待论证",
            deadline=Deadline("argue", "论证期限", lambda view, at: at + timedelta(days=2), then="expire"),
        ),
        State("shown", "待拍照"),
        State("done", "已办结", final=True),
        State("expired", "已超期", final=True),
    ),
    table=(
        Step(START, "submit", "提交", by=AUTHOR, to="argued", form=Plan),
        Step("argued", "argue", "论证", by="experts", to="shown", form=Review),
        Step("argued", "expire", "超期", by=SYSTEM, to="expired"),
        Step("shown", "photograph", "拍照", by=AUTHOR, to="done", form=Photographed),
    ),
)
TASK = Process(
    name="task",
    title="个人任务",
    word="任务",
    heading=lambda view: "各自办理",
    slots=(Slot(AUTHOR, "办理人"),),
    states=(State("open", "待办理"), State("done", "已办理", final=True)),
    table=(
        Step(START, "begin", "开始", by=SYSTEM, to="open"),
        Step("open", "finish", "完成", by=AUTHOR, to="done"),
    ),
)


class Call(Form):
    who: Annotated[list[int], People("参加人", "people")]


ROUND = Process(
    name="round",
    title="任务",
    word="派任务",
    heading=lambda view: "全站自查",
    slots=(
        Slot(AUTHOR, "派发人"),
        Slot("people", "参加人", policy=Policy.EACH, offers=finding.station(*REVIEWER_ROLES)),
    ),
    states=(State("running", "进行中"), State("closed", "全部办结", final=True)),
    table=(
        Step(START, "call", "派发", by=AUTHOR, to="running", form=Call),
        Step("running", "close", "办结", by=SYSTEM, to="closed"),
    ),
    children=Children(process="task", slot="people", at="running", then="close"),
)


class Answer(Form):
    words: Annotated[str, Text("说明")]
    depth: Annotated[float, Number("实测深度", unit="米")]


ANSWER = Process(
    name="answer",
    title="答复",
    word="答复",
    heading=lambda view: "答复",
    slots=(Slot(AUTHOR, "答复人"),),
    states=(State("returned", "退回"), State("done", "已办结", final=True)),
    table=(
        Step(START, "send", "提交", by=AUTHOR, to="returned", form=Answer),
        Step("returned", "send_again", "重新提交", by=AUTHOR, to="done", form=Answer),
    ),
)


@pytest.fixture
async def site(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path, [PLAN, TASK, ROUND, ANSWER]) as made:
        yield made


async def _opened(site: Station, **more: object) -> Case:
    data = {"topic": "深基坑支护", "depth": 8.5, "begins": "2026-12-01"} | more
    return (await site.pages.engine.open("plan", site.cast.lin, data, key="plan")).case


async def test_a_second_round_begins_with_what_the_first_one_held(site: Station) -> None:
    opened = await site.pages.engine.open("answer", site.cast.lin, {"words": "已加固", "depth": 8.5}, key="answer")
    lin = await site.browser(site.cast.lin)
    page = await (await lin.get(f"/h5/cases/{opened.case.id}")).text()
    assert (">已加固</textarea>" in page, 'value="8.5"' in page) == (True, True)


async def test_a_form_a_deadline_and_two_who_must_agree(site: Station) -> None:
    cast = site.cast
    plan = await _opened(site, experts=[cast.luo.id, cast.qin.id])
    luo, qin = await site.browser(cast.luo), await site.browser(cast.qin)
    page = (await luo.read(f"/h5/cases/{plan.id}")).splitlines()
    assert page[: page.index("人员")] == [
        *("专项方案", "深基坑支护", "待论证", "在谁手上", "轮到您办理", "（或 秦若岩）", "刚刚"),
        *("论证期限", "11月22日 09:00", "剩 2 天"),
        *("方案名称", "深基坑支护", "开挖深度", "8.5米", "计划开工日期", "2026年12月1日"),
    ]
    assert page[page.index("论证", page.index("办理过程")) :][:11] == [
        *(
            "论证",
            "论证结论",
            "必填",
            "请选择",
            "同意",
            "修改后同意",
            "建议深度",
            "必填",
            "复核日期",
            "可不填",
            "需要到场",
        ),
    ]
    wrong = await luo.does(plan, "argue", verdict="agree", depth="60", site="true")
    assert wrong.status == 422
    shown = await wrong.text()
    assert "「建议深度」应在 0 与 50 之间。" in text(shown).splitlines()
    assert ('value="agree" selected' in shown, 'value="60"' in shown, 'value="true" checked' in shown) == (True,) * 3
    assert (await luo.does(plan, "argue", verdict="agree", depth="8", site="true")).status == 303
    assert (await luo.read(f"/h5/cases/{plan.id}")).splitlines()[2:6] == ["待论证", "在谁手上", "秦若岩", "刚刚"]
    site.clock.move(days=3)
    qin = await site.browser(cast.qin)
    assert "11月22日 09:00\n已超期 24 小时" in await qin.read(f"/h5/cases/{plan.id}")


async def test_a_form_with_photos_has_a_page_of_its_own(site: Station) -> None:
    cast = site.cast
    plan = await _opened(site, experts=[cast.luo.id])
    luo, lin = await site.browser(cast.luo), await site.browser(cast.lin)
    await luo.does(plan, "argue", verdict="agree", depth="8")
    page = await (await lin.get(f"/h5/cases/{plan.id}")).text()
    assert f'href="/h5/cases/{plan.id}/steps/photograph">拍照</a>' in page
    opened = await lin.get(f"/h5/cases/{plan.id}/steps/photograph")
    assert (await lin.read(opened.headers["Location"])).splitlines()[:2] == ["专项方案", "拍照：深基坑支护"]


async def test_photos_voices_and_a_place_have_their_own_look(site: Station) -> None:
    cast = site.cast
    kept = [await site.keep(photo(), cast.lin), await site.keep(material.voice(2), cast.lin, "voice")]
    spot = {"latitude": 20.02, "longitude": 110.35, "label": "基坑北侧", "system": "gcj02"}
    plan = await _opened(site, pictures=[kept[0].id], talks=[kept[1].id], place=spot, experts=[cast.luo.id])
    page = await (await (await site.browser(cast.luo)).get(f"/h5/cases/{plan.id}")).text()
    assert (page.count("<img src="), page.count("<audio controls")) == (1, 1)
    lines = text(page).splitlines()
    assert lines[lines.index("方案位置") : lines.index("人员")] == [
        *("方案位置", "基坑北侧", "北纬 20.02000°，东经 110.35000°（GCJ-02）", "附图", "说明", "2 秒"),
    ]


async def test_everybody_answers_for_himself(site: Station) -> None:
    cast = site.cast
    call = (await site.pages.engine.open("round", cast.lin, {"who": [cast.luo.id, cast.qin.id]}, key="1")).case
    lin, luo, qin = [await site.browser(p) for p in (cast.lin, cast.luo, cast.qin)]
    assert (await lin.read(f"/h5/cases/{call.id}")).splitlines()[2:6] == [
        *("进行中", "各自办理", "2 人中已有 0 人办结", "催办")
    ]
    for browser in (luo, qin):
        own = (await browser.read("/h5/lists/todo")).splitlines()
        assert "各自办理" in own
    own_cases = {c.author_id: c for c in await Case.filter(parent_id=call.id)}
    chen = await site.browser(cast.chen)
    assert (await chen.get(f"/h5/cases/{own_cases[cast.luo.id].id}")).status == 404
    assert (await luo.does(own_cases[cast.luo.id], "finish")).status == 303
    assert (await lin.read(f"/h5/cases/{call.id}")).splitlines()[4] == "2 人中已有 1 人办结"


def test_every_kind_of_field_can_be_shown() -> None:
    """A kind is a line of text unless it has a template, and every template is there."""
    kept = {path.stem for path in (ROOT / "h5/templates/kinds").glob("*.html")}
    assert set(RICH) - kept == set()
    assert {"photos", "videos", "voices", "place", "findings"} == set(RICH)
