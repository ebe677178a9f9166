"""The rules that fill a slot: by post on the project, by role in the station, by team."""

from core import clock
from core.people.models import Person, Role
from core.projects import finding
from core.projects.models import Post, ProjectMember
from tests.people.story import AWAITING, SCHOOL, ids, names, view


async def test_a_post_is_held_by_those_who_serve_on_the_project_today() -> None:
    both = finding.post(Post.PM, Post.CSE)
    assert both.caption == "项目经理、总监"
    assert await names(await both.find(await view(SCHOOL))) == ["陈广泽", "方正清"]


async def test_a_post_that_was_given_up_is_empty() -> None:
    await ProjectMember.filter(person_id__in=await ids("chenguangze")).update(until=clock.now())
    assert await finding.post(Post.PM).find(await view(SCHOOL)) == []


async def test_an_empty_post_says_what_to_do() -> None:
    assert finding.post(Post.PM).missing == "这个工程还没有登记项目经理，请先在工程资料中登记，再办理。"


async def test_who_left_the_service_holds_no_post() -> None:
    await Person.filter(userid="chenguangze").update(active=False)
    assert await names(await finding.post(Post.PM, Post.CSE).find(await view(SCHOOL))) == ["方正清"]


async def test_reviewers_are_the_leaders_of_the_projects_own_station() -> None:
    leaders = finding.station(Role.CHIEF, Role.LEADER_IN_CHARGE)
    assert leaders.caption == "站长、分管领导"
    assert await names(await leaders.find(await view(SCHOOL))) == ["罗敬川", "温书宁", "傅岳庭"]


async def test_who_has_not_joined_yet_or_left_is_not_offered() -> None:
    supervisors = await finding.station(Role.SUPERVISOR).find(await view(SCHOOL))
    assert await names(supervisors) == ["林晓舟", "何立诚", "曾雨桐", "马致平"]


async def test_a_project_has_one_lead_once_it_is_assigned() -> None:
    assert await names(await finding.team_lead().find(await view(SCHOOL))) == ["林晓舟"]
    assert await finding.team_lead().find(await view(AWAITING)) == []
    assert finding.team_lead().missing == "这个工程还没有指定监督组长，请先指定，再办理。"


async def test_everyone_on_the_project_is_offered_unit_by_unit_each_once() -> None:
    everyone = await finding.everyone_on_project().find(await view(SCHOOL))
    await ProjectMember.create(
        project_id=(await view(SCHOOL)).project_id,
        person_id=(await ids("fangzhengqing"))[0],
        org_id=(await Person.get(userid="fangzhengqing")).org_id,
        post=Post.WITNESS,
    )
    again = await finding.everyone_on_project().find(await view(SCHOOL))
    assert again == everyone
    assert (await names(everyone))[:4] == ["许若澜", "陈广泽", "蔡汶渊", "张平桉"]
