"""Reading the contacts as a self-built app may (path/90196 to 90209, 95350 to 95402): no private fields,
nobody outside the visible range."""

from simulator.call import Answer, Call, ok
from simulator.checking import text
from simulator.errors import ApiError
from simulator.state import LEFT, Department, Json, Person


def user(call: Call) -> Answer:
    userid = call.query.get("userid")
    if not userid:
        raise ApiError(41009)
    return ok(**_details(_visible(call, userid)))


def user_simplelist(call: Call) -> Answer:
    return ok(userlist=[_brief(person) for person in _direct_members(call)])


def user_list(call: Call) -> Answer:
    return ok(userlist=[_details(person) for person in _direct_members(call)])


def user_list_id(_: Call) -> Answer:
    raise ApiError(48002)


def user_by_mobile(call: Call) -> Answer:
    mobile = text(call.json, "mobile", missing=40058)
    for person in call.corp.state.persons.values():
        if person.mobile == mobile and person.visible and person.status != LEFT:
            return ok(userid=person.userid)
    raise ApiError(46004)


def to_openid(call: Call) -> Answer:
    return ok(openid=f"openid-{_visible(call, text(call.json, 'userid', missing=41009)).userid}")


def department_list(call: Call) -> Answer:
    return ok(department=[_shown(department) for department in _tree(call)])


def department_simplelist(call: Call) -> Answer:
    return ok(department_id=[{"id": d.id, "parentid": d.parentid, "order": d.order} for d in _tree(call)])


def department(call: Call) -> Answer:
    return ok(department=_shown(_department(call, "id")))


def _visible(call: Call, userid: str) -> Person:
    person = call.corp.find(userid)
    if person is None or person.status == LEFT:
        raise ApiError(60111)
    if not person.visible:
        raise ApiError(60011)
    return person


def _direct_members(call: Call) -> list[Person]:
    wanted = {_department(call, "department_id").id}
    if call.query.get("fetch_child") == "1":
        wanted = call.corp.below(min(wanted))
    everybody = call.corp.state.persons.values()
    return [p for p in everybody if p.visible and p.status != LEFT and wanted & set(p.department)]


def _department(call: Call, parameter: str) -> Department:
    value = call.query.get(parameter, "")
    found = call.corp.state.departments.get(int(value)) if value.isdigit() else None
    if found is None:
        raise ApiError(60003)
    return found


def _tree(call: Call) -> list[Department]:
    top = _department(call, "id").id if call.query.get("id") else 1
    return [call.corp.state.departments[found] for found in sorted(call.corp.below(top))]


def _shown(department: Department) -> Json:
    return {**department.model_dump(), "department_leader": []}


def _brief(person: Person) -> Json:
    return {"userid": person.userid, "name": person.name, "department": person.department, "open_userid": ""}


def _details(person: Person) -> Json:
    return {
        **_brief(person),
        "order": [0] * len(person.department),
        "position": person.title,
        "is_leader_in_dept": [0] * len(person.department),
        "direct_leader": [],
        "main_department": person.department[0] if person.department else 0,
        "extattr": {"attrs": []},
        "status": person.status,
        "external_profile": {},
    }
