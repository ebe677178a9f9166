"""``/login``: WeCom says who the member is, and the pages' session begins (path/91022, 91023, 95833; HN-01 … HN-04).

``/login?next=/h5/…`` sends the browser to WeCom, which sends it back with a code that works once. A member who is not
registered is shown what to do, and may prove the mobile by ``/login?verify=1``.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeAlias
from urllib.parse import urlencode

import structlog
from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from core import access, clock
from core.people import admission
from core.people.models import Person
from core.settings import Settings
from wecom import oauth
from wecom.answers import PrivateDetail, Visitor
from wecom.errors import WeComError
from wecom.oauth import Scope

log = structlog.get_logger()

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PATIENCE = 600  # seconds a member may take at WeCom's consent page
_USED_OR_OLD = frozenset({40029, 42003})
_STATE_LENGTH = 32

OUTSIDER = "这里只对本单位企业微信的成员开放。\n请先加入企业，再从企业微信里打开。"
NO_MOBILE = (
    "没有取得您的手机号，不能完成验证。\n"
    "请再点一次「验证手机号」，并在弹出的页面上允许使用手机号；若没有弹出，请联系本站管理员检查应用的可见范围。"
)
STRANGE = "这次登录没有对上，可能是页面放得太久，或者浏览器不允许保存登录信息。\n请点「重新登录」再试一次。"
AGAIN = "登录没有成功。\n请点「重新登录」再试一次；若仍不行，请关闭页面，从企业微信的消息里重新打开。"
NO_WECOM = "企业微信暂时没有回应，还不能确认您的身份。\n请稍后点「重新登录」再试。"


class Members(Protocol):
    """The two calls of ``wecom.client.Client`` that sign-in makes."""

    async def getuserinfo(self, code: str) -> Visitor: ...
    async def getuserdetail(self, user_ticket: str) -> PrivateDetail: ...


class Inside(Protocol):
    """What the pages give: their session, their way of saying something, and pages instead of errors."""

    def enter(self, person: Person, then: str) -> web.Response: ...
    def is_inside(self, request: web.Request) -> bool: ...
    def local(self, address: str) -> str: ...
    def open_to_all(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]: ...
    def say(self, title: str, text: str, status: int, button: tuple[str, str] | None = None) -> web.Response: ...


@dataclass(frozen=True)
class Attempt:
    """One way to WeCom and back; kept in a signed cookie of its own, so that two tabs do not disturb each other."""

    state: str
    then: str
    scope: Scope
    again: bool


def routes(settings: Settings, wecom: Members, inside: Inside) -> list[web.RouteDef]:
    door = SignIn(settings, wecom, inside)
    return [web.get("/login", inside.open_to_all(door.answer), allow_head=False)]


class SignIn:
    def __init__(self, settings: Settings, wecom: Members, inside: Inside) -> None:
        self._settings = settings
        self._wecom = wecom
        self._inside = inside
        signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._serializer = URLSafeSerializer(settings.secret_key, salt="sign-in.attempt", signer_kwargs=signing)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "code" in request.query or "state" in request.query:
            return await self._back(request)
        scope = Scope.PRIVATE if request.query.get("verify") == "1" else Scope.BASE
        return self._go(self._inside.local(request.query.get("next", "")), scope, again=False)

    # ── to WeCom ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _go(self, then: str, scope: Scope, *, again: bool) -> web.Response:
        attempt = Attempt(oauth.new_state(), then, scope, again)
        response = web.Response(status=302, headers={"Location": self._authorize(attempt), "Cache-Control": "no-store"})
        response.set_cookie(
            _cookie(attempt.state),
            self._sealed(attempt),
            max_age=_PATIENCE,
            path="/login",
            httponly=True,
            secure=self._settings.public_url.startswith("https://"),
            samesite="Lax",
        )
        return response

    def _authorize(self, attempt: Attempt) -> str:
        return oauth.authorize_url(
            api_url=self._settings.wecom_api_url,
            corp_id=self._settings.wecom_corp_id,
            agent_id=self._settings.wecom_agent_id,
            redirect_uri=f"{self._settings.public_url}/login",
            state=attempt.state,
            scope=attempt.scope,
        )

    def _sealed(self, attempt: Attempt) -> str:
        at = int(clock.now().timestamp())
        held = {"s": attempt.state, "n": attempt.then, "w": attempt.scope, "a": attempt.again, "t": at}
        return str(self._serializer.dumps(held))

    def _begun(self, request: web.Request) -> Attempt | None:
        """The attempt this browser began with this state; the cookie stays, since phones load an address twice."""
        state = request.query.get("state", "")
        try:
            held = self._serializer.loads(request.cookies.get(_cookie(state), ""))
            age = (clock.now() - datetime.fromtimestamp(held["t"], UTC)).total_seconds()
            attempt = Attempt(held["s"], held["n"], Scope(held["w"]), bool(held["a"]))
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        return attempt if attempt.state == state and abs(age) < _PATIENCE else None

    # ── and back ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _back(self, request: web.Request) -> web.Response:
        attempt = self._begun(request)
        if attempt is None:
            log.info("sign_in.unknown_state")
            return self._say_again(STRANGE, 400, "/h5/")
        if not request.query.get("code"):
            return self._declined(attempt)
        try:
            visitor = await self._wecom.getuserinfo(request.query["code"])
        except WeComError as error:
            return self._not_exchanged(request, attempt, error)
        return await self._arrived(visitor, attempt)

    async def _arrived(self, visitor: Visitor, attempt: Attempt) -> web.Response:
        if not visitor.userid:
            log.info("sign_in.outsider")
            return self._inside.say("暂时不能使用", OUTSIDER, 403)
        person = await access.admitted(visitor.userid)
        if person is not None:
            return self._inside.enter(person, attempt.then)
        if await admission.has_left(visitor.userid):
            return self._inside.say("权限已停用", admission.STOPPED, 403)
        if attempt.scope is Scope.PRIVATE:
            return await self._verify(visitor, attempt)
        return self._offer_verification("还没有登记", admission.REFUSED, attempt)

    def _declined(self, attempt: Attempt) -> web.Response:
        if attempt.scope is Scope.PRIVATE:
            return self._offer_verification("验证未完成", NO_MOBILE, attempt)
        return self._say_again(AGAIN, 403, attempt.then)

    def _not_exchanged(self, request: web.Request, attempt: Attempt, error: WeComError) -> web.Response:
        """A used code comes from a page that was loaded twice: the session is there already, or one new try helps."""
        if error.code not in _USED_OR_OLD:
            log.warning("sign_in.wecom", code=error.code, action=error.action)
            return self._say_again(NO_WECOM, 503, attempt.then)
        if self._inside.is_inside(request):
            return web.Response(status=302, headers={"Location": attempt.then, "Cache-Control": "no-store"})
        if attempt.again:
            log.warning("sign_in.gave_up", code=error.code)
            return self._say_again(AGAIN, 403, attempt.then)
        return self._go(attempt.then, attempt.scope, again=True)

    async def _verify(self, visitor: Visitor, attempt: Attempt) -> web.Response:
        mobile = await self._mobile(visitor)
        if not mobile:
            return self._offer_verification("验证未完成", NO_MOBILE, attempt)
        person = await admission.admit(visitor.userid, mobile)
        if person is None:
            log.info("sign_in.mobile_unknown", userid=visitor.userid)
            return self._offer_verification("验证未通过", admission.MISMATCH, attempt)
        return self._inside.enter(person, attempt.then)

    async def _mobile(self, visitor: Visitor) -> str:
        """Empty when the member did not consent or is not in the app's visible range."""
        if not visitor.user_ticket:
            return ""
        try:
            return (await self._wecom.getuserdetail(visitor.user_ticket)).mobile
        except WeComError as error:
            log.warning("sign_in.detail", code=error.code, action=error.action, userid=visitor.userid)
            return ""

    def _offer_verification(self, title: str, text: str, attempt: Attempt) -> web.Response:
        address = "/login?" + urlencode({"verify": "1", "next": attempt.then})
        return self._inside.say(title, text, 403, ("验证手机号", address))

    def _say_again(self, text: str, status: int, then: str) -> web.Response:
        return self._inside.say("请重新登录", text, status, ("重新登录", "/login?" + urlencode({"next": then})))


def _cookie(state: str) -> str:
    """Only for a state that could be ours: cookie names allow few characters."""
    return f"zhian-login-{state[:12]}" if len(state) == _STATE_LENGTH and state.isalnum() else "zhian-login"
