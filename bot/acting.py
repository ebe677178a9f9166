"""An action on a record, pressed on its card or said in its word: taken at once, or asked about when it needs words."""

from bot import submitting
from bot.buttons import Act, Again, Follow
from bot.commands import listing
from bot.dialogue import Dialogue
from bot.talk import Talk
from core import access
from core.cases import filling, turns
from core.cases.declaration import Step
from core.cases.engine import Engine
from core.cases.models import Case, Participant
from core.errors import NotYours
from notices import following

_LOOKED_AT = 20


async def act(talk: Talk, engine: Engine, dialogue: Dialogue, button: Act) -> None:
    case = await access.case_for(talk.person, button.case_id)
    await turns.opened(case.id, talk.person.id)  # a card shows what the page begins with
    step = next((s for s in await engine.open_steps(case, talk.person) if s.action == button.action), None)
    if step is not None and step.form is not None:
        await dialogue.begin_step(talk, case, step)
        return
    if await dialogue.tell_of_closed(talk, case, button.action):
        return
    outcome = await engine.perform(case.id, button.action, talk.person, key=f"tap:{talk.key}")
    await filling.look_at_all(engine, talk.person, outcome.case)  # an opinion for another button of the same card
    verb = outcome.step.caption if outcome.step else "办理"
    await submitting.say_where(talk, engine, outcome.case, verb)


async def again(talk: Talk, dialogue: Dialogue, button: Again) -> None:
    """照此重新上报: only for the author, and what was submitted before stays as it is."""
    case = await access.case_for(talk.person, button.case_id)
    if case.author_id != talk.person.id:
        raise NotYours
    await dialogue.begin_again(talk, case)


async def follow(talk: Talk, dialogue: Dialogue, button: Follow) -> None:
    """下发整改通知, 申请延期, 暂停计时: another record, begun from this one by who may."""
    case = await access.case_for(talk.person, button.case_id)
    await turns.opened(case.id, talk.person.id)
    await following.begun_by(talk.person, case, button.process)
    await dialogue.begin_following(talk, case, button.process)


async def said(talk: Talk, engine: Engine, dialogue: Dialogue, word: str) -> bool:
    """``通过`` typed instead of tapped; False when no record waits for that word from this member."""
    open_to = [found for case in await _waiting(talk) if (found := await _step(talk, engine, case, word))]
    if len(open_to) == 1:
        case, step = open_to[0]
        await act(talk, engine, dialogue, Act(case.id, step.action))
    elif open_to:
        lines = await listing.lines(talk, engine, [case for case, _ in open_to])
        listing.say(talk, [f"有 {len(open_to)} 份记录可以「{word}」，请在各自的卡片或页面上办理：", *lines])
    return bool(open_to)


async def _waiting(talk: Talk) -> list[Case]:
    turns = Participant.filter(person_id=talk.person.id, turn=True).order_by("turn_since").limit(_LOOKED_AT)
    return await Case.filter(id__in=[turn.case_id for turn in await turns]).order_by("id")


async def _step(talk: Talk, engine: Engine, case: Case, word: str) -> tuple[Case, Step] | None:
    steps = await engine.open_steps(case, talk.person)
    return next(((case, step) for step in steps if step.caption == word), None)
