"""Each call as WeCom's page has it, and each way it can fail."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.wecom.stub import OK, SECRET, Platform, failing
from wecom import cards, messages, transport, workbench
from wecom.answers import Sent
from wecom.client import Client
from wecom.errors import NO_ANSWER, Action, WeComError
from wecom.menu import KeyButton, Menu

FROZEN = messages.freeze(messages.Text(content="3号楼🚧").body(["lin"], 1000002))


async def refusal(call: Awaitable[object]) -> WeComError:
    with pytest.raises(WeComError) as caught:
        await call
    return caught.value


async def test_a_frozen_message_goes_out_byte_for_byte(platform: Platform) -> None:
    platform.stub.answers["message/send"] = [
        OK
        | {
            "msgid": "m1",
            "response_code": "rc",
            "invaliduser": "wu|chen",
            "invalidparty": "",
            "invalidtag": "5",
            "unlicenseduser": "he",
        }
    ]
    sent = await platform.client.send(FROZEN)
    assert platform.stub.bodies[-1] == FROZEN
    assert sent == Sent(
        msgid="m1",
        response_code="rc",
        invalid_users=["wu", "chen"],
        invalid_tags=["5"],
        unlicensed_users=["he"],
    )


async def test_a_message_sent_again_after_a_refused_token_has_the_same_bytes(platform: Platform) -> None:
    platform.stub.answers["message/send"] = [failing(42001), OK]
    await platform.client.send(FROZEN)
    assert [body for body in platform.stub.bodies if body] == [FROZEN, FROZEN]


Call = Callable[[Client], Awaitable[object]]
MENU = Menu(button=[KeyButton(name="待办", key="TODO")])
TILE = workbench.KeyData(items=[workbench.KeyDataItem(key="待整改", data="3")])
KEYDATA = {"type": "keydata", "keydata": {"items": [{"key": "待整改", "data": "3"}]}}
UPDATE = messages.CardUpdate(response_code="rc", userids=["lin"], replace_name="已通过").body(1000002)
CALLS: list[tuple[Call, str, str, dict[str, str], object]] = [
    (lambda c: c.update_card(UPDATE), "POST", "message/update_template_card", {}, UPDATE),
    (lambda c: c.recall("m1"), "POST", "message/recall", {}, {"msgid": "m1"}),
    (lambda c: c.create_menu(MENU), "POST", "menu/create", {"agentid": "1000002"}, MENU.to_json()),
    (lambda c: c.get_menu(), "GET", "menu/get", {"agentid": "1000002"}, None),
    (lambda c: c.delete_menu(), "GET", "menu/delete", {"agentid": "1000002"}, None),
    (lambda c: c.user_simplelist(3), "GET", "user/simplelist", {"department_id": "3"}, None),
    (lambda c: c.user_list(3), "GET", "user/list", {"department_id": "3"}, None),
    (lambda c: c.department_simplelist(), "GET", "department/simplelist", {}, None),
    (lambda c: c.department_list(1), "GET", "department/list", {"id": "1"}, None),
    (lambda c: c.getuserinfo("CODE"), "GET", "auth/getuserinfo", {"code": "CODE"}, None),
    (lambda c: c.getcallbackip(), "GET", "getcallbackip", {}, None),
    (
        lambda c: c.set_workbench_template(TILE, replace_user_data=True),
        "POST",
        "agent/set_workbench_template",
        {},
        {"agentid": 1000002, **KEYDATA, "replace_user_data": True},
    ),
    (
        lambda c: c.set_workbench_template(workbench.Icon()),
        "POST",
        "agent/set_workbench_template",
        {},
        {"agentid": 1000002, "type": "normal", "replace_user_data": False},
    ),
    (
        lambda c: c.get_workbench_template(),
        "POST",
        "agent/get_workbench_template",
        {},
        {"agentid": 1000002},
    ),
    (
        lambda c: c.set_workbench_data("lin", TILE),
        "POST",
        "agent/set_workbench_data",
        {},
        {"agentid": 1000002, "userid": "lin", **KEYDATA},
    ),
    (
        lambda c: c.batch_set_workbench_data(["lin", "wu"], TILE),
        "POST",
        "agent/batch_set_workbench_data",
        {},
        {"agentid": 1000002, "userid_list": ["lin", "wu"], "data": KEYDATA},
    ),
    (
        lambda c: c.get_workbench_data("lin"),
        "POST",
        "agent/get_workbench_data",
        {},
        {"agentid": 1000002, "userid": "lin"},
    ),
]


@pytest.mark.parametrize(("call", "method", "path", "query", "body"), CALLS)
async def test_a_call_is_made_as_its_page_says(
    platform: Platform, call: Call, method: str, path: str, query: dict[str, str], body: object
) -> None:
    await call(platform.client)
    assert platform.stub.asked[-1] == (method, path, {**query, "access_token": "token-1"})
    assert (platform.stub.body() if body is not None else None) == body


ANSWERS: list[tuple[Call, str, dict[str, Any], object]] = [
    (lambda c: c.update_card(UPDATE), "message/update_template_card", {"invaliduser": ["wu"]}, ["wu"]),
    (lambda c: c.getcallbackip(), "getcallbackip", {"ip_list": ["203.0.113.*"]}, ["203.0.113.*"]),
    (lambda c: c.user_id_of_mobile("10000000007"), "user/getuserid", {"userid": "wu"}, "wu"),
    (lambda c: c.get_menu(), "menu/get", {"button": []}, OK | {"button": []}),
    (lambda c: c.get_menu(), "menu/get", failing(46003), None),
]


@pytest.mark.parametrize(("call", "path", "answer", "value"), ANSWERS)
async def test_an_answer_is_read(
    platform: Platform, call: Call, path: str, answer: dict[str, Any], value: object
) -> None:
    platform.stub.answers[path] = [OK | answer]
    assert await call(platform.client) == value


async def test_members_and_departments_are_read_with_what_is_missing_left_empty(platform: Platform) -> None:
    member = {"userid": "wu", "name": "吴梅", "department": [1, 2], "is_leader_in_dept": [1, 0], "status": 1, "new": {}}
    platform.stub.answers["user/get"] = [OK | member]
    platform.stub.answers["user/list"] = [OK | {"userlist": [member]}]
    platform.stub.answers["department/simplelist"] = [OK | {"department_id": [{"id": 2, "parentid": 1, "order": 9}]}]
    wu = await platform.client.user_get("wu")
    assert (wu.name, wu.department, wu.status, wu.mobile) == ("吴梅", [1, 2], 1, "")
    assert await platform.client.user_list(1) == [wu]
    department = (await platform.client.department_simplelist())[0]
    assert (department.id, department.parentid, department.name) == (2, 1, "")


async def test_the_visible_range_is_read(platform: Platform) -> None:
    platform.stub.answers["agent/get"] = [
        OK
        | {
            "agentid": 1000002,
            "name": "质安",
            "allow_userinfos": {"user": [{"userid": "lin"}]},
            "allow_partys": {"partyid": [1]},
            "close": 0,
            "isreportenter": 1,
        }
    ]
    agent = await platform.client.agent_get()
    assert (agent.users, agent.parties, agent.tags, agent.closed, agent.report_enter) == (["lin"], [1], [], False, True)


async def test_a_visitor_is_a_member_or_not(platform: Platform) -> None:
    platform.stub.answers["auth/getuserinfo"] = [OK | {"userid": "lin", "user_ticket": "t"}, OK | {"openid": "o"}]
    member, stranger = await platform.client.getuserinfo("1"), await platform.client.getuserinfo("2")
    assert (member.userid, member.user_ticket, stranger.userid, stranger.openid) == ("lin", "t", "", "o")


async def test_private_details_are_what_was_granted(platform: Platform) -> None:
    platform.stub.answers["auth/getuserdetail"] = [OK | {"userid": "lin", "mobile": "10000000007"}]
    detail = await platform.client.getuserdetail("t")
    assert (detail.userid, detail.mobile, detail.email) == ("lin", "10000000007", "")
    assert "10000000007" not in repr(detail)


async def test_an_answer_without_what_its_page_promises_is_an_error(platform: Platform) -> None:
    error = await refusal(platform.client.user_get("wu"))
    assert (error.code, error.detail) == (NO_ANSWER, "User: userid")


@pytest.mark.parametrize("code", [-1, 45033, 45009, 43012, 81013, 40058, 99999])
async def test_an_error_code_is_raised_once_with_its_action(platform: Platform, code: int) -> None:
    platform.stub.answers["message/send"] = [failing(code)]
    error = await refusal(platform.client.send(FROZEN))
    assert (error.code, error.unknown_outcome, platform.stub.paths().count("message/send")) == (code, False, 1)


async def reset(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_short(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "image/jpeg"})
    await response.prepare(request)
    await response.write(b"\xff\xd8")
    assert request.transport is not None
    request.transport.close()
    return response


async def never(_request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


def saying(status: int, text: str, content_type: str = "text/html") -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content_type)

    return answer


async def moved(_request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "/cgi-bin/elsewhere"})


@pytest.mark.parametrize(
    ("answer", "unknown"),
    [
        (reset, True),
        (saying(500, "oops"), True),
        (saying(502, "<html>"), True),
        (saying(200, ""), True),
        (saying(200, "<html>"), True),
        (saying(200, "[1]", "application/json"), True),
        (saying(200, '{"errcode":"x"}', "application/json"), True),
        (saying(200, '{"errcode":', "application/json"), True),
        (saying(404, "<html>"), False),
        (moved, False),
        (saying(200, '{"a":' * 100_000, "application/json"), True),
    ],
)
async def test_no_answer_is_a_retry_that_says_whether_it_may_have_arrived(
    platform: Platform, answer: Callable[[web.Request], Awaitable[web.Response]], unknown: bool
) -> None:
    platform.stub.answers["message/send"] = [answer]
    error = await refusal(platform.client.send(FROZEN))
    assert (error.code, error.action, error.unknown_outcome) == (NO_ANSWER, Action.RETRY, unknown)


async def test_a_call_without_an_end_times_out(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    await platform.client.recall("token first")
    monkeypatch.setattr(transport, "CALL", aiohttp.ClientTimeout(total=0.05))
    platform.stub.answers["message/send"] = [never]
    error = await refusal(platform.client.send(FROZEN))
    assert (error.action, error.unknown_outcome, error.detail) == (
        Action.RETRY,
        True,
        "POST message/send: TimeoutError",
    )


async def unreachable(platform: Platform, port: int) -> WeComError:
    """A send to a port where nobody listens, by a client that already has its token."""
    await platform.client.recall("token first")
    client = platform.another_process(platform.tokens, url=f"http://127.0.0.1:{port}")
    return await refusal(client.send(FROZEN))


async def test_a_closed_port_surely_did_not_get_the_message(platform: Platform, unused_tcp_port: int) -> None:
    error = await unreachable(platform, unused_tcp_port)
    assert (error.action, error.unknown_outcome) == (Action.RETRY, False)


async def test_no_failure_carries_the_token_or_secret(platform: Platform, unused_tcp_port: int) -> None:
    error = await unreachable(platform, unused_tcp_port)
    told = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert ("token-1" in told, SECRET in told, error.__context__, error.__cause__) == (False, False, None, None)


def file(body: bytes, content_type: str = "image/jpeg", name: str | None = 'filename="p.jpg"') -> Any:
    async def answer(_request: web.Request) -> web.Response:
        headers = {"Content-Disposition": f"attachment; {name}"} if name else {}
        return web.Response(body=body, content_type=content_type, headers=headers)

    return answer


async def test_a_picture_is_fetched_with_type_and_name(platform: Platform) -> None:
    platform.stub.answers["media/get"] = [file(b"\xff\xd8picture")]
    media = await platform.client.get_media("M")
    assert (media.content, media.content_type, media.filename) == (b"\xff\xd8picture", "image/jpeg", "p.jpg")


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ('filename="现场照片.jpg"', "现场照片.jpg"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="a\\\\b.jpg"', "b.jpg"),
        ('filename=".."', ""),
        (None, ""),
    ],
)
async def test_a_stated_name_is_never_a_path(platform: Platform, stated: str | None, name: str) -> None:
    platform.stub.answers["media/get"] = [file(b"x" * 9, name=stated)]
    assert (await platform.client.get_media("M")).filename == name


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"<html>sign in</html>", "text/html"), (b'{"errcode":0,"errms', "application/json")]
)
async def test_what_a_gateway_puts_in_place_of_a_file_is_none(
    platform: Platform, body: bytes, content_type: str
) -> None:
    platform.stub.answers["media/get"] = [file(body, content_type, name=None)]
    assert (await refusal(platform.client.get_media("M"))).action is Action.RETRY


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "image/jpeg"])
async def test_an_error_in_place_of_a_file_is_an_error(platform: Platform, content_type: str) -> None:
    body = b'{"errcode":40007,"errmsg":"invalid media_id"}'
    platform.stub.answers["media/get"] = [file(body, content_type, name=None)]
    error = await refusal(platform.client.get_media("M"))
    assert (error.code, error.action) == (40007, Action.DROP)


async def test_a_members_own_json_file_is_a_file(platform: Platform) -> None:
    platform.stub.answers["media/get"] = [file(b'{"errors": 1}', "application/json", 'filename="a.json"')]
    assert (await platform.client.get_media("M")).content == b'{"errors": 1}'


async def streamed(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
    await response.prepare(request)
    for _ in range(20):
        await response.write(b"x" * 65536)
    return response


@pytest.mark.parametrize("answer", [file(b"x" * 2_000_000), streamed])
async def test_a_file_over_the_limit_is_not_taken_in(platform: Platform, answer: Any) -> None:
    platform.stub.answers["media/get"] = [answer]
    error = await refusal(platform.client.get_media("M", limit=1_000_000))
    assert (error.code, error.action) == (45001, Action.DROP)


@pytest.mark.parametrize("answer", [cut_short, file(b"")])
async def test_half_a_file_or_none_is_a_retry(platform: Platform, answer: Any) -> None:
    platform.stub.answers["media/get"] = [answer]
    assert (await refusal(platform.client.get_media("M"))).action is Action.RETRY


async def test_an_upload_names_the_file_in_plain_utf8(platform: Platform) -> None:
    platform.stub.answers["media/upload"] = [OK | {"type": "file", "media_id": "M9", "created_at": "1380000000"}]
    media_id = await platform.client.upload_media("file", b"%PDF-1.7", '整改"通知.pdf')
    body = platform.stub.bodies[-1]
    assert (media_id, platform.stub.asked[-1][2]["type"]) == ("M9", "file")
    assert 'name="media"; filename="整改\\"通知.pdf"'.encode() in body
    assert b"Content-Type: application/pdf" in body
    assert b"%PDF-1.7" in body


async def test_an_upload_is_repeated_whole_after_a_refused_token(platform: Platform) -> None:
    platform.stub.answers["media/upload"] = [failing(42001), OK | {"media_id": "M9"}]
    assert await platform.client.upload_media("image", b"\x89PNG....", "p.png") == "M9"
    assert [b"\x89PNG...." in body for body in platform.stub.bodies if body] == [True, True]


@pytest.mark.parametrize(("kind", "size"), [("image", 5), ("voice", 2 * 1024 * 1024 + 1)])
async def test_a_file_of_the_wrong_size_is_not_sent_at_all(platform: Platform, kind: Any, size: int) -> None:
    error = await refusal(platform.client.upload_media(kind, b"x" * size, "x"))
    assert (error.code, platform.stub.asked) == (40006, [])


async def test_a_card_with_every_part_survives_the_wire(platform: Platform) -> None:
    card = cards.TextNotice(card_action=cards.CardAction(url="https://h5.example/"), sub_title_text="请查看")
    await platform.client.send(messages.freeze(messages.TemplateCard(card=card).body(["lin"], 1000002)))
    assert cards.parse(platform.stub.body()["template_card"]) == card
