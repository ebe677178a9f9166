"""The figures: checks, notices by kind and state, replies in time and late, rounds, what is found, and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from checks.report import CHECK_REPORT
from core.cases.declaration import Process
from core.people.models import Organisation
from core.projects.models import Project
from core.search.figures import MOST_ROUNDS, Counts, Facts
from h5.narrowing import sorts_of
from h5.searching.conditions import ROUND_CAPTIONS, kind_caption, topic_caption
from h5.statistics import asking
from h5.statistics.asking import Asked
from h5.statistics.tables import Column, Figure, Line, Row, Sheet
from notices import records

MOST_LISTED = 15
_CHECK: Facts = {"process": CHECK_REPORT.name}
_NOTICE: Facts = {"process": records.NOTICE}
_REPLY: Facts = {"process": records.REPLY}
_IN_TIME: Facts = {**_REPLY, "timing": "in_time"}
_LATE: Facts = {**_REPLY, "timing": "late"}
_RECTIFIED: Facts = {**_NOTICE, "rectified": True}
_WRITTEN = (Column("检查记录", _CHECK, "check"), Column("通知", _NOTICE, "notice"))
_ANSWERED = Column("通知回复", _REPLY, "reply")
_TIMED = (Column("按期", _IN_TIME, "done"), Column("超期", _LATE, "late"))
_RATE = Column("按期率", _IN_TIME, of=(_IN_TIME, _LATE))
_DRAWN_RATE = Column("按期率", _IN_TIME, "rate", of=(_IN_TIME, _LATE))
_NOW = (  # said only where there is one
    Column("超期未回复", {**_REPLY, "state": "overdue"}),
    Column("逾期未签收", {**_REPLY, "state": "unsigned_late"}),
)
_TIMELY = (_RATE, Column("超期的回复", _LATE), *_NOW)
_TILES = (Column("检查记录", _CHECK), Column("通知", _NOTICE), Column("已整改的通知", _RECTIFIED), *_TIMELY)
_TONES = {"pending": "wait", "approving": "ask", "open": "open", "passed": "done", "closed": "done", "failed": "late"}
_SHORTENED = "只列出份数最多的 {} 个，其余请用上面的条件查看。"


@dataclass(frozen=True)
class Counted:
    """``things`` by month, kind and state; ``places`` by project and unit; ``terms`` by what is cited."""

    things: Counts
    places: Counts
    terms: Counts


@dataclass(frozen=True)
class Tile:
    """A number at the head of the page; ``address`` is empty for what is no list."""

    caption: str
    text: str
    address: str


class Drawing:
    """Everything that one page shows, of what was counted for it."""

    def __init__(self, asked: Asked, counted: Counted, processes: Mapping[str, Process]) -> None:
        self._asked = asked
        self._processes = processes
        self._things, self._places, self._terms = (
            Sheet(one, asked.found.typed) for one in (counted.things, counted.places, counted.terms)
        )

    def tiles(self) -> list[Tile]:
        of = (_ANSWERED, *_TIMELY) if self._asked.only_replies else _TILES
        found = [(one, self._things.cell({}, one)) for one in of]
        return [Tile(one.caption, cell.text, cell.address) for one, cell in found if one not in _NOW or cell.address]

    async def figures(self) -> list[Figure]:
        found = await (self._of_replies() if self._asked.only_replies else self._of_everything())
        return [one for one in found if one.rows]

    async def _of_replies(self) -> list[Figure]:
        return [self.timing(), self.rounds(), *await self._of_places()]

    async def _of_everything(self) -> list[Figure]:
        return [
            self.months(),
            self.timing(),
            self.kinds("notices", "通知：种类和状态", records.NOTICE),
            self.kinds("checks", "检查记录：类别和状态", CHECK_REPORT.name),
            self.terms(),
            self.rounds(),
            *await self._of_places(),
        ]

    async def _of_places(self) -> list[Figure]:
        """But where one was chosen there is nothing to compare."""
        places = {"station": self.stations, "project": self.projects, "unit": self.units}
        return [await draw() for name, draw in places.items() if not self._asked.found.typed[name]]

    # ── in time ──────────────────────────────────────────────────────────────────────────────────────────────────

    def months(self) -> Figure:
        columns = (*_WRITTEN, _ANSWERED)
        return self._monthly("months", "每月的记录", "按提交的月份。", "columns", columns)

    def timing(self) -> Figure:
        note = "按期率＝按期÷（按期＋超期），按通知下发的月份；没有期限的、还没到期的不计，有异议或已更正的超期不计。"
        return self._monthly("timing", "回复是否按期", note, "stacked", (*_TIMED, _DRAWN_RATE))

    def _monthly(self, name: str, title: str, note: str, chart: str, columns: Sequence[Column]) -> Figure:
        lines = [self._month(one) for one in self._asked.months]
        total = self._things.row(Line("合计", {}), columns)
        rows = self._things.rows(lines, columns) if any(cell.address for cell in total.cells) else []
        return Figure(name, title, note, "月份", chart, columns, rows, total)

    def _month(self, month: str) -> Line:
        return Line(asking.caption(month), {"month": month}, self._asked.narrowed(first=month, last=month))

    # ── what they are ────────────────────────────────────────────────────────────────────────────────────────────

    def kinds(self, name: str, title: str, process: str) -> Figure:
        if process not in self._processes:
            return Figure(name, title, "", "", "bars", (), [])
        of: Facts = {"process": process}
        columns = self._used(of, self._states(self._processes[process]))
        lines = [Line(caption, {**of, "kind": kind}) for kind, caption in self._kinds(process)]
        rows = self._things.rows(lines, columns)
        return Figure(name, title, "", "种类", "bars", columns, rows, self._things.row(Line("合计", of), columns))

    def _kinds(self, process: str) -> list[tuple[str, str]]:
        """In the order in which they are declared, then those that a station has given up."""
        declared = self._processes[process]
        known = list(sorts_of(declared))
        found = self._things.counts.values("kind", {"process": process})
        ordered = sorted(found, key=lambda kind: known.index(kind) if kind in known else len(known))
        return [(kind, kind_caption(declared, kind)) for kind in ordered]

    def _states(self, process: Process) -> Iterable[Column]:
        yield Column("合计", {"process": process.name})
        for state in process.states:
            of = {"process": process.name, "state": state.name}
            tone = _TONES.get(state.name, "rest")
            if process.name == records.NOTICE and state.name == "closed":
                yield Column("已整改", {**of, "rectified": True}, tone)
                yield Column("其他完结", {**of, "rectified": False}, "other")
            else:
                yield Column(state.caption, of, tone)

    def _used(self, of: Facts, columns: Iterable[Column]) -> list[Column]:
        return [one for one in columns if self._things.counts.of({**of, **one.facts})]

    def rounds(self) -> Figure:
        of: Facts = {**_REPLY, "rectified": True}
        columns = (Column("整改完成的回复", of, "reply"),)
        lines = [Line(ROUND_CAPTIONS[str(n)], {"rounds": n}) for n in range(1, MOST_ROUNDS + 1)]
        total = self._things.row(Line("合计", {}), columns)
        rows = self._things.rows(lines, columns) if total.cells[0].address else []
        return Figure("rounds", "几轮整改完成", "交了几次回复才全部通过。", "轮次", "columns", columns, rows, total)

    def terms(self) -> Figure:
        found = self._terms.counts.values("topic", _CHECK)[:MOST_LISTED]
        lines = [Line(topic_caption(one), {"topic": one}) for one in found]
        note = "引用了这一条的检查记录份数。"
        columns = (Column("检查记录", _CHECK, "check"),)
        rows = self._terms.rows(lines, columns)
        return Figure("terms", "查出的问题", self._cut(note, rows), "标准用语、违规条目", "bars", columns, rows)

    # ── where ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def stations(self) -> Figure:
        ids = self._things.counts.values("station", {})
        names = dict(await Organisation.filter(id__in=ids).values_list("id", "name")) if len(ids) > 1 else {}
        columns = (*_WRITTEN, *(_quiet(one) for one in _TIMED), _RATE)
        lines = [Line(names[one], {"station": one}, self._asked.narrowed(station=str(one))) for one in sorted(names)]
        return Figure("stations", "各监督站", "", "监督站", "bars", columns, self._things.rows(lines, columns))

    async def projects(self) -> Figure:
        ids = self._places.counts.values("project", {})[:MOST_LISTED]
        names = dict(await Project.filter(id__in=ids).values_list("id", "name"))
        written = _TIMED if self._asked.only_replies else (*_WRITTEN, *(_quiet(one) for one in _TIMED))
        lines = [Line(names[one], {"project": one}, self._asked.narrowed(project=str(one), name="")) for one in ids]
        rows = self._places.rows(lines, columns := (*written, _RATE))
        return Figure("projects", "各工程", self._cut("", rows), "工程", "bars", columns, rows)

    async def units(self) -> Figure:
        ids = self._places.counts.values("unit", _REPLY)[:MOST_LISTED]
        names = dict(await Organisation.filter(id__in=ids).values_list("id", "name"))
        columns = (_quiet(_ANSWERED), *_TIMED, _RATE)
        lines = [Line(names[one], {"unit": one}, self._asked.narrowed(unit=str(one))) for one in ids]
        rows = self._places.rows(lines, columns)
        return Figure("units", "各回复单位", self._cut("对通知作出回复的单位。", rows), "单位", "bars", columns, rows)

    def _cut(self, note: str, rows: list[Row]) -> str:
        return note + (_SHORTENED.format(MOST_LISTED) if len(rows) == MOST_LISTED else "")


def _quiet(column: Column) -> Column:
    """Told in the table and not drawn."""
    return Column(column.caption, column.facts, of=column.of)
