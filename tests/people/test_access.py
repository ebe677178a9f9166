"""Who sees what: station people, leaders up the hierarchy, the province, responsible parties, strangers."""

import pytest

from core import access, clock
from core.errors import NotYours, Refusal
from core.people.models import Organisation, Person
from core.projects.models import OPEN_TO_CHECKS, Project, ProjectMember
from tests.people.story import DORMITORY, SCHOOL, check, engine, ids, person, project

CITY_AND_ITS_COUNTIES = {"汐港质安站", "青屿质安站", "鹭汀质安站"}


async def stations_in_view(userid: str) -> set[str]:
    """Stations whose projects this person finds in the list."""
    found = {p.station_id for p in await access.projects_for(await person(userid))}
    return {o.short_name for o in await Organisation.filter(id__in=found)}


async def watchers(case_id: int, *userids: str) -> list[str]:
    """Those of the given who may see the case."""
    found = []
    for userid in userids:
        try:
            await access.case_for(await person(userid), case_id)
            found.append(userid)
        except NotYours:
            pass
    return found


# Projects


@pytest.mark.parametrize("leader", ["luojingchuan", "fuyueting", "luohuaijin"])
async def test_a_city_leader_sees_the_projects_of_the_city_and_its_counties(leader: str) -> None:
    assert await stations_in_view(leader) == CITY_AND_ITS_COUNTIES


async def test_a_county_chief_sees_the_county_alone() -> None:
    assert await stations_in_view("ouyangjianping") == {"青屿质安站"}


@pytest.mark.parametrize("officer", ["zhengwenlan", "guomingyuan", "baijingshu"])
async def test_the_province_sees_every_project(officer: str) -> None:
    assert len(await access.projects_for(await person(officer))) == await Project.all().count()


async def test_a_supervisor_sees_the_projects_of_the_own_station_on_their_team_or_not() -> None:
    assert await stations_in_view("zhonghaisheng") == {"青屿质安站"}
    assert len(await access.projects_for(await person("zhonghaisheng"))) == 3


async def test_only_running_projects_are_offered_for_a_check() -> None:
    offered = await access.projects_for(await person("luojingchuan"), open_to_checks=True)
    everything = await access.projects_for(await person("luojingchuan"))
    assert [p.name for p in offered] == [p.name for p in everything if p.status in OPEN_TO_CHECKS]
    assert {p.status for p in everything} - {p.status for p in offered} == {
        "registered",
        "suspended",
        "accepted",
    }


async def test_a_project_manager_sees_the_own_project_and_a_client_all_of_theirs() -> None:
    assert [p.name for p in await access.projects_for(await person("chenguangze"))] == [SCHOOL]
    assert [p.name for p in await access.projects_for(await person("xuruolan"))] == [
        SCHOOL,
        "汐港市东堤污水处理厂提标改造工程",
        "汐港市西渡口保障性住房",
    ]


async def test_who_left_a_project_does_not_see_it_any_more() -> None:
    (manager,) = await ids("chenguangze")
    await ProjectMember.filter(person_id=manager).update(until=clock.now())
    assert await access.projects_for(await person("chenguangze")) == []


@pytest.mark.parametrize("userid", ["qinziang", "yujingshu", "jimingche"])
async def test_bureau_staff_account_administrators_and_a_lab_serve_on_no_project(userid: str) -> None:
    assert await access.projects_for(await person(userid)) == []


async def test_a_project_out_of_reach_is_refused_in_the_same_words_as_one_that_is_not_there() -> None:
    manager = await person("chenguangze")
    sentence = "没有找到这个工程，或者它不在您的范围内，请重新选择。"
    for number in ((await project(DORMITORY)).id, 10_000_000):
        with pytest.raises(Refusal) as refused:
            await access.require_project(manager, number)
        assert refused.value.sentence == sentence
    found = await access.require_project(manager, (await project(SCHOOL)).id)
    assert found.name == SCHOOL


# Records


async def test_a_record_under_review_is_seen_by_the_team_and_the_leaders_not_by_its_readers() -> None:
    case = await check("linxiaozhou", SCHOOL, reviewers=("wenshuning",), recipients=("chenguangze", "fangzhengqing"))
    team = ["linxiaozhou", "zengyutong"]
    leaders = ["wenshuning", "luojingchuan", "fuyueting", "tianyuan", "guomingyuan", "zhengwenlan"]
    others = ["helicheng", "ouyangjianping", "duanguodong", "qinziang", "yujingshu"]
    readers = ["chenguangze", "fangzhengqing"]
    assert await watchers(case.id, *team, *leaders, *others, *readers, "xuruolan") == [*team, *leaders]


async def test_readers_see_a_record_once_it_has_been_issued_to_them() -> None:
    case = await check("linxiaozhou", SCHOOL, reviewers=("wenshuning",), recipients=("chenguangze", "fangzhengqing"))
    await engine.perform(case.id, "pass", await person("wenshuning"), key="tap")
    assert await watchers(case.id, "chenguangze", "fangzhengqing", "xuruolan") == ["chenguangze", "fangzhengqing"]


async def test_readers_never_see_a_record_that_did_not_pass() -> None:
    case = await check("linxiaozhou", SCHOOL, reviewers=("wenshuning",), recipients=("chenguangze",))
    await engine.perform(case.id, "fail", await person("wenshuning"), {"opinion": "部位不清楚"}, key="tap")
    assert await watchers(case.id, "linxiaozhou", "chenguangze") == ["linxiaozhou"]


async def test_a_record_for_nobody_stays_within_the_station() -> None:
    case = await check("linxiaozhou", SCHOOL)
    assert await watchers(case.id, "linxiaozhou", "luojingchuan", "chenguangze", "xuruolan") == [
        "linxiaozhou",
        "luojingchuan",
    ]


async def test_a_city_chief_sees_records_of_the_counties_below_but_not_the_other_way_round() -> None:
    county = await check("zhonghaisheng", DORMITORY)
    city = await check("linxiaozhou", SCHOOL)
    assert await watchers(county.id, "luojingchuan", "ouyangjianping", "duanguodong") == [
        "luojingchuan",
        "ouyangjianping",
    ]
    assert await watchers(city.id, "luojingchuan", "ouyangjianping") == ["luojingchuan"]


async def test_who_left_sees_nothing_even_their_own_records() -> None:
    case = await check("linxiaozhou", SCHOOL)
    await Person.filter(userid="linxiaozhou").update(active=False)
    assert await watchers(case.id, "linxiaozhou") == []


async def test_a_foreign_record_and_a_missing_one_are_refused_alike() -> None:
    case = await check("linxiaozhou", SCHOOL)
    for number in (case.id, 10_000_000):
        with pytest.raises(NotYours) as refused:
            await access.case_for(await person("chenguangze"), number)
        assert refused.value.sentence == "没有找到这条记录，或者您无权查看。"


# Entering


async def test_wecom_ids_are_the_same_in_capitals_and_small_letters() -> None:
    found = await access.admitted("LinXiaoZhou")
    assert found is not None
    assert found.name == "林晓舟"


@pytest.mark.parametrize("userid", ["songyiming", "dingzhaolin", "liangzhigang"])
async def test_strangers_those_who_have_not_joined_and_those_who_left_stay_outside(userid: str) -> None:
    assert await access.admitted(userid) is None
