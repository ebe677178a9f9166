"""The app's tile on the workbench (自定义工作台展示, path/92535): one template, and data for each member."""

from collections import deque
from collections.abc import Sequence

from simulator.call import Answer, Call, ok, require_agent
from simulator.checking import items, obj, text
from simulator.errors import ApiError
from simulator.state import App, Json

_KINDS = ("normal", "keydata", "image", "list", "webview")
_MINUTE = 60.0
_FOR_ONE, _FOR_MANY = 10, 100_000  # in a minute: calls for one member, members of batches


def shown(app: App, userid: str) -> Json | None:
    """What a member sees; nothing before there is a template."""
    return app.workbench_data.get(userid.lower(), app.workbench_template)


class Workbench:
    """Remembers who was set when, for the limits."""

    def __init__(self) -> None:
        self._one: dict[str, deque[float]] = {}
        self._many: deque[tuple[float, int]] = deque()

    def set_template(self, call: Call) -> Answer:
        _require(call)
        app = call.corp.state.app
        app.workbench_template = _tile(call.json)
        if call.json.get("replace_user_data"):
            app.workbench_data.clear()
        _changed(call)
        return ok()

    def get_template(self, call: Call) -> Answer:
        _require(call)
        return ok(**_template(call))

    def set_data(self, call: Call) -> Answer:
        _require(call)
        userid = text(call.json, "userid", missing=41009)
        self._count_one(userid.lower(), call.corp.clock.now())
        _set_for(call, [userid], call.json)
        return ok()

    def batch_set_data(self, call: Call) -> Answer:
        _require(call)
        userids = call.json.get("userid_list")
        if not isinstance(userids, list) or not 1 <= len(userids) <= 1000:
            raise ApiError(40032)
        self._count_many(len(userids), call.corp.clock.now())
        _set_for(call, [str(userid) for userid in userids], obj(call.json.get("data"), "data"))
        return ok()

    def get_data(self, call: Call) -> Answer:
        _require(call)
        _template(call)
        return ok(data=shown(call.corp.state.app, text(call.json, "userid", missing=41009)))

    def _count_one(self, userid: str, now: float) -> None:
        times = self._one.setdefault(userid, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        if len(times) >= _FOR_ONE:
            raise ApiError(45009)
        times.append(now)

    def _count_many(self, members: int, now: float) -> None:
        while self._many and self._many[0][0] <= now - _MINUTE:
            self._many.popleft()
        if sum(count for _, count in self._many) + members > _FOR_MANY:
            raise ApiError(45009)
        self._many.append((now, members))


def _require(call: Call) -> None:
    require_agent(call, call.json.get("agentid"))
    if not call.corp.knobs.custom_workbench:
        raise ApiError(94000)


def _template(call: Call) -> Json:
    template = call.corp.state.app.workbench_template
    if template is None:
        raise ApiError(94008)
    return template


def _set_for(call: Call, userids: Sequence[str], data: Json) -> None:
    """All or nobody, which is our own choice: nothing is documented for lists that are partly wrong."""
    _template(call)
    tile = _tile(data)
    persons = [call.corp.find(userid) for userid in userids]
    if not all(person is not None and person.reachable for person in persons):
        raise ApiError(60011)
    call.corp.state.app.workbench_data |= {userid.lower(): tile for userid in userids}
    _changed(call)


def _changed(call: Call) -> None:
    call.corp.store.changed()
    call.corp.hub.publish("tile")


def _tile(body: Json) -> Json:
    kind = body.get("type")
    if kind not in _KINDS:
        raise ApiError(40058, "invalid field `type`")
    if kind == "normal":
        return {"type": "normal"}
    content = obj(body.get(kind), kind)
    if kind in ("keydata", "list"):
        items(content, "items", 1, 4 if kind == "keydata" else 3)
    return {"type": kind, kind: content}
