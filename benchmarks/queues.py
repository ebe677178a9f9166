"""(c) The outbox beside two job queues on one PostgreSQL, and how fast it delivers to a WeCom that takes its time."""

import asyncio
import json
import subprocess
import time
import urllib.request
from typing import Any

from benchmarks import corp, figures, filling, peers_at
from benchmarks.figures import Rounds
from benchmarks.peers_at import Server
from benchmarks.places import Places
from benchmarks.scale import Scale
from core import database
from core.cases import outbox
from core.cases.models import Delivery

_AT_ONCE = 16
_WECOM_SECONDS = 0.1
_WECOM_A_MINUTE = 10_000
_OURS, _PROCRASTINATE = "zhian outbox", "procrastinate"
_BOSS_EACH, _BOSS_TOGETHER = "pg-boss, completed one by one", "pg-boss, completed by 16"


def measure(places: Places, scale: Scale) -> None:
    for kind in places.kinds:
        _beside_queues(places, scale, kind)
    for kind in places.kinds:
        _delivery(places, scale, kind)


def _beside_queues(places: Places, scale: Scale, kind: str) -> None:
    ours = places.migrated(kind, "c_outbox")
    filling.fill(ours, scale.jobs)
    found: Rounds = {_OURS: []}
    for number in range(1, scale.rounds + 1):
        figures.say(f"  round {number} of {scale.rounds}")
        found[_OURS].append(claim_and_finish(ours, scale.jobs))
        if kind == "postgresql":
            _peers(places, scale, found)
    figures.table(
        f"(c) {kind}: rows claimed and finished a second, {_AT_ONCE} at once, {scale.rounds} rounds of {scale.jobs:,}",
        ["", "median (least–most)", "zhian / it"],
        [[name, figures.spread(rates), f"{figures.ratio(found, _OURS, name):.2f}"] for name, rates in found.items()],
    )


def _peers(places: Places, scale: Scale, found: Rounds) -> None:
    if peers_at.installed("procrastinate"):
        url = places.url("postgresql", "c_procrastinate")
        command = peers_at.python("benchmarks.peers.jobs", url, str(scale.jobs))
        found.setdefault(_PROCRASTINATE, []).append(peers_at.figures(command)["rate"])
    if peers_at.node():
        command = peers_at.script("pgboss.mjs", places.url("postgresql", "c_pgboss"), str(scale.jobs))
        rates = peers_at.figures(command)
        found.setdefault(_BOSS_EACH, []).append(rates["each"])
        found.setdefault(_BOSS_TOGETHER, []).append(rates["together"])


def claim_and_finish(url: str, jobs: int) -> float:
    filling.add_letters(url, jobs)
    return asyncio.run(_claim_and_finish(url))


async def _claim_and_finish(url: str) -> float:
    await database.open_database(url)
    try:
        await _one_round()  # warm
        began, done = time.perf_counter(), 0
        while finished := await _one_round():
            done += finished
        return done / (time.perf_counter() - began) if done else 0
    finally:
        await database.close_database()


async def _one_round() -> int:
    rows = await outbox.claim(_AT_ONCE)
    sent = [outbox.Sent(message_id=f"msg{row.id}") for row in rows]
    await asyncio.gather(*(outbox.finish(row, Delivery.SENT, s) for row, s in zip(rows, sent, strict=True)))
    return len(rows)


def _delivery(places: Places, scale: Scale, kind: str) -> None:
    """The whole worker: claim, send over HTTP, record what came back."""
    url = places.migrated(kind, "c_delivery")
    filling.fill(url, scale.messages)
    filling.add_letters(url, scale.messages)
    figures.say(f"  delivering {scale.messages:,} messages on {kind}")
    with peers_at.serving(peers_at.python("benchmarks.peers.wecom", f"--pause={_WECOM_SECONDS}")) as wecom:
        environment = corp.environment(url, wecom.url, places)
        with peers_at.running(peers_at.python("bot", "work"), environment) as worker:
            heard = _wait_for(wecom, worker, scale.messages)
    rate = (heard["calls"] - 1) / heard["seconds"] if heard["seconds"] else 0
    figures.table(
        f"(c) {kind}: zhian work delivers {scale.messages:,} messages to a WeCom that answers after "
        f"{_WECOM_SECONDS * 1000:.0f} ms",
        ["messages a second", "a minute", "most in any minute", f"of WeCom's {_WECOM_A_MINUTE:,}"],
        [[f"{rate:.0f}", f"{rate * 60:,.0f}", f"{heard['most_a_minute']:,}", f"{rate * 60 / _WECOM_A_MINUTE:.0%}"]],
    )


def _wait_for(wecom: Server, worker: "subprocess.Popen[bytes]", messages: int) -> dict[str, Any]:
    while True:
        with urllib.request.urlopen(f"{wecom.url}/figures") as answer:
            heard: dict[str, Any] = json.load(answer)
        if heard["calls"] >= messages:
            return heard
        if worker.poll() is not None:
            raise RuntimeError("the worker ended before it had delivered everything")
        time.sleep(0.5)
