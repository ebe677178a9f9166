"""Counts what passes between the service and the simulated WeCom, and lets the simulator forget what is long over."""

import asyncio
import hashlib
from array import array
from collections import Counter, defaultdict
from typing import Any

from simulator.call import Answer, Call
from simulator.callbacks import Callback
from simulator.state import Message
from simulator.world import World

ANSWER_SECONDS = 5  # as long as WeCom waits for the answer to a callback
REMEMBERED_SECONDS = 900  # longer than any story takes
REMEMBERED_MESSAGES = 80


class Ledger:
    """Stands in the simulator's own places: every callback, call and message passes here once."""

    def __init__(self, world: World) -> None:
        self.posted = 0
        self.milliseconds: Counter[int] = Counter()
        self.recent = array("f")
        self.refused: Counter[str] = Counter()
        self.sends = 0
        self.repeats = 0
        self.dropped = 0
        self.shown: Counter[bytes] = Counter()
        self.faults: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self._world = world
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._stand_in()

    def _stand_in(self) -> None:
        world = self._world
        self._send = world.api.table["message/send"][1]
        self._add, self._post = world.add, world.courier.post
        world.api.table["message/send"] = ("POST", self._sent)
        setattr(world, "add", self._added)  # noqa: B010  # a method is replaced on purpose
        setattr(world.courier, "post", self._posted)  # noqa: B010
        setattr(world.traffic, "record", self._recorded)  # noqa: B010  # thousands a minute, that nobody looks at

    def _sent(self, call: Call) -> Answer:
        answer = self._send(call)
        assert isinstance(answer, dict)
        self.sends += 1
        if "msgid" in answer:
            self.shown[digest(call.body)] += 1
        else:
            self.repeats += 1
        return answer

    def _posted(self, callback: Callback) -> None:
        self.posted += 1
        self._post(callback)

    def _added(self, userid: str, message: Message) -> Message:
        added = self._add(userid, message)
        self.dropped += message.dropped
        self._news[userid].set()
        return added

    def _recorded(self, **facts: Any) -> None:
        if facts["fault"]:
            self.faults[facts["fault"]] += 1
        if facts["direction"] == "callback" and facts["method"] == "POST":
            self.milliseconds[round(facts["ms"])] += 1
            self.recent.append(facts["ms"])
            if facts["status"] != 200:
                self.refused[str(facts["status"] or facts["response"])] += 1
        elif facts["errcode"]:
            self.codes[str(facts["errcode"])] += 1

    async def news(self, userid: str, seconds: float) -> None:
        """Until the next message in this member's chat; raises TimeoutError."""
        self._news[userid].clear()
        async with asyncio.timeout(seconds):
            await self._news[userid].wait()

    @property
    def late(self) -> int:
        return sum(times for ms, times in self.milliseconds.items() if ms > ANSWER_SECONDS * 1000)

    @property
    def twice(self) -> int:
        return sum(times - 1 for times in self.shown.values())

    def percentile(self, share: float) -> int:
        """In milliseconds."""
        left = share * self.milliseconds.total()
        for ms, times in sorted(self.milliseconds.items()):
            left -= times
            if left <= 0:
                return ms
        return max(self.milliseconds, default=0)

    def lately(self) -> float:
        """The time in milliseconds that all but one in twenty kept since the last question."""
        latest, self.recent = sorted(self.recent), array("f")
        return latest[int(len(latest) * 0.95)] if latest else 0.0

    def forget(self) -> None:
        """What nobody in the stories comes back to: hours of chat would fill the memory."""
        state, before = self._world.state, self._world.clock.now() - REMEMBERED_SECONDS
        for chat in state.chats.values():
            del chat[:-REMEMBERED_MESSAGES]
        for kept in (state.sent, state.codes, state.media):
            for key in [key for key, thing in kept.items() if thing.at < before]:
                del kept[key]  # type: ignore[attr-defined]


def digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=12).digest()
