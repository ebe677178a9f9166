"""我的委托 / 收回委托 (BY-09): who acts in whose place now or soon, and the way to end it."""

from bot.buttons import Act
from bot.cards import DANGER, PLAIN, Press, ask_with_buttons
from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case
from core.people import delegation
from core.people.models import STATION_ROLES

WORDS = frozenset({"我的委托", "收回委托", "结束委托"})
_OFFERED = "外出时发送“委托”，可以请本站同事代您办理。"


async def answer(talk: Talk, engine: Engine) -> None:
    found = await delegation.concerning(talk.person)
    if not found:
        onward = _OFFERED if talk.person.role in STATION_ROLES else "发送“帮助”查看可以做什么。"
        talk.say(f"现在没有与您有关的委托。{onward}")
    for case in found:
        await _show(talk, engine, case)


async def _show(talk: Talk, engine: Engine, case: Case) -> None:
    state, period = await listing.state(engine, case), await delegation.described(case)
    presses = [Press("看详情", talk.link(f"/h5/cases/{case.id}"), PLAIN)]
    steps = await engine.open_steps(case, talk.person)
    presses += [Press(step.caption, Act(case.id, step.action), DANGER) for step in steps]
    talk.show(ask_with_buttons(talk.task(f"w{case.id}"), f"委托代办：{state}", period, presses))
