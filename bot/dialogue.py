"""Fills any process's form by conversation: questions one by one, material in any order, a summary before submitting.

The draft is saved after every message, so it survives restarts, and it is the same draft that a page would continue.
"""

from collections.abc import Mapping
from typing import Any

from bot import submitting
from bot.asking.desk import Asker, Desk, Sign
from bot.buttons import Handle, Reply
from bot.cards import DANGER, PRIMARY, Press, ask_with_buttons
from bot.summary import readable, summary
from bot.talk import Talk, plain
from core.cases import drafts, filling
from core.cases.declaration import Process, Step
from core.cases.drafts import ANSWERED, ASKING, MODE, begun
from core.cases.engine import Engine
from core.cases.filling import Filling
from core.cases.models import Case, Draft
from core.errors import BadInput, NotNow, NotYours, Refusal
from core.forms import Form, Question, check_answer, questions
from core.naming import names
from notices import following
from notices.foretelling import foretold

TASK = "task"
_CHOSEN = frozenset({"project", "choice", "people", "switch", "day", "notice_kind", "offered"})


class Dialogue:
    def __init__(self, engine: Engine, askers: Mapping[str, Asker]) -> None:
        self._engine = engine
        self._askers = askers

    # ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────

    async def begin(self, talk: Talk, process: Process) -> None:
        """Starts a new record, or offers to go on with the draft that is there."""
        draft = await filling.begin(talk.person, process)
        if begun(draft):
            await self._offer_to_go_on(talk, process, draft)
            await drafts.save(draft)
            return
        await self.go_on(talk, draft)

    async def begin_again(self, talk: Talk, case: Case) -> None:
        """A new record that starts with all that this one held; never in the place of an unfinished one."""
        process = self._engine.process(case.process)
        action = process.first().action
        draft = await drafts.find(talk.person.id, process.name, action)
        if draft is not None and begun(draft):
            await self._offer_to_go_on(talk, process, draft)
            return
        draft = draft or await drafts.begin(talk.person.id, process.name, action)
        held = {q.name: case.data.get(q.name, q.default) for q in self.questions(draft)}
        left_open = {q.name for q in self.questions(draft) if q.required and q.name not in case.data}
        draft.data[ANSWERED] = {name: value for name, value in held.items() if name not in left_open}
        await self.go_on(talk, draft)

    async def _offer_to_go_on(self, talk: Talk, process: Process, draft: Draft) -> None:
        presses = [
            Press("继续填写", Handle(draft.id, "continue"), PRIMARY),
            Press("重新开始", Handle(draft.id, "restart"), DANGER),
        ]
        rows = await readable(self.form(draft), draft.data[ANSWERED])
        text = "您有一份还没有提交的记录，已填内容都在。"
        title = f"继续填写{process.title}？"
        talk.show(
            ask_with_buttons(talk.task(f"d{draft.id}"), title, text, presses, rows=rows, url=talk.page_of(draft.id))
        )

    async def begin_following(self, talk: Talk, case: Case, name: str) -> None:
        """A record of another process that this one leads to, with what is known filled in."""
        found = following.following(case, name)
        process = self._engine.process(name)
        draft, before = await found.draft(talk.person, process, case)
        if before:
            await self._offer_to_go_on(talk, process, draft)
        else:
            await self.go_on(talk, draft)

    async def begin_step(self, talk: Talk, case: Case, step: Step) -> None:
        """An action that needs words: asks for them here; the page offers the same."""
        await self.go_on(talk, await filling.begin_step(talk.person, self._engine.process(case.process), case, step))

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    async def take(self, talk: Talk, draft: Draft) -> bool:
        """Gives what the member sent to the question it fits; False when none can use it."""
        for question in self._in_turn(draft):
            desk = self._desk(talk, draft, question)
            taken = await self._askers[question.field.kind].read(desk)
            if taken is not Sign.NOT_MINE:
                await self._follow(desk, taken)
                return True
        return False

    async def press(self, talk: Talk, reply: Reply, selected: dict[str, list[str]], task_id: str) -> None:
        draft = await self.draft(talk, reply.draft_id)
        question = next((q for q in self.questions(draft) if q.name == reply.question), None)
        if question is None:
            raise Refusal("这个按钮已经失效，请重新操作。")
        if await self.is_over(talk, draft):
            return
        desk = self._desk(talk, draft, question)
        taken = await self._askers[question.field.kind].pick(desk, reply.value, selected)
        if taken not in (Sign.COLLECTING, Sign.GO_ON, Sign.NOT_MINE):
            draft.data[TASK] = task_id
        await self._follow(desk, taken)

    async def _follow(self, desk: Desk, taken: Any) -> None:
        if taken is Sign.COLLECTING:
            await drafts.save(desk.draft)
        elif taken is Sign.GO_ON:
            await self.go_on(desk.talk, desk.draft)
        elif taken is not Sign.NOT_MINE:
            await self._accept(desk, taken)

    def _in_turn(self, draft: Draft) -> list[Question]:
        """The open question first, then those that take their material at any time."""
        every = self.questions(draft)
        open_now = [q for q in every if q.name == draft.data.get(ASKING)]
        return open_now + [q for q in every if self._askers[q.field.kind].eager and q not in open_now]

    async def _accept(self, desk: Desk, value: Any) -> None:
        answer = check_answer(desk.question, value)
        desk.answers[desk.question.name] = answer
        task = desk.draft.data.pop(TASK, None)
        if task:
            desk.talk.settle(task, await self._shown(desk.question, answer))
        await self.go_on(desk.talk, desk.draft)

    async def _shown(self, question: Question, answer: Any) -> str:
        if question.field.kind not in _CHOSEN:
            return "已填"
        if answer is None:
            return "不选"
        shown = question.field.show(answer, await names(question.field.refers(answer)))
        return f"已选：{shown}"

    # ── going on ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def go_on(self, talk: Talk, draft: Draft) -> None:
        """Asks the next open question; when all are answered shows the summary, or acts when one remark was all."""
        if await self.is_over(talk, draft):
            return
        draft.data[MODE] = ""
        for question in self.questions(draft):
            if question.name in draft.data[ANSWERED] or _keeps_default(question):
                continue
            if await self.ask(talk, draft, question):
                return
            if question.required:
                raise Refusal(f"没有可选的「{question.caption}」，请联系站内管理员登记后再办理。")
            draft.data[ANSWERED][question.name] = question.default
        draft.data[ASKING] = None
        await drafts.save(draft)
        if self.form(draft).remark and len(self.questions(draft)) == 1:
            await self.submit(talk, draft)
        else:
            await self._summarise(talk, draft)

    async def ask(self, talk: Talk, draft: Draft, question: Question) -> bool:
        draft.data[ASKING] = question.name
        shown = await self._askers[question.field.kind].ask(self._desk(talk, draft, question))
        if shown:
            await drafts.save(draft)
        return shown

    async def remind(self, talk: Talk, draft: Draft) -> None:
        """Shows again what is waited for, after something that nobody understood."""
        question = next((q for q in self.questions(draft) if q.name == draft.data.get(ASKING)), None)
        if question is None:
            await self.go_on(talk, draft)
        else:
            await self.ask(talk, draft, question)

    # ── the summary ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _summarise(self, talk: Talk, draft: Draft) -> None:
        process, step = self.step(draft)
        draft.data["summary"] = talk.task(f"s{draft.id}")
        await drafts.save(draft)
        for_view = self._desk(talk, draft, self.questions(draft)[0]).view
        if told := await foretold(process.name, for_view):
            rungs = (f"· {line}" for line in told.rungs)
            lines = ["提交后的安排，请先看清：", told.explanation, *rungs, told.last]
            talk.say("\n".join(filter(None, lines)), merge_key=f"foretold:{draft.id}")
        card = await summary(draft.data["summary"], process, step, draft, talk)
        talk.show(card, merge_key=f"summary:{draft.id}")

    async def submit(self, talk: Talk, draft: Draft) -> None:
        try:
            case = await submitting.submit(talk, self._engine, draft)
        except (NotNow, NotYours) as refusal:
            _say_over(talk, draft, refusal.sentence)
            return
        except BadInput as error:
            question = next((q for q in self.questions(draft) if q.name == error.field), None)
            talk.say(error.sentence)
            if question is not None:
                await self.ask(talk, draft, question)
            return
        for found in following.after(case, list(self._engine.processes)) if not draft.case_id else []:
            await self.begin_following(talk, case, found.process)  # asked for in the form itself (HN-22)

    # ── what others have done meanwhile ──────────────────────────────────────────────────────────────────────────

    async def is_over(self, talk: Talk, draft: Draft) -> bool:
        """Whether it cannot be submitted any more; then it has been said why, and where to read what was filled in."""
        sentence = await filling.look(self._engine, Filling(self._engine.process(draft.process), draft, talk.person))
        if sentence:
            _say_over(talk, draft, sentence)
        return bool(sentence)

    async def tell_of_closed(self, talk: Talk, case: Case, action: str) -> bool:
        """Whether this member had begun to fill in a step that somebody else has taken; then it has been said."""
        draft = await drafts.find(talk.person.id, case.process, action, case.id)
        return draft is not None and await self.is_over(talk, draft)

    # ── small things ─────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, talk: Talk, draft_id: int) -> Draft:
        draft = await drafts.owned(talk.person.id, draft_id)
        if draft is None:
            raise Refusal("这份草稿已经提交或取消了。发送“帮助”查看可以做什么。")
        return draft

    def step(self, draft: Draft) -> tuple[Process, Step]:
        process = self._engine.process(draft.process)
        return process, filling.step_of(process, draft)

    def form(self, draft: Draft) -> type[Form]:
        return filling.form_of(self._engine.process(draft.process), draft)

    def questions(self, draft: Draft) -> list[Question]:
        return list(questions(self.form(draft)))

    def _desk(self, talk: Talk, draft: Draft, question: Question) -> Desk:
        return Desk(talk, draft, self._engine.process(draft.process), question)


def _say_over(talk: Talk, draft: Draft, sentence: str) -> None:
    kept = f'您填的内容都留着，不能再提交，<a href="{talk.page_of(draft.id)}">可以在这里查看和复制</a>。'
    talk.say("\n".join([plain(sentence), *([kept] if drafts.closed(draft) else [])]))


def _keeps_default(question: Question) -> bool:
    """A switch that has a default is not worth a question; it can be changed from the summary."""
    return question.field.kind == "switch" and not question.required
