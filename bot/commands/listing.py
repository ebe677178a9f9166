"""How a list of records reads in chat: a few lines, each a link to the very item and whose turn it is."""

from bot.talk import Talk
from core.cases.engine import Engine
from core.cases.models import Case
from core.cases.turns import whose_turn

SHOWN = 5


async def lines(talk: Talk, engine: Engine, cases: list[Case]) -> list[str]:
    return [await line(talk, engine, case) for case in cases]


async def line(talk: Talk, engine: Engine, case: Case) -> str:
    process = engine.process(case.process)
    state = process.caption_of(case.state, await engine.view(case))
    turn = await whose_turn(case)
    link = f'<a href="{talk.link(f"/h5/cases/{case.id}")}">{_plain(case.title)}</a>'
    return f"· {link}\n  {case.number or process.title}｜{turn or state}"


def _plain(text: str) -> str:
    """A title inside a link: WeCom's text knows no escaping, so what could end the link is left out."""
    return text.replace("<", "〈").replace(">", "〉").replace('"', "”")
