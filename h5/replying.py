"""Photos of a reply's draft, finding by finding (BY-04): put there one by one by the script, or with the whole form."""

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web
from aiohttp.web_request import FileField

from core import database
from core.cases import drafts
from core.cases.models import Case
from core.errors import BadInput, NotYours, Refusal
from core.evidence.copies import stands_for
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from h5.access import DraftVisit, is_fragment
from h5.drafting import closed, handlers, keeping
from h5.drafting.adapter import Desk
from h5.drafting.answers import Shown, in_hand, own_photo
from h5.drafting.files import own, take
from h5.numbers import number
from notices.replying import InHand

FILES_ROOM = 56 << 20  # a form with photos, where no script sends them one by one


async def attach(visit: DraftVisit) -> web.Response:
    """One's own photo to a finding, once however often it is posted; answers with its line."""
    finding, evidence = _finding(visit), await own(visit, [Kind.PHOTO])
    await closed.look(visit, more_comes=True)
    try:
        await _change(visit, partial(_add, finding, evidence))
    except BadInput as error:
        return web.json_response({"reason": "refused", "sentence": error.sentence}, status=422)
    shown = Shown(await Case.get(id=visit.filling.draft.case_id), visit.person.id, {evidence.id: evidence})
    photo, draft_id = own_photo(shown, evidence.id), visit.filling.draft.id
    return visit.pages.render("drafting/reply_photo.html", photo=photo, number=finding, draft_id=draft_id)


async def files(visit: DraftVisit) -> web.Response:
    """What was chosen at a finding in a browser without a script, kept one by one, with all that was typed."""
    finding = _finding(visit)
    await closed.look(visit, more_comes=True)
    current, troubles = await keeping.keep(visit)
    posted = (await visit.request.post()).getall(f"photos-{finding}", [])
    photos = [one for one in posted if isinstance(one, FileField) and one.filename]

    async def put(photo: Evidence) -> None:
        await _change(visit, partial(_add, finding, photo))

    said = [await take(visit, one, Kind.PHOTO, put) for one in photos]
    problem = "\n".join(filter(None, said))
    if troubles or problem:
        return await handlers.show_with(visit, current, troubles, problem)
    raise _back(visit, finding)


async def drop(visit: DraftVisit) -> web.Response:
    """Takes a photo out of an answer; what was typed is kept as well."""
    finding, photo = _finding(visit), number(visit.form.get("photo", ""))
    current, troubles = await keeping.keep(visit)
    await _change(visit, partial(_drop, finding, photo))
    if is_fragment(visit.request):
        return web.Response(text="", content_type="text/html")
    if troubles:
        return await handlers.show_with(visit, current, troubles, "")
    raise _back(visit, finding)


async def _add(finding: int, photo: Evidence, reply: InHand) -> None:
    related = await stands_for(reply.photos(finding), photo)
    if related is not None:
        reply.add(finding, photo.id, related)


async def _drop(finding: int, photo: int, reply: InHand) -> None:
    reply.drop(finding, photo)


async def _change(visit: DraftVisit, work: Callable[[InHand], Awaitable[None]]) -> None:
    """In the draft as it is by then."""

    async def changed() -> None:
        filling = await keeping.held(visit)
        question = next((q for q in filling.questions if q.field.kind == "answers"), None)
        if question is None:
            raise Refusal("这份草稿不是逐条回复，请从记录的页面重新打开。")
        desk = Desk(filling, question, visit.form)
        reply = await in_hand(desk)
        await work(reply)
        reply.settle(desk.answers, desk.name)
        await drafts.save(filling.draft)

    await database.transaction(changed)


def _finding(visit: DraftVisit) -> int:
    """Its number in the notice. Raises NotYours for what is none."""
    said = visit.request.match_info["number"]
    if not all(q.field.kind == "answers" for q in visit.filling.questions):
        raise Refusal("这份草稿不是逐条回复，请从记录的页面重新打开。")
    if not number(said):
        raise NotYours
    return number(said)


def _back(visit: DraftVisit, finding: int) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/h5/drafts/{visit.filling.draft.id}#answer-{finding}", text="")
