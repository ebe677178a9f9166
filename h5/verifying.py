"""/verify/…: whoever holds a paper sees whether the station has issued it, and how it stands (BY-12). No sign-in."""

import re
from dataclasses import dataclass

from aiohttp import web

from core.cases.models import Case
from core.papers.models import PaperRow
from core.people.models import Organisation
from core.projects.models import Project
from h5.pace import Pace
from h5.pages import Pages
from notices.papers.standing import Standing, standing
from notices.papers.wording import day

_CODE = re.compile(r"[A-Za-z0-9_-]{16,32}")
_UNKNOWN = "没有查到这份文书。\n请核对文书每页下方印的网址；若确实无误，这份文书可能不是真的，请向落款的监督站核实。"
_TOO_OFTEN = "查询太频繁了，请过一分钟再试。"


@dataclass(frozen=True)
class Verified:
    """Nothing personal: whoever photographs a paper on a wall may see this."""

    title: str
    number: str
    station: str
    project: str
    issued_on: str
    pages: int
    sha256: str
    standing: Standing


class Verifying:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._pace = Pace(pages.settings.behind_proxy)

    async def show(self, request: web.Request) -> web.Response:
        if not self._pace.allows(request):
            response = self._pages.message("请稍后再查", _TOO_OFTEN, status=429, icon="waiting")
            response.headers["Retry-After"] = "60"
            return response
        code = request.match_info["code"]
        row = await PaperRow.get_or_none(code=code if _CODE.fullmatch(code) else "-")
        if row is None:
            return self._pages.message("没有查到", _UNKNOWN, status=404, icon="warn")
        return self._pages.render("verify.html", paper=await _verified(row))


async def _verified(row: PaperRow) -> Verified:
    case = await Case.get(id=row.case_id)
    project = await Project.get(id=case.project_id)
    station = await Organisation.get(id=case.station_id)
    pages = len(row.page_ids or ())
    return Verified(
        row.title, row.number, station.name, project.name, day(row.issued_at), pages, row.sha256, await standing(case)
    )
