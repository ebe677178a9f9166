"""What a reader looks for in a list, as the address says it: project, kind, state, days, words of its title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from checks.report import CHECK_REPORT, CHECK_TYPES
from core import clock
from core.cases.declaration import Process
from core.cases.ledgers import Narrowed, Tab
from notices import practice, records

NAMES = ("project", "kind", "state", "from", "to", "words")
_LONGEST, _MOST_WORDS = 60, 5
_LONG_AGO = 1900  # a year that nobody means; databases end somewhere before


@dataclass(frozen=True)
class Option:
    value: str
    caption: str


@dataclass(frozen=True)
class Looking:
    """``typed`` is what the form shows again; ``problem`` is what could not be understood, in a sentence."""

    typed: Mapping[str, str]
    kinds: list[Option]
    states: list[Option]
    wanted: Narrowed
    problem: str

    @property
    def said(self) -> str:
        """All that was looked for, in a line."""
        kind = next((one.caption.strip() for one in self.kinds if one.value == self.typed["kind"]), "")
        since, until = self.typed["from"], self.typed["to"]
        days = f"{since} 至 {until}" if since and until else f"{since} 起" if since else f"到 {until}" if until else ""
        given = (self.typed["words"], self.typed["project"], kind, self.typed["state"], days)
        return "，".join(filter(None, given))

    @property
    def query(self) -> str:
        """For addresses that keep it: ``&kind=notice``, or nothing."""
        given = {name: value for name, value in self.typed.items() if value}
        return f"&{urlencode(given)}" if given else ""


def read(query: Mapping[str, str], tab: Tab, processes: Sequence[Process]) -> Looking:
    """Without the kind and the state that this tab does not know: they may come along from another."""
    typed = {name: query.get(name, "").strip()[:_LONGEST] for name in NAMES}
    possible = tab.states(processes)
    kinds = kinds_of(list({process.name: process for process, _ in possible}.values()))
    captions = list(dict.fromkeys(process.state(state).caption for process, state in possible))
    states = captions if len(captions) > 1 else []
    typed |= {"kind": _kind(typed["kind"], kinds), "state": typed["state"] if typed["state"] in states else ""}
    since, until = _day(typed["from"]), _day(typed["to"])
    problem = _problem(typed, since, until)
    process, _, sort = typed["kind"].partition(".")
    wanted = Narrowed(
        process=process,
        holds={_sorted_by(process): sort} if sort else {},
        states=tuple(f"{p.name}.{s}" for p, s in possible if p.state(s).caption == typed["state"]),
        project=typed["project"],
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
        words=tuple(typed["words"].split()[:_MOST_WORDS]),
    )
    return Looking(typed, kinds, [Option(one, one) for one in states], wanted, problem)


def _kind(typed: str, kinds: Sequence[Option]) -> str:
    """Of notices and of replies to them, the same sort of paper has the same name (整改通知)."""
    sort = typed.partition(".")[2]
    alike = [one.value for one in kinds if one.value == typed or (sort and one.value.endswith(f".{sort}"))]
    return typed if typed in alike else next(iter(alike), "")


def kinds_of(processes: Sequence[Process]) -> list[Option]:
    """Kinds of record, and below checks and notices their own kinds; nothing where there is no choice."""
    found = []
    for process in processes:
        found.append(Option(process.name, process.title))
        found += [Option(f"{process.name}.{name}", f"　{caption}") for name, caption in sorts_of(process).items()]
    return found if len(found) > 1 else []


def sorts_of(process: Process) -> Mapping[str, str]:
    if process.name == CHECK_REPORT.name:
        return CHECK_TYPES
    if process.name in (records.NOTICE, records.REPLY):
        return {name: practice.kinds().title(name) for name in practice.kinds()}
    return {}


def _sorted_by(process: str) -> str:
    return "check_type" if process == CHECK_REPORT.name else "kind"


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.year > _LONG_AGO else None


def _problem(typed: Mapping[str, str], since: date | None, until: date | None) -> str:
    if (typed["from"] and since is None) or (typed["to"] and until is None):
        return "日期没有看懂，请写成 2026-11-21 的样子。"
    return "开始日期晚于结束日期，请改正。" if since and until and since > until else ""


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.ZONE)
