"""The calls of WeCom's server interface that the service makes, for one app."""

import json
import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeVar

import aiohttp

from wecom import answers, errors
from wecom.answers import Agent, Department, PrivateDetail, Sent, TagMembers, User, Visitor
from wecom.errors import Action, WeComError
from wecom.gate import Gate
from wecom.menu import Menu
from wecom.tokens import Credential, Issued, Now, TokenStore
from wecom.transport import TRANSFER, Media, Request, Transport, Upload
from wecom.workbench import Tile

MediaKind = Literal["image", "voice", "video", "file"]
MEDIA_LIMITS: dict[MediaKind, int] = {
    "image": 10 * 1024 * 1024,
    "voice": 2 * 1024 * 1024,
    "video": 10 * 1024 * 1024,
    "file": 20 * 1024 * 1024,
}
DOWNLOAD_LIMIT = 20 * 1024 * 1024

_SMALLEST_MEDIA = 6
_NO_MENU = 46003
_TOKEN_LIFE = 7200  # seconds, where the answer does not say
# What a refused token means when a new one is refused as well.
_STILL_REFUSED = {40014: Action.CONFIG, 42001: Action.RETRY}

_T = TypeVar("_T")


class Client:
    """Every method raises WeComError. One long-lived session; whoever made it closes it.

    40014 and 42001 are answered with one new token and one repeat; after that they are CONFIG or RETRY.
    """

    def __init__(
        self,
        api_url: str,
        corp_id: str,
        secret: str,
        agent_id: int,
        tokens: TokenStore,
        session: aiohttp.ClientSession,
        now: Now,
        gate: Gate | None = None,
    ) -> None:
        self._transport = Transport(api_url, session, gate)
        self._corp_id = corp_id
        self._secret = secret
        self.agent_id = agent_id
        app = f"wecom:{corp_id}:{agent_id}"
        self._token = Credential(f"{app}:access_token", tokens, self._issue_token, now)
        self._agent_ticket = Credential(f"{app}:agent_ticket", tokens, self._issue_agent_ticket, now)
        # The corporation's ticket is shared by all its apps, the app's own is not valid in another (42012).
        self._corp_ticket = Credential(f"wecom:{corp_id}:jsapi_ticket", tokens, self._issue_corp_ticket, now)

    async def send(self, frozen_body: bytes) -> Sent:
        """`frozen_body` as messages.freeze made it, unchanged at every try."""
        return answers.sent(await self._call(Request("POST", "message/send", data=frozen_body)))

    async def update_card(self, body: dict[str, Any]) -> list[str]:
        """`body` as messages.CardUpdate makes it; answers the members who could not be updated."""
        answer = await self._post("message/update_template_card", body)
        return [str(user) for user in answer.get("invaliduser") or []]

    async def recall(self, msgid: str) -> None:
        """Within 24 hours; a copy in personal WeChat stays."""
        await self._post("message/recall", {"msgid": msgid})

    async def upload_media(self, kind: MediaKind, content: bytes, filename: str) -> str:
        """The media id, which lives three days. A file's name is what its receiver sees."""
        if not _SMALLEST_MEDIA <= len(content) <= MEDIA_LIMITS[kind]:
            raise errors.from_answer(40006, "")
        content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        upload = Upload(content, filename, content_type)
        answer = await self._call(Request("POST", "media/upload", {"type": kind}, upload, TRANSFER))
        return _text(answer, "media_id")

    async def get_media(self, media_id: str, limit: int = DOWNLOAD_LIMIT) -> Media:
        request = Request("GET", "media/get", {"media_id": media_id}, timeout=TRANSFER)
        return await self._with_token(lambda secrets: self._transport.fetch(request, secrets, limit))

    async def create_menu(self, menu: Menu) -> None:
        """Replaces the whole menu; members see it when they open the app again."""
        await self._call(Request("POST", "menu/create", self._for_agent(), _json(menu.to_json())))

    async def get_menu(self) -> dict[str, Any] | None:
        """The menu as WeCom holds it (which may be one this service would not build), or None."""
        try:
            return await self._get("menu/get", self._for_agent())
        except WeComError as error:
            if error.code == _NO_MENU:
                return None
            raise

    async def delete_menu(self) -> None:
        await self._get("menu/delete", self._for_agent())

    async def agent_get(self) -> Agent:
        return answers.agent(await self._get("agent/get", self._for_agent()))

    async def user_get(self, userid: str) -> User:
        return answers.shaped(User, await self._get("user/get", {"userid": userid}))

    async def user_simplelist(self, department_id: int) -> list[User]:
        """The direct members only, with id, name and departments."""
        answer = await self._get("user/simplelist", {"department_id": str(department_id)})
        return answers.all_shaped(User, answer.get("userlist"))

    async def user_list(self, department_id: int) -> list[User]:
        """The direct members only, in full."""
        answer = await self._get("user/list", {"department_id": str(department_id)})
        return answers.all_shaped(User, answer.get("userlist"))

    async def user_id_of_mobile(self, mobile: str) -> str:
        """WeComError 46004 where nobody in range has it."""
        return _text(await self._post("user/getuserid", {"mobile": mobile}), "userid")

    async def department_simplelist(self, department_id: int | None = None) -> list[Department]:
        """The department and all below it, or all that are in range; without names."""
        answer = await self._get("department/simplelist", _optional_id(department_id))
        return answers.all_shaped(Department, answer.get("department_id"))

    async def department_list(self, department_id: int | None = None) -> list[Department]:
        answer = await self._get("department/list", _optional_id(department_id))
        return answers.all_shaped(Department, answer.get("department"))

    async def tag_get(self, tag_id: int) -> TagMembers:
        return answers.shaped(TagMembers, await self._get("tag/get", {"tagid": str(tag_id)}))

    async def getuserinfo(self, code: str) -> Visitor:
        """Exchanges a sign-in code, once; 40029 when it was used before or is older than five minutes."""
        return answers.shaped(Visitor, await self._get("auth/getuserinfo", {"code": code}))

    async def getuserdetail(self, user_ticket: str) -> PrivateDetail:
        return answers.shaped(PrivateDetail, await self._post("auth/getuserdetail", {"user_ticket": user_ticket}))

    async def jsapi_ticket(self) -> str:
        return await self._corp_ticket.get()

    async def agent_ticket(self) -> str:
        return await self._agent_ticket.get()

    async def getcallbackip(self) -> list[str]:
        """The addresses callbacks come from; an entry may end in ``*``. Also the call to try the settings with."""
        answer = await self._get("getcallbackip", {})
        return [str(address) for address in answer.get("ip_list") or []]

    async def set_workbench_template(self, tile: Tile, *, replace_user_data: bool = False) -> None:
        body = {"agentid": self.agent_id, **tile.body(), "replace_user_data": replace_user_data}
        await self._post("agent/set_workbench_template", body)

    async def get_workbench_template(self) -> dict[str, Any]:
        return await self._post("agent/get_workbench_template", {"agentid": self.agent_id})

    async def set_workbench_data(self, userid: str, tile: Tile) -> None:
        """At most ten times a minute for one member."""
        await self._post("agent/set_workbench_data", {"agentid": self.agent_id, "userid": userid, **tile.body()})

    async def batch_set_workbench_data(self, userids: Sequence[str], tile: Tile) -> None:
        """At most 1,000 members at once."""
        body = {"agentid": self.agent_id, "userid_list": list(userids), "data": tile.body()}
        await self._post("agent/batch_set_workbench_data", body)

    async def get_workbench_data(self, userid: str) -> dict[str, Any]:
        return await self._post("agent/get_workbench_data", {"agentid": self.agent_id, "userid": userid})

    async def _issue_token(self) -> Issued:
        request = Request("GET", "gettoken")
        answer = await self._transport.call(request, {"corpid": self._corp_id, "corpsecret": self._secret})
        return _issued(answer, "access_token")

    async def _issue_corp_ticket(self) -> Issued:
        return _issued(await self._get("get_jsapi_ticket", {}), "ticket")

    async def _issue_agent_ticket(self) -> Issued:
        return _issued(await self._get("ticket/get", {"type": "agent_config"}), "ticket")

    def _for_agent(self) -> dict[str, str]:
        return {"agentid": str(self.agent_id)}

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        return await self._call(Request("GET", path, query))

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._call(Request("POST", path, data=_json(body)))

    async def _call(self, request: Request) -> dict[str, Any]:
        return await self._with_token(lambda secrets: self._transport.call(request, secrets))

    async def _with_token(self, call: Callable[[dict[str, str]], Awaitable[_T]]) -> _T:
        token = await self._token.get()
        try:
            return await call({"access_token": token})
        except WeComError as error:
            if error.action is not Action.REFRESH:
                raise
        return await self._once_more(call, await self._token.get(stale=token))

    async def _once_more(self, call: Callable[[dict[str, str]], Awaitable[_T]], token: str) -> _T:
        try:
            return await call({"access_token": token})
        except WeComError as error:
            if error.action is Action.REFRESH:
                error.action = _STILL_REFUSED[error.code]
            raise


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _optional_id(department_id: int | None) -> dict[str, str]:
    return {} if department_id is None else {"id": str(department_id)}


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise errors.no_answer(f"{name} is missing", unknown_outcome=False)
    return value


def _issued(answer: dict[str, Any], name: str) -> Issued:
    expires_in = answer.get("expires_in")
    return Issued(_text(answer, name), expires_in if isinstance(expires_in, int) else _TOKEN_LIFE)
