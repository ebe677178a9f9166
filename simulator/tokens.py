"""Access tokens (path/91039): one app's, two hours, and a caller who guesses secrets is shut out for an hour."""

import secrets
from collections import Counter
from dataclasses import dataclass

from simulator.call import Answer, Call, ok
from simulator.corp import Corp
from simulator.errors import ApiError

LIFE_SECONDS = 7200
_GUESSES = 10
_BLOCK_SECONDS = 3600


@dataclass(slots=True)
class Token:
    value: str
    expires_at: float
    valid: bool = True


class Tokens:
    """Tokens do not survive the simulator's restart: callers meet 40014 and ask anew."""

    def __init__(self, corp: Corp) -> None:
        self._corp = corp
        self._issued: dict[str, Token] = {}
        self._guesses: Counter[str] = Counter()
        self._blocked_until: dict[str, float] = {}

    def get(self, call: Call) -> Answer:
        corp_id, secret = call.query.get("corpid"), call.query.get("corpsecret")
        self._refuse_blocked(call.ip)
        if not secret:
            raise ApiError(41004)
        if not corp_id:
            raise ApiError(41002)
        if corp_id != self._corp.config.corp_id:
            raise ApiError(40013)
        if not secrets.compare_digest(secret.encode(), self._corp.config.secret.encode()):
            self._count_guess(call.ip)
            raise ApiError(40001)
        self._guesses.pop(call.ip, None)
        token = self._current()
        return ok(access_token=token.value, expires_in=round(token.expires_at - self._corp.clock.now()))

    def check(self, value: str | None) -> int:
        """The app that the token speaks for."""
        if not value:
            raise ApiError(41001)
        token = self._issued.get(value)
        if token is None or not token.valid:
            raise ApiError(40014)
        if self._corp.clock.now() >= token.expires_at:
            raise ApiError(42001)
        return self._corp.config.agent_id

    def expire(self) -> None:
        """Every token issued so far is answered with 42001."""
        for token in self._issued.values():
            token.expires_at = self._corp.clock.now()

    def invalidate(self) -> None:
        """Every token issued so far is answered with 40014."""
        for token in self._issued.values():
            token.valid = False

    def _current(self) -> Token:
        now = self._corp.clock.now()
        usable = [t for t in self._issued.values() if t.valid and now < t.expires_at <= now + LIFE_SECONDS]
        if usable and self._corp.knobs.same_token_while_valid:
            return usable[-1]
        if usable:
            self.invalidate()
        token = Token(secrets.token_urlsafe(96), now + LIFE_SECONDS)
        self._issued[token.value] = token
        return token

    def _refuse_blocked(self, ip: str) -> None:
        if self._corp.clock.now() < self._blocked_until.get(ip, 0.0):
            raise ApiError(45009, "too many wrong secrets")

    def _count_guess(self, ip: str) -> None:
        self._guesses[ip] += 1
        if self._guesses[ip] >= _GUESSES:
            self._blocked_until[ip] = self._corp.clock.now() + _BLOCK_SECONDS
            self._guesses.pop(ip)
