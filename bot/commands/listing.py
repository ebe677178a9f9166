"""How records read in chat: a few lines, each a link to the very item and whose turn it is."""

from collections.abc import Iterable, Mapping, Sequence

from bot.talk import Talk, plain
from core import clock
from core.cases import ledgers
from core.cases.engine import Engine
from core.cases.ledgers import Tab
from core.cases.models import Case
from core.cases.turns import whose_turns
from core.naming import names, number_of
from wecom.messages import TEXT_BYTES
from wecom.text import size

SHOWN = 5


def link(talk: Talk, case: Case, words: str) -> str:
    return f'<a href="{talk.link(f"/h5/cases/{case.id}")}">{plain(words)}</a>'


async def lines(talk: Talk, engine: Engine, cases: Sequence[Case], group: str = "") -> list[str]:
    """``group``: the caption they stand under, which is not said again of each."""
    turns = await whose_turns(cases)
    authors = await names({f"person:{case.author_id}" for case in cases if case.author_id != talk.person.id})
    return [
        f"· {link(talk, case, case.title)}\n"
        f"  {'｜'.join([_which(engine, case, authors), *await _stands(engine, case, turns[case.id], group)])}"
        for case in cases
    ]


async def _stands(engine: Engine, case: Case, turn: str, group: str) -> list[str]:
    said = turn or await state(engine, case)
    return [] if group.endswith(said) else [said]


def _which(engine: Engine, case: Case, authors: Mapping[str, str]) -> str:
    """What tells it from others of the same title: its number, and whose it is where each has one of his own."""
    title, number = engine.process(case.process).title, number_of(case)
    author = authors.get(f"person:{case.author_id}", "")
    if case.parent_id and author:
        return f"{number} {plain(author)}的{title}".strip()
    return number or " ".join(filter(None, [title, plain(author), clock.spoken(case.opened_at)]))


async def state(engine: Engine, case: Case) -> str:
    process = engine.process(case.process)
    varies = process.varies(case.state)
    return process.caption_of(case.state, await engine.view(case)) if varies else process.state(case.state).caption


async def group(talk: Talk, engine: Engine, caption: str, tab: Tab) -> list[str]:
    """The newest of a tab under its caption; nothing where it is empty."""
    processes = list(engine.processes.values())
    count = await ledgers.count(tab, processes, talk.person.id)
    if not count:
        return []
    found = await ledgers.find(tab, processes, talk.person.id, most=SHOWN)
    return await block(talk, engine, caption, found.cases, ledgers.tally(count))


async def block(talk: Talk, engine: Engine, caption: str, cases: list[Case], count: str) -> list[str]:
    """A group under its caption; ``count`` may be more than is shown."""
    return [f"【{caption}】{count} 份", *await lines(talk, engine, cases[:SHOWN], caption)]


def say(talk: Talk, lines: Iterable[str], last: str = "") -> None:
    """The rest is on the page that ``last`` links to."""
    talk.say(fitting(lines, last or f'<a href="{talk.link("/h5/")}">在页面上查看全部</a>'))


def fitting(lines: Iterable[str], last: str) -> str:
    """As many lines as one message holds, never half a link, and the last one."""
    room, found = TEXT_BYTES - size(last) - 1, []
    for one in lines:
        room -= size(one) + 1
        if room < 0:
            break
        found.append(one)
    return "\n".join([*found, last])
