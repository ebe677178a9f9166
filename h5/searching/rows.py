"""What was found as a table: for the workbook and for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import access, clock
from core.cases.declaration import view_of
from core.cases.engine import Engine
from core.cases.models import Case, CaseFact, Participant
from core.cases.turns import holders
from core.evidence.models import Evidence
from core.evidence.sniff import Kind
from core.naming import names, number_of
from core.search import index
from h5.lines import terms
from h5.searching.conditions import TIMINGS, kind_caption
from h5.searching.sheet import Cell, Link

KINDS = {Kind.PHOTO: "照片", Kind.VIDEO: "视频", Kind.VOICE: "语音", Kind.FILE: "文件"}
ENCLOSED = (("编号", 24), ("标题", 34), ("类别", 8), ("时间", 17), ("打开", 8))
COLUMNS = (
    *(("编号", 24), ("类别", 14), ("标题", 34), ("工程", 26), ("监督站", 20), ("提交人", 10), ("状态", 14)),
    *(("提交时间", 17), ("办结时间", 17), ("截止日期", 11), ("期限", 8), ("回复轮次", 9), ("内容", 60), ("记录", 10)),
)


@dataclass(frozen=True)
class Row:
    id: int
    number: str
    kind: str
    title: str
    project: str
    station: str
    author: str
    state: str
    opened: datetime
    closed: datetime | None
    due: datetime | None
    timing: str
    rounds: int | None
    said: str

    def cells(self, public_url: str) -> Sequence[Cell]:
        link = Link(f"{public_url}/h5/cases/{self.id}", "打开记录")
        about = (self.number, self.kind, self.title, self.project, self.station, self.author, self.state)
        last = clock.last_day(self.due) if self.due else None
        return (*about, self.opened, self.closed, last, self.timing, self.rounds, self.said, link)


async def enclosed(rows: Sequence[Row], public_url: str) -> list[Sequence[Cell]]:
    """A line for each photo, video and recording in these records."""
    held = await access.evidence_by_case([row.id for row in rows])
    found = await Evidence.in_bulk({one for ids in held.values() for one in ids}, "id")
    return [
        (row.number, row.title, KINDS[Kind(one.kind)], one.taken_at or one.created_at, _file(public_url, row.id, one))
        for row in rows
        for one in (found[number] for number in sorted(held[row.id]))
    ]


def _file(public_url: str, case_id: int, evidence: Evidence) -> Link:
    return Link(f"{public_url}/h5/cases/{case_id}/files/{evidence.id}/shown", "打开")


async def rows(engine: Engine, cases: Sequence[Case]) -> list[Row]:
    """Read for all at once."""
    ids = [case.id for case in cases]
    facts = await CaseFact.in_bulk(ids, "case_id") if ids else {}
    seats: dict[int, list[Participant]] = {one: [] for one in ids}
    for part in await Participant.filter(case_id__in=ids).order_by("id"):
        seats[part.case_id].append(part)
    said = await names({ref for case in cases for ref in _refers(case)})
    due = await terms(engine, cases)
    return [_row(engine, case, facts.get(case.id), seats[case.id], said, due.get(case.id)) for case in cases]


def _refers(case: Case) -> list[str]:
    project = [f"project:{case.project_id}"] if case.project_id else []
    return [f"person:{case.author_id}", f"org:{case.station_id}", *project]


def _row(
    engine: Engine,
    case: Case,
    fact: CaseFact | None,
    seats: list[Participant],
    said: Mapping[str, str],
    due: datetime | None,
) -> Row:
    process, project = engine.process(case.process), said.get(f"project:{case.project_id}", "")
    kind = kind_caption(process, fact.kind) if fact is not None and fact.kind else ""
    return Row(
        id=case.id,
        number=number_of(case),
        kind="：".join(filter(None, [process.title, kind])),
        title=case.title,
        project=project,
        station=said.get(f"org:{case.station_id}", ""),
        author=said.get(f"person:{case.author_id}", ""),
        state=process.caption_of(case.state, view_of(case, project, holders(seats))),
        opened=case.opened_at,
        closed=case.closed_at,
        due=due,
        timing=TIMINGS.get(fact.timing, "") if fact is not None else "",
        rounds=fact.rounds or None if fact is not None else None,
        said="\n".join(index.said(process, case)),
    )
