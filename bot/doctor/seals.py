"""The stations' seals: pictures that can be printed, each named after a station."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.doctor.finding import Finding, bad, good, note
from bot.doctor.machine import UNREACHABLE
from bot.seals import pngs, unusable
from core import database
from core.people.models import Organisation, OrgKind
from core.settings import Settings

_REMEDY = "请照 docs/papers.md 放好印章图片，并核对 ZHIAN_SEALS。"


async def pictures(given: Settings) -> Sequence[Finding]:
    if given.seals is None:
        return [good("印章", "没有设置印章图片，文书打印后盖章。")]
    wrong = await asyncio.to_thread(unusable, given.seals)
    if wrong:
        return [bad("印章", f"{one} 不能用。", _REMEDY) for one in wrong]
    names = [file.stem for file in await asyncio.to_thread(pngs, given.seals)]
    codes = await _codes(given)
    nobodys = [name for name in names if name not in codes]
    if nobodys:
        return [note("印章", f"没有代号是{'、'.join(nobodys)}的监督站，这些印章不会印出。", _REMEDY)]
    return [good("印章", f"{len(names)} 个监督站有印章图片。")]


async def _codes(given: Settings) -> set[str]:
    """Nothing while there is no database yet: then every name is one that nobody bears."""
    file = Path(given.database_url.removeprefix("sqlite://"))
    if given.database_url.startswith("sqlite") and not await asyncio.to_thread(file.exists):
        return set()
    try:
        await database.open_database(given.database_url)
        try:
            stations = Organisation.filter(kind=OrgKind.STATION)
            return {str(code) for code in await stations.values_list("code", flat=True)}
        finally:
            await database.close_database()
    except UNREACHABLE:
        return set()
