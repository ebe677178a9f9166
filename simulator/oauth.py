"""Signing a member in to a page (path/91022, 91023, 95833)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yarl import URL

from simulator.call import Answer, Call, ok
from simulator.checking import text
from simulator.corp import Corp, authority, token
from simulator.errors import ApiError
from simulator.state import LEFT, Person

_CODE_SECONDS = 300
_TICKET_SECONDS = 1800
_STATE = re.compile(r"[A-Za-z0-9]{0,128}")
PRIVATE = "snsapi_privateinfo"
_SCOPES = ("snsapi_base", "snsapi_userinfo", PRIVATE)


@dataclass(frozen=True, slots=True)
class Request:
    """A checked request to the authorize page."""

    redirect_uri: URL
    state: str
    scope: str

    @property
    def private(self) -> bool:
        return self.scope == PRIVATE


@dataclass(slots=True)
class _Grant:
    """`userid` is None for somebody who is not a member."""

    userid: str | None
    private: bool
    at: float
    used: bool = False


class SignIn:
    """Codes and tickets do not survive the simulator's restart."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._codes: dict[str, _Grant] = {}
        self._tickets: dict[str, _Grant] = {}

    def parse(self, query: Mapping[str, str]) -> Request:
        """Raises ApiError for what the authorize page refuses."""
        if query.get("appid") != self._corp.config.corp_id:
            raise ApiError(40013)
        redirect = URL(query.get("redirect_uri", ""))
        if redirect.scheme not in ("http", "https") or authority(redirect) != self._corp.trusted_host:
            raise ApiError(50001, f"redirect_uri must lead to {self._corp.trusted_host}")
        scope, state = query.get("scope", ""), query.get("state", "")
        if query.get("response_type") != "code" or scope not in _SCOPES or not _STATE.fullmatch(state):
            raise ApiError(40058, "response_type, scope or state")
        if scope == PRIVATE and query.get("agentid") != str(self._corp.config.agent_id):
            raise ApiError(40056)
        return Request(redirect, state, scope)

    def grant(self, request: Request, userid: str | None, *, private: bool = False) -> URL:
        """Where the browser goes next, with a fresh code."""
        code = token("", 32)
        self._codes[code] = _Grant(userid, private, self._corp.clock.now())
        return request.redirect_uri.update_query(code=code, state=request.state)

    def identity(self, call: Call) -> Answer:
        grant = self._codes.get(call.query.get("code", ""))
        if grant is None or grant.used or self._age(grant) >= _CODE_SECONDS:
            raise ApiError(40029)
        grant.used = True
        person = self._corp.find(grant.userid) if grant.userid else None
        if person is None or person.status == LEFT:
            return ok(openid=f"outsider-{token('', 12)}")
        if not person.reachable:
            raise ApiError(50002)
        ticket = {"user_ticket": self._ticket(grant)} if grant.private else {}
        return ok(userid=person.userid, **ticket)

    def details(self, call: Call) -> Answer:
        grant = self._tickets.get(text(call.json, "user_ticket", missing=40063))
        if grant is None or grant.userid is None or self._age(grant) >= _TICKET_SECONDS:
            raise ApiError(40058, "invalid user_ticket")
        return ok(**_private(self._corp.person(grant.userid)))

    def _ticket(self, grant: _Grant) -> str:
        ticket = token("", 48)
        self._tickets[ticket] = _Grant(grant.userid, True, self._corp.clock.now())
        return ticket

    def _age(self, grant: _Grant) -> float:
        return self._corp.clock.now() - grant.at


def _private(person: Person) -> dict[str, str]:
    return {
        "userid": person.userid,
        "gender": person.gender,
        "mobile": person.mobile,
        "email": person.email,
        "avatar": "",
        "qr_code": "",
        "biz_mail": "",
        "address": "",
    }
