"""Every address of the pages, with the rule of who may come in."""

from aiohttp import web

from h5 import (
    assets,
    capture,
    cases,
    delegations,
    files,
    following,
    home,
    jssdk,
    judging,
    lists,
    own,
    papers,
    positions,
    project_page,
    projects,
    replying,
    uploads,
)
from h5.access import (
    Visit,
    everybody,
    member,
    of_case,
    of_draft,
    of_project,
    of_search,
    own_evidence,
    own_upload,
    sender,
)
from h5.door import Handler
from h5.drafting import fragments
from h5.drafting import handlers as drafting
from h5.pages import Button, Pages
from h5.project_page import COVER_ROOM
from h5.searching import exporting, results
from h5.statistics import page as statistics
from h5.uploads import Uploading
from h5.verifying import Verifying


def routes(pages: Pages) -> list[web.RouteDef]:
    """The last one answers whatever else begins with ``/h5/``."""
    return [
        _get("/h5/static/{version}/{name:.+}", everybody(pages, assets.serve)),
        _get("/h5/worker.js", everybody(pages, assets.worker)),
        _get("/", everybody(pages, _home)),
        _get("/h5", everybody(pages, _home)),
        _get("/h5/", member(pages, home.show)),
        _get("/h5/lists/{list}", member(pages, lists.show)),
        _get("/h5/todo", member(pages, lists.todo)),
        _get("/h5/sent", member(pages, lists.sent)),
        _get("/h5/received", member(pages, lists.received)),
        _get("/h5/me", member(pages, own.show)),
        _get("/h5/delegations", member(pages, delegations.show)),
        _get("/h5/cases/{case}", of_case(pages, cases.show)),
        web.post("/h5/cases/{case}/actions/{action}", of_case(pages, cases.act, room=judging.ROOM)),
        web.post("/h5/cases/{case}/urge", of_case(pages, cases.urge)),
        web.post("/h5/cases/{case}/begin/{process}", of_case(pages, following.begin)),
        _get("/h5/cases/{case}/files/{evidence}/{copy}", of_case(pages, files.send)),
        _get("/h5/cases/{case}/paper/{name}", of_case(pages, papers.send)),
        _get("/h5/cases/{case}/draft.pdf", of_case(pages, papers.send_draft)),
        _get("/h5/cases/{case}/service.pdf", of_case(pages, papers.send_service_record)),
        *_searching(pages),
        *_uploads(pages),
        *_drafts(pages),
        *_projects(pages),
        *_findings(pages),
        *_replies(pages),
        _get("/verify/{code}", everybody(pages, Verifying(pages).show)),
        web.post("/logout", member(pages, _leave)),
        web.route("*", "/h5/{rest:.*}", everybody(pages, _nothing)),
    ]


def _searching(pages: Pages) -> list[web.RouteDef]:
    return [
        _get("/h5/search", of_search(pages, results.show)),
        _get("/h5/search/count", of_search(pages, results.count)),
        _get("/h5/search/print", of_search(pages, exporting.paper)),
        _get("/h5/search.xlsx", of_search(pages, exporting.workbook)),
        _get("/h5/statistics", of_search(pages, statistics.show)),
    ]


def _uploads(pages: Pages) -> list[web.RouteDef]:
    uploading, one = Uploading(pages), "/h5/uploads/{upload}"
    return [
        _get("/h5/uploads", sender(pages, uploading.tell)),
        web.post("/h5/uploads", sender(pages, uploading.begin)),
        _get(one, own_upload(pages, uploading.look)),
        web.head(one, own_upload(pages, uploading.look)),
        web.patch(one, own_upload(pages, uploading.take)),
        web.delete(one, own_upload(pages, uploading.drop)),
        _get("/h5/evidence/{evidence}/{copy}", own_evidence(pages, uploads.send)),
    ]


def _drafts(pages: Pages) -> list[web.RouteDef]:
    return [
        _get("/h5/cases/{case}/steps/{action}", of_case(pages, drafting.begin_step)),
        web.post("/h5/new/{process}", member(pages, drafting.begin)),
        _get("/h5/drafts/{draft}", of_draft(pages, drafting.show)),
        web.post("/h5/drafts/{draft}", of_draft(pages, drafting.save)),
        web.post("/h5/drafts/{draft}/answers/{question}", of_draft(pages, fragments.keep_answer)),
        web.post("/h5/drafts/{draft}/answers/{question}/offers", of_draft(pages, fragments.look)),
        web.post("/h5/drafts/{draft}/answers/{question}/files", of_draft(pages, fragments.attach)),
        _get("/h5/drafts/{draft}/summary", of_draft(pages, drafting.check)),
        web.post("/h5/drafts/{draft}/submit", of_draft(pages, drafting.submit)),
        web.post("/h5/drafts/{draft}/discard", of_draft(pages, drafting.discard)),
    ]


def _projects(pages: Pages) -> list[web.RouteDef]:
    one = "/h5/projects/{project}"
    return [
        _get("/h5/projects", member(pages, projects.show)),
        web.post("/h5/projects", member(pages, projects.show)),
        web.post("/h5/near", member(pages, projects.near)),
        _get(one, of_project(pages, project_page.show)),
        web.post(f"{one}/cover", of_project(pages, project_page.take_cover, room=COVER_ROOM)),
        _get(f"{one}/cover/{{evidence}}/{{copy}}", of_project(pages, project_page.send_cover)),
        _get(f"{one}/position", of_project(pages, positions.show)),
        web.post(f"{one}/position", of_project(pages, positions.submit)),
        web.post(f"{one}/position/look", of_project(pages, positions.look)),
        _get("/h5/jssdk", member(pages, jssdk.sign)),
    ]


def _findings(pages: Pages) -> list[web.RouteDef]:
    all_of_them, shelf = "/h5/drafts/{draft}/findings", "/h5/drafts/{draft}/findings/{finding}/{shelf}"
    return [
        web.post(all_of_them, of_draft(pages, capture.act)),
        web.post(f"{all_of_them}/files", of_draft(pages, capture.files, room=capture.FILES_ROOM)),
        web.post(f"{all_of_them}/{{finding}}/evidence", of_draft(pages, capture.attach)),
        _get(shelf, of_draft(pages, capture.choose)),
        web.post(shelf, of_draft(pages, capture.cite)),
    ]


def _replies(pages: Pages) -> list[web.RouteDef]:
    photos = "/h5/drafts/{draft}/replies/{number}/photos"
    return [
        web.post(photos, of_draft(pages, replying.attach)),
        web.post(f"{photos}/files", of_draft(pages, replying.files, room=replying.FILES_ROOM)),
        web.post(f"{photos}/drop", of_draft(pages, replying.drop)),
    ]


def _get(path: str, handler: Handler) -> web.RouteDef:
    """Nobody asks for a page's headers alone, and looking must not happen by the way."""
    return web.get(path, handler, allow_head=False)


async def _home(request: web.Request) -> web.Response:
    raise web.HTTPFound("/h5/", text="")


async def _nothing(request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def _leave(visit: Visit) -> web.Response:
    text = "您已退出登录。"
    response = visit.pages.message("已退出", text, icon="success", buttons=(Button("重新登录", "/login"),))
    visit.pages.sessions.leave(response)
    return response
