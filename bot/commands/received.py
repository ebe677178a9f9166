"""我接收的 (HN-26): awaiting my review, reviewed by me, issued to me; and what a colleague decided instead of me."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.declaration import AUTHOR, Process
from core.cases.engine import Engine
from core.cases.models import Case, Participant

WORDS = frozenset({"我接收的", "我收到的", "接收"})
GROUPS = ("待审核", "已审核", "下达接收", "他人已审核")
_LOOKED_AT = 200


async def answer(talk: Talk, engine: Engine) -> None:
    parts = Participant.filter(person_id=talk.person.id).exclude(slot=AUTHOR)
    groups: dict[str, list[int]] = {}
    for part in await parts.order_by("-case_id").limit(_LOOKED_AT):
        groups.setdefault(_group(engine.process(part.process), part), []).append(part.case_id)
    lines = []
    for caption in GROUPS:
        ids = groups.get(caption, [])
        if ids:
            cases = await Case.filter(id__in=ids[: listing.SHOWN]).order_by("-id")
            lines += await listing.block(talk, engine, caption, cases, len(ids))
    if not lines:
        talk.say("您还没有收到记录。有记录发给您时，会在这里通知您。")
        return
    listing.say(talk, lines)


def _group(process: Process, part: Participant) -> str:
    """Empty for a record that has not reached this person yet."""
    if part.turn:
        return "待审核"
    if part.acted_at is not None:
        return "已审核"
    if part.told_at is None:
        return ""
    return "他人已审核" if process.slot(part.slot).judges else "下达接收"
