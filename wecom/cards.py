"""Template cards (模板卡片, path/90236 and 94888) that cannot be built in a way WeCom would refuse.

Hard limits raise pydantic's ValidationError. The lengths of `Advice` say what a phone's screen shows: clip first.
"""

from enum import IntEnum
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator

from wecom import text
from wecom.fields import Key, MediaId, OptionId, Part, Plain, Said, Url, all_different, need

TaskId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_\-@]{1,128}$")]


class Advice(IntEnum):
    """Characters that are shown in full."""

    SOURCE = 20
    TITLE = 36
    SUBTITLE = 44
    EMPHASIS = 14
    EMPHASIS_NOTE = 22
    TEXT = 160
    KEY_NAME = 5
    VALUE = 30
    JUMP = 18
    VERTICAL_TITLE = 38
    VERTICAL_TEXT = 160
    BUTTON = 10
    OPTION = 16
    CHECKBOX_OPTION = 17


def clip(said: str, length: Advice) -> str:
    return text.clip(said, length)


class Source(Part):
    """`desc_color`: 0 grey, 1 black, 2 red, 3 green."""

    icon_url: Url | None = None
    desc: Plain | None = None
    desc_color: Literal[0, 1, 2, 3] | None = None


class MenuAction(Part):
    text: Said
    key: Key


class ActionMenu(Part):
    """The menu in the card's corner."""

    desc: Plain | None = None
    action_list: Annotated[list[MenuAction], Field(min_length=1, max_length=3)]

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        all_different("action_list key", (action.key for action in self.action_list))
        return self


class MainTitle(Part):
    title: Plain | None = None
    desc: Plain | None = None


class RequiredTitle(Part):
    title: Said
    desc: Plain | None = None


class _Link(Part):
    """Where a tap leads: type 1 an address, type 2 a mini-program."""

    url: Url | None = None
    appid: Said | None = None
    pagepath: Plain | None = None

    def _check_link(self, kind: int) -> None:
        need(kind != 1 or self.url, "type 1 needs a url")
        need(kind != 2 or self.appid, "type 2 needs an appid")


class QuoteArea(_Link):
    type: Literal[0, 1, 2] = 0
    title: Plain | None = None
    quote_text: Plain | None = None

    @model_validator(mode="after")
    def _target(self) -> Self:
        self._check_link(self.type)
        return self


class HorizontalContent(Part):
    """`type`: 0 plain, 1 address, 2 attachment (then `value` is a file name with its ending), 3 member."""

    type: Literal[0, 1, 2, 3] = 0
    keyname: Said
    value: Plain | None = None
    url: Url | None = None
    media_id: MediaId | None = None
    userid: Said | None = None

    @model_validator(mode="after")
    def _target(self) -> Self:
        need(self.type != 1 or self.url, "type 1 needs a url")
        need(self.type != 2 or (self.media_id and self.value), "type 2 needs a media_id and the file's name")
        need(self.type != 3 or self.userid, "type 3 needs a userid")
        return self


class Jump(_Link):
    type: Literal[0, 1, 2] = 0
    title: Said

    @model_validator(mode="after")
    def _target(self) -> Self:
        self._check_link(self.type)
        return self


class CardAction(_Link):
    type: Literal[1, 2] = 1

    @model_validator(mode="after")
    def _target(self) -> Self:
        self._check_link(self.type)
        return self


class EmphasisContent(Part):
    title: Plain | None = None
    desc: Plain | None = None


class CardImage(Part):
    url: Url
    aspect_ratio: Annotated[float, Field(ge=1.3, lt=2.25)] | None = None


class ImageTextArea(_Link):
    type: Literal[0, 1, 2] = 0
    title: Plain | None = None
    desc: Plain | None = None
    image_url: Url

    @model_validator(mode="after")
    def _target(self) -> Self:
        self._check_link(self.type)
        return self


class VerticalContent(Part):
    title: Said
    desc: Plain | None = None


class Option(Part):
    id: OptionId
    text: Said


class CheckboxOption(Option):
    is_checked: bool = False


def _ids_differ(options: list[Any]) -> list[Any]:
    all_different("option id", (option.id for option in options))
    return options


_Options = Annotated[list[Option], Field(min_length=1, max_length=10), AfterValidator(_ids_differ)]


class Selection(Part):
    """A drop-down; the first option is chosen unless `selected_id` says otherwise. `disable` is for updates."""

    question_key: Key
    title: Plain | None = None
    option_list: _Options
    selected_id: str | None = None
    disable: bool | None = None

    @model_validator(mode="after")
    def _selected_exists(self) -> Self:
        ids = {option.id for option in self.option_list}
        need(self.selected_id is None or self.selected_id in ids, "selected_id must be one of the options")
        return self


class Checkbox(Part):
    """`mode`: 0 one answer, 1 several. `disable` is for updates."""

    question_key: Key
    mode: Literal[0, 1] = 0
    option_list: Annotated[list[CheckboxOption], Field(min_length=1, max_length=20), AfterValidator(_ids_differ)]
    disable: bool | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        checked = sum(option.is_checked for option in self.option_list)
        need(self.mode == 1 or checked <= 1, "a question with one answer has at most one option checked")
        return self


class SubmitButton(Part):
    text: Said = "提交"
    key: Key


class Button(Part):
    """`type`: 0 comes back as an event, 1 opens an address. `style` 1 to 4: blue, grey, red, light."""

    type: Literal[0, 1] = 0
    text: Said
    style: Literal[1, 2, 3, 4] = 1
    key: Key | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _target(self) -> Self:
        need(self.type != 0 or self.key, "a button needs a key")
        need(self.type != 1 or self.url, "a button of type 1 needs a url")
        return self


class _Card(Part):
    source: Source | None = None
    task_id: TaskId | None = None

    @property
    def comes_back(self) -> bool:
        """Whether a tap on it can reach us as an event, so that it also has a response_code."""
        return True


class _NoticeCard(_Card):
    action_menu: ActionMenu | None = None
    quote_area: QuoteArea | None = None
    horizontal_content_list: list[HorizontalContent] = Field(default_factory=list, max_length=6)
    jump_list: list[Jump] = Field(default_factory=list, max_length=3)
    card_action: CardAction

    @property
    def comes_back(self) -> bool:
        return self.action_menu is not None

    @model_validator(mode="after")
    def _menu_has_task(self) -> Self:
        need(self.action_menu is None or self.task_id, "a card with an action_menu needs a task_id")
        return self


class TextNotice(_NoticeCard):
    card_type: Literal["text_notice"] = "text_notice"
    main_title: MainTitle | None = None
    emphasis_content: EmphasisContent | None = None
    sub_title_text: Plain | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        title = self.main_title and self.main_title.title
        need((title or self.sub_title_text or "").strip(), "main_title.title or sub_title_text must be there")
        return self


class NewsNotice(_NoticeCard):
    card_type: Literal["news_notice"] = "news_notice"
    main_title: RequiredTitle
    image_text_area: ImageTextArea | None = None
    card_image: CardImage | None = None
    vertical_content_list: list[VerticalContent] = Field(default_factory=list, max_length=4)

    @model_validator(mode="after")
    def _has_picture(self) -> Self:
        need(self.image_text_area or self.card_image, "image_text_area or card_image must be there")
        return self


class ButtonInteraction(_Card):
    """`replace_text` is for updates: it takes the place of the buttons."""

    card_type: Literal["button_interaction"] = "button_interaction"
    task_id: TaskId
    action_menu: ActionMenu | None = None
    main_title: RequiredTitle
    quote_area: QuoteArea | None = None
    sub_title_text: Plain | None = None
    horizontal_content_list: list[HorizontalContent] = Field(default_factory=list, max_length=6)
    card_action: CardAction | None = None
    button_selection: Selection | None = None
    button_list: Annotated[list[Button], Field(min_length=1, max_length=6)]
    replace_text: Said | None = None

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        all_different("button key", (button.key for button in self.button_list if button.key))
        return self


class VoteInteraction(_Card):
    card_type: Literal["vote_interaction"] = "vote_interaction"
    task_id: TaskId
    main_title: RequiredTitle
    checkbox: Checkbox
    submit_button: SubmitButton
    replace_text: Said | None = None


class MultipleInteraction(_Card):
    card_type: Literal["multiple_interaction"] = "multiple_interaction"
    task_id: TaskId
    main_title: RequiredTitle
    select_list: Annotated[list[Selection], Field(min_length=1, max_length=3)]
    submit_button: SubmitButton
    replace_text: Said | None = None

    @model_validator(mode="after")
    def _questions_differ(self) -> Self:
        all_different("question_key", (question.question_key for question in self.select_list))
        return self


Card: TypeAlias = TextNotice | NewsNotice | ButtonInteraction | VoteInteraction | MultipleInteraction

_ANY: TypeAdapter[Card] = TypeAdapter(Annotated[Card, Field(discriminator="card_type")])


def parse(value: object) -> Card:
    """Raises pydantic's ValidationError for what WeCom would refuse."""
    return _ANY.validate_python(value)
