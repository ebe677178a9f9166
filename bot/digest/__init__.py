"""早报 (BY-08, BY-20): each working morning the chief hears what the watcher has done, what is late, and what did not
arrive; leaders in charge hear it when there is something to say.

One for each station and day, whichever process is first; after an outage the newest only.
"""

from datetime import datetime, time, timedelta
from functools import partial

from bot.digest.facts import Facts, look
from bot.digest.words import written
from bot.talk import text_letter
from core import clock, database
from core.calendar import counting
from core.calendar.hours import works
from core.cases import outbox
from core.cases.engine import Engine
from core.people.models import Organisation, OrgKind, Person, Role
from core.sharing.models import Digest

_READERS = (Role.CHIEF, Role.LEADER_IN_CHARGE)
_KEEP = "INSERT INTO morning_digest (station_id, day, at) VALUES ($1, $2, $3)"
_NEWER = (
    "ON CONFLICT (station_id) DO UPDATE SET day = excluded.day, at = excluded.at "
    "WHERE morning_digest.day < excluded.day RETURNING station_id"
)


class MorningDigest:
    def __init__(self, engine: Engine, public_url: str, at: str) -> None:
        """``at``: the local time, 08:30; empty: there is none."""
        self._engine = engine
        self._public_url = public_url
        self._at = time.fromisoformat(at) if at else None

    async def give(self) -> int:
        """Says to how many people today's has been promised just now."""
        if self._at is None:
            return 0
        now = clock.now()
        due = self._is_due(now, self._at)
        given = {row.station_id: row for row in await Digest.all()}
        stations = await Organisation.filter(kind=OrgKind.STATION).order_by("id")
        for station in stations:
            if station.id not in given:
                await self._begin(station, now, self._at)
        return sum([await self._of(one, given[one.id], now) for one in stations if due and one.id in given])

    async def _begin(self, station: Organisation, now: datetime, at: time) -> None:
        """What was before the watch began is not told; the first digest is that of the next hour for one."""
        there = clock.local(now)
        day = there.date() if there.time() >= at else there.date() - timedelta(days=1)
        await database.rows(f"{_KEEP} ON CONFLICT (station_id) DO NOTHING RETURNING station_id", station.id, day, now)

    def _is_due(self, now: datetime, at: time) -> bool:
        there = clock.local(now)
        return works(counting.calendar(), there.date()) and there.time() >= at and self._engine.held_until(now) is None

    async def _of(self, station: Organisation, last: Digest, now: datetime) -> int:
        if last.day >= clock.local(now).date():
            return 0
        facts = await look(station.id, last.at)  # before the transaction: nobody waits while they are gathered
        return await database.transaction(partial(self._promise, station, facts, now))

    async def _promise(self, station: Organisation, facts: Facts, now: datetime) -> int:
        day = clock.local(now).date()
        if not await database.rows(f"{_KEEP} {_NEWER}", station.id, day, now):
            return 0
        people = Person.filter(org_id=station.id, role__in=_READERS, active=True, userid__not_isnull=True)
        letters = []
        for person in await people.order_by("id"):
            text = await written(facts, person, day, self._public_url)
            if text:
                letters.append(text_letter(person, text, f"digest:{day}:{person.id}"))
        await outbox.promise(letters)
        return len(letters)
