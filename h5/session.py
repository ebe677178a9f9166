"""Who is signed in: one signed cookie and nothing kept on the server, so any replica can read it."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web
from itsdangerous import BadSignature, Signer, URLSafeSerializer

from core import clock
from core.people.models import Person
from core.settings import Settings

LASTS = timedelta(hours=12)
FRESH = timedelta(hours=11)  # a page is only shown when what is posted from it within an hour still counts
_GRAIN = 16  # letters before the signature of a token
_SIGNING = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


@dataclass(frozen=True)
class Session:
    person_id: int
    issued_at: datetime
    id: str

    @property
    def age(self) -> timedelta:
        return clock.now() - self.issued_at


class Sessions:
    """Writes, reads and removes the cookie, and makes the CSRF token that belongs to a session."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.public_url.startswith("https://")
        self._cookie = "__Host-zhian" if self._secure else "zhian"
        self._serializer = URLSafeSerializer(settings.secret_key, salt="h5.session", signer_kwargs=_SIGNING)
        self._tokens = Signer(settings.secret_key, salt="h5.csrf", **_SIGNING)  # type: ignore[arg-type]

    def enter(self, response: web.StreamResponse, person: Person) -> None:
        issued = int(clock.now().timestamp())
        value = self._serializer.dumps({"p": person.id, "t": issued, "i": secrets.token_hex(16)})
        response.set_cookie(
            self._cookie,
            str(value),
            max_age=int(LASTS.total_seconds()),
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def leave(self, response: web.StreamResponse) -> None:
        response.del_cookie(self._cookie, path="/", httponly=True, secure=self._secure, samesite="Lax")

    def read(self, request: web.Request) -> Session | None:
        """None for a cookie that is missing, forged, too old or from the future."""
        try:
            held = self._serializer.loads(request.cookies.get(self._cookie, ""))
            session = Session(int(held["p"]), datetime.fromtimestamp(held["t"], UTC), str(held["i"]))
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        return session if -timedelta(minutes=5) < session.age < LASTS else None

    def csrf_token(self, session: Session) -> str:
        """Another one each time: pages are sent compressed, and one that stays could be guessed by their lengths."""
        grain = secrets.token_hex(_GRAIN // 2)
        return grain + self._tokens.get_signature(session.id + grain).decode()

    def csrf_fits(self, session: Session, token: str) -> bool:
        grain, signature = token[:_GRAIN], token[_GRAIN:]
        expected = self._tokens.get_signature(session.id + grain)
        return hmac.compare_digest(expected, signature.encode())
