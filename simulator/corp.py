"""The corp that is played: its members, its one app, its chats. Everything else acts on it."""

import secrets
from base64 import b32encode
from hashlib import sha256
from typing import Any

from yarl import URL

from simulator.clock import Clock
from simulator.config import Config
from simulator.faults import Faults
from simulator.hub import Hub
from simulator.state import CardState, Department, Json, Knobs, Message, Person, State
from simulator.store import Store
from simulator.traffic import Traffic

_DNS_LABEL = 63


class Unknown(LookupError):
    """Somebody or something that this corp does not have; the text is for the browser."""


class Corp:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = Clock(config.clock_file)
        self.hub = Hub()
        self.traffic = Traffic(self.hub)
        self.faults = Faults()
        self.store = Store(config.state)
        self.base_url = f"http://localhost:{config.port}"
        self.service_alive: bool | None = None
        if not config.state or not config.state.exists():
            self._begin()

    def _begin(self) -> None:
        self.state.app.name = self.config.app_name
        self.state.knobs.patient = self.config.patient

    def reset(self) -> None:
        """Forgets everything but the clock."""
        self.store.reset()
        self._begin()
        self.faults.clear()
        self.traffic.clear()
        self.persons_changed()

    @property
    def state(self) -> State:
        return self.store.state

    @property
    def knobs(self) -> Knobs:
        return self.state.knobs

    @property
    def trusted_host(self) -> str:
        """Host and port that sign-in may lead back to (path/90313 on 50001)."""
        return self.state.app.redirect_domain or authority(self.config.members_url)

    def person(self, userid: str) -> Person:
        """Raises Unknown. Ids are case-insensitive."""
        try:
            return self.state.persons[userid.lower()]
        except KeyError:
            raise Unknown(f"没有成员“{userid}”") from None

    def find(self, userid: str) -> Person | None:
        return self.state.persons.get(userid.lower())

    def chat(self, userid: str) -> list[Message]:
        return self.state.chats.setdefault(self.person(userid).userid, [])

    def message(self, userid: str, message_id: str) -> Message:
        """Raises Unknown."""
        for message in reversed(self.chat(userid)):
            if message.id == message_id:
                return message
        raise Unknown("没有这条消息")

    def put_person(self, person: Person) -> None:
        """Adds or replaces, without telling anybody."""
        self.state.persons[person.userid.lower()] = person
        self.persons_changed()

    def remove_person(self, person: Person) -> None:
        del self.state.persons[person.userid.lower()]
        self.persons_changed()

    def put_department(self, department: Department) -> None:
        self.state.departments[department.id] = department
        self.persons_changed()

    def members_of(self, department_id: int) -> list[Person]:
        """Everybody in the department and below it."""
        tree = self.below(department_id)
        return [person for person in self.state.persons.values() if tree & set(person.department)]

    def below(self, department_id: int) -> set[int]:
        """The department's id and those of all its descendants."""
        found, fresh = set[int](), {department_id}
        while fresh:
            found |= fresh
            fresh = {d.id for d in self.state.departments.values() if d.parentid in fresh} - found
        return found

    def add(self, userid: str, message: Message) -> Message:
        self.chat(userid).append(message)
        self.store.changed()
        self.hub.publish("message", userid=userid, message=message.shown())
        return message

    def say(self, sender: str, userid: str, kind: str, body: Json, **more: Any) -> Message:
        """Puts a new message into one member's chat; a card among `more` gets its own state."""
        if more.get("card") is not None:
            more["card_state"] = CardState()
        message = Message(id=f"m{self.serial()}", at=self.clock.now(), sender=sender, kind=kind, body=body, **more)
        return self.add(self.person(userid).userid, message)

    def updated(self, userid: str, message: Message) -> None:
        self.store.changed()
        self.hub.publish("update", userid=userid, message=message.shown())

    def persons_changed(self) -> None:
        self.store.changed()
        self.hub.publish("persons")

    def unread(self, userid: str) -> int:
        since = self.state.read_at.get(userid, 0.0)
        return sum(1 for m in self.chat(userid) if m.sender == "app" and m.at > since and not (m.dropped or m.recalled))

    def serial(self) -> int:
        self.state.counter += 1
        return self.state.counter

    def webview_origin(self, userid: str) -> str:
        return str(URL(self.base_url).with_host(f"{phone_label(userid)}.localhost").origin())

    def phone_owner(self, label: str) -> Person | None:
        return next((p for p in self.state.persons.values() if phone_label(p.userid) == label), None)

    def link(self, path: str) -> str:
        return self.base_url + path


def phone_label(userid: str) -> str:
    """A host name's first label for one member's web view: base32, or a hash where that would be too long."""
    name = userid.lower().encode()
    label = b32encode(name).decode().rstrip("=").lower()
    return label if len(label) <= _DNS_LABEL else sha256(name).hexdigest()[:_DNS_LABEL]


def authority(url: URL) -> str:
    """Host and, unless it is the scheme's own, port."""
    return url.host_port_subcomponent or ""


def token(prefix: str, size: int = 32) -> str:
    return prefix + secrets.token_urlsafe(size)
