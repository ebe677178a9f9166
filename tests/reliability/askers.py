"""Members who ask, each question once, and what became of every answer.

Half of them say 帮助 and get a card, which names their message in its task id. The others ask for one record by its
number and get a text with that number, which may be joined with others on its way.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core import clock
from core.cases.models import Case, Delivery, InboxRow, OutboxRow
from core.people.models import Organisation, OrgKind, Person, Role
from simulator import state
from simulator.world import World
from tests.operation.fleet import KEPT_ASIDE
from tests.reliability.soak.ledger import Ledger

_NUMBER = re.compile(r"海澄检〔2026〕\d+号")


@dataclass
class Askers:
    world: World
    dice: random.Random
    members: int = 60
    records: int = 10
    said: int = 0
    asked: set[str] = field(default_factory=set)
    ledger: Ledger = field(init=False)
    _records: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.world)

    async def settle(self) -> None:
        """Into a migrated database; each member is the author of some records."""
        station = await Organisation.create(
            name="海澄市质安监督站", short_name="海澄站", kind=OrgKind.STATION, code="海澄", level="city"
        )
        names = [(f"m{n}", f"林{n}") for n in range(self.members)]
        for userid, name in names:
            self.world.put_person(state.Person(userid=userid, name=name))
        as_one = {"org_id": station.id, "role": Role.SUPERVISOR, "admitted_at": clock.now()}
        await Person.bulk_create([Person(userid=userid, name=name, **as_one) for userid, name in names])
        for person in await Person.all():
            numbers = [f"海澄检〔2026〕{person.id:04d}{n:03d}号" for n in range(self.records)]
            await Case.bulk_create([_record(number, person.id, station.id) for number in numbers])
            self._records += [(str(person.userid), number) for number in numbers]
        self.dice.shuffle(self._records)

    def ask(self, times: int = 1) -> None:
        for _ in range(times):
            self.said += 1
            if not self._records or self.dice.random() < 0.5:
                self.world.type_text(f"m{self.dice.randrange(self.members)}", "帮助")
            else:
                userid, number = self._records.pop()
                self.asked.add(number)
                self.world.type_text(userid, f"在谁手上 {number}")

    @asynccontextmanager
    async def asking(self, per_second: float) -> AsyncIterator[None]:
        async def work() -> None:
            while True:
                self.ask()
                await asyncio.sleep(1 / per_second)

        asking = asyncio.create_task(work())
        try:
            yield
        finally:
            asking.cancel()

    # ── what became of it ────────────────────────────────────────────────────────────────────────────────────────

    def shown(self) -> Counter[str]:
        """How often each answer stands in a chat, by the record's number or the card's task id."""
        counted: Counter[str] = Counter()
        for n in range(self.members):
            for message in self.world.chat(f"m{n}"):
                if message.sender == "app" and not message.dropped:
                    counted.update(_answers(str(message.body.get("content", "")), (message.card or {}).get("task_id")))
        return counted

    async def balance(self) -> "Balance":
        shown, rows = self.shown(), await OutboxRow.all()
        ended: dict[Delivery, set[str]] = {Delivery.FAILED: set(), Delivery.UNCERTAIN: set()}
        for row in rows:
            if row.state in ended:
                ended[Delivery(row.state)].update(_answers(row.body, row.task_id))
        promised = self.asked | {str(row.task_id) for row in rows if row.task_id}
        return Balance(
            asked=self.said,
            sends=self.ledger.sends,
            repeats=self.ledger.repeats,
            faults=self.ledger.faults.total(),
            lost=self.said - len(promised) + len(promised - set(shown).union(*ended.values())),
            twice=max(self.ledger.twice, sum(times - 1 for times in shown.values())),
            kept_twice=await InboxRow.exclude(repeat_key__startswith=KEPT_ASIDE).count() - self.said,
            failed_yet_shown=len(ended[Delivery.FAILED] & set(shown)),
            failed=len(ended[Delivery.FAILED]),
            uncertain=len(ended[Delivery.UNCERTAIN]),
        )


@dataclass(frozen=True)
class Balance:
    """`sends` arrived at WeCom, which had `repeats` of them before; `lost` is neither shown nor visible to an
    administrator as failed or uncertain."""

    asked: int
    sends: int
    repeats: int
    faults: int
    lost: int
    twice: int
    kept_twice: int
    failed_yet_shown: int
    failed: int
    uncertain: int

    @property
    def wrong(self) -> tuple[int, int, int, int]:
        return self.lost, self.twice, self.kept_twice, self.failed_yet_shown


def _answers(text: str, task_id: str | None) -> list[str]:
    return [task_id] if task_id else _NUMBER.findall(text)


def _record(number: str, author_id: int, station_id: int) -> Case:
    now = clock.now()
    return Case(
        process="check_report",
        number=number,
        title="滨江花园一期 安全检查",
        state="pending",
        data={},
        station_id=station_id,
        author_id=author_id,
        opened_at=now,
        changed_at=now,
    )
