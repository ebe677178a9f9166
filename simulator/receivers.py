"""Whom a message reaches: bar-joined strings when sending, arrays when updating a card."""

from dataclasses import dataclass, field

from simulator.corp import Corp
from simulator.errors import ApiError
from simulator.state import Json, Person

_MOST_USERS = 1000
_MOST_GROUPS = 100


@dataclass(slots=True)
class Receivers:
    """Reachable persons, each once, and the ids that reach nobody."""

    _persons: dict[str, Person] = field(default_factory=dict)
    users: list[str] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    @property
    def persons(self) -> list[Person]:
        return list(self._persons.values())

    def invalid(self) -> Json:
        """The answer's invalid lists: joined by bars, ids in lower case."""
        lists = {"invaliduser": [u.lower() for u in self.users], "invalidparty": self.parties, "invalidtag": self.tags}
        return {name: "|".join(ids) for name, ids in lists.items() if ids}

    def add(self, persons: list[Person]) -> bool:
        """Whether any of them can be reached."""
        reachable = [person for person in persons if person.reachable]
        for person in reachable:
            self._persons[person.userid] = person
        return bool(reachable)


def resolve_strings(corp: Corp, body: Json) -> Receivers:
    """touser, toparty and totag of message/send. Raises 81012 for none, 81013 when none can be reached."""
    users, parties, tags = (_split(body, key) for key in ("touser", "toparty", "totag"))
    if not users and not parties and not tags:
        raise ApiError(81012)
    found = _everybody(corp) if users == ["@all"] else _resolve(corp, users, parties, tags)
    if not found.persons:
        raise ApiError(81013, **found.invalid())
    return found


def resolve_arrays(corp: Corp, body: Json) -> tuple[list[str], list[str]]:
    """userids, partyids and tagids of update_template_card: the userids reached, and the invalid ones."""
    lists = [_array(body, key) for key in ("userids", "partyids", "tagids")]
    found = _resolve(corp, *lists)
    return [person.userid for person in found.persons], [userid.lower() for userid in found.users]


def _split(body: Json, key: str) -> list[str]:
    value = body.get(key) or ""
    if not isinstance(value, str):
        raise ApiError(40058, f"field `{key}` expect string")
    return [part.strip() for part in value.split("|") if part.strip()]


def _array(body: Json, key: str) -> list[str]:
    value = body.get(key) or []
    if not isinstance(value, list):
        raise ApiError(40058, f"field `{key}` expect array")
    return [str(part) for part in value]


def _everybody(corp: Corp) -> Receivers:
    found = Receivers()
    found.add(list(corp.state.persons.values()))
    return found


def _resolve(corp: Corp, users: list[str], parties: list[str], tags: list[str]) -> Receivers:
    if len(users) > _MOST_USERS:
        raise ApiError(40032)
    if len(parties) > _MOST_GROUPS:
        raise ApiError(82002)
    if len(tags) > _MOST_GROUPS:
        raise ApiError(82003)
    found = Receivers()
    for userid in users:
        person = corp.find(userid)
        if not person or not found.add([person]):
            found.users.append(userid)
    for party in parties:
        if not _is_department(corp, party) or not found.add(corp.members_of(int(party))):
            found.parties.append(party)
    for tag in tags:
        if not found.add(_tagged(corp, tag)):
            found.tags.append(tag)
    return found


def _is_department(corp: Corp, party: str) -> bool:
    return party.isdigit() and int(party) in corp.state.departments


def _tagged(corp: Corp, tag: str) -> list[Person]:
    known = corp.state.tags.get(int(tag)) if tag.isdigit() else None
    if known is None:
        return []
    direct = [person for userid in known.userlist if (person := corp.find(userid))]
    return direct + [person for party in known.partylist for person in corp.members_of(party)]
