"""The authorize page (path/91022): in a phone it knows the member, in an ordinary browser it asks who is there."""

from aiohttp import web

from simulator import pages
from simulator.errors import ApiError
from simulator.oauth import Request
from simulator.state import LEFT, Person
from simulator.world import World

PATH = "/connect/oauth2/authorize"
_ANSWER = "_as"
_REFUSE = "_refuse"


def in_phone(world: World, request: web.Request, person: Person) -> web.StreamResponse:
    """Silent for snsapi_base; for private fields the member is asked once."""
    wanted = _parse(world, request)
    if isinstance(wanted, web.Response):
        return wanted
    if not wanted.private:
        return _go(world, wanted, person)
    answer = request.query.get(_ANSWER)
    if answer is None:
        here = request.rel_url
        allow, refuse = here.update_query({_ANSWER: "yes"}), here.update_query({_ANSWER: _REFUSE})
        return pages.consent(world.state.app.name, person, str(allow), str(refuse))
    return _go(world, wanted, person, private=answer != _REFUSE)


def in_browser(world: World, request: web.Request) -> web.StreamResponse:
    wanted = _parse(world, request)
    if isinstance(wanted, web.Response):
        return wanted
    chosen = request.query.get(_ANSWER)
    if chosen is None:
        persons = [person for person in world.state.persons.values() if person.status != LEFT]
        ways = [(person, str(request.rel_url.update_query({_ANSWER: person.userid}))) for person in persons]
        return pages.choose(world.state.app.name, ways, str(request.rel_url.update_query({_ANSWER: ""})))
    return _go(world, wanted, world.find(chosen), private=wanted.private)


def _parse(world: World, request: web.Request) -> Request | web.Response:
    try:
        return world.api.sign_in.parse(request.query)
    except ApiError as error:
        body = error.body(request.remote or "", world.clock.now(), world.serial())
        return pages.refusal(f"{body['errcode']} {body['errmsg']}")


def _go(world: World, wanted: Request, person: Person | None, *, private: bool = False) -> web.Response:
    target = world.api.sign_in.grant(wanted, person.userid if person else None, private=private)
    return web.Response(status=302, headers={"Location": str(target)})
