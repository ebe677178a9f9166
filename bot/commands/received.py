"""我接收的 (HN-26, HN-Q3): awaiting my review, reviewed by me (passed and failed, labelled), issued to me."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.declaration import AUTHOR, Process
from core.cases.engine import Engine
from core.cases.models import Case, Participant

WORDS = frozenset({"我接收的", "我收到的", "接收"})


async def answer(talk: Talk, engine: Engine) -> None:
    parts = await Participant.filter(person_id=talk.person.id).exclude(slot=AUTHOR).order_by("-case_id").limit(200)
    groups: dict[str, list[int]] = {}
    for part in parts:
        name = _group(engine.process(part.process), part)
        if name:
            groups.setdefault(name, []).append(part.case_id)
    blocks = [await _block(talk, engine, name, ids) for name, ids in sorted(groups.items(), key=_waiting_first)]
    talk.say("\n".join(blocks) if blocks else "您还没有收到记录。")


def _group(process: Process, part: Participant) -> str:
    if part.turn:
        return "待审核"
    if part.acted_at is not None:
        caption = next((s.caption for s in process.table if s.action == part.action), "")
        return f"已审核（{caption}）"
    return "下达接收" if part.told_at is not None and not process.slot(part.slot).judges else ""


def _waiting_first(group: tuple[str, list[int]]) -> tuple[bool, str]:
    return group[0] != "待审核", group[0]


async def _block(talk: Talk, engine: Engine, name: str, ids: list[int]) -> str:
    cases = {c.id: c for c in await Case.filter(id__in=ids[: listing.SHOWN])}
    found = await listing.lines(talk, engine, [cases[one] for one in ids[: listing.SHOWN]])
    return "\n".join([f"【{name}】{len(ids)} 份", *found])
