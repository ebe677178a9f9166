"""Everything the simulator remembers across a restart, as one document."""

from typing import Any, Literal

from pydantic import BaseModel, Field

Json = dict[str, Any]

ACTIVE = 1
LEFT = 5


class Person(BaseModel):
    """`org`, `title` and `role` are for the phones' captions; WeCom itself knows only the rest."""

    userid: str
    name: str
    mobile: str = ""
    org: str = ""
    title: str = ""
    role: str = ""
    gender: str = "1"
    email: str = ""
    department: list[int] = Field(default_factory=lambda: [1])
    status: int = ACTIVE
    visible: bool = True

    @property
    def reachable(self) -> bool:
        """In the app's visible range, and neither disabled nor gone."""
        return self.visible and self.status == ACTIVE


class Department(BaseModel):
    id: int
    name: str
    parentid: int = 0
    order: int = 0
    name_en: str = ""


class Place(BaseModel):
    """A place that a member may be at; GCJ-02 degrees."""

    name: str
    lat: float
    lon: float
    label: str


_PLACES = [
    Place(name="滨江花园三期", lat=20.0231, lon=110.3492, label="椰城市滨江区望海路 18 号"),
    Place(name="科创中心 2 号楼", lat=20.0187, lon=110.3275, label="椰城市高新区创业大道 6 号"),
    Place(name="城东实验学校", lat=20.0402, lon=110.3711, label="椰城市城东区育才路 3 号"),
    Place(name="监督站", lat=20.0315, lon=110.3388, label="椰城市中心区建设路 1 号"),
]


class Tag(BaseModel):
    tagid: int
    tagname: str
    userlist: list[str] = Field(default_factory=list)
    partylist: list[int] = Field(default_factory=list)
    in_range: bool = False  # its members see the app


class CardState(BaseModel):
    """What became of one member's copy of a card."""

    clicked: str | None = None
    selected: dict[str, list[str]] = Field(default_factory=dict)
    replaced: Json | None = None
    inert_text: str | None = None


class Message(BaseModel):
    """One entry of one member's chat. `msgid` is set for what the app sent through message/send."""

    id: str
    at: float
    sender: Literal["member", "app"]
    kind: str
    body: Json = Field(default_factory=dict)
    card: Json | None = None
    card_state: CardState | None = None
    msgid: str | None = None
    recalled: bool = False
    dropped: bool = False

    def shown(self) -> Json:
        """The shape of the control API."""
        told = {"id": self.id, "at": self.at, "from": self.sender, "kind": self.kind, **self.body}
        told |= {"msgid": self.msgid, "recalled": self.recalled, "dropped": self.dropped}
        if self.card is not None and self.card_state is not None:
            told["card"] = {**self.card, "state": self.card_state.model_dump()}
        return told

    @property
    def live_card(self) -> Json:
        """The card as the member sees it now."""
        state = self.card_state
        return (state.replaced if state and state.replaced else self.card) or {}


class Sent(BaseModel):
    """One accepted message/send. `copies` maps a receiver to the id of his message."""

    msgid: str
    at: float
    agentid: int
    copies: dict[str, str] = Field(default_factory=dict)
    card_type: str | None = None
    updatable: bool = False


class ResponseCode(BaseModel):
    """Updates cards of one sent message, once. `clicker` is the member whose click made it."""

    code: str
    msgid: str
    at: float
    clicker: str | None = None
    used: bool = False


class Media(BaseModel):
    """`permanent` marks uploadimg's pictures, which have an address and no media id."""

    media_id: str
    type: str
    filename: str
    content_type: str
    size: int
    at: float
    seconds: float = 0.0
    permanent: bool = False
    thumb_media_id: str | None = None


class App(BaseModel):
    """The settings an administrator or agent/set may change."""

    name: str = "质安"
    description: str = "工程质量安全监督"
    redirect_domain: str = ""
    report_location_flag: int = 0
    isreportenter: int = 1
    home_url: str = ""
    menu: list[Json] | None = None
    workbench_template: Json | None = None
    workbench_data: dict[str, Json] = Field(default_factory=dict)


class Knobs(BaseModel):
    """How this WeCom behaves where the real one has settings, or where its pages disagree or are silent."""

    callback_timeout_seconds: float = 5.0
    callback_retries: int = 3
    callback_retry_spacing_seconds: float = 1.0
    retry_on_non_200: bool = True
    fresh_nonce_per_retry: bool = True
    patient: bool = False
    """Keep retrying while the service is down, instead of giving up (for a rehearsal, not for a test)."""
    same_token_while_valid: bool = True
    trusted_ips: list[str] | None = None
    custom_workbench: bool = True
    """The console's switch for tiles of one's own."""


class State(BaseModel):
    app: App = Field(default_factory=App)
    knobs: Knobs = Field(default_factory=Knobs)
    persons: dict[str, Person] = Field(default_factory=dict)
    departments: dict[int, Department] = Field(default_factory=lambda: {1: Department(id=1, name="企业")})
    tags: dict[int, Tag] = Field(default_factory=dict)
    places: list[Place] = Field(default_factory=lambda: list(_PLACES))
    phones: list[str] = Field(default_factory=list)
    chats: dict[str, list[Message]] = Field(default_factory=dict)
    read_at: dict[str, float] = Field(default_factory=dict)
    sent: dict[str, Sent] = Field(default_factory=dict)
    codes: dict[str, ResponseCode] = Field(default_factory=dict)
    recent_bodies: dict[str, float] = Field(default_factory=dict)
    task_ids: set[str] = Field(default_factory=set)
    media: dict[str, Media] = Field(default_factory=dict)
    counter: int = 0
