"""What a monitor sees: alive, able to work, figures; and the domain's proof for WeCom."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core import clock, database, health
from core.cases.models import ClockRow, Delivery, InboxRow, OutboxRow
from core.errors import Misconfigured
from core.health import Pulse
from core.settings import load
from tests.core.cases.story import HandClock
from tests.town import Town, town
from webhooks import domain
from webhooks.health import HealthDoor

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        yield made


class Door:
    """The health door of a process that has just begun, so that no sweep is late."""

    def __init__(self) -> None:
        self.pulse = Pulse()

    async def ready(self) -> Answer:
        answer = await self._get("/readyz")
        return answer.status, json.loads(answer.text or "")

    async def metrics(self, token: str = "", **headers: str) -> web.Response:
        return await self._get("/metrics", token, **headers)

    async def _get(self, path: str, token: str = "", **headers: str) -> web.Response:
        app = web.Application()
        app.add_routes(HealthDoor(self.pulse, token).routes())
        async with TestClient(TestServer(app)) as client:
            answer = await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            return web.Response(status=answer.status, text=await answer.text())


@pytest.fixture
async def door(migrated_url: str) -> AsyncIterator[Door]:
    """Time stands still, so that an age is what the story says, however busy the machine."""
    before = clock.use(HandClock())
    await database.open_database(migrated_url)
    try:
        yield Door()
    finally:
        await database.close_database()
        clock.use(before)


async def letter(key: str, **facts: Any) -> OutboxRow:
    now = clock.now()
    defaults: dict[str, Any] = {
        "person_id": 1,
        "recipient": "lin",
        "kind": "text",
        "body": "x",
        "not_before": now,
        "created_at": now,
    }
    return await OutboxRow.create(dedupe_key=key, **(defaults | facts))


def ago(**span: float) -> Any:
    return clock.now() - timedelta(**span)


QUIET = {"outbox_seconds": 0, "sweeper_seconds": 0, "inbox_seconds": 0, "deadlines_forgotten": 0}


async def test_a_quiet_service_is_ready(door: Door) -> None:
    assert await door.ready() == (200, {"troubles": [], "database": "ok", **QUIET})


async def test_messages_that_do_not_leave_are_a_trouble_even_while_they_are_tried(door: Door) -> None:
    await letter("tried", first_attempt_at=ago(minutes=11), attempts=9, not_before=clock.now() + timedelta(seconds=30))
    assert await door.ready() == (503, {"troubles": ["outbox"], "database": "ok", **QUIET, "outbox_seconds": 660})


async def test_a_message_that_waits_on_purpose_is_none(door: Door) -> None:
    await letter("tomorrow", not_before=clock.now() + timedelta(hours=9), created_at=ago(hours=3))
    assert (await door.ready())[0] == 200


async def test_a_deadline_that_nobody_took_is_found(door: Door) -> None:
    common = {"name": "review", "started_at": ago(hours=2), "explanation": ""}
    await ClockRow.create(case_id=1, due_at=ago(minutes=6), next_step_at=ago(minutes=6), **common)
    await ClockRow.create(case_id=2, due_at=ago(minutes=4), next_step_at=ago(minutes=4), **common)
    await ClockRow.create(case_id=3, due_at=ago(minutes=9), next_step_at=None, stopped_at=ago(minutes=10), **common)
    status, said = await door.ready()
    assert (status, said["troubles"], said["deadlines_forgotten"]) == (503, ["deadlines"], 1)
    assert await health.audit() == 1


async def test_a_sweeper_that_stands_still_is_a_trouble(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.pulse, "age", {"sweep": 61.0}.__getitem__)
    assert await door.ready() == (503, {"troubles": ["sweeper"], "database": "ok", **QUIET, "sweeper_seconds": 61})


async def test_without_its_database_the_service_is_not_ready(door: Door) -> None:
    await database.close_database()
    status, said = await door.ready()
    assert (status, said["troubles"]) == (503, ["database"])


# Figures


def figures(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_the_queues_are_figures(door: Door) -> None:
    await letter("failed", state=Delivery.FAILED)
    await letter("uncertain", state=Delivery.UNCERTAIN)
    await letter("waiting", not_before=ago(seconds=90))
    for n in range(25):
        await letter(f"sent {n}", state=Delivery.SENT, sent_at=ago(seconds=20))
    await InboxRow.create(
        repeat_key="k", sender="lin", kind="ImageMessage", body="", waiting=True, not_before=clock.now(),
        received_at=ago(seconds=40),
    )  # fmt: skip
    seen = figures((await door.metrics()).text or "")
    assert {name: round(seen[f"zhian_{name}"]) for name in (
        'outbox_rows{state="waiting"}', 'outbox_rows{state="failed"}', 'outbox_rows{state="uncertain"}',
        "outbox_age_seconds", "outbox_members_at_limit", "inbox_waiting", "inbox_age_seconds", "deadlines_forgotten",
    )} == {
        'outbox_rows{state="waiting"}': 1, 'outbox_rows{state="failed"}': 1, 'outbox_rows{state="uncertain"}': 1,
        "outbox_age_seconds": 90, "outbox_members_at_limit": 1, "inbox_waiting": 1, "inbox_age_seconds": 40,
        "deadlines_forgotten": 0,
    }  # fmt: skip
    assert seen["zhian_process_resident_memory_bytes"] > 10_000_000


async def test_figures_are_for_this_machine_only(door: Door) -> None:
    assert (await door.metrics()).status == 200
    assert (await door.metrics(X_Forwarded_For="203.0.113.7")).status == 403


async def test_with_a_token_they_are_for_whoever_has_it(door: Door) -> None:
    token = "a-token-for-the-monitor"
    assert (await door.metrics(token)).status == 403
    assert (await door.metrics(token, Authorization="Bearer wrong")).status == 403
    granted = await door.metrics(token, Authorization=f"Bearer {token}", X_Forwarded_For="203.0.113.7")
    assert granted.status == 200


async def test_a_story_is_counted(place: Town) -> None:
    before = await _scraped(place)
    place.world.faults.set("duplicate")
    await place.phone("lin").says("帮助")
    place.world.faults.clear()
    place.world.faults.set("-1", "message/send")
    place.world.type_text("lin", "帮助")
    while (await _scraped(place)).get('zhian_wecom_errors_total{api="message/send",code="-1"}', 0) == 0:
        await place.world.settled()
    place.world.faults.clear()
    await place.settle()
    after = await _scraped(place)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown['zhian_callback_seconds_count{status="200"}'] == 3
    assert grown["zhian_callbacks_repeated_total"] == 1
    assert grown['zhian_messages_total{state="sent"}'] == 2


async def _scraped(place: Town) -> dict[str, float]:
    async with aiohttp.ClientSession() as session, session.get(f"{place.service}/metrics") as answer:
        return figures(await answer.text())


# The domain's proof


async def test_the_domains_proof_is_served_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "WW_verify_Ab3.txt").write_text("Ab3")
    (tmp_path / "notes.txt").write_text("private")
    app = web.Application()
    app.add_routes(domain.routes(tmp_path))
    async with TestClient(TestServer(app)) as client:
        seen = [
            await client.get(p)
            for p in ("/WW_verify_Ab3.txt", "/WW_verify_no.txt", "/notes.txt", "/WW_verify_..%2Fnotes.txt")
        ]
        assert [(a.status, await a.text()) for a in seen[:1]] == [(200, "Ab3")]
        assert [a.status for a in seen[1:]] == [404, 404, 404]


@pytest.mark.parametrize("token", ["short", "with a space in the middle"])
def test_a_weak_metrics_token_stops_the_start(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIAN_METRICS_TOKEN", token)
    with pytest.raises(Misconfigured) as refused:
        load()
    assert [line for line in str(refused.value).splitlines() if line.startswith("ZHIAN_METRICS_TOKEN is malformed")]
