"""Messages to members (path/90236) and their frozen form, which alone makes a repeated send harmless."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator

from wecom.cards import Card
from wecom.fields import URL_BYTES, MediaId, Part, Plain, Said, Url, at_most, characters, need

TEXT_BYTES = 2048
REPEAT_WINDOW = 1800  # seconds in which WeCom drops a second copy of the same JSON
EVERYBODY = "@all"

_RECEIVERS, _PARTIES, _TAGS = 1000, 100, 100

_UserId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_\-.@]{1,64}$")]
_USER_IDS = TypeAdapter(Annotated[list[_UserId], Field(max_length=_RECEIVERS)])


class Message(Part):
    msgtype: ClassVar[str]
    confidential: ClassVar[bool] = True

    def body(
        self,
        touser: Sequence[str],
        agentid: int,
        *,
        toparty: Sequence[int] = (),
        totag: Sequence[int] = (),
        safe: bool = False,
        id_trans: bool = False,
    ) -> dict[str, Any]:
        """The request to message/send; `touser` may be [EVERYBODY]. Raises ValueError for receivers WeCom refuses."""
        need(touser or toparty or totag, "a message needs a receiver")
        need(self.confidential or not safe, f"{self.msgtype} cannot be confidential")
        receivers = {"touser": _users(touser), "toparty": _ids(toparty, _PARTIES), "totag": _ids(totag, _TAGS)}
        return {
            **{name: value for name, value in receivers.items() if value},
            "msgtype": self.msgtype,
            "agentid": agentid,
            self.msgtype: self.to_json(),
            **({"safe": 1} if safe else {}),
            **({"enable_id_trans": 1} if id_trans else {}),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": REPEAT_WINDOW,
        }


class Text(Message):
    """Longer than 2048 bytes is refused, as WeCom would cut it unasked: use text.split_bytes or text.cut_bytes."""

    msgtype: ClassVar[str] = "text"
    content: Annotated[Said, AfterValidator(at_most(TEXT_BYTES))]


class Markdown(Message):
    """Headings, bold, links, inline code, quotes and coloured words only; not shown in personal WeChat."""

    msgtype: ClassVar[str] = "markdown"
    content: Annotated[Said, AfterValidator(at_most(TEXT_BYTES))]


class TextCard(Message):
    msgtype: ClassVar[str] = "textcard"
    title: Annotated[Said, AfterValidator(characters(128))]
    description: Annotated[Said, AfterValidator(characters(512))]
    url: Url
    btntxt: Annotated[Said, AfterValidator(characters(4))] | None = None


class Article(Part):
    title: Annotated[Said, AfterValidator(at_most(128))]
    description: Annotated[Plain, AfterValidator(at_most(512))] | None = None
    url: Url | None = None
    picurl: Annotated[str, AfterValidator(at_most(URL_BYTES))] | None = None
    appid: Said | None = None
    pagepath: Annotated[Said, AfterValidator(at_most(128))] | None = None

    @model_validator(mode="after")
    def _target(self) -> "Article":
        need(self.url or (self.appid and self.pagepath), "an article needs a url, or an appid with its pagepath")
        return self


class News(Message):
    msgtype: ClassVar[str] = "news"
    confidential: ClassVar[bool] = False
    articles: Annotated[list[Article], Field(min_length=1, max_length=8)]


class Image(Message):
    msgtype: ClassVar[str] = "image"
    media_id: MediaId


class Voice(Message):
    msgtype: ClassVar[str] = "voice"
    media_id: MediaId


class File(Message):
    msgtype: ClassVar[str] = "file"
    media_id: MediaId


class Video(Message):
    msgtype: ClassVar[str] = "video"
    media_id: MediaId
    title: Annotated[Plain, AfterValidator(at_most(128))] | None = None
    description: Annotated[Plain, AfterValidator(at_most(512))] | None = None


class TemplateCard(Message):
    msgtype: ClassVar[str] = "template_card"
    confidential: ClassVar[bool] = False
    card: Card = Field(discriminator="card_type")

    def to_json(self) -> dict[str, Any]:
        return self.card.to_json()


AnyMessage: TypeAlias = Text | Markdown | TextCard | News | Image | Voice | File | Video | TemplateCard


class CardUpdate(Part):
    """Changes a sent card (path/94888): `replace_name` makes its buttons inert, `card` replaces it whole.

    Each response_code works once, within 72 hours. One from a click changes the clicking member's card; one from the
    send can change every receiver's (`everybody`).
    """

    response_code: Said
    replace_name: Said | None = None
    card: Annotated[Card, Field(discriminator="card_type")] | None = None
    userids: list[_UserId] = Field(default_factory=list, max_length=_RECEIVERS)
    everybody: bool = False

    @model_validator(mode="after")
    def _one_change(self) -> "CardUpdate":
        need((self.replace_name is None) != (self.card is None), "either replace_name or card")
        need(self.userids or self.everybody, "an update needs members, or everybody")
        return self

    def body(self, agentid: int) -> dict[str, Any]:
        change = (
            {"template_card": self.card.to_json()} if self.card else {"button": {"replace_name": self.replace_name}}
        )
        atall: Literal[0, 1] = 1 if self.everybody else 0
        return {
            "userids": self.userids,
            "atall": atall,
            "agentid": agentid,
            "response_code": self.response_code,
            **change,
        }


def freeze(body: dict[str, Any]) -> bytes:
    """The bytes to store and to send, again and again unchanged. Two different messages must differ in them."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _users(touser: Sequence[str]) -> str:
    if EVERYBODY in touser:
        return EVERYBODY
    return "|".join(_USER_IDS.validate_python(list(dict.fromkeys(touser))))


def _ids(numbers: Sequence[int], limit: int) -> str:
    need(len(numbers) <= limit, f"at most {limit} departments or tags")
    return "|".join(str(number) for number in numbers)
