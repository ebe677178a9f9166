"""What the database is asked for one chat step, one submitted record, one reviewer's step and one delivery:
``python -m benchmarks.statements`` lists it. Fewer are the lever: each costs a thread hop or a round trip."""

import asyncio
import contextlib
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from unittest import mock

from benchmarks import corp, filling
from benchmarks.filling import Filled
from benchmarks.places import Places, places
from bot import app
from bot.app import House
from core import asyncpg, clock, settings, sqlite
from core.cases import outbox
from core.cases.models import Delivery
from core.people.models import Person
from wecom.events import TextMessage

_MEMBERS, _CASES = 50, 50
_SHOWN = 110
_SPACE = re.compile(r"\s+")


class Heard(logging.Handler):
    """What is sent in one visit of the database. Tortoise logs what it sends itself, before (BEGIN and COMMIT it does
    not); what the service sends in a transaction of its own is heard at the driver."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.visits: list[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.visits.append([record.getMessage()])

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        log = logging.getLogger("tortoise.db_client")
        log.addHandler(self)
        log.setLevel(logging.DEBUG)
        with (
            mock.patch.object(sqlite, "_run", self._before(sqlite._run, lambda one, many: [text for text, _ in many])),
            mock.patch.object(
                asyncpg._Transaction,
                "_fetched",
                self._before(asyncpg._Transaction._fetched, lambda one, text, values: [text]),
            ),
        ):
            yield
        log.removeHandler(self)

    def _before(self, send: Callable[..., Any], texts: Callable[..., list[str]]) -> Callable[..., Any]:
        def heard(*arguments: Any) -> Any:
            self.visits.append(texts(*arguments))
            return send(*arguments)

        return heard


def main() -> None:
    with places() as found:
        for kind in found.kinds:
            asyncio.run(_count(found, filling.fill(found.migrated(kind, "s"), _MEMBERS, _CASES, _CASES)))


async def _count(found: Places, filled: Filled) -> None:
    with mock.patch.dict(os.environ, corp.environment(filled.url, "http://127.0.0.1:9", found)):
        chosen = settings.load()
    async with app.house(chosen) as parts:
        for what, act in _acts(parts, filled).items():
            await act(1)  # warm
            await _list(f"{filled.url.partition(':')[0]}: {what}", act)


def _acts(parts: House, filled: Filled) -> dict[str, Callable[[int], Awaitable[object]]]:
    return {
        "a chat step that changes a draft": lambda n: parts.receiver.receive(_says(n, corp.WORDS)),
        "待办 asked in chat, one record waits": lambda n: parts.receiver.receive(_says(filled.reviewer(n), "待办")),
        "open": lambda n: _open(parts, filled, n),
        "perform": lambda n: _perform(parts, filled, n),
        "one letter claimed and finished": lambda n: _deliver(),
    }


async def _list(title: str, act: Callable[[int], Awaitable[object]]) -> None:
    heard, began = Heard(), time.perf_counter()
    with heard.listening():
        await act(2)
    taken = time.perf_counter() - began
    print(f"\n{title}: {len(heard.visits)} visits of the database, {taken * 1000:.1f} ms\n")
    for number, statements in enumerate(heard.visits, start=1):
        for statement in statements:
            print(f"{number:3} {re.sub(_SPACE, ' ', statement)[:_SHOWN]}")


def _says(person: int, content: str) -> TextMessage:
    now = clock.now()
    return TextMessage(
        to_corp=corp.CORP_ID,
        from_user=f"m{person}",
        at=now,
        agent_id=corp.AGENT_ID,
        repeat_key=f"says:{person}:{now.isoformat()}",
        raw="<xml/>",
        content=content,
    )


async def _open(parts: House, filled: Filled, number: int) -> None:
    author = await Person.get(id=filled.author(number))
    answers = {"project": 1, "check_type": "quality", "checked_location": corp.WORDS, "with_notice": False}
    answers |= {"findings": [], "reviewers": [filled.reviewer(number)]}
    await parts.engine.open("check_report", author, answers, key=f"open:{number}")


async def _perform(parts: House, filled: Filled, number: int) -> None:
    reviewer = await Person.get(id=filled.reviewer(number))
    await parts.engine.perform(number, "pass", reviewer, key=f"tap:{number:032}")


async def _deliver() -> None:
    (row,) = await outbox.claim(1)
    await outbox.finish(row, Delivery.SENT, outbox.Sent(message_id=f"msg{row.id}"))


if __name__ == "__main__":
    main()
