"""The cards of the photo-first conversation: the proposal, its changes, the list of what is confirmed."""

import math
from collections.abc import Sequence

from bot.asking.desk import Desk
from bot.asking.project import on_site
from bot.cards import DANGER, LIGHT, OPTIONS, PLAIN, PRIMARY, Pick, Press, ask_with_buttons, ask_with_options
from checks.finding import SEVERITIES, Finding
from checks.hand import Hand, material
from checks.library import Term, Violation
from checks.suggesting import part_of_works
from core.projects.models import Project
from core.projects.nearby import ON_SITE_METRES, distance, metres
from wecom.cards import ButtonInteraction, VoteInteraction

TERM, SEVERITY = "term", "severity"  # the drop-downs of the proposal and of its changes
NO_TERM = "none"
_KINDS = {"photos": "照片", "voices": "录音", "videos": "视频"}


def invitation(desk: Desk, hand: Hand) -> ButtonInteraction:
    count = len(hand.kept)
    if count == 0:
        title, text = "请拍摄或描述问题", "照片、语音、视频、位置、文字都可以，几样一起发会合成一条问题。"
        presses = [Press("未发现问题", desk.carries("done"), PRIMARY)]
    else:
        title, text = "请拍摄或描述下一条问题", f"已记 {count} 条问题。没有其他问题就进入下一步。"
        presses = [
            Press("没有其他问题了", desk.carries("done"), PRIMARY),
            Press("修改已记的问题", desk.carries("list"), PLAIN),
        ]
    return ask_with_buttons(desk.task(), title, text, presses)


async def proposal(desk: Desk, hand: Hand, serial: str, suggested: list[Term]) -> ButtonInteraction:
    finding = hand.finding(serial)
    presses = [
        Press("确认，下一步", desk.carries(f"keep:{serial}"), PRIMARY),
        Press("确认，再记一条", desk.carries(f"more:{serial}"), LIGHT),
        Press("选术语", desk.carries(f"terms:{serial}"), PLAIN),
        Press("违法行为", desk.carries(f"violations:{serial}"), PLAIN),
        Press("修改", desk.carries(f"edit:{serial}"), PLAIN),
        Press("拆成每图一条", desk.carries(f"split:{serial}"), PLAIN)
        if len(finding.photos) > 1
        else Press("放弃", desk.carries(f"drop:{serial}"), DANGER),
    ]
    return ask_with_buttons(
        desk.talk.task(f"p{desk.draft.id}"),
        f"第 {hand.number(serial)} 条问题：请确认",
        finding.note or "可以再补一句文字说明，或选择标准术语。",
        presses,
        rows=[*_facts(finding), *await _known(desk, finding)],
        selection=_term_choice(finding, suggested),
    )


def _facts(finding: Finding) -> list[tuple[str, str]]:
    cited = "；".join(c.text for c in (*finding.terms, *finding.violations))
    return [
        ("材料", material(finding)),
        ("引用", cited),
        ("严重程度", SEVERITIES[finding.severity]),
        ("位置", finding.place.label if finding.place else ""),
    ]


async def _known(desk: Desk, finding: Finding) -> list[tuple[str, str]]:
    """What confirming will also fill in, so that it need not be asked."""
    part = "" if "checked_location" in desk.answers else part_of_works(finding.note)
    if "project" in desk.answers:
        return [("提醒", await _too_far(desk, finding)), ("部位", part)]
    project = await on_site(desk)
    return [
        ("工程", f"{project.name}（{distance(project, desk.draft.data['spot'])}）" if project else ""),
        ("部位", part),
    ]


async def _too_far(desk: Desk, finding: Finding) -> str:
    project = await Project.get_or_none(id=desk.answers["project"])
    if project is None or finding.place is None:
        return ""
    spot = finding.place.model_dump()
    far = ON_SITE_METRES < metres(project, spot) < math.inf
    return f"位置离所选工程 {distance(project, spot)}，请核对" if far else ""


def _term_choice(finding: Finding, suggested: list[Term]) -> tuple[str, str, list[Pick]] | None:
    """Offered, and never taken without a person's tap."""
    if finding.terms or not suggested:
        return None
    return TERM, "标准术语", [Pick(NO_TERM, "不引用术语", True), *(Pick(t.id, t.text) for t in suggested)]


def changes(desk: Desk, hand: Hand, serial: str) -> ButtonInteraction:
    finding = hand.finding(serial)
    presses = [
        Press("改好了", desk.carries(f"set:{serial}"), PRIMARY),
        Press("重写说明", desk.carries(f"reword:{serial}"), PLAIN),
    ]
    if material(finding):
        presses.append(Press("去掉材料", desk.carries(f"remove:{serial}"), PLAIN))
    if finding.terms or finding.violations:
        presses.append(Press("去掉引用", desk.carries(f"uncite:{serial}"), PLAIN))
    presses.append(Press("删除这条", desk.carries(f"drop:{serial}"), DANGER))
    severities = [Pick(key, caption, key == finding.severity) for key, caption in SEVERITIES.items()]
    title = f"修改第 {hand.number(serial)} 条问题"
    return ask_with_buttons(
        desk.talk.task(f"e{desk.draft.id}"), title, finding.note, presses, rows=_facts(finding),
        selection=(SEVERITY, "严重程度", severities),
    )  # fmt: skip


def pieces(desk: Desk, finding: Finding, serial: str) -> VoteInteraction:
    """Every photo, recording and video of a finding, to choose which are not to stay."""
    picks = [
        Pick(f"{kind}:{one}", f"{caption} {number}")
        for kind, caption in _KINDS.items()
        for number, one in enumerate(getattr(finding, kind), 1)
    ]
    task, carries = desk.talk.task(f"r{desk.draft.id}"), desk.carries(f"removed:{serial}")
    return ask_with_options(task, "要去掉哪些？", "按发送的先后编号", picks, carries, several=True, submit="去掉选中的")


def confirmed(desk: Desk, hand: Hand) -> VoteInteraction:
    findings = [Finding.model_validate(one) for one in hand.kept]
    picks = [Pick(str(place), _short(place, finding)) for place, finding in enumerate(findings)]
    task, picks = desk.talk.task(f"l{desk.draft.id}"), picks[-OPTIONS:]
    desc, carries = "选中后可以修改或删除", desk.carries("take")
    return ask_with_options(task, "要修改哪一条？", desc, picks, carries, several=False, submit="修改这一条")


def _short(place: int, finding: Finding) -> str:
    photos = f"（{len(finding.photos)}图）" if finding.photos else ""
    return f"{place + 1}.{photos}{finding.wording}"


def entries(desk: Desk, serial: str, kind: str, found: Sequence[Term | Violation], desc: str) -> VoteInteraction:
    """``kind``: terms or violations."""
    caption = "标准术语" if kind == "terms" else "违法违规行为"
    picks = [Pick(entry.id, entry.text) for entry in found]
    return ask_with_options(
        desk.talk.task(f"t{desk.draft.id}"), f"选择{caption}", desc, picks, desk.carries(f"cite_{kind}:{serial}"),
        several=True, submit="引用",
    )  # fmt: skip
