"""Records and organisations that a process offers for a question are ticked, or said by number or name."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated

import pytest

from core.cases.declaration import AUTHOR, START, Offer, Process, Slot, State, Step, View
from core.cases.models import Case
from core.errors import BadInput
from core.forms import Form, Offered, Project, Text
from core.people.models import Organisation
from core.projects.models import ProjectParty
from tests.town import Town, read, town


class Call(Form):
    project: Annotated[int, Project()]
    units: Annotated[list[str], Offered("到会单位", "org", several=True)]
    host: Annotated[str | None, Offered("主持单位", "org")] = None
    topic: Annotated[str, Text("议题", 50)]


async def parties(view: View) -> Mapping[str, str]:
    ids = await ProjectParty.filter(project_id=view.project_id).order_by("id").values_list("org_id", flat=True)
    return {str(org.id): org.name for org in await Organisation.filter(id__in=ids).order_by("id")}


async def fits(view: View) -> None:
    if view.data.get("host") and view.data["host"] not in view.data["units"]:
        raise BadInput("主持单位要在到会单位之中，请重新选择。", "host")


PARTIES = Offer("参建单位", parties, "这个工程还没有登记参建单位，请先登记，再办理。")
CALL = Process(
    name="call",
    title="约谈",
    word="约谈",
    heading=lambda view: str(view.data["topic"]),
    offers={"units": PARTIES, "host": PARTIES},
    check=fits,
    slots=(Slot(AUTHOR, "监督员"),),
    states=(State("done", "已通知", final=True),),
    table=(Step(START, "submit", "提交", by=AUTHOR, to="done", form=Call),),
)


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path, [CALL]) as made:
        yield made


async def test_units_are_ticked_on_a_card_and_one_of_them_hosts(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("约谈")
    asked = await lin.chooses("滨江花园一期")
    assert asked == "请选择到会单位\n☐海澄临港建工有限公司\n☐南屿正衡监理有限公司\n[选好了]"
    await lin.chooses("临港建工", "正衡监理")
    await lin.chooses("正衡监理")
    summary = await lin.says("进度与质量")
    assert "到会单位：海澄临港建工有限公司、南屿正衡监理有限公司" in summary.splitlines()
    assert "主持单位：南屿正衡监理有限公司" in summary.splitlines()
    await lin.taps("提交")
    assert (await Case.get()).title == "进度与质量"


async def test_they_are_said_by_number_by_name_and_by_pinyin(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("约谈")
    await lin.chooses("滨江花园一期")
    await lin.says("海澄建工、zhjl")
    assert "「主持单位」中不止一项符合“有限公司”" in await lin.says("有限公司")
    assert "「主持单位」中不止一项符合“有公司”" in await lin.says("有公司")
    assert "「主持单位」中没有找到“市政”" in await lin.says("市政")
    await lin.says("不选")
    assert "到会单位：海澄临港建工有限公司、南屿正衡监理有限公司" in (await lin.says("安全")).splitlines()


async def test_answers_that_do_not_fit_together_are_asked_again(place: Town) -> None:
    lin = place.phone("lin")
    await lin.says("约谈")
    await lin.chooses("滨江花园一期")
    await lin.says("临港建工")
    await lin.says("正衡监理")
    await lin.says("安全")
    await lin.taps("提交")
    assert [read(m) for m in lin.messages][-2:] == [
        "主持单位要在到会单位之中，请重新选择。",
        "请选择主持单位\n☐海澄临港建工有限公司\n☑南屿正衡监理有限公司\n☐不选\n[确定]",
    ]
    assert await Case.all().count() == 0


async def test_a_project_without_parties_says_what_is_missing(place: Town) -> None:
    lin = place.phone("lin")
    await ProjectParty.all().delete()
    await lin.says("约谈")
    assert await lin.chooses("滨江花园一期") == "这个工程还没有登记参建单位，请先登记，再办理。"


async def test_what_is_not_offered_cannot_be_chosen(place: Town) -> None:
    cast, engine = place.cast, place.house.engine
    data = {"project": cast.project.id, "units": [str(cast.station.id)], "topic": "安全"}
    with pytest.raises(BadInput, match="「到会单位」中有不能选择的内容，请重新选择。"):
        await engine.open("call", cast.lin, data, key="strange")
