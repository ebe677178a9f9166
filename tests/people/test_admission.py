"""Joining by the verified mobile, leaving, and the periodic full pull (HN-01 … HN-04)."""

from datetime import UTC, datetime

import pytest

from bot.demo import rows
from bot.demo.records import stopped_at
from core import access
from core.people.admission import admit, come_back, leave, reconcile
from core.people.models import Person
from tests.people.story import person

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
MOBILES = {row.userid: row.mobile for row in (*rows.people(), *rows.strangers())}


async def everybody() -> list[tuple[str | None, bool]]:
    return [(p.userid, p.active) for p in await Person.all().order_by("id")]


async def test_a_registered_mobile_admits_and_binds() -> None:
    with stopped_at(NOON):
        admitted = await admit("DingZhaolin", MOBILES["dingzhaolin"])
    assert admitted is not None
    known = await person("dingzhaolin")
    assert (known.name, known.admitted_at) == ("丁照临", NOON)
    assert await access.admitted("dingzhaolin") == known


@pytest.mark.parametrize("written", ["+86 {0}", "86-{0}", " {0} "])
async def test_country_code_and_spaces_do_not_matter(written: str) -> None:
    admitted = await admit("dingzhaolin", written.format(MOBILES["dingzhaolin"]))
    assert admitted is not None
    assert admitted.name == "丁照临"


@pytest.mark.parametrize("mobile", ["10099999999", "", "没有", MOBILES["songyiming"]])
async def test_a_mobile_that_nobody_registered_admits_nobody(mobile: str) -> None:
    before = await everybody()
    assert await admit("songyiming", mobile) is None
    assert await everybody() == before


async def test_the_same_member_may_verify_again() -> None:
    with stopped_at(NOON):
        await admit("dingzhaolin", MOBILES["dingzhaolin"])
    again = await admit("dingzhaolin", MOBILES["dingzhaolin"])
    assert again is not None
    assert again.admitted_at == NOON


async def test_a_second_wecom_id_is_refused_for_the_same_mobile() -> None:
    assert await admit("somebodyelse", MOBILES["linxiaozhou"]) is None
    assert (await Person.get(mobile=MOBILES["linxiaozhou"])).userid == "linxiaozhou"


async def test_who_left_is_not_let_in_by_the_old_mobile() -> None:
    assert await admit("liangzhigang", MOBILES["liangzhigang"]) is None
    assert await access.admitted("liangzhigang") is None


async def test_who_leaves_loses_access_at_once() -> None:
    with stopped_at(NOON):
        await leave("LINXIAOZHOU")
    gone = await person("linxiaozhou")
    assert (gone.active, gone.left_at) == (False, NOON)
    assert await access.admitted("linxiaozhou") is None


async def test_who_comes_back_into_the_visible_range_has_access_again() -> None:
    await leave("linxiaozhou")
    await come_back("LinXiaoZhou")
    back = await access.admitted("linxiaozhou")
    assert back is not None
    assert back.left_at is None


async def test_a_full_pull_removes_those_who_are_not_there_any_more() -> None:
    present = {u.upper() for u, active in await everybody() if u and active} - {"HELICHENG", "CHENGUANGZE"}
    before = await everybody()
    assert await reconcile(present) == 2
    changed = [after for old, after in zip(before, await everybody(), strict=True) if after != old]
    assert changed == [("helicheng", False), ("chenguangze", False)]


async def test_an_empty_pull_means_a_wrong_permission_and_changes_nothing() -> None:
    before = await everybody()
    assert await reconcile(set()) == 0
    assert await everybody() == before


async def test_who_has_not_joined_yet_survives_a_full_pull() -> None:
    await reconcile({u for u, active in await everybody() if u and active})
    assert await admit("dingzhaolin", MOBILES["dingzhaolin"]) is not None
