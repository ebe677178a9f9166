"""Which records fit, newest first, read on by key: a million answer as quickly as ten thousand.

The newest that fit all but the words are read first, as far as an index leads straight to them and no further; a word
that is common fills a page there. What is still missing is rare, and the index of grams leads to it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core import database
from core.access import Reach
from core.search import text

_READ, _LEAST = 1_000, 30  # texts before grams are asked: in all, along each index
_MORE = 3  # times, where PostgreSQL would find by grams what no condition fits
_ENOUGH = 5  # grams: what each leads to is gone through
_LOOKED_AT = 128  # records, to see which grams are rare
_MANY = 4  # stations: a gram of each would lead to most records anyway
_NEAR = 2**16  # ids that PostgreSQL looks through first: it finds in no order, and all at once
_PER_FOUND = 3  # texts for each record that is asked for, where that is more
_FOR_EVER = 2**62
_LONGEST_RANGE = 4_000  # days


@dataclass(frozen=True)
class Wanted:
    """All of it must fit; what is empty asks nothing. ``words`` as ``text.words_of`` gives them, those of ``number`` in
    the record's number, days inclusive. ``projects`` and ``authors`` are ids of which one must fit, None where any
    does."""

    words: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    station: int | None = None
    projects: Sequence[int] | None = None
    authors: Sequence[int] | None = None
    unit: int | None = None
    process: str = ""
    kind: str = ""
    state: str = ""
    timing: str = ""
    rectified: bool | None = None
    rounds: tuple[int, int] | None = None  # at least, at most
    topic: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def all_words(self) -> tuple[str, ...]:
        return (*self.words, *self.number, *([text.cited(self.topic)] if self.topic else []))

    @property
    def no_gram_knows(self) -> bool:
        said = (self.kind, self.state, self.timing, self.unit, self.rounds)
        return any(said) or self.rectified is not None


Facets = list[list[tuple[str, int | str]]]
Branch = dict[str, int]  # column of case_fact → its value


@dataclass
class Asked:
    """A statement with its values."""

    values: list[object] = field(default_factory=list)

    def put(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


class Search:
    """One reader's question. ``page`` may be asked again and again, from wherever the last one ended."""

    def __init__(self, reach: Reach, wanted: Wanted) -> None:
        self._reach = reach
        self._wanted = wanted
        self._branches = _branches(reach, wanted)
        self._joined = "JOIN" if database.is_postgresql() else "CROSS JOIN"  # SQLite keeps to the order of these
        self._bounds: tuple[int, int] | None = None

    async def page(self, limit: int, before: int = _FOR_EVER) -> list[int]:
        """Ids of cases, at most so many, all smaller than ``before``."""
        if not self._branches:
            return []
        first, last = await self.bounds()
        before = min(before, last + 1)
        if not self._wanted.all_words:
            return await self._newest(limit, first, before)
        floor = max(await self._floor(before, max(_READ, _PER_FOUND * limit)), first)
        found = await self._read(limit, floor, before)
        if len(found) < limit and floor > first:
            found += await self._looked_up(limit - len(found), first, floor)
        return found

    async def count(self, most: int) -> int:
        return len(await self.page(most))

    async def bounds(self) -> tuple[int, int]:
        """The smallest and the largest id that was opened on one of the days, looked up day by day: ids grow with time,
        but nobody promises it."""
        if self._bounds is None:
            self._bounds = await _ids_of_days(self._wanted.since, self._wanted.until)
        return self._bounds

    # ── along an index ───────────────────────────────────────────────────────────────────────────────────────────

    async def _newest(self, limit: int, first: int, before: int) -> list[int]:
        asked = Asked()
        said = f"f.case_id >= {asked.put(first)} AND f.case_id < {asked.put(before)}{self.facts(asked)}"
        parts = [
            f"SELECT f.case_id FROM case_fact f WHERE {_equal(asked, one)} AND {said} "  # noqa: S608  # our own names
            f"ORDER BY f.case_id DESC LIMIT {limit}"
            for one in self._branches
        ]
        return await _united(asked, parts, limit)

    async def _floor(self, before: int, most: int) -> int:
        """Above it lie as many candidates as may be read; 0 when there are no more."""
        asked, most = Asked(), most * (_MORE if database.is_postgresql() and self._wanted.no_gram_knows else 1)
        said = f"f.case_id < {asked.put(before)}{self.facts(asked)}"
        parts = [
            f"SELECT f.case_id FROM case_fact f WHERE {_equal(asked, one)} AND {said} "  # noqa: S608  # our own names
            f"ORDER BY f.case_id DESC LIMIT 1 OFFSET {max(most // len(self._branches), _LEAST)}"
            for one in self._branches
        ]
        return max(await _united(asked, parts, 1), default=0)

    async def _read(self, limit: int, floor: int, before: int) -> list[int]:
        asked = Asked()
        between = f"f.case_id >= {asked.put(floor)} AND f.case_id < {asked.put(before)}"
        text_of = f"SELECT true{self._holds(asked)} FROM case_text t WHERE t.case_id = f.case_id"  # noqa: S608
        said = f"{between}{self.facts(asked)} AND ({text_of})"  # no join: its plan might walk all texts
        parts = [
            f"SELECT f.case_id FROM case_fact f WHERE {_equal(asked, one)} AND {said} "  # noqa: S608  # our own names
            f"ORDER BY f.case_id DESC LIMIT {limit}"
            for one in self._branches
        ]
        return await _united(asked, parts, limit)

    # ── by grams ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _looked_up(self, limit: int, first: int, before: int) -> list[int]:
        if database.is_postgresql():
            return await self._stretch_by_stretch(limit, first, before)
        asked, words = Asked(), self._wanted.all_words
        threes = sorted({one for word in words for one in text.threes(word)})
        if len(threes) > _ENOUGH:
            threes, _ = await self._sampled(threes, first, before)
        return await _ids(self._in_sqlite(asked, threes, limit, first, before), asked)

    async def _stretch_by_stretch(self, limit: int, first: int, before: int) -> list[int]:
        """PostgreSQL finds all before it gives any, so a word that only a former year's records hold must not be looked
        up there: where some records show that it is common it is read again. Whose few records are asked for need not
        be looked through twice."""
        needed = sorted({one for word in self._wanted.all_words for one in text.needed(word)})
        grams, common = await self._sampled(needed, first, before)
        low = max(first, common + 1) if common else first
        near = low if self._whose() else max(low, before - _NEAR)
        found = await self._ask(grams, limit, near, before)
        found += await self._ask(grams, limit - len(found), low, near)
        if len(found) < limit and low > first:
            floor = max(await self._floor(low, _READ), first)
            found += await self._read(limit - len(found), floor, low)
            found += await self._ask(grams, limit - len(found), first, floor)
        return found

    async def _ask(self, grams: Sequence[str], limit: int, first: int, before: int) -> list[int]:
        if limit <= 0 or first >= before:
            return []
        asked = Asked()
        return await _ids(self._in_postgresql(asked, grams, limit, first, before), asked)

    async def _sampled(self, grams: Sequence[str], first: int, before: int) -> tuple[list[str], int]:
        """The rarest of the grams, as some records spread over all show: what they lead to is read anyway. And the
        newest of these records to which they would lead and that has all the words, or 0."""
        asked = Asked()
        some = self._some(asked, range(before - 1, first - 1, -max(1, (before - first) // _LOOKED_AT)))
        find = "strpos" if database.is_postgresql() else "instr"
        counts = "".join(
            f", count(CASE WHEN {find}(t.text, {asked.put(gram)}) > 0 THEN 1 END) AS n{n}"
            for n, gram in enumerate(grams)
        )
        hit = f"true{self._led_to(asked)}{self._holds(asked)}"
        (found,) = await database.rows(
            f"SELECT max(CASE WHEN {hit} THEN t.case_id END) AS newest{counts} "  # noqa: S608  # our own names
            f"FROM ({some}) AS i {self._joined} case_text t ON t.case_id = i.id",
            *asked.values,
        )
        rarest = sorted(range(len(grams)), key=lambda n: found[f"n{n}"])[:_ENOUGH]
        return [grams[n] for n in rarest], found["newest"] or 0

    def _some(self, asked: Asked, ids: Sequence[int]) -> str:
        """These records; where grams know whose are asked for, those of them that come next."""
        if not self._whose():
            return _numbers(asked, ids)
        return " UNION ".join(
            "SELECT (SELECT f.case_id FROM case_fact f "  # noqa: S608  # our own names
            f"WHERE {_equal(asked, one)} AND f.case_id <= i.id ORDER BY f.case_id DESC LIMIT 1) AS id "
            f"FROM ({_numbers(asked, ids[n :: len(self._branches)])}) AS i"
            for n, one in enumerate(self._branches)
        )

    def _in_sqlite(self, asked: Asked, needed: Sequence[str], limit: int, first: int, before: int) -> str:
        """The virtual table gives rows by falling rowid and stops where the page is full."""
        match = [_quoted(one) for one in needed]
        match += [f"({' OR '.join(_quoted(text.facet_three(*one)) for one in any_of)})" for any_of in self._facets()]
        return (
            "SELECT g.rowid AS case_id FROM case_gram g CROSS JOIN case_fact f ON f.case_id = g.rowid "  # noqa: S608
            f"CROSS JOIN case_text t ON t.case_id = g.rowid WHERE case_gram MATCH {asked.put(' AND '.join(match))} "
            f"AND g.rowid >= {asked.put(first)} AND g.rowid < {asked.put(before)}"
            f"{self.facts(asked)}{self._holds(asked)} ORDER BY g.rowid DESC LIMIT {limit}"
        )

    def _in_postgresql(self, asked: Asked, grams: Sequence[str], limit: int, first: int, before: int) -> str:
        """Materialized, and by sums that no other index knows: a plan that walks all cases would be a slow one."""
        said = f"t.grams @> {asked.put([text.number(gram) for gram in grams])}::int[]"
        if first > 0:
            said += _any_of(asked, [("block", one) for one in range(first // text.BLOCK, before // text.BLOCK + 1)])
        said += self._led_to(asked)
        said += f" AND t.case_id + 0 >= {asked.put(first)} AND t.case_id + 0 < {asked.put(before)}{self._holds(asked)}"
        return (
            f"WITH hits AS MATERIALIZED (SELECT t.case_id FROM case_text t WHERE {said}) "  # noqa: S608  # our own names
            "SELECT f.case_id FROM hits h JOIN case_fact f ON f.case_id = h.case_id "
            f"WHERE true{self.facts(asked)} ORDER BY f.case_id DESC LIMIT {limit}"
        )

    def _led_to(self, asked: Asked) -> str:
        """SQLite has no numbers, and needs to know nothing beforehand."""
        return "".join(_any_of(asked, one) for one in self._facets()) if database.is_postgresql() else ""

    def _facets(self) -> Facets:
        """What the grams know of a record: of each list one must fit."""
        return self._whose() + ([[("process", self._wanted.process)]] if self._wanted.process else [])

    def _whose(self) -> Facets:
        reach, wanted = self._reach, self._wanted
        found: Facets = []
        stations = [wanted.station] if wanted.station else reach.stations
        if reach.stations:
            found += [[("station", one) for one in stations]] if len(stations) <= _MANY else []
        else:
            own: list[tuple[str, int | str]] = [("author", reach.author or 0)]
            found.append(own + [("project", one) for one in reach.projects])
        if wanted.projects:
            found.append([("project", one) for one in wanted.projects])
        if wanted.authors:
            found.append([("author", one) for one in wanted.authors])
        return found

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────

    def facts(self, asked: Asked) -> str:
        """All conditions but words, of rows ``f`` of case_fact; begins with AND."""
        wanted = self._wanted
        plain = {"process": wanted.process, "kind": wanted.kind, "state": wanted.state, "timing": wanted.timing}
        said = [self._scope(asked)]
        said += [f"f.{column} = {asked.put(value)}" for column, value in plain.items() if value]
        among = {"project_id": wanted.projects, "author_id": wanted.authors}
        said += [_one_of(asked, column, ids) for column, ids in among.items() if ids is not None]
        if wanted.rectified is not None:
            said.append("f.rectified" if wanted.rectified else "NOT f.rectified")
        if wanted.rounds is not None:
            said.append(f"f.rounds BETWEEN {asked.put(wanted.rounds[0])} AND {asked.put(wanted.rounds[1])}")
        if wanted.unit is not None:
            said.append(f"f.unit_id = {asked.put(wanted.unit)}")
        if wanted.since is not None:
            said.append(f"f.opened_on >= {asked.put(wanted.since)}")
        if wanted.until is not None:
            said.append(f"f.opened_on <= {asked.put(wanted.until)}")
        return "".join(f" AND {one}" for one in said)

    def _scope(self, asked: Asked) -> str:
        reach, station = self._reach, self._wanted.station
        if reach.stations:
            return _one_of(asked, "station_id", [one for one in reach.stations if station in (None, one)])
        own = f"f.author_id = {asked.put(reach.author)}"
        return f"({own} OR {_one_of(asked, 'project_id', reach.projects)})"

    def _holds(self, asked: Asked) -> str:
        """The first line is the number."""
        find, spaced = ("strpos", str) if database.is_postgresql() else ("instr", text.spaced)
        said = [f"{find}(t.text, {asked.put(spaced(word))}) > 0" for word in self._wanted.all_words]
        first = f"substr(t.text, 1, {find}(t.text, {asked.put(chr(10))}))" if self._wanted.number else ""
        said += [f"{find}({first}, {asked.put(spaced(word))}) > 0" for word in self._wanted.number]
        return "".join(f" AND {one}" for one in said)


def _numbers(asked: Asked, ids: Sequence[int]) -> str:
    return f"SELECT CAST(key AS bigint) AS id FROM json_each({asked.put(json.dumps(dict.fromkeys(ids, 0)))})"  # noqa: S608


def _any_of(asked: Asked, facets: Sequence[tuple[str, int | str]]) -> str:
    return f" AND t.grams && {asked.put([text.number(text.facet(*one)) for one in facets])}::int[]"


def _quoted(three: str) -> str:
    return '"{}"'.format(three.replace('"', '""'))


async def _ids(statement: str, asked: Asked) -> list[int]:
    return [row["case_id"] for row in await database.rows(statement, *asked.values)]


def _equal(asked: Asked, branch: Branch) -> str:
    return " AND ".join(f"f.{column} = {asked.put(value)}" for column, value in branch.items())


def _one_of(asked: Asked, column: str, ids: Sequence[int]) -> str:
    return f"f.{column} IN ({', '.join(asked.put(one) for one in ids)})" if ids else "false"


def _branches(reach: Reach, wanted: Wanted) -> list[Branch]:
    """Each walks one index, the one that leads to least; a record that fits lies on one of them."""
    if wanted.projects is not None:
        return [{"project_id": one} for one in wanted.projects]
    if wanted.authors is not None:
        return [{"author_id": one} for one in wanted.authors]
    if wanted.unit is not None:
        return [{"unit_id": wanted.unit}]
    if reach.stations:
        return [{"station_id": one} for one in reach.stations if wanted.station in (None, one)]
    return [{"author_id": reach.author or 0}, *({"project_id": one} for one in reach.projects)]


async def _united(asked: Asked, parts: list[str], limit: int) -> list[int]:
    union = " UNION ALL ".join(f"SELECT case_id FROM ({part}) AS p{n}" for n, part in enumerate(parts))  # noqa: S608
    rows = await database.rows(
        f"SELECT DISTINCT case_id FROM ({union}) AS u ORDER BY case_id DESC LIMIT {limit}",  # noqa: S608  # our own names
        *asked.values,
    )
    return [row["case_id"] for row in rows]


async def _ids_of_days(since: date | None, until: date | None) -> tuple[int, int]:
    """The smallest and the largest id; (0, for ever) where days say nothing."""
    if since is None and until is None:
        return 0, _FOR_EVER
    known = (await database.rows(_DAYS))[0]
    if known["first"] is None:
        return 0, 0
    first, last = (one if isinstance(one, date) else date.fromisoformat(one) for one in (known["first"], known["last"]))
    first, last = max(first, since or first), min(last, until or last)
    count = (last - first).days + 1
    if count > _LONGEST_RANGE:
        return 0, _FOR_EVER
    days = {(first + timedelta(days=n)).isoformat(): 0 for n in range(count)}
    day = "CAST(d.key AS date)" if database.is_postgresql() else "d.key"
    one = f"SELECT f.case_id FROM case_fact f WHERE f.opened_on = {day} ORDER BY f.case_id"  # noqa: S608  # our own names
    ids = f"SELECT ({one} LIMIT 1) AS low, ({one} DESC LIMIT 1) AS high FROM json_each($1) AS d"  # noqa: S608
    rows = await database.rows(f"SELECT min(low) AS first, max(high) AS last FROM ({ids}) AS w", json.dumps(days))  # noqa: S608
    return rows[0]["first"] or 0, rows[0]["last"] or 0


_DAYS = (
    "SELECT (SELECT f.opened_on FROM case_fact f ORDER BY f.opened_on LIMIT 1) AS first, "
    "(SELECT f.opened_on FROM case_fact f ORDER BY f.opened_on DESC LIMIT 1) AS last"
)
