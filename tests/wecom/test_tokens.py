"""One token for everybody, renewed once, and no hammering when it cannot be had."""

import asyncio
from contextvars import ContextVar

import pytest
from aiohttp import web

from tests.wecom.stub import OK, SECRET, Platform, failing
from wecom.errors import Action, WeComError
from wecom.tokens import MemoryTokens, Token


def token_calls(platform: Platform) -> int:
    return platform.stub.paths().count("gettoken")


def used_tokens(platform: Platform) -> list[str]:
    return [query["access_token"] for _, path, query in platform.stub.asked if path != "gettoken"]


async def refusal(platform: Platform) -> WeComError:
    with pytest.raises(WeComError) as caught:
        await platform.client.recall("m")
    return caught.value


async def test_fifty_calls_at_once_ask_for_one_token(platform: Platform) -> None:
    await asyncio.gather(*(platform.client.recall(str(n)) for n in range(50)))
    assert (token_calls(platform), set(used_tokens(platform))) == (1, {"token-1"})


async def test_fifty_calls_refused_at_once_ask_for_one_new_token(platform: Platform) -> None:
    await platform.client.recall("first")

    async def only_the_second(request: web.Request) -> web.StreamResponse:
        return web.json_response(OK if request.query["access_token"] == "token-2" else failing(42001))

    platform.stub.answers["message/recall"] = [only_the_second]
    await asyncio.gather(*(platform.client.recall(str(n)) for n in range(50)))
    assert token_calls(platform) == 2


async def test_a_token_is_kept_until_shortly_before_it_ends(platform: Platform) -> None:
    await platform.client.recall("1")
    platform.clock.forward(minutes=114)
    await platform.client.recall("2")
    platform.clock.forward(minutes=2)
    await platform.client.recall("3")
    assert used_tokens(platform) == ["token-1", "token-1", "token-2"]


async def test_a_short_lived_token_is_used_for_most_of_its_life(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [OK | {"access_token": "short", "expires_in": 60}]
    for _ in range(3):
        await platform.client.recall("m")
        platform.clock.forward(seconds=20)
    assert token_calls(platform) == 1


async def test_another_process_takes_the_token_from_the_store(platform: Platform) -> None:
    await platform.client.recall("1")
    await platform.another_process(platform.tokens).recall("2")
    assert used_tokens(platform) == ["token-1", "token-1"]


async def test_a_process_whose_token_was_renewed_elsewhere_takes_the_new_one(platform: Platform) -> None:
    await platform.client.recall("1")
    await platform.tokens.put(
        "wecom:wwquality:1000002:access_token", Token("newer", platform.clock().replace(year=2027))
    )
    platform.stub.answers["message/recall"] = [failing(42001), OK]
    await platform.client.recall("2")
    assert (used_tokens(platform), token_calls(platform)) == (["token-1", "token-1", "newer"], 1)


async def test_two_apps_have_two_tokens(platform: Platform) -> None:
    await platform.client.recall("1")
    await platform.another_process(platform.tokens, agent_id=1000003).recall("2")
    assert used_tokens(platform) == ["token-1", "token-2"]


@pytest.mark.parametrize("code", [40014, 42001])
async def test_a_refused_token_is_renewed_once_and_the_call_repeated_once(platform: Platform, code: int) -> None:
    platform.stub.answers["message/recall"] = [failing(code), OK]
    await platform.client.recall("m")
    assert used_tokens(platform) == ["token-1", "token-2"]


@pytest.mark.parametrize(("code", "action"), [(40014, Action.CONFIG), (42001, Action.RETRY)])
async def test_a_token_refused_twice_ends_there(platform: Platform, code: int, action: Action) -> None:
    platform.stub.answers["message/recall"] = [failing(code)]
    error = await refusal(platform)
    assert (error.code, error.action, platform.stub.paths().count("message/recall")) == (code, action, 2)


async def test_a_wecom_that_refuses_every_token_is_not_asked_for_one_at_every_call(platform: Platform) -> None:
    platform.stub.answers["message/recall"] = [failing(40014)]
    processes = [platform.another_process(platform.tokens) for _ in range(2)]
    for _ in range(5):
        for process in processes:
            with pytest.raises(WeComError):
                await process.recall("m")
    assert token_calls(platform) == 2
    platform.clock.forward(seconds=20)
    await refusal(platform)
    assert token_calls(platform) == 3


@pytest.mark.parametrize("code", [81013, 40058, 40014, 999999])
async def test_whatever_is_wrong_with_a_token_call_is_not_wrong_with_the_message(platform: Platform, code: int) -> None:
    platform.stub.answers["gettoken"] = [failing(code)]
    assert (await refusal(platform)).action is Action.CONFIG


@pytest.mark.parametrize("code", [40001, 40013, 40091])
async def test_a_wrong_secret_is_not_tried_again_for_ten_minutes(platform: Platform, code: int) -> None:
    platform.stub.answers["gettoken"] = [failing(code)]
    for _ in range(5):
        assert (await refusal(platform)).action is Action.CONFIG
    platform.clock.forward(minutes=9)
    await refusal(platform)
    assert token_calls(platform) == 1
    platform.clock.forward(minutes=1)
    await refusal(platform)
    assert token_calls(platform) == 2


async def test_fifty_waiting_calls_share_one_wrong_secret(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [failing(40001)]
    errors = await asyncio.gather(*(platform.client.recall(str(n)) for n in range(50)), return_exceptions=True)
    assert {getattr(error, "code", None) for error in errors} == {40001}
    assert token_calls(platform) == 1


async def test_an_untrusted_address_is_tried_again_soon(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [failing(60020), OK | {"access_token": "t", "expires_in": 7200}]
    error = await refusal(platform)
    assert (error.action, "203.0.113.7" in error.hint) == (Action.CONFIG, True)
    platform.clock.forward(seconds=15)
    await platform.client.recall("m")
    assert used_tokens(platform) == ["t"]


async def test_a_blocked_token_call_waits_longer_each_time(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [failing(45009)]
    waits = []
    for _ in range(2):
        error = await refusal(platform)
        waits.append(error.wait_seconds)
        platform.clock.forward(seconds=error.wait_seconds or 0)
    assert (waits, token_calls(platform)) == ([60, 3600], 2)


async def test_a_busy_platform_is_asked_again_at_the_next_call(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [failing(-1), OK | {"access_token": "t", "expires_in": 7200}]
    assert (await refusal(platform)).action is Action.RETRY
    await platform.client.recall("m")
    assert used_tokens(platform) == ["t"]


async def test_a_caller_who_gives_up_does_not_end_the_renewal(platform: Platform) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def when_told(_request: web.Request) -> web.StreamResponse:
        asked.set()
        await go_on.wait()
        return web.json_response(OK | {"access_token": "t", "expires_in": 7200})

    platform.stub.answers["gettoken"] = [when_told]
    impatient = asyncio.create_task(platform.client.recall("1"))
    patient = asyncio.create_task(platform.client.recall("2"))
    await asked.wait()
    impatient.cancel()
    go_on.set()
    await patient
    assert (impatient.cancelled(), token_calls(platform)) == (True, 1)


TRANSACTION: ContextVar[str] = ContextVar("TRANSACTION", default="none")


class TokensInADatabase(MemoryTokens):
    """Remembers inside which transaction of its caller it was written."""

    written_in = ""

    async def put(self, key: str, token: Token) -> None:
        self.written_in = TRANSACTION.get()
        await super().put(key, token)


async def test_a_renewal_is_no_part_of_its_callers_transaction(platform: Platform) -> None:
    tokens = TokensInADatabase()
    TRANSACTION.set("a business step")
    await platform.another_process(tokens).recall("m")
    assert tokens.written_in == "none"


async def test_a_token_answer_without_a_token_is_a_retry(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [OK]
    assert (await refusal(platform)).action is Action.RETRY


async def test_tickets_are_cached_each_for_its_scope(platform: Platform) -> None:
    platform.stub.answers["get_jsapi_ticket"] = [OK | {"ticket": "corp", "expires_in": 7200}]
    platform.stub.answers["ticket/get"] = [OK | {"ticket": "app", "expires_in": 7200}]
    for client in (platform.client, platform.another_process(platform.tokens, agent_id=1000003)):
        assert (await client.jsapi_ticket(), await client.agent_ticket()) == ("corp", "app")
        await client.agent_ticket()
    paths = platform.stub.paths()
    assert (paths.count("get_jsapi_ticket"), paths.count("ticket/get")) == (1, 2)


async def test_no_printed_form_shows_a_token_or_secret(platform: Platform) -> None:
    platform.stub.answers["gettoken"] = [failing(40001)]
    error = await refusal(platform)
    assert SECRET not in f"{error} {error!r} {error.detail} {Token(SECRET, platform.clock())!r}"
