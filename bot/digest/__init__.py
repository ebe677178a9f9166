"""早报 (BY-08, BY-20): each working morning the chief hears what the watcher has done, what is late, and what did not
arrive; leaders in charge hear it when there is something to say.

One for each station and day, whichever process is first; after an outage the newest only.
"""

from datetime import date, datetime, time
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


class MorningDigest:
    def __init__(self, engine: Engine, public_url: str, at: str) -> None:
        """``at``: the local time, 08:30; empty: there is none."""
        self._engine = engine
        self._public_url = public_url
        self._at = time.fromisoformat(at) if at else None

    async def give(self) -> int:
        """Says to how many people today's has been promised just now."""
        now = clock.now()
        if self._at is None or not self._is_due(now, self._at):
            return 0
        stations = await Organisation.filter(kind=OrgKind.STATION).order_by("id")
        given = {row.station_id: row for row in await Digest.all()}
        return sum([await self._of(station, given.get(station.id), now) for station in stations])

    def _is_due(self, now: datetime, at: time) -> bool:
        there = clock.local(now)
        return works(counting.calendar(), there.date()) and there.time() >= at and self._engine.held_until(now) is None

    async def _of(self, station: Organisation, last: Digest | None, now: datetime) -> int:
        day = clock.local(now).date()
        if last is not None and last.day >= day:
            return 0
        facts = await look(station.id, last.at) if last is not None else None  # what was before counts for nobody
        return await database.transaction(partial(self._promise, station, facts, day, now))

    async def _promise(self, station: Organisation, facts: Facts | None, day: date, now: datetime) -> int:
        taken = await database.rows(
            "INSERT INTO morning_digest (station_id, day, at) VALUES ($1, $2, $3) ON CONFLICT (station_id) "
            "DO UPDATE SET day = excluded.day, at = excluded.at WHERE morning_digest.day < excluded.day "
            "RETURNING station_id",
            *(station.id, day, now),
        )
        if not taken or facts is None:
            return 0
        people = Person.filter(org_id=station.id, role__in=_READERS, active=True, userid__not_isnull=True)
        letters = []
        for person in await people.order_by("id"):
            text = await written(facts, person, day, self._public_url)
            if text:
                letters.append(text_letter(person, text, f"digest:{day}:{person.id}"))
        await outbox.promise(letters)
        return len(letters)
