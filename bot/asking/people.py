"""People for a slot: offered by the slot's rule, chosen on a card or by name or pinyin."""

import re
from collections import Counter

from bot.asking.desk import Asker, Desk, Sign, Taken
from bot.asking.words import SKIP, bare
from bot.cards import OPTIONS, QUESTION, Pick, ask_with_options
from core import pinyin
from core.errors import BadInput, Refusal
from core.forms import People
from core.people.models import Organisation, Person
from wecom.events import TextMessage

_BETWEEN = re.compile(r"[、，,；;\s]+")
_NOBODY = "none"


class PeopleAsker(Asker):
    async def ask(self, desk: Desk) -> bool:
        people = await desk.filling.candidates(desk.question)
        if people:
            hint = desk.question.field.hint
            room = _room(desk)
            desc = f"共 {len(people)} 人，未列出的请回复姓名或拼音" if len(people) > room else hint
            await self._offer(desk, people, await desk.filling.people_before(desk.question), desc)
        elif desk.question.required and (offers := desk.filling.slot_of(desk.question).offers) is not None:
            raise Refusal(offers.missing)
        return bool(people)

    async def _offer(self, desk: Desk, people: list[Person], checked: set[int], desc: str) -> None:
        """Those who were chosen before come first and are ticked, so that one tap is enough."""
        people = sorted(people, key=lambda p: p.id not in checked)[: _room(desk)]
        orgs = {o.id: o.short_name for o in await Organisation.filter(id__in={p.org_id for p in people})}
        names = {p.id: _described(p, orgs, desk) for p in people}
        twice = {name for name, count in Counter(names.values()).items() if count > 1}
        picks = [Pick(str(p.id), _told_apart(p, names[p.id], twice), p.id in checked) for p in people]
        if not desk.question.required:
            picks.append(Pick(_NOBODY, "不选", False))
        several = _several(desk)
        submit = "选好了" if several else "确定"
        card = ask_with_options(desk.task(), desk.title, desc, picks, desk.carries(), several=several, submit=submit)
        desk.talk.show(card)

    async def read(self, desk: Desk) -> Taken:
        if not isinstance(desk.talk.event, TextMessage):
            return Sign.NOT_MINE
        said = desk.talk.event.content
        if not desk.question.required and bare(said) in SKIP:
            return []
        people = await desk.filling.candidates(desk.question)
        fitting = {name: _fitting(name, people, desk) for name in _BETWEEN.split(said.strip()) if name}
        unclear = next((name for name, found in fitting.items() if len(found) > 1), None)
        if unclear is None:
            return [found[0].id for found in fitting.values()]
        clear = {found[0].id for found in fitting.values() if len(found) == 1}
        meant = {p.id: p for found in fitting.values() for p in found}
        await self._offer(desk, list(meant.values()), clear, f"“{unclear[:10]}”不止一人，请勾选")
        return Sign.COLLECTING

    async def pick(self, desk: Desk, value: str, selected: dict[str, list[str]]) -> Taken:
        allowed = {str(p.id): p.id for p in await desk.filling.candidates(desk.question)}
        chosen = [allowed[one] for one in selected.get(QUESTION, []) if one in allowed]
        if desk.question.required and not chosen:
            raise BadInput(f"请{'至少' if _several(desk) else ''}选择一位「{desk.question.caption}」。")
        return chosen


def _several(desk: Desk) -> bool:
    assert isinstance(desk.question.field, People)  # noqa: S101  # the registry pairs kinds and askers
    return desk.question.field.several


def _room(desk: Desk) -> int:
    return OPTIONS if desk.question.required else OPTIONS - 1


def _described(person: Person, orgs: dict[int, str], desk: Desk) -> str:
    org = "" if person.org_id == desk.person.org_id else orgs[person.org_id]
    return " ".join(part for part in (person.name, org, person.title) if part)


def _told_apart(person: Person, name: str, twice: set[str]) -> str:
    """Two of one name, firm and post differ by the end of their numbers."""
    return f"{person.name} 手机尾号{(person.mobile or '')[-4:]}" if name in twice else name


def _fitting(name: str, people: list[Person], desk: Desk) -> list[Person]:
    """Everybody of exactly this name, otherwise everybody it may mean; raises BadInput for nobody."""
    exact = [p for p in people if p.name == name]
    fitting = exact or [p for p in people if pinyin.matches(name, pinyin.prepare(p.name)) is not None]
    if not fitting:
        more = "，多人用顿号隔开" if _several(desk) else ""
        raise BadInput(f"「{desk.question.caption}」中没有找到“{name[:20]}”，请在卡片上选择，或回复姓名{more}。")
    return fitting
