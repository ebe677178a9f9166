"""文书 文号: the paper of a record, on its page. 重做文书 文号: one that could not be made is tried again."""

from bot.commands import listing, where
from bot.talk import Talk
from core import access
from core.cases.models import Case
from core.errors import Refusal
from core.papers import queue
from core.papers.models import PaperRow, PaperState

WORD, AGAIN = "文书", "重做文书"
_UNKNOWN = "没有找到这份文书，或者您无权查看。请发送“文书 文号”，例如：文书 {example}"
_EXAMPLE = "海澄质安改〔2026〕001号"


def asks(text: str) -> bool:
    return text.strip() == WORD or (text.strip().startswith((WORD, AGAIN)) and where.holds_number(text))


async def by_number(talk: Talk, text: str) -> None:
    said = text.strip()
    again = said.startswith(AGAIN)
    case = await where.numbered(said.removeprefix(AGAIN if again else WORD))
    row = await queue.of_case(case.id) if case is not None and await access.may_see(talk.person, case) else None
    if case is None or row is None:
        raise Refusal(_UNKNOWN.format(example=_EXAMPLE))
    if again:
        await _again(talk, case, row)
    else:
        talk.say(f"{row.title} {row.number}\n{_state(row)}\n{listing.link(talk, case, '查看文书')}")


def _state(row: PaperRow) -> str:
    if row.state == PaperState.MADE:
        return f"已生成，共{len(row.page_ids)}页。"
    if row.state == PaperState.WANTED:
        return "正在生成，完成后会通知您。"
    return f"没有生成。原因：{row.error}\n请告诉管理员；处理好以后，发送“{AGAIN} {row.number}”。"


async def _again(talk: Talk, case: Case, row: PaperRow) -> None:
    if not await access.inside(talk.person, case):
        raise Refusal("只有监督站的人员可以重做文书。")
    if row.state == PaperState.MADE:
        raise Refusal(f"{row.number}的文书已经生成，不能重做。发送“{WORD} {row.number}”查看。")
    await queue.again(case.id)
    talk.say(f"正在重新生成{row.title}（{row.number}），完成后会通知您。")
