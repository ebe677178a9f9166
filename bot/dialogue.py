"""Fills any process's form by conversation: questions one by one, material in any order, a summary before submitting.

The draft is saved after every message, so it survives restarts, and it is the same draft that a page would continue.
"""

from collections.abc import Mapping
from typing import Any

from bot.asking.desk import Asker, Desk, Sign
from bot.buttons import Act, Handle, Reply
from bot.cards import DANGER, PLAIN, PRIMARY, QUESTION, Pick, Press, ask_with_buttons, ask_with_options
from bot.talk import Talk
from core import access
from core.cases import drafts
from core.cases.declaration import START, Process, Step
from core.cases.engine import Engine, Outcome
from core.cases.models import Case, Draft, InboxRow
from core.cases.turns import whose_turn
from core.errors import BadInput, Refusal
from core.forms import Form, Question, check_answer, questions, show
from core.forms.form import refers
from core.naming import names

ANSWERED, ASKING, TASK = "answers", "asking", "task"


class Dialogue:
    def __init__(self, engine: Engine, askers: Mapping[str, Asker]) -> None:
        self._engine = engine
        self._askers = askers

    # ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────

    async def begin(self, talk: Talk, process: Process) -> None:
        """Starts a new record, or offers to go on with the draft that is there."""
        first = process.first()
        roles = process.slot(first.by).roles
        if roles and talk.person.role not in roles:
            raise Refusal(f"「{process.title}」由{process.slot(first.by).caption}办理，您的岗位不能发起。")
        draft = await drafts.find(talk.person.id, process.name, first.action)
        if draft is not None and (draft.data[ANSWERED] or draft.data.get("pocket")):
            self._offer_to_go_on(talk, process, draft)
            await drafts.save(draft)
            return
        draft = draft or await drafts.begin(talk.person.id, process.name, first.action)
        await self.go_on(talk, draft)

    def _offer_to_go_on(self, talk: Talk, process: Process, draft: Draft) -> None:
        presses = [
            Press("继续填写", Handle(draft.id, "continue"), PRIMARY),
            Press("重新开始", Handle(draft.id, "restart"), DANGER),
        ]
        text = "您有一份还没有提交的记录，已填内容都在。"
        talk.show(ask_with_buttons(talk.task(f"d{draft.id}"), f"继续填写{process.title}？", text, presses))

    async def begin_step(self, talk: Talk, case: Case, step: Step) -> None:
        """An action that needs words: asks for them here; the page offers the same."""
        draft = await drafts.find(talk.person.id, case.process, step.action, case.id)
        data = {ANSWERED: {}, "station": case.station_id}
        draft = draft or await drafts.begin(talk.person.id, case.process, step.action, case.id, data)
        await self.go_on(talk, draft)

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def take(self, talk: Talk, draft: Draft) -> bool:
        """Gives what the member sent to the question it fits; False when none can use it."""
        for question in self._in_turn(draft):
            desk = self._desk(talk, draft, question)
            value = await self._askers[question.field.kind].read(desk)
            if value is Sign.COLLECTING:
                await drafts.save(draft)
                return True
            if value is not Sign.NOT_MINE:
                await self._accept(desk, value)
                return True
        return False

    async def press(self, talk: Talk, reply: Reply, selected: dict[str, list[str]], task_id: str) -> None:
        draft = await self._draft(talk, reply.draft_id)
        question = next((q for q in self._questions(draft) if q.name == reply.question), None)
        if question is None:
            raise Refusal("这个按钮已经失效，请重新操作。")
        desk = self._desk(talk, draft, question)
        value = await self._askers[question.field.kind].pick(desk, reply.value, selected)
        if value is Sign.COLLECTING:
            await drafts.save(draft)
        elif value is not Sign.NOT_MINE:
            draft.data[TASK] = task_id
            await self._accept(desk, value)

    def _in_turn(self, draft: Draft) -> list[Question]:
        """The open question first, then those that take their material at any time."""
        all_questions = self._questions(draft)
        open_now = [q for q in all_questions if q.name == draft.data.get(ASKING)]
        eager = [q for q in all_questions if self._askers[q.field.kind].eager and q not in open_now]
        return open_now + eager

    async def _accept(self, desk: Desk, value: Any) -> None:
        answer = check_answer(desk.question, value)
        desk.answers[desk.question.name] = answer
        task = desk.draft.data.pop(TASK, None)
        if task:
            shown = await self._shown(desk.question, answer)
            desk.talk.settle(task, f"已选：{shown}" if shown else "已填")
        await self.go_on(desk.talk, desk.draft)

    async def _shown(self, question: Question, answer: Any) -> str:
        return question.field.show(answer, await names(question.field.refers(answer))) if answer else ""

    # ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def go_on(self, talk: Talk, draft: Draft) -> None:
        """Asks the next open question; when all are answered shows the summary, or acts when one remark was all."""
        for question in self._questions(draft):
            if question.name in draft.data[ANSWERED] or _keeps_default(question):
                continue
            draft.data[ASKING] = question.name
            if await self._askers[question.field.kind].ask(self._desk(talk, draft, question)):
                await drafts.save(draft)
                return
            if question.required:
                raise Refusal(f"没有可选的「{question.caption}」，请联系站内管理员登记后再办理。")
            draft.data[ANSWERED][question.name] = question.default
        draft.data[ASKING] = None
        await drafts.save(draft)
        if draft.case_id and len(self._questions(draft)) == 1:
            await self.submit(talk, draft)
        else:
            await self._summarise(talk, draft)

    async def _summarise(self, talk: Talk, draft: Draft) -> None:
        process, step = self._step(draft)
        rows = await self._readable(self._form(draft), draft.data[ANSWERED])
        text = "\n".join(f"{caption}：{value}" for caption, value in rows[6:])
        sentence = process.confirm if step.at == START else ""
        presses = [
            Press(step.caption, Handle(draft.id, "submit"), PRIMARY),
            Press("修改", Handle(draft.id, "change"), PLAIN),
            Press("取消", Handle(draft.id, "cancel"), DANGER),
        ]
        task = talk.task(f"s{draft.id}")
        draft.data["summary"] = task
        await drafts.save(draft)
        card = ask_with_buttons(
            task, f"{process.title}：请核对", "\n".join(filter(None, [text, sentence])), presses, rows=rows[:6]
        )
        talk.show(card, merge_key=f"summary:{draft.id}")

    async def _readable(self, form: type[Form], answers: dict[str, Any]) -> list[tuple[str, str]]:
        filled = {q.name: answers.get(q.name, q.default) for q in questions(form)}
        return show(form, filled, await names(refers(form, filled)))

    # ── handling the draft as a whole ────────────────────────────────────────────────────────────────────────────

    async def handle(self, talk: Talk, button: Handle, selected: dict[str, list[str]], task_id: str) -> None:
        draft = await self._draft(talk, button.draft_id)
        if button.verb == "continue":
            talk.settle(task_id, "继续填写")
            await self.go_on(talk, draft)
        elif button.verb == "restart":
            talk.settle(task_id, "已重新开始")
            await draft.delete()
            await self.begin(talk, self._engine.process(draft.process))
        elif button.verb == "submit":
            await self.submit(talk, draft)
        elif button.verb == "cancel":
            talk.settle(task_id, "已取消")
            await self.cancel(talk, draft)
        elif button.verb == "change":
            self._offer_changes(talk, draft)
        elif button.verb == "field":
            await self._change(talk, draft, next(iter(selected.get(QUESTION, [])), ""), task_id)

    async def cancel(self, talk: Talk, draft: Draft) -> None:
        process, _ = self._step(draft)
        await draft.delete()
        talk.say(f"已取消，{process.title}没有提交。需要时发送“{process.word}”重新开始。")

    def _offer_changes(self, talk: Talk, draft: Draft) -> None:
        picks = [Pick(q.name, q.caption) for q in self._questions(draft)]
        carries = Handle(draft.id, "field")
        talk.show(
            ask_with_options(
                talk.task(f"c{draft.id}"), "要修改哪一项？", "", picks, carries, several=False, submit="修改这一项"
            )
        )

    async def _change(self, talk: Talk, draft: Draft, name: str, task_id: str) -> None:
        question = next((q for q in self._questions(draft) if q.name == name), None)
        if question is None:
            raise BadInput("请先选中要修改的一项。")
        talk.settle(task_id, f"修改{question.caption}")
        draft.data[ASKING] = name
        await self._askers[question.field.kind].ask(self._desk(talk, draft, question))
        await drafts.save(draft)

    async def submit(self, talk: Talk, draft: Draft) -> None:
        """Nothing says 已提交 before every attachment that was sent has been kept."""
        waiting = await InboxRow.filter(sender=talk.person.userid, waiting=True).count()
        if waiting:
            raise Refusal(f"还有 {waiting} 个附件正在保存，请过几秒再点提交，内容都在。")
        try:
            outcome = await self._carry_out(talk, draft)
        except BadInput as error:
            await self._ask_again(talk, draft, error)
            return
        if draft.data.get("summary"):
            talk.settle(draft.data["summary"], "已提交")
        await draft.delete()
        talk.say(await self._what_now(talk, outcome))

    async def _carry_out(self, talk: Talk, draft: Draft) -> Outcome:
        key, answers = f"draft:{draft.id}", draft.data[ANSWERED]
        if draft.case_id:
            return await self._engine.perform(draft.case_id, draft.action, talk.person, answers, key=key)
        return await self._engine.open(draft.process, talk.person, answers, key=key)

    async def _ask_again(self, talk: Talk, draft: Draft, error: BadInput) -> None:
        question = next((q for q in self._questions(draft) if q.name == error.field), None)
        talk.say(error.sentence)
        if question is not None:
            draft.data[ASKING] = question.name
            await self._askers[question.field.kind].ask(self._desk(talk, draft, question))
        await drafts.save(draft)

    async def _what_now(self, talk: Talk, outcome: Outcome) -> str:
        case, process = outcome.case, self._engine.process(outcome.case.process)
        view = await self._engine.view(case)
        lines = [f"已提交：{case.title}", f"编号：{case.number}" if case.number else ""]
        lines.append(f"状态：{process.caption_of(case.state, view)}")
        lines.append(await whose_turn(case))
        lines.append(f'<a href="{talk.link(f"/h5/cases/{case.id}")}">查看详情</a>')
        return "\n".join(line for line in lines if line)

    async def act(self, talk: Talk, button: Act) -> None:
        """A pressed action: taken at once, or asked about when it needs words."""
        case = await access.case_for(talk.person, button.case_id)
        steps = await self._engine.open_steps(case, talk.person)
        step = next((s for s in steps if s.action == button.action), None)
        if step is not None and step.form is not None:
            await self.begin_step(talk, case, step)
            return
        outcome = await self._engine.perform(case.id, button.action, talk.person, key=f"tap:{talk.key}")
        process = self._engine.process(case.process)
        caption = process.caption_of(outcome.case.state, await self._engine.view(outcome.case))
        talk.say(f"已办理：{outcome.case.title}\n现在的状态：{caption}")

    # ── small things ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _draft(self, talk: Talk, draft_id: int) -> Draft:
        draft = await drafts.owned(talk.person.id, draft_id)
        if draft is None:
            raise Refusal("这份草稿已经提交或取消了。发送“帮助”查看可以做什么。")
        return draft

    def _step(self, draft: Draft) -> tuple[Process, Step]:
        process = self._engine.process(draft.process)
        return process, next(
            s for s in process.table if s.action == draft.action and (s.at == START) != bool(draft.case_id)
        )

    def _form(self, draft: Draft) -> type[Form]:
        form = self._step(draft)[1].form
        assert form is not None  # noqa: S101  # drafts are begun for steps with a form only
        return form

    def _questions(self, draft: Draft) -> list[Question]:
        return questions(self._form(draft))

    def _desk(self, talk: Talk, draft: Draft, question: Question) -> Desk:
        return Desk(talk, draft, self._engine.process(draft.process), question)


def _keeps_default(question: Question) -> bool:
    """A switch that has a default is not worth a question; it can be changed from the summary."""
    return question.field.kind == "switch" and not question.required
