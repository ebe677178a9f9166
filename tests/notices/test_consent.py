"""Consent to electronic service: asked once per person and project, whoever issues how many notices at once (BY-03)."""

import asyncio

from core.cases.models import Case
from tests.notices.story import Station


async def test_two_notices_at_once_ask_once(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    await asyncio.gather(
        *(station.notice(cast.chen, cast.fang, check=check, by=author) for author in (cast.lin, cast.luo))
    )
    asked = await Case.filter(process="service_consent").order_by("author_id")
    assert [(one.author_id, one.state) for one in asked] == [(cast.chen.id, "asked"), (cast.fang.id, "asked")]


async def test_a_refusal_is_told_to_every_issuer_who_waits_for_an_answer(station: Station) -> None:
    cast, check = station.cast, await station.checked()
    for author in (cast.lin, cast.luo):
        await station.notice(cast.chen, check=check, by=author)
    said = {"project": cast.project.id, "choice": "refuse"}
    refused = (await station.engine.open("service_consent", cast.chen, said, key=station.key())).case
    told = await station.engine.view(refused)
    assert (refused.state, told.slots["issuers"]) == ("refused", [cast.lin.id, cast.luo.id])
    before = await Case.get(process="service_consent", parent_id__not_isnull=True)
    assert before.state == "lapsed"
