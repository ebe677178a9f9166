"""Tags (path/90210 to 90216). Every tag here belongs to the one app that is played."""

from simulator.call import Answer, Call, ok
from simulator.checking import text
from simulator.errors import ApiError
from simulator.state import Tag


def create(call: Call) -> Answer:
    tags, name = call.corp.state.tags, _name(call)
    tagid = call.json.get("tagid") or max(tags, default=0) + 1
    if not isinstance(tagid, int) or tagid in tags:
        raise ApiError(40071, "tagid exists")
    tags[tagid] = Tag(tagid=tagid, tagname=name)
    call.corp.store.changed()
    return ok(tagid=tagid)


def update(call: Call) -> Answer:
    tag = _tag(call, call.json.get("tagid"))
    tag.tagname = _name(call, besides=tag.tagid)
    call.corp.store.changed()
    return ok()


def delete(call: Call) -> Answer:
    del call.corp.state.tags[_tag(call, call.query.get("tagid")).tagid]
    call.corp.store.changed()
    return ok()


def get(call: Call) -> Answer:
    tag = _tag(call, call.query.get("tagid"))
    persons = [person for userid in tag.userlist if (person := call.corp.find(userid))]
    users = [{"userid": person.userid, "name": person.name} for person in persons]
    return ok(tagname=tag.tagname, userlist=users, partylist=tag.partylist)


def listing(call: Call) -> Answer:
    return ok(taglist=[{"tagid": tag.tagid, "tagname": tag.tagname} for tag in call.corp.state.tags.values()])


def add(call: Call) -> Answer:
    tag, users, parties, invalid = _change(call)
    tag.userlist += [userid for userid in users if userid not in tag.userlist]
    tag.partylist += [party for party in parties if party not in tag.partylist]
    return ok(**invalid)


def remove(call: Call) -> Answer:
    tag, users, parties, invalid = _change(call)
    tag.userlist = [userid for userid in tag.userlist if userid not in users]
    tag.partylist = [party for party in tag.partylist if party not in parties]
    return ok(**invalid)


def _tag(call: Call, given: object) -> Tag:
    tagid = int(str(given)) if str(given).isdigit() else 0
    if tagid not in call.corp.state.tags:
        raise ApiError(40068)
    return call.corp.state.tags[tagid]


def _name(call: Call, besides: int = 0) -> str:
    name = text(call.json, "tagname", missing=40063)
    if len(name) > 32:
        raise ApiError(40058, "field `tagname`")
    if any(tag.tagname == name and tag.tagid != besides for tag in call.corp.state.tags.values()):
        raise ApiError(40071)
    return name


def _change(call: Call) -> tuple[Tag, list[str], list[int], dict[str, object]]:
    """The tag, the members and departments that exist, and the answer's lists of those that do not."""
    tag = _tag(call, call.json.get("tagid"))
    users, parties = call.json.get("userlist") or [], call.json.get("partylist") or []
    if not isinstance(users, list) or not isinstance(parties, list) or len(users) > 1000 or len(parties) > 100:
        raise ApiError(40058)
    good_users = [person.userid for userid in users if (person := call.corp.find(str(userid)))]
    good_parties = [party for party in parties if isinstance(party, int) and party in call.corp.state.departments]
    bad_users = [str(userid) for userid in users if not call.corp.find(str(userid))]
    bad_parties = [party for party in parties if party not in good_parties]
    if not good_users and not good_parties:
        raise ApiError(40070)
    call.corp.store.changed()
    invalid: dict[str, object] = {"invalidlist": "|".join(bad_users)} if bad_users else {}
    if bad_parties:
        invalid["invalidparty"] = bad_parties
    return tag, good_users, good_parties, invalid
