"""The app's own settings and its tile on the workbench (path/90227, 90228, 92535)."""

from simulator.call import Answer, Call, ok, require_agent, require_agent_query
from simulator.checking import items, obj, text, url
from simulator.errors import ApiError
from simulator.state import Json

_SQUARE_LOGO = "/static/icon.svg"
_KINDS = ("normal", "keydata", "image", "list", "webview")


def get(call: Call) -> Answer:
    require_agent_query(call)
    app, corp = call.corp.state.app, call.corp
    in_range = [tag for tag in corp.state.tags.values() if tag.in_range]
    tagged = {userid.lower() for tag in in_range for userid in tag.userlist}
    alone = [p for p in corp.state.persons.values() if p.reachable and p.userid.lower() not in tagged]
    return ok(
        agentid=call.agentid,
        name=app.name,
        square_logo_url=corp.link(_SQUARE_LOGO),
        description=app.description,
        allow_userinfos={"user": [{"userid": p.userid} for p in alone]},
        allow_partys={"partyid": []},
        allow_tags={"tagid": [tag.tagid for tag in in_range]},
        close=0,
        redirect_domain=corp.trusted_host,
        report_location_flag=app.report_location_flag,
        isreportenter=app.isreportenter,
        home_url=app.home_url,
        customized_publish_status=1,
    )


def listing(call: Call) -> Answer:
    app = call.corp.state.app
    return ok(agentlist=[{"agentid": call.agentid, "name": app.name, "square_logo_url": call.corp.link(_SQUARE_LOGO)}])


def change(call: Call) -> Answer:
    body = call.json
    require_agent(call, body.get("agentid"))
    if len(text(body, "name")) > 32:
        raise ApiError(45022)
    if "description" in body and not 4 <= len(text(body, "description")) <= 120:
        raise ApiError(45004)
    for flag in ("report_location_flag", "isreportenter"):
        if body.get(flag, 0) not in (0, 1):
            raise ApiError(40059)
    url(body, "home_url", required=False)
    fields = ("name", "description", "redirect_domain", "report_location_flag", "isreportenter", "home_url")
    changes = {field: body[field] for field in fields if field in body}
    call.corp.state.app = call.corp.state.app.model_copy(update=changes)
    call.corp.persons_changed()
    return ok()


def set_template(call: Call) -> Answer:
    require_agent(call, call.json.get("agentid"))
    call.corp.state.app.workbench_template = _tile(call.json)
    if call.json.get("replace_user_data"):
        call.corp.state.app.workbench_data.clear()
    call.corp.persons_changed()
    return ok()


def get_template(call: Call) -> Answer:
    require_agent(call, call.json.get("agentid"))
    template = call.corp.state.app.workbench_template
    if template is None:
        raise ApiError(94008)
    return ok(**template)


def set_data(call: Call) -> Answer:
    require_agent(call, call.json.get("agentid"))
    _set_for(call, [text(call.json, "userid", missing=41009)], call.json)
    return ok()


def batch_set_data(call: Call) -> Answer:
    require_agent(call, call.json.get("agentid"))
    userids = call.json.get("userid_list")
    if not isinstance(userids, list) or not 1 <= len(userids) <= 1000:
        raise ApiError(40032)
    _set_for(call, [str(userid) for userid in userids], obj(call.json.get("data"), "data"))
    return ok()


def get_data(call: Call) -> Answer:
    require_agent(call, call.json.get("agentid"))
    app, userid = call.corp.state.app, text(call.json, "userid", missing=41009)
    data = app.workbench_data.get(userid.lower(), app.workbench_template)
    if data is None:
        raise ApiError(94008)
    return ok(data=data)


def _set_for(call: Call, userids: list[str], data: Json) -> None:
    tile = _tile(data)
    for userid in userids:
        person = call.corp.find(userid)
        if not person or not person.reachable:
            raise ApiError(60011)
        call.corp.state.app.workbench_data[person.userid.lower()] = tile
    call.corp.persons_changed()


def _tile(body: Json) -> Json:
    kind = body.get("type")
    if kind not in _KINDS:
        raise ApiError(40058, "invalid field `type`")
    if kind == "normal":
        return {"type": "normal"}
    shown = obj(body.get(kind), kind)
    if kind in ("keydata", "list"):
        items(shown, "items", 1, 4 if kind == "keydata" else 3)
    return {"type": kind, kind: shown}
