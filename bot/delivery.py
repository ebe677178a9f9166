"""Delivers the outbox through WeCom: frozen bytes, in order per person, and an end for every kind of failure."""

import asyncio
import json
from datetime import timedelta

import structlog

from bot.talk import UPDATE, frozen_text
from core import clock
from core.cases import outbox
from core.cases.models import Delivery, OutboxRow
from core.moments import Moment
from wecom import cards, messages
from wecom.client import Client
from wecom.errors import Action, WeComError
from wecom.text import cut_bytes

log = structlog.get_logger()

_AT_ONCE = 64  # 164 a second is WeCom's pace: enough for answers that take 0.3 s, and less than half a second's calls
_WORTH_A_LOOK = 8  # places that are free: with a backlog each delivery frees one, and looking costs as much as sending
_BLIND_WINDOW = timedelta(seconds=10_000)  # WeCom recognises a repeat for at least this long (see talk.frozen)
_LONGEST_PAUSE = 20
_CONFIGURATION_PAUSE = 15
_MOST_BREAKDOWNS = 5
_JOINT = "\n────────\n"


class Sender:
    """Any number of senders may run on one database."""

    def __init__(self, client: Client, agent_id: int) -> None:
        self._client = client
        self._agent_id = agent_id
        self._under_way: set[asyncio.Task[None]] = set()

    async def work(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what has begun comes to its end. The end of each delivery rings the outbox's bell,
        so that a slow answer holds up nobody else's message."""
        try:
            await outbox.bell.work("sender", self._fill, stop)
            await self.end()
        finally:
            for task in self._under_way:
                task.cancel()

    async def once(self) -> int:
        """Delivers one round of waiting rows and says how many there were."""
        begun = await self.begin()
        await self.end()
        return begun

    async def begin(self) -> int:
        """Takes as many waiting rows as there is room for and says how many."""
        room = _AT_ONCE - len(self._under_way)
        rows = await outbox.claim(room) if room >= _WORTH_A_LOOK else []
        for row in rows:
            task = asyncio.create_task(self._deliver(row))
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return len(rows)

    async def _fill(self) -> int:
        """0: all that may leave now has begun, or there is no more room for it; a delivery's end makes some."""
        await self.begin()
        return 0

    async def end(self) -> None:
        """Waits for what has begun."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        outbox.bell.ring()

    async def _deliver(self, row: OutboxRow) -> None:
        Moment.CLAIMED.reached()
        try:
            if row.unknown and row.first_attempt_at and clock.now() - row.first_attempt_at > _BLIND_WINDOW:
                await outbox.finish(row, Delivery.UNCERTAIN, outbox.Sent(error="不确定是否送达，请人工核实"))
                return
            await self._attempt(row)
        except WeComError as error:
            await self._failed(row, error)
        except Exception:
            log.exception("outbox.broken", row=row.id, attempt=row.attempts)
            await self._broken(row)

    async def _broken(self, row: OutboxRow) -> None:
        """Most often the database went away for a moment, perhaps after the message had left."""
        if row.attempts < _MOST_BREAKDOWNS:
            await outbox.again(row, timedelta(seconds=2**row.attempts), "内部错误", unknown=True)
        else:
            await outbox.finish(row, Delivery.UNCERTAIN, outbox.Sent(error="内部错误，不确定是否送达，请人工核实"))

    async def _attempt(self, row: OutboxRow) -> None:
        if row.kind == UPDATE:
            await self._update(row)
            return
        if not row.frozen and not await self._freeze_text(row):
            return
        await self._send(row)

    async def _send(self, row: OutboxRow, remark: str = "") -> None:
        sent = await self._client.send(row.body.encode())
        Moment.ACCEPTED.reached()
        reached = not sent.invalid_users
        await outbox.finish(
            row,
            Delivery.SENT if reached else _refused(row),
            outbox.Sent(sent.msgid, sent.response_code or "", remark if reached else "成员不在应用可见范围内"),
        )

    async def _freeze_text(self, row: OutboxRow) -> bool:
        room = messages.TEXT_BYTES - len(row.body.encode())
        joined = await outbox.following_texts(row, room - 8 * len(_JOINT.encode()))
        text = _JOINT.join([row.body, *(j.body for j in joined)])
        row.body, row.frozen = await self._frozen(row, cut_bytes(text, messages.TEXT_BYTES)), True
        return await outbox.freeze(row, row.body, joined)

    async def _frozen(self, row: OutboxRow, content: str) -> str:
        return await frozen_text(content, row.recipient, self._agent_id, row.dedupe_key)

    async def _update(self, row: OutboxRow) -> None:
        wanted = json.loads(row.body)
        code = await outbox.take_code(row)
        if code is None:
            await self._say_instead(row, wanted["fallback"])
            return
        update = messages.CardUpdate(
            response_code=code,
            card=cards.parse(wanted["card"]) if "card" in wanted else None,
            replace_name=wanted.get("replace_name"),
            userids=[row.recipient],
        )
        try:
            await self._client.update_card(update.body(self._agent_id))
            Moment.ACCEPTED.reached()
        except WeComError as error:
            if error.action is not Action.DROP:
                raise
            if not row.unknown:  # otherwise the earlier attempt has used the code, and the card shows it
                await self._say_instead(row, wanted["fallback"])
                return
        await outbox.finish(row, Delivery.SENT, outbox.Sent())

    async def _say_instead(self, row: OutboxRow, text: str) -> None:
        """The card cannot be changed any more: what it would have shown is said."""
        if not text:  # the member knows it already; only the card stays as it was
            await outbox.finish(row, Delivery.REPLACED, outbox.Sent(error="卡片已不能更新"))
            return
        row.body = await self._frozen(row, text)
        # From here on it is a text like any other: counted as a message, and repeated with the same bytes.
        if await outbox.say_instead(row):
            await self._send(row, "卡片已不能更新，已改发文字")

    async def _failed(self, row: OutboxRow, error: WeComError) -> None:
        log.warning("outbox.error", row=row.id, code=error.code, action=error.action, attempt=row.attempts)
        if error.action is Action.WAIT:
            pause = timedelta(seconds=error.wait_seconds or 60)  # counted by all replicas together: see pacing
            await outbox.again(row, pause, str(error), unknown=False)
            await outbox.pause_all(pause)
        elif error.action in {Action.RETRY, Action.REFRESH}:
            pause = timedelta(seconds=min(2 ** min(row.attempts - 1, 6), _LONGEST_PAUSE))
            await outbox.again(row, pause, str(error), unknown=error.unknown_outcome)
        elif error.action is Action.CONFIG:
            log.error("wecom.configuration", code=error.code, remedy=error.hint)
            await outbox.again(row, timedelta(seconds=_CONFIGURATION_PAUSE), str(error), unknown=False)
        else:
            await outbox.finish(row, _refused(row), outbox.Sent(error=str(error)))


def _refused(row: OutboxRow) -> Delivery:
    """How a refusal for good ends: where an earlier attempt may have arrived, nobody may say that it did not."""
    return Delivery.UNCERTAIN if row.unknown else Delivery.FAILED
