"""A province's years of records as a search meets them: texts made of the library's wordings and of rarer words."""

import asyncio
import contextlib
import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import asyncpg

from checks import library
from core import clock, database
from core.search import index, tables, text

STATIONS, PROJECTS, AUTHORS = 20, 2_000, 400
PROVINCE, CHIEF, SUPERVISOR = 1, 2, 10  # persons, the first of so many AUTHORS
_AT_ONCE = 20_000
_DAYS = 1_000
# An index that grows by large pieces, or is made at the end, looks the same and takes a quarter of the time.
_HASH_SIZE, _USUAL_ROOM, _ROOM = "INSERT INTO case_gram (case_gram, rank) VALUES ('hashsize', ?)", 2**20, 2**26
_GRAMS = "idx_case_text_grams"
_MAKE_GRAMS = next(statement for statement in tables.statements(postgresql=True) if _GRAMS in statement)
_PLACES = ("地下室", "一层", "屋面", "电梯井", "基坑", "样板间", "配电房", "塔吊", "料场", "外架")
_FACT = (
    *("case_id", "station_id", "project_id", "author_id", "unit_id", "process", "kind", "state", "opened_on"),
    *("rectified", "rounds", "lates", "timing"),
)
_TOPIC = ("station_id", "case_id", "topic")
_CASE = (
    *("id", "process", "number", "title", "state", "data", "station_id", "project_id", "author_id", "version", "head"),
    *("opened_at", "changed_at", "closed_at"),
)


@dataclass(frozen=True)
class Record:
    id: int
    number: str
    project: int
    author: int
    process: str
    kind: str
    state: str
    day: date
    said: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def station(self) -> int:
        return 2 + self.project % STATIONS

    @property
    def title(self) -> str:
        return f"{project_name(self.project)} 安全检查"

    def lines(self) -> str:
        return text.lines([self.number, self.title, project_name(self.project), *self.said])

    def facets(self) -> dict[str, int | str | None]:
        return {"station": self.station, "project": self.project, "author": self.author, "process": self.process}


def project_name(project: int) -> str:
    return f"{'滨江听潮临港海澄南屿'[project % 5 * 2 :][:2]}{('花园', '小学', '医院', '广场')[project % 4]}{project}期"


def day(ago: int) -> date:
    return clock.today() - timedelta(days=ago)


def records(count: int) -> Iterator[Record]:
    """The same for the same number."""
    dice, terms = random.Random(11), library.load().terms
    for number in range(1, count + 1):
        check = number % 4 != 0
        rare = chr(0x4E00 + dice.randrange(20_000)) + chr(0x4E00 + dice.randrange(20_000))
        opened = day(_DAYS - _DAYS * number // (count + 1))
        cited = dice.sample(terms, 2)
        said = (*(term.text for term in cited), f"{dice.choice(_PLACES)}{dice.randrange(40)}轴{rare}处")
        yield Record(
            id=number,
            number=f"海检〔{opened.year}〕{number:07}号",
            project=1 + dice.randrange(PROJECTS),
            author=SUPERVISOR + dice.randrange(AUTHORS),
            process="check_report" if check else "notice",
            kind=dice.choice(("quality", "safety", "comprehensive")) if check else "rectification_notice",
            state=dice.choices(("passed", "failed"), (200, 1))[0]
            if check
            else dice.choices(("closed", "open"), (9, 1))[0],
            day=opened,
            said=said,
            topics=tuple(term.id for term in cited) if check else (),
        )


def fill(url: str, count: int) -> None:
    """The database has the shipped schema and is empty."""
    if url.startswith("postgresql"):
        asyncio.run(_fill_postgresql(url, count))
    else:
        _fill_sqlite(url.removeprefix("sqlite://"), count)


def _people() -> Iterator[tuple[str, tuple[str, ...], list[tuple[object, ...]]]]:
    now = clock.now()
    yield (
        "organisation",
        ("id", "name", "short_name", "kind", "level", "code", "uscc", "parent_id"),
        [(1, "省站", "省站", "province", "province", "省", "", None)]
        + [(2 + n, f"第{n}监督站", f"{n}站", "station", "city", f"第{n}", "", 1) for n in range(STATIONS)],
    )
    people = [(PROVINCE, "省厅", 1, "province"), (CHIEF, "站长", 2, "chief")]
    people += [(SUPERVISOR + n, f"监督{n}", 2 + n % STATIONS, "supervisor") for n in range(AUTHORS)]
    yield (
        "person",
        ("id", "userid", "name", "mobile", "org_id", "role", "title", "active", "admitted_at"),
        [(n, f"m{n}", name, f"100{n:08}", org, role, "", True, now) for n, name, org, role in people],
    )
    yield (
        "project",
        ("id", "name", "supervision_no", "station_id", "status", "address", "progress_stage"),
        [(n, project_name(n), f"HC-{n}", 2 + n % STATIONS, "normal", "", "") for n in range(1, PROJECTS + 1)],
    )
    yield (
        "supervision_team",
        ("project_id", "person_id", "lead"),
        [(n, SUPERVISOR + n % AUTHORS, True) for n in range(1, PROJECTS + 1)],
    )


def _fact(one: Record) -> tuple[object, ...]:
    whose = (one.id, one.station, one.project, one.author, one.station)
    return (*whose, one.process, one.kind, one.state, one.day, False, 0, 0, "")


def _topics(batch: list[Record]) -> list[tuple[object, ...]]:
    return [(one.station, one.id, topic) for one in batch for topic in one.topics]


def _case(one: Record) -> tuple[object, ...]:
    at = datetime(one.day.year, one.day.month, one.day.day, 4, tzinfo=UTC)
    data = json.dumps({"check_type": "safety", "checked_location": one.said[-1], "kind": one.kind, "findings": []})
    whose = (one.station, one.project, one.author)
    return (one.id, one.process, one.number, one.title, one.state, data, *whose, 1, "0" * 64, at, at, at)


def _batches(count: int) -> Iterator[list[Record]]:
    kept = records(count)
    while batch := list(itertools.islice(kept, _AT_ONCE)):
        yield batch


def _fill_sqlite(path: str, count: int) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:

        def add(table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
            marks = ", ".join("?" * len(columns))
            spelled = [tuple(database.plain(value) for value in row) for row in rows]
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", spelled)

        for pragma in ("synchronous = OFF", "cache_size = -300000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_HASH_SIZE, (_ROOM,))
        for table, columns, rows in _people():
            add(table, columns, rows)
        for batch in _batches(count):
            connection.execute("BEGIN")
            add("case_record", _CASE, [_case(one) for one in batch])
            add("case_fact", _FACT, [_fact(one) for one in batch])
            add("case_topic", _TOPIC, _topics(batch))
            add("case_text", ("case_id", "text"), [(one.id, text.entered(one.lines(), one.facets())) for one in batch])
            connection.execute("COMMIT")
        connection.execute("INSERT INTO search_fill (id, first_id, next_id) VALUES (?, ?, 0)", (index.VERSION, count))
        connection.execute(_HASH_SIZE, (_USUAL_ROOM,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _fill_postgresql(url: str, count: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in ("SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'", f"DROP INDEX {_GRAMS}"):
            await connection.execute(statement)
        for table, columns, rows in _people():
            await connection.copy_records_to_table(table, records=rows, columns=columns)
        for batch in _batches(count):
            texts = [
                (one.id, one.lines(), text.numbers(one.lines(), one.facets() | {"block": one.id // text.BLOCK}))
                for one in batch
            ]
            await connection.copy_records_to_table("case_record", records=map(_case, batch), columns=_CASE)
            await connection.copy_records_to_table("case_fact", records=map(_fact, batch), columns=_FACT)
            await connection.copy_records_to_table("case_topic", records=_topics(batch), columns=_TOPIC)
            await connection.copy_records_to_table("case_text", records=texts, columns=("case_id", "text", "grams"))
        fill = f"INSERT INTO search_fill (id, first_id, next_id) VALUES ({index.VERSION}, {count}, 0)"
        await connection.execute(fill)
        for statement in (_MAKE_GRAMS, "VACUUM ANALYZE", "CHECKPOINT"):
            await connection.execute(statement)
    finally:
        await connection.close()
