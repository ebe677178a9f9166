"""The end of a draft: all is checked once more, the engine takes the step, and the author is told where it is."""

from collections.abc import Mapping

from bot.asking.desk import PARENT, Asker, Desk, begun
from bot.commands import listing
from bot.talk import Talk, plain
from core.cases import drafts
from core.cases.declaration import Process
from core.cases.engine import Engine, Outcome
from core.cases.models import Case, Draft, HistoryRow, InboxRow, Participant
from core.cases.turns import whose_turn
from core.errors import NotNow, NotYours, Refusal
from core.forms import Question
from core.people.models import Person
from wecom.events import ImageMessage, VideoMessage, VoiceMessage

_FETCHED = [kind.__name__ for kind in (ImageMessage, VoiceMessage, VideoMessage)]


async def submit(talk: Talk, engine: Engine, askers: Mapping[str, Asker], draft: Draft, asked: list[Question]) -> Case:
    """Nothing says 已提交 before every attachment that was sent has been kept. Raises Refusal; the draft then stays,
    unless the step is not open to this member any more."""
    await _wait_for_attachments(talk)
    process = engine.process(draft.process)
    for question in asked:
        if question.name in draft.data["answers"]:
            await askers[question.field.kind].recheck(Desk(talk, draft, process, question))
    try:
        outcome = await _carry_out(talk, engine, draft)
    except (NotNow, NotYours):
        await draft.delete()
        raise
    verb = _verb(process, draft)
    if draft.data.get("summary"):
        talk.settle(draft.data["summary"], f"已{verb}")
    await draft.delete()
    await say_where(talk, engine, outcome.case, verb)
    return outcome.case


async def submitted_before(draft_id: int, person: Person) -> Case | None:
    """The case that this person's draft has become, for a second tap on its card."""
    row = await HistoryRow.get_or_none(request_key=_key(draft_id), actor_id=person.id)
    return await Case.get(id=row.case_id) if row else None


async def receiving_now(person: Person) -> int:
    """How many photos, recordings and videos of this person are still being fetched. A tap that was kept because it
    takes long is none of them: it must not wait for itself."""
    return await InboxRow.filter(sender=person.userid, waiting=True, kind__in=_FETCHED).count()


async def _wait_for_attachments(talk: Talk) -> None:
    waiting = await receiving_now(talk.person)
    if waiting:
        raise Refusal(f"还有 {waiting} 个附件正在保存，请过几秒再点提交，已填的内容都在。")


async def _carry_out(talk: Talk, engine: Engine, draft: Draft) -> Outcome:
    answers = draft.data["answers"]
    if draft.case_id:
        return await engine.perform(draft.case_id, draft.action, talk.person, answers, key=_key(draft.id))
    parent = await Case.get_or_none(id=draft.data.get(PARENT) or 0)
    return await engine.open(draft.process, talk.person, answers, key=_key(draft.id), parent=parent)


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
    return process.steps(draft.data["at"], draft.action)[0].caption if draft.case_id else "提交"


def _key(draft_id: int) -> str:
    return f"draft:{draft_id}"
