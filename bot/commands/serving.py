"""送达 文号: whom a notice has reached, and how far each of them is (BY-03)."""

from datetime import datetime

from bot.commands import listing, where
from bot.talk import Talk, plain
from core import access, clock
from core.errors import Refusal
from notices import records, service
from notices.papers.paper import Served

_WORDS = ("送达情况", "送达回证", "送达")


def asks(text: str) -> bool:
    return text.strip().startswith(_WORDS) and where.holds_number(text)


async def by_number(talk: Talk, text: str) -> None:
    """For the people of the station; nobody else hears whether there is such a notice."""
    words = text.strip()
    for word in _WORDS:
        words = words.removeprefix(word)
    notice = await where.numbered(words)
    if notice is None or notice.process != records.NOTICE or not await access.may_see(talk.person, notice):
        raise Refusal("没有找到这份通知，请核对文号，例如：送达 海澄质安改〔2026〕001号。")
    if not await access.inside(talk.person, notice):
        raise Refusal("送达情况只供监督站查看。")
    served = await service.of_notice(notice)
    lines = [f"《{plain(notice.title)}》{notice.number}的送达情况：", *(line for one in served for line in _lines(one))]
    listing.say(talk, lines, listing.link(talk, notice, "查看通知"))


def _lines(one: Served) -> list[str]:
    steps = (
        ("同意电子送达", one.consented_at), ("发送", one.sent_at), ("送达", one.delivered_at), ("打开", one.opened_at),
        ("签收", one.acknowledged_at), ("回复", one.replied_at),
    )  # fmt: skip
    done = "｜".join(_step(caption, at) for caption, at in steps if at is not None)
    owed = "、".join(caption for caption, at in steps[2:] if at is None)
    lacks = f"还没有：{owed}" if owed else ""
    about = [f"  {said}" for said in (done, lacks, f"！{one.trouble}" if one.trouble else "") if said]
    return [plain(f"· {one.name}（{one.unit} {one.role}）"), *about]


def _step(caption: str, at: datetime) -> str:
    return f"{caption} {clock.spoken(at)}"
