"""我的: who is signed in, and the way out."""

from aiohttp import web

from core.people.models import ROLE_CAPTIONS, Organisation, Role
from h5.access import Visit


async def show(visit: Visit) -> web.Response:
    person = visit.person
    organisation = await Organisation.get(id=person.org_id)
    role = "" if person.role is Role.PARTICIPANT else ROLE_CAPTIONS[person.role]
    return visit.pages.render("own.html", visit=visit, organisation=organisation.name, post=person.title or role)
