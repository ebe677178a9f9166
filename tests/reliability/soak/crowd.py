"""Stations full of people who do whole checks, one after the other, each as fast as the pace lets them."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from core import clock
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, ProjectParty, SupervisionStatus, TeamMember
from simulator import state
from simulator.members import Refused
from simulator.state import Message
from simulator.world import World
from tests import town
from tests.reliability.soak.ledger import Ledger
from tests.town import read

INSPECTORS = 6  # of one station: its chiefs must not get more than 25 messages a minute
PATIENCE_SECONDS = 300.0  # a pause of a minute (45009), a dead worker's lease, and what piled up meanwhile
CHIEFS = ("罗敬川", "秦若岩")
READER = "陈光泽"
WITH_PHOTO = 0.1
BOTH_TAP = 0.05
TOO_SLOW_MS = 1000  # a fifth of WeCom's patience


class Lost(Exception):
    """Somebody waited in vain; the text says who for what."""


class WentHome(Exception):
    """The day was over before the record was submitted."""


@dataclass
class Pace:
    """Lets so many a second pass, in the order they come, and fewer while the machine does not carry as many."""

    wanted: float
    per_second: float = field(init=False)
    least: float = field(init=False)
    _next: float = 0.0
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.per_second = self.least = self.wanted

    async def turn(self) -> None:
        async with self._door:
            now = asyncio.get_running_loop().time()
            self._next = max(self._next + 1 / self.per_second, now)
            await asyncio.sleep(self._next - now)

    def adapt(self, milliseconds: float) -> None:
        """To how long the latest callbacks took."""
        if milliseconds > TOO_SLOW_MS:
            self.per_second = max(5.0, self.per_second * 0.7)
        else:
            self.per_second = min(self.wanted, self.per_second * 1.1)
        self.least = min(self.least, self.per_second)


@dataclass
class Station:
    project: str
    inspectors: list[str]
    chiefs: list[str]
    reader: str


@dataclass
class Crowd:
    world: World
    ledger: Ledger
    pace: Pace
    dice: random.Random
    stations: list[Station] = field(default_factory=list)
    ends: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    async def settle(self, stations: int) -> None:
        """Into an empty database."""
        for n in range(stations):
            self.stations.append(await _station(n))
        for person in await Person.all():
            mobile = person.mobile or ""
            self.world.put_person(state.Person(userid=str(person.userid), name=person.name, mobile=mobile))

    async def work(self) -> None:
        """Until ``ends``, and until every record that was submitted has come to its reader."""
        everybody = [(station, one) for station in self.stations for one in station.inspectors]
        await asyncio.gather(*(self._inspect(station, one) for station, one in everybody))

    async def _inspect(self, station: Station, userid: str) -> None:
        dice = random.Random(self.dice.random())
        while not self.ends.is_set():
            story = Story(self, station, userid, dice)
            try:
                await story.told()
                self.done["stories"] += 1
            except Lost as lost:
                self.lost.append(str(lost))
            except WentHome:
                self.done["went_home"] += 1


@dataclass
class Story:
    """One check from 上报 to the reader's card."""

    crowd: Crowd
    station: Station
    userid: str
    dice: random.Random

    async def told(self) -> None:
        number = await self._reported()
        chiefs = self.dice.sample(self.station.chiefs, 2)
        cards = [await self._sees(chief, "待审核：监督检查记录", number) for chief in chiefs]
        since = self.crowd.world.state.counter
        for chief, card in zip(chiefs if self.dice.random() < BOTH_TAP else chiefs[:1], cards, strict=False):
            await self._passes(chief, card)
        await self._sees(self.userid, "监督检查记录审核通过", number)
        await self._sees(self.station.reader, "收到一份监督检查记录", number)
        await self._settled(chiefs[1], cards[1], since)

    async def _reported(self) -> str:
        """The number it was given."""
        for said, answer in (
            ("上报", "请选择工程名称"),
            (self.station.project, "请选择抽查类型"),
            ("安全检查", "请发送「抽查部位」"),
            (f"{self.dice.randint(1, 30)}号楼", "请拍摄或描述问题"),
        ):
            await self._says(said, answer)
        if self.dice.random() < WITH_PHOTO:
            await self._photographs()
        else:
            await self._says("未发现问题", "请选择上报接收人")
        await self._says("、".join(CHIEFS), "请选择下达接收人")
        summary = await self._says(READER, "监督检查记录：请核对")
        submitted = await self._taps(summary, "立即提交", "已提交：")
        return read(submitted).split("编号：")[1].split("\n")[0]

    async def _turn(self) -> None:
        await self.crowd.pace.turn()
        if self.crowd.ends.is_set():
            raise WentHome

    async def _photographs(self) -> None:
        await self._turn()
        since = self.crowd.world.state.counter
        self.crowd.world.send_image(self.userid, town.photo(number=self.dice.randrange(40)))
        card = await self._sees(self.userid, "第 1 条问题：请确认", since=since)
        await self._taps(card, "确认，下一步", "请选择上报接收人")
        self.crowd.done["photos"] += 1

    async def _says(self, text: str, answer: str) -> Message:
        await self._turn()
        since = self.crowd.world.state.counter
        self.crowd.world.type_text(self.userid, text)
        return await self._sees(self.userid, answer, since=since)

    async def _taps(self, card: Message, button: str, answer: str) -> Message:
        await self._turn()
        since = self.crowd.world.state.counter
        self.crowd.world.click_card(self.userid, card.id, town.key_of(card, button))
        return await self._sees(self.userid, answer, since=since)

    async def _passes(self, chief: str, card: Message) -> None:
        await self.crowd.pace.turn()
        try:
            self.crowd.world.click_card(chief, card.id, town.key_of(card, "通过"))
        except (Refused, StopIteration):
            self.crowd.done["taps_too_late"] += 1  # the other's decision had reached the card

    async def _sees(self, userid: str, beginning: str, number: str = "", since: int = 0) -> Message:
        """The message that begins so; raises Lost."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while True:
            for message in reversed(self.crowd.world.chat(userid)):
                if int(message.id[1:]) <= since:
                    break
                if message.sender == "app" and (text := read(message)).startswith(beginning) and number in text:
                    return message
            await self._news(userid, f"{beginning} {number}".strip(), until - loop.time())

    async def _settled(self, chief: str, card: Message, since: int) -> None:
        """The card of the one who need not act any more says so, or words do."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while card.card_state is None or card.card_state.inert_text is None:
            fresh = [m for m in self.crowd.world.chat(chief) if int(m.id[1:]) > since]
            if any("您无需再办理" in read(m) for m in fresh):
                self.crowd.done["cards_in_words"] += 1
                return
            if loop.time() > until:
                raise Lost(f"{chief}: the card {card.id} still has its buttons")
            await asyncio.sleep(0.2)

    async def _news(self, userid: str, wanted: str, seconds: float) -> None:
        try:
            await self.crowd.ledger.news(userid, max(0.01, seconds))
        except TimeoutError:
            last = [read(m).split("\n")[0] for m in self.crowd.world.chat(userid)[-3:]]
            raise Lost(f"{userid} waited for “{wanted}” in vain; the last was {last}") from None


async def _station(n: int) -> Station:
    station = await Organisation.create(
        name=f"第{n}质安监督站", short_name=f"第{n}站", kind=OrgKind.STATION, code=f"测{n}", level="city"
    )
    builder = await Organisation.create(name=f"第{n}建工有限公司", short_name=f"第{n}建工", kind=OrgKind.CONTRACTOR)

    async def person(key: str, name: str, org: Organisation, role: Role, title: str) -> Person:
        return await Person.create(
            userid=f"{key}-{n}", name=name, org_id=org.id, role=role, title=title, admitted_at=clock.now()
        )

    inspectors = [await person(f"lin{i}", f"林小舟{i}", station, Role.SUPERVISOR, "监督员") for i in range(INSPECTORS)]
    chiefs = [
        await person("luo", CHIEFS[0], station, Role.CHIEF, "站长"),
        await person("qin", CHIEFS[1], station, Role.LEADER_IN_CHARGE, "分管领导"),
    ]
    reader = await person("chen", READER, builder, Role.PARTICIPANT, "项目经理")
    for phase in ("一", "二"):
        project = await Project.create(
            name=f"{n}号地块{phase}期",
            supervision_no=f"T{n}-{phase}",
            station_id=station.id,
            status=SupervisionStatus.NORMAL,
        )
        await ProjectParty.create(project_id=project.id, org_id=builder.id, kind=builder.kind)
        await ProjectMember.create(project_id=project.id, person_id=reader.id, org_id=builder.id, post=Post.PM)
        await TeamMember.bulk_create([TeamMember(project_id=project.id, person_id=p.id) for p in inspectors])
    return Station(
        f"{n}号地块一期", [str(p.userid) for p in inspectors], [str(p.userid) for p in chiefs], str(reader.userid)
    )
