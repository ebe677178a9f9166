"""Small builders for the cards of the conversation; texts are clipped to what a phone's screen shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from bot.buttons import Button as Pressed
from wecom import cards
from wecom.cards import Advice, clip

PRIMARY: Final = 1
PLAIN: Final = 2
DANGER: Final = 3
LIGHT: Final = 4
OPTIONS = 20
ROWS = 6
QUESTION = "q"  # the only question of a vote card
SOURCE = cards.Source(desc="质安监督", desc_color=0)


@dataclass(frozen=True)
class Press:
    """A button: what it says and what it carries, or the address it opens."""

    text: str
    carries: Pressed | str
    style: Literal[1, 2, 3, 4] = PLAIN


class Line(NamedTuple):
    """A line of a card that leads somewhere."""

    name: str
    value: str
    url: str


Row: TypeAlias = tuple[str, str] | Line


@dataclass(frozen=True)
class Pick:
    """An option of a vote card or a drop-down."""

    id: str
    text: str
    checked: bool = False


def ask_with_buttons(
    task_id: str,
    title: str,
    text: str,
    presses: Sequence[Press],
    *,
    rows: Sequence[Row] = (),
    url: str = "",
    desc: str = "",
    selection: tuple[str, str, Sequence[Pick]] | None = None,
) -> cards.ButtonInteraction:
    """``selection``: question key, title and options of the drop-down above the buttons."""
    return cards.ButtonInteraction(
        source=SOURCE,
        task_id=task_id,
        main_title=cards.RequiredTitle(title=clip(title, Advice.TITLE), desc=clip(desc, Advice.SUBTITLE) or None),
        sub_title_text=clip(text, Advice.TEXT) or None,
        horizontal_content_list=_rows(rows),
        card_action=cards.CardAction(url=url) if url else None,
        button_selection=_selection(selection),
        button_list=[_button(p) for p in presses],
    )


def ask_with_options(
    task_id: str, title: str, desc: str, picks: Sequence[Pick], carries: Pressed, *, several: bool, submit: str
) -> cards.VoteInteraction:
    return cards.VoteInteraction(
        source=SOURCE,
        task_id=task_id,
        main_title=cards.RequiredTitle(title=clip(title, Advice.TITLE), desc=clip(desc, Advice.SUBTITLE) or None),
        checkbox=cards.Checkbox(
            question_key=QUESTION,
            mode=1 if several else 0,
            option_list=[
                cards.CheckboxOption(id=p.id, text=clip(p.text, Advice.CHECKBOX_OPTION), is_checked=p.checked)
                for p in picks[:OPTIONS]
            ],
        ),
        submit_button=cards.SubmitButton(text=submit, key=carries.pack()),
    )


def notice(title: str, text: str, url: str, *, rows: Sequence[Row] = (), desc: str = "") -> cards.TextNotice:
    """To read: a tap anywhere opens the very item."""
    return cards.TextNotice(
        source=SOURCE,
        main_title=cards.MainTitle(title=clip(title, Advice.TITLE), desc=clip(desc, Advice.SUBTITLE) or None),
        sub_title_text=clip(text, Advice.TEXT) or None,
        horizontal_content_list=_rows(rows),
        jump_list=[cards.Jump(type=1, title="查看详情", url=url)],
        card_action=cards.CardAction(url=url),
    )


def _rows(rows: Sequence[Row]) -> list[cards.HorizontalContent]:
    return [_row(row) for row in [row for row in rows if row[1]][:ROWS]]


def _row(row: Row) -> cards.HorizontalContent:
    name, value = clip(row[0], Advice.KEY_NAME), clip(row[1], Advice.VALUE)
    if isinstance(row, Line):
        return cards.HorizontalContent(type=1, keyname=name, value=value, url=row.url)
    return cards.HorizontalContent(keyname=name, value=value)


def _button(press: Press) -> cards.Button:
    text = clip(press.text, Advice.BUTTON)
    if isinstance(press.carries, str):
        return cards.Button(type=1, text=text, style=press.style, url=press.carries)
    return cards.Button(text=text, style=press.style, key=press.carries.pack())


def _selection(selection: tuple[str, str, Sequence[Pick]] | None) -> cards.Selection | None:
    if selection is None:
        return None
    key, title, picks = selection
    return cards.Selection(
        question_key=key,
        title=title,
        option_list=[cards.Option(id=p.id, text=clip(p.text, Advice.OPTION)) for p in picks[:10]],
        selected_id=next((p.id for p in picks if p.checked), None),
    )
