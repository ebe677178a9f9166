"""Every call of the server API that is played, and the door they all come in by."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from simulator import agent, contacts, media, menu, messages, tags
from simulator.call import Answer, Call, Handler, ok
from simulator.corp import Corp
from simulator.errors import ApiError
from simulator.faults import CODES, Fault
from simulator.oauth import SignIn
from simulator.rates import Rates
from simulator.summary import of_call
from simulator.tickets import Tickets
from simulator.tokens import Tokens
from simulator.workbench import Workbench

_NOT_FOUND = (
    "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>"
)
_BROKEN = '{"errcode":0,"errmsg":"ok","msgid":"br'
_GATEWAY_ERROR = "<html><body><h1>{status} Bad Gateway</h1></body></html>"
_PLAIN = {
    "500": (500, _GATEWAY_ERROR.format(status=500)),
    "502": (502, _GATEWAY_ERROR.format(status=502)),
    "empty": (200, ""),
    "broken_json": (200, _BROKEN),
    "html": (200, "<html><body>网络认证</body></html>"),
}
_HEADER_TEXT = re.compile(r"[^\x20-\x7e]")


@dataclass(slots=True)
class Api:
    """The parts that more than one door needs: tests expire tokens, the authorize page grants codes."""

    corp: Corp
    tokens: Tokens
    sign_in: SignIn
    tickets: Tickets
    rates: Rates
    table: dict[str, tuple[str, Handler]]


def build(corp: Corp) -> Api:
    tokens, sign_in, tickets, tiles = Tokens(corp), SignIn(corp), Tickets(), Workbench()
    table: dict[str, tuple[str, Handler]] = {
        "gettoken": ("GET", tokens.get),
        "message/send": ("POST", messages.send),
        "message/recall": ("POST", messages.recall),
        "message/update_template_card": ("POST", messages.update_card),
        "media/upload": ("POST", media.upload),
        "media/uploadimg": ("POST", media.upload_image),
        "media/get": ("GET", media.get),
        "media/get/jssdk": ("GET", media.get_high_quality),
        "menu/create": ("POST", menu.create),
        "menu/get": ("GET", menu.get),
        "menu/delete": ("GET", menu.delete),
        "agent/get": ("GET", agent.get),
        "agent/list": ("GET", agent.listing),
        "agent/set": ("POST", agent.change),
        "agent/set_workbench_template": ("POST", tiles.set_template),
        "agent/get_workbench_template": ("POST", tiles.get_template),
        "agent/set_workbench_data": ("POST", tiles.set_data),
        "agent/batch_set_workbench_data": ("POST", tiles.batch_set_data),
        "agent/get_workbench_data": ("POST", tiles.get_data),
        "user/get": ("GET", contacts.user),
        "user/simplelist": ("GET", contacts.user_simplelist),
        "user/list": ("GET", contacts.user_list),
        "user/list_id": ("POST", contacts.user_list_id),
        "user/getuserid": ("POST", contacts.user_by_mobile),
        "user/convert_to_openid": ("POST", contacts.to_openid),
        "department/list": ("GET", contacts.department_list),
        "department/simplelist": ("GET", contacts.department_simplelist),
        "department/get": ("GET", contacts.department),
        "tag/create": ("POST", tags.create),
        "tag/update": ("POST", tags.update),
        "tag/delete": ("GET", tags.delete),
        "tag/get": ("GET", tags.get),
        "tag/list": ("GET", tags.listing),
        "tag/addtagusers": ("POST", tags.add),
        "tag/deltagusers": ("POST", tags.remove),
        "auth/getuserinfo": ("GET", sign_in.identity),
        "auth/getuserdetail": ("POST", sign_in.details),
        "get_jsapi_ticket": ("GET", tickets.corp_ticket),
        "ticket/get": ("GET", tickets.app_ticket),
        "getcallbackip": ("GET", lambda call: ok(ip_list=["127.0.0.1", "::1"])),
        "get_api_domain_ip": ("GET", lambda call: ok(ip_list=["127.0.0.1", "::1"])),
    }
    return Api(corp, tokens, sign_in, tickets, Rates(), table)


class Door:
    """Faults first, then token, method and rate, then the handler; every call is recorded."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._corp = api.corp

    async def enter(self, request: web.Request) -> web.StreamResponse:
        started = time.monotonic()
        call = Call(
            self._corp, request.match_info["path"], request.query, request.headers, await request.read(), _ip(request)
        )
        fault = self._corp.faults.pick(call.path)
        before = fault is not None and not fault.after
        response = None if before else self._answer(call, request.method)
        if fault:
            response = self._spoilt(fault, call, response, request.method)
        self._record(call, request.method, response, fault, started)
        if fault and fault.seconds:
            await self._corp.faults.wait(fault.seconds)
        if response is None and request.transport:
            request.transport.abort()
        return response or web.Response()

    def _answer(self, call: Call, method: str) -> web.Response:
        wanted = self._api.table.get(call.path)
        if wanted is None:
            return web.Response(status=404, text=_NOT_FOUND, content_type="text/html")
        try:
            return _as_response(self._handle(call, method, *wanted))
        except ApiError as error:
            return self._refusal(error, call)

    def _handle(self, call: Call, method: str, wanted_method: str, handler: Handler) -> Answer:
        if self._corp.knobs.trusted_ips is not None and call.ip not in self._corp.knobs.trusted_ips:
            raise ApiError(60020)
        if method != wanted_method:
            raise ApiError(40058, f"require {wanted_method} method")
        if call.path != "gettoken":
            call.agentid = self._api.tokens.check(call.query.get("access_token"))
        self._api.rates.count(call.path, self._corp.clock.now())
        return handler(call)

    def _refusal(self, error: ApiError, call: Call) -> web.Response:
        return _as_response(error.body(call.ip, self._corp.clock.now(), self._corp.serial()))

    def _spoilt(self, fault: Fault, call: Call, answered: web.Response | None, method: str) -> web.Response | None:
        """What the caller gets instead; None when the connection just ends."""
        if fault.name in CODES:
            return self._refusal(ApiError(int(fault.name)), call)
        if fault.name in _PLAIN:
            status, text = _PLAIN[fault.name]
            kind = "text/html" if "<" in text else "application/json"
            return web.Response(status=status, text=text, content_type=kind)
        return (answered or self._answer(call, method)) if fault.name == "slow" else None

    def _record(
        self, call: Call, method: str, response: web.Response | None, fault: Fault | None, started: float
    ) -> None:
        answer = _readable(response)
        self._corp.traffic.record(
            at=self._corp.clock.now(),
            direction="api",
            method=method,
            path=f"/cgi-bin/{call.path}",
            status=response.status if response else None,
            errcode=answer.get("errcode") if isinstance(answer, dict) else None,
            ms=round((time.monotonic() - started) * 1000, 1),
            summary=of_call(call),
            userid=call.userid,
            request={"query": dict(call.query), "body": _readable_body(call)},
            response=answer,
            fault=fault.name if fault else None,
        )


def _ip(request: web.Request) -> str:
    return request.remote or "127.0.0.1"


def _as_response(answer: Answer) -> web.Response:
    if isinstance(answer, web.Response):
        return answer
    headers = {}
    if answer.get("errcode"):
        errmsg = _HEADER_TEXT.sub("?", str(answer["errmsg"]))
        headers = {"Error-Code": str(answer["errcode"]), "Error-Msg": errmsg}
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, content_type="application/json", charset="UTF-8", headers=headers)


def _readable(response: web.Response | None) -> Any:
    if response is None:
        return None
    if response.content_type != "application/json":
        size = len(response.body) if isinstance(response.body, bytes) else 0
        return f"{response.content_type}，{size} 字节"
    try:
        return json.loads(response.text or "")
    except ValueError:
        return response.text


def _readable_body(call: Call) -> Any:
    if not call.body:
        return None
    if call.headers.get("Content-Type", "").startswith("multipart/"):
        return f"文件，{len(call.body)} 字节"
    try:
        return json.loads(call.body)
    except ValueError:
        return call.body[:500].decode("utf-8", "replace")
