"""The cards of a reply finding by finding: one finding at a time, and the list of all when something is changed."""

from datetime import date, timedelta

from bot.asking.desk import Desk
from bot.cards import DANGER, LIGHT, OPTIONS, PLAIN, PRIMARY, Pick, Press, ask_with_buttons, ask_with_options
from bot.flows.replying import Replying
from core import clock
from wecom.cards import ButtonInteraction, VoteInteraction

_KEPT = {"statement": "说明", "photos": "照片"}
LATELY = {"今天": 0, "昨天": 1, "前天": 2}


def finding(desk: Desk, reply: Replying, number: int) -> ButtonInteraction:
    owed, piece = reply.owed[number], reply.piece(number)
    rows = [
        ("退回原因", owed.reason),
        ("整改说明", piece.statement),
        ("照片", f"{len(piece.photos)} 张" if piece.photos else ""),
        ("完成日期", f"{_day(piece.done_on)}" if piece.done_on else ""),
    ]
    title = f"第 {number} 条（{reply.place(number)}/{len(reply.owed)}）：请回复"
    url = desk.talk.link(f"/h5/cases/{desk.draft.case_id}")
    presses = _presses(desk, reply, number)
    return ask_with_buttons(desk.task(), title, owed.wording, presses, rows=rows, url=url, desc=_hint(reply, number))


def _hint(reply: Replying, number: int) -> str:
    piece = reply.piece(number)
    if piece.old:
        kept = [caption for name, caption in _KEPT.items() if name in piece.old]
        return f"上次的{'和'.join(kept)}还在，发送新的会代替它"
    if not piece.complete:
        return "请发送整改说明，照片几张都可以"
    return "可以再补文字和照片，完成日期不改就是今天" if not piece.done_on else "可以再补文字和照片"


def _presses(desk: Desk, reply: Replying, number: int) -> list[Press]:
    piece, presses = reply.piece(number), []
    if piece.complete:
        caption = "改好了" if desk.question.name in desk.answers else _onward(reply, number)
        presses.append(Press(caption, desk.carries(f"next:{number}"), PRIMARY))
    if reply.beside(number, -1):
        presses.append(Press("上一条", desk.carries(f"back:{number}"), LIGHT))
    if piece.complete:
        presses.append(Press("重写说明", desk.carries(f"reword:{number}"), PLAIN))
        presses.append(Press("完成日期", desk.carries(f"day:{number}"), PLAIN))
    if piece.photos:
        presses.append(Press("去掉照片", desk.carries(f"strip:{number}"), DANGER))
    return [*presses, Press("看详情", desk.talk.link(f"/h5/cases/{desk.draft.case_id}"), PLAIN)]


def _onward(reply: Replying, number: int) -> str:
    return "下一条" if reply.beside(number, 1) else "填好了"


def days(desk: Desk, number: int) -> ButtonInteraction:
    presses = [Press(word, desk.carries(f"done:{number}:{_ago(back)}"), LIGHT) for word, back in LATELY.items()]
    text = "也可以直接回复日期，例如 11月5日。"
    return ask_with_buttons(desk.talk.task(f"y{desk.draft.id}"), f"第 {number} 条哪一天整改完成？", text, presses)


def _ago(back: int) -> str:
    return (clock.today() - timedelta(days=back)).isoformat()


def every(desk: Desk, reply: Replying) -> VoteInteraction:
    picks = [Pick(str(number), _short(reply, number)) for number in reply.owed]
    title, desc = "要修改哪一条？", "未列出的请回复序号，例如：第21条" if len(picks) > OPTIONS else ""
    return ask_with_options(desk.task(), title, desc, picks, desk.carries("take"), several=False, submit="修改这一条")


def _short(reply: Replying, number: int) -> str:
    piece = reply.piece(number)
    photos = f"（{len(piece.photos)}图）" if piece.photos else ""
    return f"{number}.{photos}{piece.statement or reply.owed[number].wording}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
