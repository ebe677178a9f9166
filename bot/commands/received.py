"""我接收的 (HN-26): awaiting my review, reviewed by me, issued to me; and what a colleague decided instead of me."""

from bot.commands import listing
from bot.talk import Talk
from core.cases.engine import Engine
from notices.ledgers import RECEIVED

WORDS = frozenset({"我接收的", "我收到的", "接收"})


async def answer(talk: Talk, engine: Engine) -> None:
    lines = [line for tab in RECEIVED.tabs for line in await listing.group(talk, engine, tab.caption, tab)]
    if not lines:
        talk.say("您还没有收到记录。有记录发给您时，会在这里通知您。")
        return
    listing.say(talk, lines)
