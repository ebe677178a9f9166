"""What somebody looks for, as the address says it: each condition is a parameter, and a link opens the same again.

The form asks for some; the others come with links, from statistics and from a project's page (see docs/pages.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from checks import library
from core import database
from core.access import Reach
from core.cases.declaration import Process
from core.cases.models import CaseFact
from core.people.models import Organisation, OrgKind
from core.projects.models import Project
from core.search import text
from core.search.query import Search, Wanted
from h5.narrowing import Option, kinds_of, sorts_of
from h5.numbers import number
from notices import practice

ASKED = ("q", "name", "by", "station", "number", "kind", "state", "from", "to")
LINKED = ("project", "unit", "term", "timing", "rectified", "rounds")
CAPTIONS = {
    "q": "全文",
    "name": "工程名称",
    "by": "提交人",
    "station": "监督站",
    "number": "编号",
    "kind": "类别",
    "state": "状态",
    "from": "开始日期",
    "to": "截止日期",
    "project": "工程",
    "unit": "单位",
    "term": "引用条目",
    "timing": "期限",
    "rectified": "整改",
    "rounds": "轮次",
}
RECTIFIED = {"1": "已整改", "0": "未整改"}
TIMINGS = {"in_time": "按期", "late": "超期"}
ROUNDS = {"1": (1, 1), "2": (2, 2), "3": (3, 3), "4": (4, 10_000)}
ROUND_CAPTIONS = {"1": "1轮", "2": "2轮", "3": "3轮", "4": "4轮及以上"}
_LONGEST = 64
_MOST_NAMED = 100
_SHOWN_NAMED = 12
_TERM_LONGEST = 40


@dataclass(frozen=True)
class Said:
    """A condition in words; ``without`` is the query that lacks it."""

    name: str
    caption: str
    text: str
    without: str


@dataclass(frozen=True)
class Conditions:
    """``problem`` is what could not be understood, in a sentence. ``named`` are projects of which one may be chosen;
    each value is the query that asks for that one instead of the name."""

    typed: Mapping[str, str]
    wanted: Wanted
    said: Sequence[Said] = ()
    problem: str = ""
    named: Sequence[Option] = ()
    kinds: Sequence[Option] = ()
    states: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    stations: Sequence[Option] = ()

    @property
    def query(self) -> str:
        return query_of(self.typed)

    @property
    def linked(self) -> dict[str, str]:
        """What the form carries along unseen."""
        return {name: self.typed[name] for name in LINKED if self.typed[name]}

    @property
    def narrowed(self) -> bool:
        """Whether there is more than the words."""
        return any(value for name, value in self.typed.items() if name != "q")


def query_of(typed: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in typed.items() if value})


class _Problem(Exception):
    """A condition that cannot be, in a sentence."""


async def read(query: Mapping[str, str], reach: Reach, processes: Sequence[Process]) -> Conditions:
    typed = {name: query.get(name, "").replace("\x00", "").strip() for name in (*ASKED, *LINKED)}
    asking = _Asking(typed, reach, processes)
    shown = Conditions(
        typed, Wanted(), kinds=kinds_of(processes), states=_states(processes), stations=await asking.stations()
    )
    try:
        wanted = await asking.wanted()
    except _Problem as problem:
        return replace(shown, problem=str(problem))
    return replace(shown, wanted=wanted, said=asking.said, named=asking.named)


class _Asking:
    def __init__(self, typed: Mapping[str, str], reach: Reach, processes: Sequence[Process]) -> None:
        self._typed = typed
        self._reach = reach
        self._processes = {one.name: one for one in processes}
        self.said: list[Said] = []
        self.named: list[Option] = []

    async def stations(self) -> list[Option]:
        mine = Organisation.filter(id__in=self._reach.stations, kind=OrgKind.STATION)  # a ministry is none
        found = await mine.order_by("id") if self._reach.stations else []
        return [Option(str(one.id), one.name) for one in found]

    async def wanted(self) -> Wanted:
        """Raises _Problem."""
        self._none_is_too_long()
        process, kind, state = self._kind_and_state()
        since, until = self._day("from"), self._day("to")
        if since and until and since > until:
            raise _Problem("开始日期晚于截止日期，请改正。")
        return Wanted(
            words=self._words("q"),
            number=self._words("number"),
            station=await self._station(),
            projects=await self._projects(),
            authors=await self._authors(),
            unit=await self._unit(),
            process=process,
            kind=kind,
            state=state,
            timing=self._one_of("timing", TIMINGS),
            rectified={"1": True, "0": False}.get(self._one_of("rectified", RECTIFIED)),
            rounds=ROUNDS.get(self._one_of("rounds", ROUND_CAPTIONS)),
            topic=self._topic(),
            since=since,
            until=until,
        )

    def _none_is_too_long(self) -> None:
        for name, value in self._typed.items():
            if len(value) > _LONGEST:
                raise _Problem(f"「{CAPTIONS[name]}」最多 {_LONGEST} 个字，请精简后再查。")

    def _say(self, name: str, said: str) -> None:
        self.said.append(Said(name, CAPTIONS[name], said, query_of({**self._typed, name: ""})))

    def _words(self, name: str) -> tuple[str, ...]:
        typed = self._typed[name]
        if not typed:
            return ()
        words = text.words_of(typed)
        if not words:
            raise _Problem(f"「{CAPTIONS[name]}」里没有可以查找的字，请重新填写。")
        self._say(name, f"“{typed}”")
        return words

    def _day(self, name: str) -> date | None:
        typed = self._typed[name]
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            raise _Problem(f"「{CAPTIONS[name]}」没有看懂，请写成 2026-11-21 的样子。") from None
        self._say(name, f"{day.year}年{day.month}月{day.day}日")
        return day

    def _one_of(self, name: str, captions: Mapping[str, str]) -> str:
        typed = self._typed[name]
        if typed and typed not in captions:
            raise _Problem(f"没有这样的「{CAPTIONS[name]}」，请重新选择。")
        if typed:
            self._say(name, captions[typed])
        return typed

    def _kind_and_state(self) -> tuple[str, str, str]:
        process, _, kind = self._typed["kind"].partition(".")
        of_state, _, state = self._typed["state"].partition(".")
        self._one_of("kind", self._kinds(process, kind))
        states = {option.value: (title, option) for title, found in self._all_states() for option in found}
        self._one_of("state", {value: f"{title}：{option.caption}" for value, (title, option) in states.items()})
        if process and of_state and process != of_state:
            titles = (self._processes[one].title for one in (process, of_state))
            raise _Problem("「类别」是{}，「状态」却是{}的，请改其中一个。".format(*titles))
        return process or of_state, kind, state

    def _kinds(self, process: str, kind: str) -> dict[str, str]:
        """Also of one that a station has given up, which records still have."""
        found = {one.name: one.title for one in self._processes.values()}
        if process in found and kind.isidentifier():
            found[f"{process}.{kind}"] = f"{found[process]}：{kind_caption(self._processes[process], kind)}"
        return found

    def _all_states(self) -> Iterable[tuple[str, Sequence[Option]]]:
        return _states(list(self._processes.values())).items()

    async def _station(self) -> int | None:
        if not self._typed["station"]:
            return None
        return int(self._one_of("station", {one.value: one.caption for one in await self.stations()}))

    async def _projects(self) -> list[int] | None:
        chosen = await self._project()
        typed = self._typed["name"]
        if not typed:
            return chosen
        found, own = await database.rows(_named("project"), typed.lower()), await self._written_on()
        mine = [row for row in found if chosen is None or row["id"] in chosen]
        mine = [row for row in mine if self._reach.covers(row["id"], row["station_id"]) or row["id"] in own]
        if len(mine) > _MOST_NAMED:
            raise _Problem("符合这个名称的工程太多，请把「工程名称」写得更完整。")
        if chosen is None and 1 < len(mine) <= _SHOWN_NAMED:
            self.named = [Option(self._chosen(row["id"]), row["name"]) for row in mine]
        self._say("name", f"“{typed}”")
        return [row["id"] for row in mine]

    def _chosen(self, project: int) -> str:
        return query_of({**self._typed, "name": "", "project": str(project)})

    async def _project(self) -> list[int] | None:
        typed = self._typed["project"]
        if not typed:
            return None
        project = await Project.get_or_none(id=number(typed))
        covered = project is not None and self._reach.covers(project.id, project.station_id)
        if project is None or not (covered or project.id in await self._written_on()):
            raise _Problem("没有找到这个工程，或者它不在您的范围内，请重新选择。")
        self._say("project", project.name)
        return [project.id]

    async def _written_on(self) -> set[int]:
        """Projects on which the reader has records of his own; of some he is no longer, or never was, on the team."""
        if self._reach.author is None:
            return set()
        own = CaseFact.filter(author_id=self._reach.author, project_id__not_isnull=True).distinct()
        return {int(str(one)) for one in await own.values_list("project_id", flat=True)}

    async def _authors(self) -> list[int] | None:
        typed = self._typed["by"]
        if not typed:
            return None
        found = await database.rows(_named("person"), typed.lower())
        if len(found) > _MOST_NAMED:
            raise _Problem("符合这个姓名的人太多，请把「提交人」写得更完整。")
        self._say("by", f"“{typed}”")
        return [row["id"] for row in found]

    async def _unit(self) -> int | None:
        typed = self._typed["unit"]
        if not typed:
            return None
        unit = await Organisation.get_or_none(id=number(typed))
        if not await Search(self._reach, Wanted(unit=number(typed))).page(1) or unit is None:
            raise _Problem("没有找到这个单位，请重新选择。")  # nor is one named that has to do with none of the records
        self._say("unit", unit.name)
        return int(unit.id)

    def _topic(self) -> str:
        topic = self._typed["term"]
        if topic:
            self._say("term", topic_caption(topic))
        return topic


def _named(table: str) -> str:
    """Of a few thousand names each is read; who has left still has sent what he sent."""
    column = "station_id" if table == "project" else "org_id AS station_id"
    holds = "strpos(lower(name), $1) > 0" if database.is_postgresql() else "instr(lower(name), $1) > 0"
    return f"SELECT id, name, {column} FROM {table} WHERE {holds} ORDER BY name, id"  # noqa: S608  # our own names


def topic_caption(topic: str) -> str:
    entry = library.load().term(topic) or library.load().violation(topic)
    words = entry.text if entry is not None else topic
    return words if len(words) <= _TERM_LONGEST else f"{words[: _TERM_LONGEST - 1]}…"


def _states(processes: Sequence[Process]) -> dict[str, Sequence[Option]]:
    """By the title of the process."""
    return {
        process.title: [Option(f"{process.name}.{state.name}", state.caption) for state in process.states]
        for process in processes
    }


def kind_caption(process: Process, kind: str) -> str:
    """Also of kinds that nobody chooses: what follows when a notice runs out."""
    return sorts_of(process).get(kind) or practice.kinds().title(kind)
