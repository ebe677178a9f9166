"""The app's own settings (path/90227, 90228)."""

from simulator.call import Answer, Call, ok, require_agent, require_agent_query
from simulator.checking import text, url
from simulator.errors import ApiError

_SQUARE_LOGO = "/static/icon.svg"


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
