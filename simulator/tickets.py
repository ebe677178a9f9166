"""Tickets for JS-SDK signatures (path/90506): one for the corp, one for the app, both asked for sparingly."""

import secrets
from collections import deque
from dataclasses import dataclass, field

from simulator.call import Answer, Call, ok
from simulator.errors import ApiError

_LIFE_SECONDS = 7200
_HOUR = 3600
_PER_HOUR = {"corp": 400, "app": 100}


@dataclass(slots=True)
class _Ticket:
    value: str = ""
    expires_at: float = 0.0
    asked: deque[float] = field(default_factory=deque)


class Tickets:
    def __init__(self) -> None:
        self._tickets = {"corp": _Ticket(), "app": _Ticket()}

    def corp_ticket(self, call: Call) -> Answer:
        return self._give("corp", call.corp.clock.now())

    def app_ticket(self, call: Call) -> Answer:
        if call.query.get("type") != "agent_config":
            raise ApiError(40058, "invalid field `type`")
        return self._give("app", call.corp.clock.now())

    def _give(self, kind: str, now: float) -> Answer:
        ticket = self._tickets[kind]
        while ticket.asked and ticket.asked[0] <= now - _HOUR:
            ticket.asked.popleft()
        if len(ticket.asked) >= _PER_HOUR[kind]:
            raise ApiError(45009)
        ticket.asked.append(now)
        if not ticket.value or now >= ticket.expires_at:
            ticket.value, ticket.expires_at = secrets.token_urlsafe(64), now + _LIFE_SECONDS
        return ok(ticket=ticket.value, expires_in=round(ticket.expires_at - now))
