"""The end of a draft: all is checked once more, the engine takes the step, and the author is told where it is."""

from bot.commands import listing
from bot.talk import Talk, plain
from core.cases import drafts, filling
from core.cases.declaration import Process
from core.cases.drafts import begun
from core.cases.engine import Engine
from core.cases.filling import Filling
from core.cases.models import Case, Draft, Participant
from core.cases.turns import whose_turn


async def submit(talk: Talk, engine: Engine, draft: Draft) -> Case:
    """Raises Refusal; the draft then stays."""
    process = engine.process(draft.process)
    outcome = await filling.submit(engine, Filling(process, draft, talk.person))
    verb = _verb(process, draft)
    if draft.data.get("summary"):
        talk.settle(draft.data["summary"], f"已{verb}")
    await say_where(talk, engine, outcome.case, verb)
    return outcome.case


async def say_where(talk: Talk, engine: Engine, case: Case, verb: str) -> None:
    """What has been done, the state of the record now, and whose turn it is."""
    process = engine.process(case.process)
    state = process.caption_of(case.state, await engine.view(case))
    lines = [f"已{verb}：{plain(case.title)}"]
    lines += [f"编号：{case.number}" if case.number else "", f"状态：{state}", await whose_turn(case)]
    lines += [listing.link(talk, case, "查看详情"), await _waiting_too(talk), await unfinished(talk, engine)]
    talk.say("\n".join(line for line in lines if line))


async def unfinished(talk: Talk, engine: Engine) -> str:
    """Reminds of what this member has begun and not submitted."""
    draft = await drafts.current(talk.person.id)
    if draft is None or not begun(draft):
        return ""
    return f"您还有一份没有提交的{engine.process(draft.process).title}，发送“继续填写”接着填。"


async def _waiting_too(talk: Talk) -> str:
    count = await Participant.filter(person_id=talk.person.id, turn=True).count()
    return f"还有 {count} 份等您办理，发送“待办”查看。" if count else ""


def _verb(process: Process, draft: Draft) -> str:
    return filling.step_of(process, draft).caption if draft.case_id else "提交"
