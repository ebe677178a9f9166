"""Who is told what when a case has changed: cards with buttons for those whose turn it is, notices for readers, and the
cards of those who need not act any more are made to say who decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.buttons import Act, Again, Follow
from bot.cards import DANGER, PLAIN, PRIMARY, Press, Row, ask_with_buttons, notice
from bot.hinting import hints
from bot.talk import card_letter, plain, text_letter, update_letter
from core import clock
from core.cases import clocks
from core.cases.declaration import AUTHOR, START, Process, Step, View
from core.cases.letters import Change, Letter, Reminder
from core.cases.models import Case, ClockRow, Participant
from core.cases.rows import Shown, people_shown
from core.cases.turns import standing
from core.forms import Form, questions
from core.naming import names, number_of
from core.people.models import Person
from notices import following, records
from wecom.cards import ButtonInteraction, Card


@dataclass(frozen=True)
class _Rows:
    """What everybody reads who is told, and by slot what only those of it do."""

    all: list[tuple[str, str]]
    only: Mapping[str, Sequence[Row]]

    def of(self, slot: str) -> list[Row]:
        return [*self.all, *self.only.get(slot, [])]


class CardTeller:
    """The engine's teller for WeCom. It reads the database only; everything is sent from the outbox later."""

    def __init__(self, agent_id: int, public_url: str, processes: Sequence[str] = ()) -> None:
        """``processes``: the names of those in use."""
        self._agent_id = agent_id
        self._public_url = public_url
        self._processes = processes

    async def letters(self, change: Change) -> list[Letter]:
        if change.step.silent:
            return []
        concerned = {p.person_id for p in (*change.told, *change.relieved)}
        stood_for = {p.stands_for for p in change.told if p.stands_for}
        acted = {change.actor.id} if change.actor else set()
        known = await _known(change, concerned | acted | stood_for | {change.case.author_id})
        people = {one: shown.person for one, shown in known.items() if one in concerned and _reachable(shown.person)}
        cards = {one: shown.card for one, shown in known.items() if shown.card is not None}
        rows = await _key_rows(change, known[change.case.author_id].person)
        rows += [*await _term(change), *await _paper(change.case)]
        parts = _once(change, people)
        shown = _Rows(rows, await hints(change, self._page(change.case)))
        hands = "、".join(people[p.person_id].name for p in parts if p.turn and p.person_id not in acted)
        notices = {slot: self._notice(change, slot, rows, hands) for slot in {p.slot for p in parts if not p.turn}}
        names = {one: known[one].person.name for one in stood_for}
        told = [self._told(change, p, people[p.person_id], notices.get(p.slot), shown, names) for p in parts]
        letters = told + self._settled(change, people, cards, shown)
        return [one if one.person_id in acted else replace(one, held_until=change.held_until) for one in letters]

    async def reminders(self, reminder: Reminder) -> list[Letter]:
        """One per person; a newer one takes the place of one that quiet hours hold."""
        case, words = reminder.case, plain(reminder.text)
        link = f'\n<a href="{self._page(case)}">查看并办理</a>'
        ids, key = {part.person_id for part in reminder.told}, f"reminder:{case.id}:{reminder.seq}"
        duties = {part.person_id: link + _said_here(reminder, part) for part in reminder.told if part.turn}
        author = await Person.get(id=case.author_id)
        whose = f"\n{reminder.process.slot(AUTHOR).caption}：{plain(author.name)}{link}"
        return [
            replace(
                text_letter(person, words + duties.get(person.id, whose), f"{key}:{person.id}"),
                merge_key=f"{reminder.kind}:{case.id}:{person.id}",
                held_until=reminder.held_until,
                case_id=case.id,
            )
            for person in await Person.filter(id__in=ids, active=True, userid__not_isnull=True).order_by("id")
        ]

    def _told(
        self,
        change: Change,
        part: Participant,
        person: Person,
        same: Card | None,
        rows: "_Rows",
        principals: Mapping[int, str],
    ) -> Letter:
        """``same`` is the notice for everybody of the slot whose turn it is not; ``principals``: by name."""
        case, key = change.case, f"case:{change.case.id}:{change.seq}:{person.id}"
        card = same
        if part.turn or card is None:
            place = f"代{principals[part.stands_for]}办理" if part.stands_for else ""
            card = self._turn_card(change, part.slot, f"k{case.id}-{change.seq}-{person.id}", rows.of(part.slot), place)
        return card_letter(person, card, self._agent_id, key, case_id=case.id, slot=part.slot)

    def _turn_card(
        self, change: Change, slot: str, task: str, rows: Sequence[Row], place: str = ""
    ) -> ButtonInteraction:
        """A chief must be able to see the photos before deciding: the whole card and a button open the page. ``place``:
        in whose place this reader acts."""
        process, case, url = change.process, change.case, self._page(change.case)
        title = f"{process.caption_of(case.state, change.view)}：{process.title}"
        steps = _own_steps(process, case, slot)
        presses = [Press("看详情", url, PLAIN)]
        presses += [Press(s.caption, Act(case.id, s.action), DANGER if s.danger else PRIMARY) for s in steps]
        presses += self._follows(case, slot)
        said = f"{_actor(change)}{change.step.caption}{_said(change)}" if change.remark else ""
        if change.actor is None and change.step.to == change.step.at and not place:
            said = f"已{change.step.caption}"
        text = "；".join(filter(None, [place, said, _news(change) or gist(process, case, change.view) or case.title]))
        return ask_with_buttons(task, title, text, presses[:6], rows=rows, url=url, desc=_about(case))

    def _notice(self, change: Change, slot: str, rows: list[tuple[str, str]], hands: str) -> Card:
        """``hands``: in whose the record is now (BY-10)."""
        process, case = change.process, change.case
        caption = process.caption_of(case.state, change.view)
        reads = all(step.by != slot for step in process.table) and change.actor is not None
        again = change.remark and any(slot in step.tells for step in process.steps(START))
        if not reads or change.step.danger or again:
            # Whoever only reads receives a record; what happens by itself, undoes or decides it, is news.
            return self._result(change, slot, f"{process.title}{caption}", rows, hands)
        text, onward = gist(process, case, change.view) or case.title, self._follows(case, slot)
        return self._told_of(change, f"收到一份{process.title}", text, onward, rows)

    def _result(self, change: Change, slot: str, title: str, rows: list[tuple[str, str]], hands: str) -> Card:
        """What those hear who had a part in it. An author who has to report again begins with what was there."""
        case = change.case
        text = f"{_actor(change)}{change.step.caption}{_said(change)}"
        if change.actor is None and not change.remark:
            text = gist(change.process, case, change.view) or case.title
        elif hands:
            text += f"，现在在 {hands} 手上"
        onward = self._onward(change) if slot == AUTHOR else self._follows(case, slot)
        return self._told_of(change, title, text, onward, rows)

    def _told_of(self, change: Change, title: str, text: str, onward: list[Press], rows: list[tuple[str, str]]) -> Card:
        case, url = change.case, self._page(change.case)
        if not onward:
            return notice(title, text, url, rows=rows, desc=_about(case))
        presses = [Press("看详情", url, PLAIN), *onward]
        task = f"a{case.id}-{change.seq}"
        return ask_with_buttons(task, title, text, presses, rows=rows, url=url, desc=_about(case))

    def _onward(self, change: Change) -> list[Press]:
        """What an author may begin now that a record is decided."""
        if change.step.danger and change.case.closed_at and change.process.word:
            again = change.process.word if change.process.word.startswith("新建") else f"重新{change.process.word}"
            return [Press(f"照此{again}", Again(change.case.id), PRIMARY)]
        return self._follows(change.case)

    def _settled(self, change: Change, people: dict[int, Person], cards: dict[int, str], rows: "_Rows") -> list[Letter]:
        """Cards of the one who acted and of those who need not act any more."""
        done = [p.person_id for p in change.relieved]
        if change.actor is not None:
            people = people | {change.actor.id: change.actor}
            done.append(change.actor.id)
        reached = [one for one in dict.fromkeys(done) if one in people and one in cards]
        return [self._decided(change, people[one], cards[one], rows) for one in reached]

    def _decided(self, change: Change, person: Person, task: str, rows: "_Rows") -> Letter:
        process, case = change.process, change.case
        if _goes_on(change, person):
            card = self._turn_card(change, change.step.by, f"{task}-u{change.seq}", rows.of(change.step.by))
            key = f"marked:{case.id}:{change.seq}:{person.id}"
            return update_letter(person, {"card": card.to_json()}, task, key, case_id=case.id)
        mine = change.actor is not None and change.actor.id == person.id
        who = "您" if mine else _actor(change)
        words = f"{who}已{change.step.caption}"
        short = f"{who.partition('（')[0]}已{change.step.caption}"
        text = f"{case.title}\n{clock.spoken(change.at)} {words}{_said(change)}"
        card = ask_with_buttons(
            f"{task}-u{change.seq}", process.title, text, [Press("看详情", self._page(case), PLAIN)], rows=rows.all,
            url=self._page(case), desc=_about(case),
        ).model_copy(update={"replace_text": short[:10]})  # fmt: skip
        key = f"settle:{case.id}:{change.seq}:{person.id}"
        fallback = "" if mine else f"《{case.title}》{words}，您无需再办理。"
        return update_letter(person, {"card": card.to_json()}, task, key, fallback=fallback, case_id=case.id)

    def _follows(self, case: Case, slot: str = AUTHOR) -> list[Press]:
        """What those in this slot may begin from this record now."""
        found = following.after(case, self._processes, slot)
        return [Press(one.caption, Follow(case.id, one.process), PLAIN) for one in found]

    def _page(self, case: Case) -> str:
        return f"{self._public_url}/h5/cases/{case.id}"


def gist(process: Process, case: Case, view: View) -> str:
    """The heart of the record in a line or two, so that a card is not only names and counts."""
    own = process.gist(view) if process.gist is not None else ""
    return own or _gist(case, process.forms())


def _news(change: Change) -> str:
    """The heart of what was filled in just now."""
    form = change.step.form
    return "" if form is None or form.remark else _gist(change.case, [form])


def _gist(case: Case, forms: list[type[Form]]) -> str:
    answered = [q for form in forms for q in questions(form) if case.data.get(q.name) is not None]
    return "；".join(text for q in answered if (text := q.field.gist(case.data[q.name])))


def _said_here(reminder: Reminder, part: Participant) -> str:
    """What to type for doing it at once: 回复 or 签收, and the number."""
    case = reminder.case
    step = next(iter(_own_steps(reminder.process, case, part.slot)), None)
    return f"，或发送“{step.caption} {number_of(case)}”" if step and case.process == records.REPLY else ""


async def _term(change: Change) -> list[tuple[str, str]]:
    """Until when, in a state that has a deadline; one that runs already may have been moved."""
    deadline = change.process.state(change.case.state).deadline
    if deadline is None:
        return []
    row = await ClockRow.get_or_none(case_id=change.case.id, name=deadline.name) if deadline.keeps else None
    due = row.due_at if row is not None else deadline.due(change.view, change.at)
    still = "（暂停计时）" if clocks.is_paused(change.case.data, deadline.name) else ""
    return [(deadline.caption, f"{clock.ends(due)}{still}")] if due is not None else []


async def _paper(case: Case) -> list[tuple[str, str]]:
    """Which paper a request is about, and whose answer to it, when it does not hold that itself."""
    if case.parent_id is None or number_of(case):
        return []
    parent = await Case.get(id=case.parent_id)
    rows = [("文号", number_of(parent))]
    if parent.process == records.REPLY and parent.author_id != case.author_id:
        rows.append(("回复人", (await Person.get(id=parent.author_id)).name))
    return rows


async def _key_rows(change: Change, author: Person) -> list[tuple[str, str]]:
    """The declaration's card fields, as they read."""
    process, case = change.process, change.case
    asked = {q.name: q for form in process.forms() for q in questions(form)}
    anew = {q.name for step in process.steps(case.state) if step.form for q in questions(step.form) if q.field.afresh}
    shown = [asked[name] for name in process.card_fields if case.data.get(name) is not None and name not in anew]
    known = {f"project:{case.project_id}": change.view.project_name}
    known |= await names({ref for q in shown for ref in q.field.refers(case.data[q.name])} - known.keys())
    rows = [(q.label, q.field.show(case.data[q.name], known)) for q in shown]
    return [*rows, (process.slot(AUTHOR).caption, author.name)]


def _once(change: Change, people: dict[int, Person]) -> list[Participant]:
    """One message per person, the turn before the notice; the one who just acted needs no notice of it."""
    best: dict[int, Participant] = {}
    for part in sorted(change.told, key=lambda p: not p.turn):
        acted = change.actor is not None and part.person_id == change.actor.id and not part.turn
        if part.person_id in people and not acted:
            best.setdefault(part.person_id, part)
    return list(best.values())


def _goes_on(change: Change, person: Person) -> bool:
    """Whether whoever acted has only marked something, and still has the turn."""
    return bool(change.step.marks) and change.actor is not None and change.actor.id == person.id


def _own_steps(process: Process, case: Case, slot: str) -> list[Step]:
    steps: dict[str, Step] = {}
    for step in process.steps(case.state):
        if step.by == slot and not step.is_moot(case):
            steps.setdefault(step.action, step)
    return list(steps.values())


def _said(change: Change) -> str:
    said = "；".join(str(value) for value in change.remark.values())
    return f"，意见：{said}" if said else ""


async def _known(change: Change, ids: set[int]) -> dict[int, Shown]:
    new = ids - change.around.keys()
    return dict(change.around) | (await people_shown(change.case.id, new) if new else {})


def _reachable(person: Person) -> bool:
    return person.active and person.userid is not None


def _about(case: Case) -> str:
    """Its number; what is about another paper says which."""
    return case.number or " ".join([number_of(case), case.title] if number_of(case) else [])


def _actor(change: Change) -> str:
    return standing(change.actor.name, change.acted_for) if change.actor else "系统"
