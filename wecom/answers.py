"""What WeCom answers, as types. Fields it leaves out (most personal ones, for newer apps) have an empty default."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wecom import errors

ACTIVE = 1


class Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Sent(Answer):
    """Sent is not delivered: above 30 a minute to one member WeCom drops silently.

    Ids WeCom lists come back in lower case. `unlicensed_users` are in range but lack the basic licence.
    """

    msgid: str = ""
    response_code: str = Field(default="", repr=False)
    invalid_users: list[str] = []
    invalid_parties: list[str] = []
    invalid_tags: list[str] = []
    unlicensed_users: list[str] = []


class User(Answer):
    """`status`: 1 active, 2 disabled, 4 not activated, 5 left; 0 where the call does not tell."""

    userid: str
    name: str = Field(default="", repr=False)
    department: list[int] = []
    order: list[int] = []
    is_leader_in_dept: list[int] = []
    direct_leader: list[str] = []
    main_department: int | None = None
    position: str = ""
    mobile: str = Field(default="", repr=False)
    telephone: str = Field(default="", repr=False)
    alias: str = ""
    status: int = 0


class Department(Answer):
    """`name` is empty in the simple list."""

    id: int
    name: str = ""
    parentid: int = 0
    order: int = 0
    department_leader: list[str] = []


class TagMembers(Answer):
    """Members named one by one, and departments that stand for all who are in them and below."""

    userlist: list[User] = []
    partylist: list[int] = []


class Visitor(Answer):
    """Who has signed in: a member has a `userid`, anybody else only an `openid` and must be refused."""

    userid: str = ""
    user_ticket: str = Field(default="", repr=False)
    openid: str = Field(default="", repr=False)
    external_userid: str = Field(default="", repr=False)


class PrivateDetail(Answer):
    """Only what the administrator ticked and the member granted."""

    userid: str
    mobile: str = Field(default="", repr=False)
    gender: str = ""
    email: str = Field(default="", repr=False)
    biz_mail: str = Field(default="", repr=False)
    avatar: str = ""
    qr_code: str = ""
    address: str = Field(default="", repr=False)


class Agent(Answer):
    """The app; `users`, `parties` and `tags` are its visible range."""

    agentid: int
    name: str = ""
    description: str = ""
    users: list[str] = []
    parties: list[int] = []
    tags: list[int] = []
    closed: bool = False
    redirect_domain: str = ""
    home_url: str = ""
    report_location: bool = False
    report_enter: bool = False


_A = TypeVar("_A", bound=Answer)


def shaped(kind: type[_A], value: object) -> _A:
    """Raises WeComError where WeCom's answer lacks what its page promises."""
    failure: errors.WeComError
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, place["loc"])) for place in error.errors())
        failure = errors.no_answer(f"{kind.__name__}: {places}", unknown_outcome=False)
    raise failure


def all_shaped(kind: type[_A], value: object) -> list[_A]:
    return [shaped(kind, one) for one in value] if isinstance(value, list) else []


def sent(value: dict[str, Any]) -> Sent:
    """The lists come as one string joined by bars (path/90236)."""
    return Sent(
        msgid=str(value.get("msgid") or ""),
        response_code=str(value.get("response_code") or ""),
        invalid_users=_bars(value.get("invaliduser")),
        invalid_parties=_bars(value.get("invalidparty")),
        invalid_tags=_bars(value.get("invalidtag")),
        unlicensed_users=_bars(value.get("unlicenseduser")),
    )


def agent(value: dict[str, Any]) -> Agent:
    return shaped(
        Agent,
        {
            **value,
            "users": [user.get("userid", "") for user in _inner(value, "allow_userinfos", "user")],
            "parties": _inner(value, "allow_partys", "partyid"),
            "tags": _inner(value, "allow_tags", "tagid"),
            "closed": value.get("close", 0),
            "report_location": value.get("report_location_flag", 0),
            "report_enter": value.get("isreportenter", 0),
        },
    )


def _inner(value: dict[str, Any], outer: str, inner: str) -> list[Any]:
    return (value.get(outer) or {}).get(inner) or []


def _bars(value: object) -> list[str]:
    return [part for part in str(value or "").split("|") if part]
