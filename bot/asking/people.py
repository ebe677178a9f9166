"""People for a slot: offered by the slot's rule, chosen on a card or by name or pinyin."""

import re

from bot.asking.desk import Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import OPTIONS, QUESTION, Pick, ask_with_options
from core import pinyin
from core.errors import BadInput
from core.forms import People
from core.people.models import Organisation, Person
from wecom.events import TextMessage

_BETWEEN = re.compile(r"[、，,；;\s]+")


class PeopleAsker:
    eager = False

    async def ask(self, desk: Desk) -> bool:
        people = await candidates(desk)
        if people:
            await self._offer(desk, people, desk.question.field.hint)
        return bool(people)

    async def _offer(self, desk: Desk, people: list[Person], desc: str) -> None:
        orgs = {o.id: o.short_name for o in await Organisation.filter(id__in={p.org_id for p in people})}
        before = set(desk.answers.get(desk.question.name) or [])
        picks = [Pick(str(p.id), f"{p.name} {p.title or orgs[p.org_id]}", p.id in before) for p in people]
        if len(people) > OPTIONS:
            desc = f"共 {len(people)} 人，未列出的请回复姓名或拼音"
        card = ask_with_options(desk.task(), desk.title, desc, picks, desk.carries(), several=True, submit="选好了")
        desk.talk.show(card)

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = desk.talk.event.content
        if not desk.question.required and bare(said) in SKIP:
            return []
        people = await candidates(desk)
        names = [name for name in _BETWEEN.split(said.strip()) if name]
        return [_one(name, people, desk.question.caption) for name in names]

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        allowed = {str(p.id): p.id for p in await candidates(desk)}
        chosen = [allowed[one] for one in selected.get(QUESTION, []) if one in allowed]
        if desk.question.required and not chosen:
            raise BadInput(f"请至少选择一位「{desk.question.caption}」。")
        return chosen


async def candidates(desk: Desk) -> list[Person]:
    """Who may be put into the slot; never the author into a slot that judges."""
    assert isinstance(desk.question.field, People)  # noqa: S101  # the registry pairs kinds and askers
    slot = desk.process.slot(desk.question.field.slot)
    if slot.offers is None:
        return []
    ids = [one for one in await slot.offers.find(desk.view) if not (slot.judges and one == desk.person.id)]
    found = {p.id: p for p in await Person.filter(id__in=ids)}
    return [found[one] for one in ids if one in found]


def _one(name: str, people: list[Person], caption: str) -> int:
    exact = [p for p in people if p.name == name]
    fitting = exact or [p for p in people if pinyin.matches(name, pinyin.prepare(p.name)) is not None]
    if len(fitting) == 1:
        return int(fitting[0].id)
    if not fitting:
        raise BadInput(f"「{caption}」中没有找到“{name[:20]}”，请在卡片上选择，或回复姓名，多人用顿号隔开。")
    some = "、".join(f"{p.name}（{p.title}）" for p in fitting[:8])
    raise BadInput(f"“{name[:20]}”对应不止一人：{some}。请回复完整姓名。")
