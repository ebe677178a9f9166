"""One call of the API as its handlers see it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulator.corp import Corp
from simulator.errors import ApiError
from simulator.state import Json

Answer = Json | web.Response
Handler = Callable[["Call"], Answer]


@dataclass(slots=True)
class Call:
    """`agentid` is the app that the token belongs to; `json` is parsed on first use."""

    corp: Corp
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    ip: str
    agentid: int = 0
    _parsed: Json | None = field(default=None, repr=False)

    @property
    def json(self) -> Json:
        if self._parsed is None:
            self._parsed = _parse(self.body)
        return self._parsed

    @property
    def known_json(self) -> Json:
        """The same, but empty for a body that is no JSON object."""
        try:
            return self.json
        except ApiError:
            return {}

    @property
    def userid(self) -> str | None:
        """Whom the call is about, for the traffic panel."""
        body = self.known_json if self.body[:1] == b"{" else {}
        named = self.query.get("userid") or body.get("touser") or body.get("userid")
        several = body.get("userids") if isinstance(body.get("userids"), list) else None
        return str(named or "|".join(map(str, several or []))) or None


def _parse(body: bytes) -> Json:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise ApiError(40058, "Warning: wrong json format.") from None
    if not isinstance(parsed, dict):
        raise ApiError(40058, "Warning: wrong json format.")
    return parsed


def ok(**fields: Any) -> Json:
    return {"errcode": 0, "errmsg": "ok", **fields}


def require_agent(call: Call, given: Any) -> None:
    """The app named in a body or query must be the token's own."""
    if given is None:
        raise ApiError(41011)
    if not isinstance(given, int) or isinstance(given, bool):
        raise ApiError(40056)
    if given != call.agentid:
        raise ApiError(301002)


def require_agent_query(call: Call) -> None:
    given = call.query.get("agentid")
    if given is not None and not given.isdigit():
        raise ApiError(40056)
    require_agent(call, None if given is None else int(given))
