"""R8: whoever waits for a step is cancelled (a client that hangs up, a time-out, a stop) at every await of it.

Nothing is held afterwards, the step has been taken as a whole or not at all, and the next one who comes succeeds.
"""

import asyncio
import itertools
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, cast
from unittest import mock
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request

from bot import app
from bot.processes import PROCESSES
from core import clock, database
from core.cases import history, outbox, retention
from core.cases.letters import Letter
from core.cases.models import (
    Case,
    Delivery,
    Draft,
    HistoryRow,
    InboxRow,
    OutboxRow,
    Participant,
    PastDelivery,
    UpdateCode,
)
from core.people.models import Person
from simulator import xml
from tests.core.cases.processes import DEMAND
from tests.core.cases.story import MONDAY, HandClock
from tests.h5 import story as pages
from tests.reliability.cancelling import connect_anew, interrupted, nothing_is_held
from tests.reliability.figures import Figures, many
from tests.reliability.visiting import visitor
from tests.town import Cast, photo, settle_down
from wecom import callback
from wecom.answers import Sent
from wecom.transport import Media

CANCELLATIONS = many(120, 2_000)
KEEP_DAYS = 30
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PICTURE = photo()
Part = Any  # what a step does, or one of the things that it does one after another: each all or nothing


@dataclass
class WeCom(pages.WeCom):
    """Answers at once, and swallows what it has shown before."""

    shown: set[bytes] = field(default_factory=set)
    seen: asyncio.Event = field(default_factory=asyncio.Event)  # all that was expected
    _expected: int = 0

    def expects(self, messages: int) -> None:
        self.shown, self.seen, self._expected = set(), asyncio.Event(), messages

    async def send(self, body: bytes) -> Sent:
        await asyncio.sleep(0)
        self.shown.add(body)
        if len(self.shown) == self._expected:
            self.seen.set()
        return Sent(msgid=f"m{body.hex()}"[-40:], response_code=body.hex()[-80:])

    async def get_media(self, media_id: str, limit: int) -> Media:
        return Media(PICTURE, "image/jpeg", "")


@dataclass
class Service:
    house: app.House
    wecom: WeCom
    cast: Cast
    clock: HandClock
    doors: web.Application

    async def says(self, number: int, **fields: Any) -> None:
        await self.house.receiver.receive(callback.parse(self.document(number, **fields), clock.now()))

    def document(self, number: int, **fields: Any) -> bytes:
        told = {"ToUserName": "wwdemo", "FromUserName": "lin", "CreateTime": int(MONDAY.timestamp())}
        return xml.document(told | {"MsgId": 7_000_000_000 + number, "AgentID": "1000002"} | fields).encode()

    async def asked(self, method: str, path: str, cookie: str = "", **form: str) -> web.StreamResponse:
        """A request, without the connection that it would come by."""
        body = StreamReader(mock.Mock(_reading_paused=False), 2**16)
        body.feed_data(urlencode(form).encode())
        body.feed_eof()
        headers = {"Cookie": cookie, "Origin": pages.PUBLIC_URL, "Content-Type": "application/x-www-form-urlencoded"}
        request = make_mocked_request(method, path, headers, payload=body, app=self.doors)
        return await self.doors._handle(request)

    async def check(self, key: str) -> Case:
        data = {
            "project": self.cast.project.id,
            "check_type": "safety",
            "checked_location": "3号楼 5层",
            "reviewers": [self.cast.luo.id, self.cast.qin.id],
            "recipients": [self.cast.chen.id],
        }
        return (await self.house.engine.open("check_report", self.cast.lin, data, key=key)).case


@pytest.fixture
async def service(migrated_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """The service as it is wired, with nobody at work in it."""
    hands, wecom = HandClock(), WeCom()
    clock.use(hands)
    monkeypatch.setattr(app, "Client", lambda *_: wecom)
    changed = {"database_url": migrated_url, "media_url": str(tmp_path / "media")}
    settings = pages.settings().model_copy(update=changed)
    try:
        async with app.house(settings, (*PROCESSES, DEMAND)) as house:
            doors = app.web_application(house)
            doors.freeze()
            yield Service(house, wecom, await settle_down(), hands, doors)
    finally:
        clock.use(clock.Clock())


@dataclass
class Way(ABC):
    """One of the service's ways into the database; ``number`` is that of the attempt."""

    service: Service
    number: int = 0

    async def begin(self) -> None:
        """What has to be there once."""
        return

    async def prepare(self) -> None:
        """What each attempt needs."""
        return

    @abstractmethod
    async def act(self) -> None: ...

    @abstractmethod
    async def done(self) -> list[Part]:
        """What there is of the effect of this attempt."""

    async def again(self) -> None:
        """Who comes next: the same request once more."""
        await self.act()


async def of_case(case: Case | None) -> Part:
    """A case as far as a step changes it; whether its history holds together."""
    if case is None:
        return None
    actions = await HistoryRow.filter(case_id=case.id).order_by("seq").values_list("action", flat=True)
    turns = await Participant.filter(case_id=case.id, turn=True).count()
    letters = await OutboxRow.filter(case_id=case.id).count()
    now = await Case.get(id=case.id)
    return now.state, now.version, list(actions), turns, letters, await history.verify(now)


class ChatStep(Way):
    async def begin(self) -> None:
        for number, said in enumerate(("上报", "滨江花园", "安全检查")):
            await self.service.says(-1 - number, MsgType="text", Content=said)
        self.before = await Draft.get()

    async def prepare(self) -> None:
        await Draft.all().update(data=self.before.data)
        await OutboxRow.all().delete()

    async def act(self) -> None:
        await self.service.says(self.number, MsgType="text", Content="3号楼 5层")

    async def done(self) -> list[Part]:
        kept = await InboxRow.filter(body__contains=str(7_000_000_000 + self.number)).count()
        draft = await Draft.get()
        return [(kept, draft.data["answers"].get("checked_location"), await OutboxRow.all().count())]


class Open(Way):
    async def act(self) -> None:
        await self.service.check(f"check:{self.number}")

    async def done(self) -> list[Part]:
        row = await HistoryRow.get_or_none(request_key=f"check:{self.number}")
        opened = await Case.all().count()
        return [(opened - self.number, await of_case(await Case.get(id=row.case_id) if row else None))]


class OpenTogether(Way):
    """Three members at once, whose transactions wait for one another."""

    async def act(self) -> None:
        await asyncio.gather(*(self.service.check(key) for key in self._keys()))

    async def done(self) -> list[Part]:
        rows = [await HistoryRow.get_or_none(request_key=key) for key in self._keys()]
        return [await of_case(await Case.get(id=row.case_id) if row else None) for row in rows]

    def _keys(self) -> list[str]:
        return [f"check:{self.number}:{n}" for n in range(3)]


@dataclass
class Perform(Way):
    case: Case | None = None

    async def prepare(self) -> None:
        self.case = await self.service.check(f"check:{self.number}")

    async def act(self) -> None:
        assert self.case is not None
        luo = self.service.cast.luo
        await self.service.house.engine.perform(self.case.id, "pass", luo, key=f"tap:{self.number}")

    async def done(self) -> list[Part]:
        return [await of_case(self.case)]


class PageAction(Perform):
    """Posted from the page of the record."""

    async def begin(self) -> None:
        nobody = cast(aiohttp.ClientSession, None)
        self.luo = visitor("", self.service.house.settings, self.service.cast.luo, nobody)

    async def act(self) -> None:
        assert self.case is not None
        ((name, value),) = self.luo.cookie.items()
        path = f"/h5/cases/{self.case.id}/actions/pass"
        with pytest.raises(web.HTTPSeeOther):
            await self.service.asked("POST", path, f"{name}={value}", csrf=self.luo.csrf, key=f"{self.number:032x}")


@dataclass
class Deliveries(Way):
    """Five cards that end together, each with the code that changes it later, and a text that is frozen before."""

    async def prepare(self) -> None:
        await OutboxRow.all().delete()
        await UpdateCode.all().delete()
        self.service.wecom.expects(6)
        cards = [self._letter(n, "card", task_id=f"t{self.number}-{n}", frozen=True) for n in range(5)]
        await database.transaction(lambda: outbox.promise([*cards, self._letter(5, "text")]))

    def _letter(self, n: int, kind: str, **more: Any) -> Letter:
        return Letter(n + 1, f"m{n}", kind, f"{self.number}:{n}", f"letter:{self.number}:{n}", **more)

    async def act(self) -> None:
        await self.service.house.sender.once()

    async def done(self) -> list[Part]:
        coded = set(await UpdateCode.all().values_list("recipient", flat=True))
        sent: list[Any] = await OutboxRow.all().order_by("id").values_list("recipient", "state")
        return [(state == Delivery.SENT, recipient in coded) for recipient, state in sent]

    async def again(self) -> None:
        """When the lease is over, in the same bytes."""
        await OutboxRow.filter(state=Delivery.SENDING).update(lease_until=LONG_AGO)
        await outbox.take_over()
        await self.service.house.sender.once()
        assert len(self.service.wecom.shown) == 6


class StoppedDeliveries(Deliveries):
    """A service that stops cancels what takes too long, and everything that has begun with it."""

    async def act(self) -> None:
        await self.service.house.sender.work(self.service.wecom.seen)


class Fetch(Way):
    async def prepare(self) -> None:
        await Draft.all().delete()
        await OutboxRow.all().delete()
        await self.service.says(self.number, MsgType="image", PicUrl="http://wecom.example/p", MediaId="m")

    async def act(self) -> None:
        await self.service.house.receiver.once()

    async def done(self) -> list[Part]:
        drafts: list[Any] = await Draft.all().values_list("data", flat=True)
        waiting = await InboxRow.filter(waiting=True).count()
        return [(waiting, str(drafts).count("'photos': ["), await OutboxRow.all().count())]

    async def again(self) -> None:
        await InboxRow.filter(waiting=True).update(lease_until=LONG_AGO)
        await self.act()


@dataclass
class Reminder(Way):
    """A rung of a ladder."""

    case: Case | None = None

    async def prepare(self) -> None:
        self.service.clock.moment = MONDAY
        data = {"project": self.service.cast.project.id, "wanted": "补齐临边防护"}
        opened = await self.service.house.engine.open("demand", self.service.cast.lin, data, key=f"d:{self.number}")
        self.case = opened.case
        self.service.clock.pass_time(days=2)

    async def act(self) -> None:
        await self.service.house.engine.sweep()

    async def done(self) -> list[Part]:
        return [await of_case(self.case)]

    async def again(self) -> None:
        self.service.clock.pass_time(seconds=31)
        await self.act()


class Retention(Way):
    async def prepare(self) -> None:
        self.service.clock.moment = MONDAY
        now: dict[str, Any] = {"not_before": MONDAY, "created_at": MONDAY, "sent_at": MONDAY}
        said: dict[str, Any] = {"sender": "lin", "kind": "TextMessage", "body": "", "waiting": False}
        for n in range(3):
            key = f"{self.number}:{n}"
            to: dict[str, Any] = {"person_id": 1, "recipient": "lin", "kind": "card", "body": "{}"}
            await InboxRow.create(repeat_key=key, not_before=MONDAY, received_at=MONDAY, **said)
            await UpdateCode.create(code=key, task_id=key, recipient="lin", issued_at=MONDAY)
            await OutboxRow.create(dedupe_key=key, state=Delivery.SENT, case_id=900 + n, **to, **now)
        self.service.clock.pass_time(days=KEEP_DAYS + 1)

    async def act(self) -> None:
        await retention.remove(KEEP_DAYS)

    async def done(self) -> list[Part]:
        noted = await PastDelivery.filter(dedupe_key__startswith=f"{self.number}:").count()
        codes, letters = await UpdateCode.all().count(), await OutboxRow.all().count()
        return [await InboxRow.all().count(), codes, (letters, noted)]


class SignIn(Way):
    """A member proves the number that the station registered."""

    async def prepare(self) -> None:
        await Person.filter(name="温如意").delete()
        post = {"org_id": self.service.cast.station.id, "role": "supervisor", "title": "监督员"}
        await Person.create(name="温如意", mobile="10000000042", **post)
        self.service.wecom.mobiles["wen"] = "10000000042"
        await self._consent()

    async def _consent(self) -> None:
        begun = await self.service.asked("GET", "/login?verify=1")
        (cookie,) = SimpleCookie(begun.cookies.output(header="")).values()
        state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
        code = self.service.wecom.give_code("wen", consent=True)
        self._back = f"/login?{urlencode({'code': code, 'state': state})}", f"{cookie.key}={cookie.value}"

    async def act(self) -> None:
        path, cookie = self._back
        answer = await self.service.asked("GET", path, cookie)
        assert answer.status == 302

    async def done(self) -> list[Part]:
        wen = await Person.get(name="温如意")
        return [(wen.userid, wen.admitted_at is not None)]

    async def again(self) -> None:
        await self._consent()
        await self.act()


class NewConnection(SignIn):
    """The same, where a connection has to be made first, as after a restart of the server."""

    async def begin(self) -> None:
        if not database.is_postgresql():
            pytest.skip("a file is connected to once")

    async def prepare(self) -> None:
        await super().prepare()
        await connect_anew()


WAYS = (
    ChatStep,
    Open,
    OpenTogether,
    Perform,
    Deliveries,
    StoppedDeliveries,
    Fetch,
    Reminder,
    Retention,
    SignIn,
    NewConnection,
    PageAction,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: re.sub(r"(?<!^)([A-Z])", r" \1", way.__name__).lower())
async def test_wherever_its_caller_is_cancelled(service: Service, way: type[Way], figures: Figures) -> None:
    made = way(service)
    await made.begin()
    await made.prepare()
    nothing = await made.done()
    await made.act()
    whole = await made.done()
    assert all(before != after for before, after in zip(nothing, whole, strict=True))
    made.number += 1  # once more, now that its statements are prepared
    await made.prepare()
    undisturbed = await interrupted(made.act)
    figures.add(moments=undisturbed.moments, cancelled=0, taken=0, not_taken=0, half_taken=0)
    for at in itertools.cycle(figures.dice().sample(range(1, undisturbed.moments + 1), undisturbed.moments)):
        made.number += 1
        await made.prepare()
        attempt = await interrupted(made.act, at)
        await nothing_is_held()
        found = await made.done()
        half = [part for part, *ends in zip(found, nothing, whole, strict=True) if part not in ends]
        assert half == [], f"at {at} of {undisturbed.moments}"
        await made.again()
        assert await made.done() == whole, f"after {at} of {undisturbed.moments}"
        if attempt.struck:
            figures.add(cancelled=1, taken=found == whole, not_taken=found != whole)
        if figures.counted["cancelled"] == CANCELLATIONS:
            break
    await nothing_is_held()
