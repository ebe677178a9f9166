"""Any number of processes ask WeCom for a token once per expiry, and a copy of the database opens nothing."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiohttp import web

from core import clock, database
from core.sharing.credentials import Credentials
from core.sharing.models import Credential
from tests.operation.conftest import SECRET_KEY, Replicas
from tests.town import MovedClock
from tests.wecom.stub import OK, failing
from wecom.errors import Action, WeComError

LATER = timedelta(hours=1)


@pytest.fixture
def moved() -> Iterator[MovedClock]:
    made = MovedClock()
    before = clock.use(made)
    yield made
    clock.use(before)


async def test_six_processes_that_start_together_ask_once(replicas: Replicas) -> None:
    await asyncio.gather(*(replicas.another().recall("m") for _ in range(6)))
    assert (replicas.calls("gettoken"), replicas.calls("message/recall")) == (1, 6)


async def test_they_ask_once_more_when_it_has_expired(replicas: Replicas, moved: MovedClock) -> None:
    processes = [replicas.another() for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(process.recall("m") for process in processes))
        moved.moved += timedelta(hours=2)
    assert replicas.calls("gettoken") == 3


async def test_a_refused_token_is_replaced_once_for_all(replicas: Replicas) -> None:
    processes = [replicas.another() for _ in range(4)]
    await asyncio.gather(*(process.recall("m") for process in processes))
    replicas.stub.answers["message/recall"] = [_refuses_the_first_token]
    await asyncio.gather(*(process.recall("m") for process in processes))
    assert replicas.calls("gettoken") == 2


async def _refuses_the_first_token(request: web.Request) -> web.Response:
    """Whoever comes late with it, too: another may be through with the next one by then."""
    return web.json_response(failing(42001) if request.query["access_token"] == "token-1" else OK)


async def test_a_failed_renewal_leaves_the_lease_to_the_next(replicas: Replicas) -> None:
    replicas.stub.answers["gettoken"] = [failing(-1), replicas.stub.new_token()]
    with pytest.raises(WeComError):
        await replicas.another().recall("m")
    await replicas.another().recall("m")
    assert replicas.calls("gettoken") == 2


async def test_a_dead_holders_lease_runs_out(replicas: Replicas) -> None:
    kept = Credentials(SECRET_KEY)
    async with kept.lease("token"):
        await _age_lease("token")
        async with asyncio.timeout(20), Credentials(SECRET_KEY).lease("token"):
            late = await kept.put("token", "old", clock.now() + LATER)
    assert (late, await kept.get("token")) == (False, None)


async def test_waiting_for_the_lease_ends_with_it(replicas: Replicas) -> None:
    order: list[str] = []

    async def hold(name: str) -> None:
        async with Credentials(SECRET_KEY).lease("token"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(hold("a"), hold("b"), hold("c"))
    assert [step.split()[1] for step in order] == ["in", "out"] * 3


async def test_the_token_is_not_readable_in_the_database(replicas: Replicas) -> None:
    await replicas.another().recall("m")
    row = await Credential.get()
    assert "token-1" not in row.sealed
    assert await Credentials(SECRET_KEY).get(row.key) is not None


async def test_another_secret_key_opens_nothing_and_asks_anew(replicas: Replicas) -> None:
    await replicas.another().recall("m")
    await replicas.another("another key of at least 32 characters").recall("m")
    assert replicas.calls("gettoken") == 2


async def test_a_seal_does_not_fit_another_row(replicas: Replicas) -> None:
    kept = Credentials(SECRET_KEY)
    async with kept.lease("one"), kept.lease("other"):
        await kept.put("one", "value", clock.now() + LATER)
        await kept.put("other", "another", clock.now() + LATER)
    await Credential.filter(key="other").update(sealed=(await Credential.get(key="one")).sealed)
    assert await kept.get("other") is None


async def _age_lease(key: str) -> None:
    await database.rows(
        f"UPDATE credential SET lease_until = {database.real_time(0)} WHERE key = $1 RETURNING key", key
    )


async def test_without_the_database_a_call_is_held_back_for_another_try(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OSError

    client = replicas.another()
    monkeypatch.setattr(Credentials, "get", away)
    with pytest.raises(WeComError) as caught:
        await client.recall("m")
    assert (caught.value.action, caught.value.unknown_outcome, replicas.stub.asked) == (Action.RETRY, False, [])
