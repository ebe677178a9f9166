"""A draft as every door fills it in: what is asked, who and what may be chosen, and its end as a record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core import access
from core.cases import answering, drafts
from core.cases.allowing import what_happened
from core.cases.declaration import AUTHOR, START, Process, Slot, Step, View
from core.cases.drafts import ANSWERED, AT, HELD, IN_HAND, PARENT
from core.cases.engine import Engine, Outcome
from core.cases.models import Case, Draft, InboxRow
from core.errors import BadInput, NotNow, NotYours, Refusal
from core.forms import Form, People, Question, questions
from core.people.models import Person

_FETCHED = ["ImageMessage", "VoiceMessage", "VideoMessage"]  # callbacks that bring an attachment, as they are kept
_UNCONFIRMED = "还有一条问题没有确认，请先在卡片上确认或放弃。"


@dataclass(frozen=True)
class Filling:
    process: Process
    draft: Draft
    person: Person

    @property
    def step(self) -> Step:
        return step_of(self.process, self.draft)

    @property
    def form(self) -> type[Form]:
        return form_of(self.process, self.draft)

    @property
    def questions(self) -> list[Question]:
        return list(questions(self.form))

    @property
    def answers(self) -> dict[str, Any]:
        answers: dict[str, Any] = self.draft.data[ANSWERED]
        return answers

    @property
    def view(self) -> View:
        """What candidates' rules may look at; a later step's draft carries its case's project, station and author."""
        return View(
            data=self.answers,
            slots=self._slots,
            project_id=self.answers.get("project", self.draft.data.get("project")),
            project_name="",
            station_id=self.draft.data.get("station") or self.person.org_id,
            author_id=self.draft.data.get("author") or self.person.id,
            parent_id=self.draft.data.get(PARENT) or None,
        )

    @property
    def _slots(self) -> dict[str, list[int]]:
        """People chosen so far; a later step's draft knows only its own."""
        step = self.process.first()
        chosen = questions(step.form) if step.form is not None and not self.draft.case_id else ()
        return {q.field.slot: list(self.answers.get(q.name) or []) for q in chosen if isinstance(q.field, People)}

    # ── what may be chosen ───────────────────────────────────────────────────────────────────────────────────────

    def slot_of(self, question: Question) -> Slot:
        assert isinstance(question.field, People)  # noqa: S101  # the registries pair kinds and doors
        return self.process.slot(question.field.slot)

    async def candidates(self, question: Question) -> list[Person]:
        """Who may be put into the slot of a question for people; never the author into a slot that judges."""
        slot, view = self.slot_of(question), self.view
        if slot.offers is None:
            return []
        ids = [one for one in await slot.offers.find(view) if not (slot.judges and one == view.author_id)]
        found = {p.id: p for p in await Person.filter(id__in=ids)}
        return [found[one] for one in ids if one in found]

    async def people_before(self, question: Question) -> set[int]:
        """The answer so far, or whom this person chose last time, on this project if there was one."""
        if question.name in self.answers:
            return set(self.answers[question.name])
        mine = Case.filter(author_id=self.person.id, process=self.process.name).order_by("-id")
        last = await mine.filter(project_id=self.view.project_id).first() or await mine.first()
        return set(last.data.get(question.name) or []) if last else set()

    async def offered(self, question: Question) -> dict[str, str]:
        """Key → how it reads, of a question of kind ``offered``."""
        return dict(await self.process.offers[question.name].find(self.view))

    async def offered_before(self, question: Question) -> list[str]:
        """The answer so far, else what is usual."""
        usual, answer = self.process.offers[question.name].usual, self.answers.get(question.name)
        if question.name in self.answers or usual is None:
            return answer if isinstance(answer, list) else [answer] if answer else []
        return list(await usual(self.view))


def step_of(process: Process, draft: Draft) -> Step:
    return process.steps(draft.data[AT] if draft.case_id else START, draft.action)[0]


def form_of(process: Process, draft: Draft) -> type[Form]:
    form = step_of(process, draft).form
    assert form is not None  # noqa: S101  # drafts are begun for steps with a form only
    return form


# ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def begin(person: Person, process: Process) -> Draft:
    """This person's draft of a new record, the one that is there or a new one. Raises Refusal for whom may not."""
    first = process.first()
    answering.may_begin_by_role(process, person)
    found = await drafts.find(person.id, process.name, first.action)
    return found or await drafts.begin(person.id, process.name, first.action)


async def begin_step(person: Person, process: Process, case: Case, step: Step) -> Draft:
    """The draft of a step of a case. What the case holds already is opened for editing, so that a second round never
    begins with an empty form."""
    draft = await drafts.find(person.id, case.process, step.action, case.id)
    asked, held = _opened(step), _held(step, case)
    if draft is not None and (form_of(process, draft), draft.data[HELD]) != (step.form, held):
        await drafts.close(draft, await _earlier(process, case))
        draft = None
    about = {"station": case.station_id, "project": case.project_id, "author": case.author_id}
    opened = {q.name: held[q.name] for q in asked if q.name in held and not q.field.afresh}
    about |= {"heading": f"{step.caption}：{case.title}", HELD: held, ANSWERED: opened}
    draft = draft or await drafts.begin(person.id, case.process, step.action, case.id, about)
    draft.data[AT] = case.state  # a deadline that runs out takes nothing away that was filled in
    return draft


def _opened(step: Step) -> list[Question]:
    """What the case may hold already."""
    return [] if step.form is None or step.form.remark else list(questions(step.form))


def _held(step: Step, case: Case) -> dict[str, Any]:
    return {q.name: case.data[q.name] for q in _opened(step) if case.data.get(q.name) is not None}


async def begin_about(
    person: Person, process: Process, case: Case, parent: int, known: Mapping[str, Any]
) -> tuple[Draft, bool]:
    """The draft of a record that another one leads to; true where it had been begun before. One that was begun about
    something else gives way."""
    action = process.first().action
    draft = await drafts.find(person.id, process.name, action)
    if draft is not None and draft.data.get(PARENT, 0) == parent and drafts.begun(draft):
        return draft, True
    if draft is not None:
        await drafts.close(draft, f"您后来为另一件事填写了{process.title}，这一份没有提交，也不能再提交。")
    about = {PARENT: parent, "project": case.project_id, "station": case.station_id, ANSWERED: dict(known)}
    about[HELD] = dict(known)
    return await drafts.begin(person.id, process.name, action, data=about), False


async def outcome(filling: Filling) -> str:
    """The state the record will be in, 待审核 or 审核通过（监督内档）: a forgotten recipient is noticed now."""
    process, view = filling.process, filling.view
    seen = replace(view, slots={AUTHOR: [view.author_id]} | dict(view.slots))
    view = replace(seen, slots=await answering.fill_by_rule(process, seen))
    first = process.first()
    step = next((s for s in process.steps(START, first.action) if s.when is None or s.when.holds(view)), first)
    return process.caption_of(step.to, view)


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def submit(engine: Engine, filling: Filling) -> Outcome:
    """The draft becomes a record or a step, once. Nothing is done before every attachment that was sent has been kept.
    Raises Refusal; the draft then stays, and BadInput names its question. NotNow and NotYours: it is closed."""
    if closed := await look(engine, filling):
        raise NotNow(closed)
    await _wait_for_attachments(filling.person)
    _all_confirmed(filling)
    try:
        outcome = await _submitted(engine, filling)
    except (NotNow, NotYours) as refusal:
        await drafts.close(filling.draft, refusal.sentence)
        raise
    await filling.draft.delete()
    return outcome


async def _submitted(engine: Engine, filling: Filling) -> Outcome:
    draft, person, key = filling.draft, filling.person, drafts.request_key(filling.draft.id)
    if draft.case_id:
        return await engine.perform(draft.case_id, draft.action, person, filling.answers, key=key)
    parent = await Case.get_or_none(id=draft.data.get(PARENT) or 0)
    return await engine.open(draft.process, person, filling.answers, key=key, parent=parent)


async def look(engine: Engine, filling: Filling, *, more_comes: bool = False) -> str:
    """Whether it can still be submitted; closes it where somebody else has taken the step, or others have gone on with
    the record. Says in a sentence what happened, empty while nothing has. ``more_comes``: what was filled in meanwhile
    is about to be kept in it."""
    draft = filling.draft
    if not draft.case_id or drafts.closed(draft):
        return drafts.closed(draft)
    if sentence := await _overtaken(engine, filling, await Case.get(id=draft.case_id)):
        await drafts.close(draft, sentence, more_comes=more_comes)
    return sentence


async def look_at_all(engine: Engine, person: Person, case: Case) -> None:
    """This person has taken a step of the case: what else he had begun there."""
    process = engine.process(case.process)
    for draft in await drafts.of_case(person.id, case.id):
        await look(engine, Filling(process, draft, person))


async def _overtaken(engine: Engine, filling: Filling, case: Case) -> str:
    if not await access.may_see(filling.person, case):
        return "这一步已经不由您办理。"
    try:
        step = await engine.asked(case, filling.draft.action, filling.person)
    except (NotNow, NotYours) as refusal:
        return refusal.sentence
    if (filling.form, filling.draft.data[HELD]) == (step.form, _held(step, case)):
        return ""
    return await _earlier(filling.process, case)


async def _earlier(process: Process, case: Case) -> str:
    return f"{await what_happened(process, case)}。这里填的是在那以前的，要办理请从记录的页面重新填写。"


async def receiving_now(person: Person) -> int:
    """How many photos, recordings and videos of this person are still being fetched. A tap that was kept because it
    takes long is none of them: it must not wait for itself."""
    return await InboxRow.filter(sender=person.userid, waiting=True, kind__in=_FETCHED).count()


async def _wait_for_attachments(person: Person) -> None:
    waiting = await receiving_now(person)
    if waiting:
        raise Refusal(f"还有 {waiting} 个附件正在保存，请过几秒再点提交，已填的内容都在。")


def _all_confirmed(filling: Filling) -> None:
    if filling.draft.data.get(IN_HAND):
        raise BadInput(_UNCONFIRMED, next((q.name for q in filling.questions if q.field.kind == "findings"), ""))
