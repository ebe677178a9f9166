"""What a callback can say (path/90239, 90240), as types."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """`at` is UTC and whole seconds; `agent_id` is None where the platform leaves it out.

    `repeat_key` is equal for a redelivery and differs for two real taps: a message has its MsgId, an event all it
    says (a card click thereby its fresh ResponseCode, which WeCom's own advice of user + second overlooks).
    `raw` is the decrypted document; `callback.parse` reads it again.
    """

    to_corp: str
    from_user: str
    at: datetime
    agent_id: int | None
    repeat_key: str
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage(Common):
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMessage(Common):
    media_id: str
    picture_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceMessage(Common):
    """`format` is amr or speex; 8 kHz."""

    media_id: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMessage(Common):
    media_id: str
    thumb_media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationMessage(Common):
    """Degrees, most likely GCJ-02 (the page does not say); both are None when either is missing or impossible."""

    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    scale: int | None
    label: str = field(repr=False)
    from_wechat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMessage(Common):
    title: str
    description: str
    url: str
    picture_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMessage(Common):
    message_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe(Common):
    """The member entered the app's visible range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe(Common):
    """The member left the app's visible range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterAgent(Common):
    """The member opened the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLocation(Common):
    """As LocationMessage; `precision` in metres."""

    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    precision: float | None
    from_wechat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuClick(Common):
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuView(Common):
    """`target` is the address opened, or a mini-program's page when `mini_program`."""

    target: str
    mini_program: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanCode(Common):
    """`kind` is qrcode or barcode; `waits`: the member's screen waits for a passive reply."""

    key: str
    kind: str
    result: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PicsSent(Common):
    """Announces pictures that come one by one as ImageMessage; `source` is sysphoto, photo_or_album or weixin."""

    key: str
    source: str
    count: int
    md5s: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSelected(Common):
    key: str
    latitude: float | None = field(repr=False)
    longitude: float | None = field(repr=False)
    scale: int | None
    label: str = field(repr=False)
    place: str = field(repr=False)
    from_wechat: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardClick(Common):
    """`response_code` updates this member's card once within 72 hours; `selected` maps question key to option ids."""

    key: str
    task_id: str
    card_type: str
    response_code: str = field(repr=False)
    selected: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMenuClick(Common):
    key: str
    task_id: str
    card_type: str
    response_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange(Common):
    """`change` is the ChangeType in lower case: create_user … update_tag; an update carries only what changed.

    `fields` holds every plain field as sent, by its documented name in lower case (`maindepartment`, `mobile` …).
    """

    change: str
    user_id: str
    new_user_id: str
    name: str = field(repr=False)
    departments: list[int]
    leads: list[bool]
    status: int | None
    party_id: int | None
    parent_id: int | None
    tag_id: int | None
    added_users: list[str]
    removed_users: list[str]
    added_parties: list[int]
    removed_parties: list[int]
    fields: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJobResult(Common):
    job_id: str
    job_type: str
    error_code: int | None
    error_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalItem:
    """Status: 1 in approval, 2 approved, 3 rejected, 4 transferred."""

    user_id: str
    status: int | None
    speech: str = field(repr=False)
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalNode:
    """`mode`: 1 any one signs, 2 all sign. `kind`: 1 fixed members, 2 tag, 3 superior."""

    status: int | None
    mode: int | None
    kind: int | None
    items: list[ApprovalItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalChange(Common):
    """`status`: 1 in approval, 2 approved, 3 rejected, 4 cancelled; `step` counts nodes from 0."""

    third_no: str
    template_id: str
    status: int | None
    applicant: str
    nodes: list[ApprovalNode]
    notified: list[str]
    step: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemEvent(Common):
    """A documented event about the app itself, such as inactive_alert or switch_workbench_mode."""

    name: str
    effective: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Common):
    name: str


Message: TypeAlias = (
    TextMessage | ImageMessage | VoiceMessage | VideoMessage | LocationMessage | LinkMessage | UnknownMessage
)
Event: TypeAlias = (
    Subscribe
    | Unsubscribe
    | EnterAgent
    | ReportedLocation
    | MenuClick
    | MenuView
    | ScanCode
    | PicsSent
    | LocationSelected
    | CardClick
    | CardMenuClick
    | ContactChange
    | BatchJobResult
    | ApprovalChange
    | SystemEvent
    | UnknownEvent
)
Callback: TypeAlias = Message | Event
