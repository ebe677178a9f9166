"""One page of every kind, with something on it, for the check of what everybody can read and for the page weights.

A new page needs a line in ``hang``, and an address that is no page one in NO_PAGES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checks import library
from checks.citing import citing
from checks.finding import Finding
from checks.report import CHECK_REPORT, OWED_NOTICE
from checks.sheet import Sheet
from core import clock
from core.cases import drafts, filling
from core.cases.models import Case, Draft
from core.coordinates import Datum, Point
from core.papers.models import PaperRow
from core.people.delegation import DELEGATION
from core.people.models import OrgKind, Person
from core.projects import positioning
from core.projects.models import ProjectParty
from core.projects.positioning import Fix, Way
from core.search.filling import catch_up
from notices.processes import NOTICES
from notices.replying import InHand, owed
from tests.h5.story import Cast, Station, photo

PROCESSES = (CHECK_REPORT, *NOTICES, DELEGATION)
NO_PAGES = {
    "/": "leads to /h5/",
    "/h5": "leads to /h5/",
    "/h5/todo": "leads to /h5/lists/todo",
    "/h5/sent": "leads to /h5/lists/sent",
    "/h5/received": "leads to /h5/lists/received",
    "/h5/cases/{case}/steps/{action}": "leads to the draft of the step",
    "/h5/static/{version}/{name}": "styles and scripts",
    "/h5/worker.js": "a script",
    "/h5/uploads": "what a script asks",
    "/h5/uploads/{upload}": "what a script asks",
    "/h5/evidence/{evidence}/{copy}": "pictures, sound",
    "/h5/cases/{case}/files/{evidence}/{copy}": "pictures, sound",
    "/h5/cases/{case}/paper/{name}": "pictures, PDF",
    "/h5/cases/{case}/draft.pdf": "PDF",
    "/h5/cases/{case}/service.pdf": "PDF",
    "/h5/projects/{project}/cover/{evidence}/{copy}": "pictures",
    "/h5/jssdk": "what a script asks",
    "/h5/search/count": "a part of the query page",
    "/h5/search.xlsx": "a workbook",
}


@dataclass(frozen=True)
class View:
    """``path`` is the route that it shows, ``person`` None for who has not signed in."""

    name: str
    path: str
    person: Person | None
    address: str
    status: int = 200


Draw = Callable[[str], bytes]
"""A photo by its id in ``simulator.pictures``."""


def plain(picture: str) -> bytes:
    """Quicker than the drawn ones."""
    return photo("teal" if picture.endswith(("guarded", "locked")) else "orange")


async def hang(station: Station, draw: Draw = plain) -> list[View]:
    cast = station.cast
    await ProjectParty.create(project_id=cast.project.id, org_id=cast.chen.org_id, kind=OrgKind.CONTRACTOR)
    pending, passed = await _check(station, draw), await _check(station, draw, reviewers=[])
    notice, answered = await _notice(station, passed), await _notice(station, passed)
    reply, judged = await _reply(notice), await _reply(answered)
    await _answer(station, draw, judged)
    check, key = await _begun(station, draw)
    answering = await _answering(station, draw, reply)
    over = await _overtaken(station, draw, passed)
    await _check(station, draw, reviewers=[], with_notice=True)
    owed_notice = await Case.get(process=OWED_NOTICE)
    empty = await drafts.begin(cast.luo.id, "check_report", "submit")
    letter = await drafts.begin(cast.lin.id, "notice", "submit")
    away = await _away(cast.luo, cast.qin)
    code = (await PaperRow.get(case_id=notice.id)).code
    case, listed, draft = "/h5/cases/{case}", "/h5/lists/{list}", "/h5/drafts/{draft}"
    shelf, project = "/h5/drafts/{draft}/findings/{finding}/{shelf}", "/h5/projects/{project}"
    await _site(station, draw)
    await catch_up(station.pages.engine.processes)
    return [
        View("home", "/h5/", cast.luo, "/h5/"),
        View("home, empty", "/h5/", cast.stranger, "/h5/"),
        View("todo", listed, cast.luo, "/h5/lists/todo"),
        View("todo, empty", listed, cast.stranger, "/h5/lists/todo"),
        View("sent", listed, cast.lin, "/h5/lists/sent"),
        View("notices, narrowed", listed, cast.lin, "/h5/lists/notices?words=滨江"),
        View("drafts", listed, cast.lin, "/h5/lists/todo?tab=drafts"),
        View("me", "/h5/me", cast.lin, "/h5/me"),
        View("delegations", "/h5/delegations", cast.luo, "/h5/delegations"),
        View("check, to decide", case, cast.luo, f"/h5/cases/{pending.id}"),
        View("check, a reason", case, cast.luo, f"/h5/cases/{pending.id}#do-fail"),
        View("check, passed", case, cast.chen, f"/h5/cases/{passed.id}"),
        View("notice, asked for", case, cast.lin, f"/h5/cases/{owed_notice.id}"),
        View("notice", case, cast.lin, f"/h5/cases/{notice.id}"),
        View("reply, owed", case, cast.chen, f"/h5/cases/{reply.id}"),
        View("reply, to judge", case, cast.lin, f"/h5/cases/{judged.id}#do-judge"),
        View("new check", draft, cast.lin, f"/h5/drafts/{check.id}"),
        View("new check, empty", draft, cast.luo, f"/h5/drafts/{empty.id}"),
        View("new check, checked", f"{draft}/summary", cast.lin, f"/h5/drafts/{check.id}/summary"),
        View("terms", shelf, cast.lin, f"/h5/drafts/{check.id}/findings/{key}/terms"),
        View("violations, none", shelf, cast.lin, f"/h5/drafts/{check.id}/findings/{key}/violations?q=海港"),
        View("new reply", draft, cast.chen, f"/h5/drafts/{answering.id}"),
        View("reply, withdrawn", draft, cast.chen, f"/h5/drafts/{over.id}"),
        View("new notice", draft, cast.lin, f"/h5/drafts/{letter.id}"),
        View("delegation", draft, cast.luo, f"/h5/drafts/{away.id}"),
        View("delegation, checked", f"{draft}/summary", cast.luo, f"/h5/drafts/{away.id}/summary"),
        View("projects", "/h5/projects", cast.lin, "/h5/projects"),
        View("projects, none", "/h5/projects", cast.lin, "/h5/projects?q=海港"),
        View("project", project, cast.lin, f"/h5/projects/{cast.project.id}"),
        View("project, of the site", project, cast.chen, f"/h5/projects/{cast.project.id}"),
        View("position", f"{project}/position", cast.lin, f"/h5/projects/{cast.project.id}/position"),
        *_looked_up(cast),
        View("nothing there", "/h5/{rest}", cast.lin, "/h5/nothing", 404),
        View("verify", "/verify/{code}", None, f"/verify/{code}"),
        View("verify, unknown", "/verify/{code}", None, "/verify/unknown", 404),
        View("sign in again", "/login", None, "/login?code=old&state=old", 400),
    ]


def _looked_up(cast: Cast) -> list[View]:
    return [
        View("search", "/h5/search", cast.qin, "/h5/search?q=栏杆&name=滨江&from=2026-11-01"),
        View("search, nothing", "/h5/search", cast.luo, "/h5/search?q=塔吊"),
        View("search, not understood", "/h5/search", cast.luo, f"/h5/search?project={cast.project.id}&from=昨天"),
        View("statistics", "/h5/statistics", cast.qin, "/h5/statistics?name=滨江"),
        View("statistics, of a unit", "/h5/statistics", cast.luo, f"/h5/statistics?unit={cast.chen.org_id}"),
        View("search, printed", "/h5/search/print", cast.qin, "/h5/search/print?name=滨江"),
    ]


async def _overtaken(station: Station, draw: Draw, check: Case) -> Draft:
    """The answer to a notice that was withdrawn meanwhile."""
    begun = await _answering(station, draw, await _reply(await _notice(station, check)))
    await drafts.close(begun, "《滨江花园一期 整改通知》已由系统于 11月20日 09:00 办理（作废），无需再处理。")
    return begun


async def _away(principal: Person, deputy: Person) -> Draft:
    answers = {"deputy": [deputy.id], "until": "2026-11-25"}
    return await drafts.begin(principal.id, "delegation", "submit", data={"answers": answers})


async def _site(station: Station, draw: Draw) -> None:
    lin, project = station.cast.lin, station.cast.project
    await positioning.cover(project, await station.keep(draw("edge-guarded"), lin))
    for accuracy in (18.0, 320.0):
        here = Fix(Point(20.0201, 110.3502), Datum.GCJ02, accuracy, "滨江路8号，工地南门", Way.DEVICE)
        await positioning.position(project, lin, here, f"gallery-{accuracy}")


async def _check(station: Station, draw: Draw, **changes: Any) -> Case:
    lin = station.cast.lin
    pictures = [(await station.keep(draw(one), lin)).id for one in ("edge-open", "scaffold-loose", "opening-bare")]
    box = await station.keep(draw("box-open"), lin)
    place = {"latitude": 20.02058, "longitude": 110.35041, "label": "3号楼 东侧", "accuracy": 18}
    found = [
        {
            "photos": pictures,
            "note": "五层东侧临边没有防护栏杆",
            **citing(Finding(), "terms", ["SA-EDGE-001"], library.load(), clock.today()),
        },
        {"photos": [box.id], "note": "配电箱未上锁", "place": place, "severity": "major"},
    ]
    return await station.report(findings=found, **changes)


async def _begun(station: Station, draw: Draw) -> tuple[Draft, str]:
    """林小舟's check that she is about to submit, and the key of its first finding."""
    cast = station.cast
    answers = {"project": cast.project.id, "check_type": "safety", "checked_location": "3号楼 5层 临边"}
    answers |= {"reviewers": [cast.luo.id], "recipients": [cast.chen.id]}
    draft = await drafts.begin(cast.lin.id, "check_report", "submit", data={drafts.ANSWERED: answers})
    sheet = Sheet(draft.data, "findings")
    first, second = sheet.begin(), sheet.begin()
    for key, pictures in ((first, ("edge-open", "scaffold-loose", "opening-bare")), (second, ("box-open",))):
        for one in pictures:
            sheet.attach(key, "photos", (await station.keep(draw(one), cast.lin)).id)
    sheet.change(first, **citing(Finding(), "terms", ["SA-EDGE-001"], library.load(), clock.today()))
    sheet.change(first, note="五层东侧临边没有防护栏杆，下方有人通行。")
    sheet.change(second, note="配电箱未上锁", severity="major")
    await draft.save()
    return draft, first


async def _answering(station: Station, draw: Draw, reply: Case) -> Draft:
    """陈光泽 has said what was done about the first finding, and owes the second."""
    chen, engine = station.cast.chen, station.pages.engine
    step = next(one for one in await engine.open_steps(reply, chen) if one.action == "reply")
    draft = await filling.begin_step(chen, engine.process(reply.process), reply, step)
    hand = InHand(draft.data, owed(reply.data))
    hand.put(1, statement="五层东侧临边已装防护栏杆，经监理验收合格。", done_on=clock.today())
    hand.add(1, (await station.keep(draw("edge-guarded"), chen)).id)
    await draft.save()
    return draft


async def _notice(station: Station, check: Case) -> Case:
    cast = station.cast
    data = {
        "kind": "rectification",
        "project": cast.project.id,
        "addressee_units": [str(cast.chen.org_id)],
        "cited_check": str(check.id),
        "deadline": "2026-12-02",
        "repliers": [cast.chen.id],
    }
    key = f"notice-{await Case.all().count()}"
    return (await station.pages.engine.open("notice", cast.lin, data, key=key)).case


async def _reply(notice: Case) -> Case:
    return await Case.get(parent_id=notice.id, process="notice_reply")


async def _answer(station: Station, draw: Draw, reply: Case) -> None:
    after = await station.keep(draw("edge-guarded"), station.cast.chen)
    said = {"statement": "已按要求设置防护栏杆并验收", "done_on": "2026-11-20"}
    answers = [{"finding": 1, "photos": [after.id], **said}, {"finding": 2, "photos": [], **said}]
    engine = station.pages.engine
    await engine.perform(reply.id, "reply", station.cast.chen, {"answers": answers}, key="answered")
